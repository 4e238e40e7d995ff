# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The command line: `openconnector secret:rotate --json`. What it can do is in `commands/`.

Exit codes: 0 it is done, 1 it could not be done, 2 it was not understood, 130 it was interrupted.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import Callable, Sequence
from typing import Any

from pydantic import ValidationError

from openconnector import __version__
from openconnector.commands import COMMANDS
from openconnector.commands.command import Argument, Command, Context
from openconnector.core.database import Database
from openconnector.core.errors import ConfigurationError, OpenConnectorError
from openconnector.core.settings import Settings

FAILED, INTERRUPTED = 1, 130


class Terminal:
    """Results go to the standard output, as words or as one JSON document; the way to them goes beside it."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json

    def progress(self, text: str) -> None:
        print(text, file=sys.stderr, flush=True)  # noqa: T201  # this is what a command line is for

    def result(self, text: str, **members: Any) -> None:
        print(json.dumps(members, ensure_ascii=False) if self._as_json else text, flush=True)  # noqa: T201

    def failed(self, error: OpenConnectorError) -> None:
        """Say why nothing has come of it."""
        if self._as_json:
            self.result("", **error.problem())
        else:
            self.progress(str(error))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command, and return its exit code."""
    given = _parser().parse_args(arguments)
    terminal, command = Terminal(as_json=given.json), given.command
    try:
        asyncio.run(
            _run(command, {argument.name: getattr(given, argument.name) for argument in command.arguments}, terminal)
        )
    except OpenConnectorError as error:
        terminal.failed(error)
        return FAILED
    except KeyboardInterrupt:
        terminal.progress("Interrupted.")
        return INTERRUPTED
    return 0


async def _run(command: Command, values: dict[str, Any], terminal: Terminal) -> None:
    settings = _settings()
    database = Database.from_settings(settings)
    try:
        await command.run(Context(settings, database), values, terminal)
    finally:
        await database.close()


def _settings() -> Settings:
    try:
        return Settings()
    except ValidationError as error:
        # The framework's own words repeat the values, and one of them may be a key.
        names = ", ".join(sorted({f"OPENCONNECTOR_{entry['loc'][0]}".upper() for entry in error.errors()}))
        raise ConfigurationError(f"These settings are not valid: {names}.") from None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="openconnector", description="OpenConnector on the command line.")
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True, metavar="command")
    for command in COMMANDS:
        own = commands.add_parser(command.name, help=command.help, description=command.help)
        own.set_defaults(command=command)
        own.add_argument("--json", action="store_true", help="print the result as one JSON document")
        for argument in command.arguments:
            own.add_argument(
                f"--{argument.name}", type=_type_of(argument), default=argument.default, help=argument.help
            )
    return parser


def _type_of(argument: Argument) -> Callable[[str], Any]:
    def parse(text: str) -> Any:
        try:
            return argument.parse(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return parse


if __name__ == "__main__":
    sys.exit(main())
