# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A small AppAPI host on loopback: Nextcloud as far as this app can tell, for a machine that has none.

It serves the URLs, headers, answers and quirks that a real Nextcloud with AppAPI showed, around one external app that
runs as a process of its own. Development and the contract and browser tests use it. It is no server: whoever reaches
its port is an administrator, so it listens on the loopback interface only.
"""
