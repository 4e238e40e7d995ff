# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The engine of OpenConnector. It does not know that Nextcloud exists; `ex_app` does."""

__version__ = "0.1.0"
