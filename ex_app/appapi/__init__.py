# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""AppAPI, the part of Nextcloud for external apps: what comes in (guard), what goes out (client)."""
