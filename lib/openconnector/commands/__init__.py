# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What administrators can tell OpenConnector to do in words: each command stands here once, for every command line."""

from openconnector.commands.command import Command
from openconnector.commands.declarations import COMMANDS

__all__ = ["COMMANDS", "Command"]
