# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The face of OpenConnector: how Nextcloud sees it. The only code that knows Nextcloud and AppAPI."""
