#!/bin/sh
# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
# `openconnector …` inside of the container. `docker exec` enters as root, and what root writes the app could not change.
set -eu
user=openconnector

if [ "$(id -u)" != 0 ]; then
	exec python -m ex_app.cli "$@"
fi
exec setpriv --reuid="$user" --regid="$user" --init-groups --no-new-privs --inh-caps=-all -- python -m ex_app.cli "$@"
