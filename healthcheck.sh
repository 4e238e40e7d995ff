#!/bin/sh
# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
# Whether the app answers, and behind HaRP whether its tunnel runs. AppAPI waits for it when it installs the app.
set -eu

if [ -n "${HP_SHARED_KEY:-}" ]; then
	pgrep -x frpc > /dev/null || { echo "frpc does not run" >&2; exit 1; }
	exec curl --silent --show-error --fail --max-time 4 --output /dev/null \
		--unix-socket "${HP_EXAPP_SOCK:-/tmp/exapp.sock}" http://localhost/heartbeat
fi

host=${APP_HOST:-127.0.0.1}
case $host in
	0.0.0.0) host=127.0.0.1 ;;
	::) host='[::1]' ;;
	*:*) host="[$host]" ;;
esac
exec curl --silent --show-error --fail --max-time 4 --output /dev/null --noproxy '*' "http://$host:$APP_PORT/heartbeat"
