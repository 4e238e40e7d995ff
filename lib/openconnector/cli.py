# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The command line: `openconnector secret:rotate --json`. What it can do is in `commands/`.

Exit codes: 0 it is done, 1 it could not be done, or with `--fail` its result is a failure, 2 it was not understood,
130 it was interrupted.

It starts quickly: what takes time is imported when the command is known.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from openconnector import __version__
from openconnector.commands import COMMANDS
from openconnector.commands.command import Argument, Command, Face, Flag, Nextcloud, Option, key_of

if TYPE_CHECKING:
    from openconnector.core.errors import OpenConnectorError
    from openconnector.core.settings import Settings

FACE: Face = "cli"
FAILED, INTERRUPTED = 1, 130

NextcloudOf = Callable[[], Nextcloud | None]
"""The Nextcloud around this command line, where the face that has started it knows one."""


def main(
    arguments: Sequence[str] | None = None,
    *,
    prepare: Callable[[], None] | None = None,
    nextcloud: NextcloudOf | None = None,
) -> int:
    """Run one command, and return its exit code.

    Args:
        prepare: called when the command is known, before anything of it is imported.
        nextcloud: asked for the Nextcloud that commands may look at.
    """
    given = parser().parse_args(arguments)
    if prepare is not None:
        prepare()
    import asyncio  # noqa: PLC0415  # see above

    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415

    from openconnector.commands.terminal import Terminal  # noqa: PLC0415
    from openconnector.core.errors import OpenConnectorError  # noqa: PLC0415

    command: Command = given.command
    terminal = Terminal(as_json=getattr(given, "json", False))
    values = {
        key_of(one.name): getattr(given, key_of(one.name)) for one in (*command.arguments, *command.options_on(FACE))
    }
    try:
        succeeded = asyncio.run(_run(command, values, terminal, nextcloud))
    except KeyboardInterrupt:
        terminal.progress("Interrupted.")
        return INTERRUPTED
    except BrokenPipeError:  # whoever read the result has enough
        terminal.leave()
        return FAILED
    except (OpenConnectorError, SQLAlchemyError, OSError, UnicodeEncodeError) as error:
        terminal.failed(_in_words(error))
        return FAILED
    return FAILED if succeeded is False and values.get("fail") else 0


def _in_words(error: Exception) -> OpenConnectorError:
    """Why a command could not be done."""
    from openconnector.core.errors import ConfigurationError, InvalidInput, OpenConnectorError  # noqa: PLC0415

    if isinstance(error, OpenConnectorError):
        return error
    if isinstance(error, UnicodeEncodeError):
        return InvalidInput("A text contains a character that is none, and cannot be stored.")
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        return ConfigurationError(f"{where}{error.strerror or type(error).__name__}.")
    why = type(getattr(error, "orig", None) or error).__name__
    return ConfigurationError(f"The database cannot be used ({why}). openconnector doctor says more.")


async def _run(
    command: Command, values: Mapping[str, Any], terminal: Any, nextcloud: NextcloudOf | None
) -> bool | None:
    from openconnector.commands.contexts import OwnContext  # noqa: PLC0415

    context = OwnContext(_settings(), nextcloud() if nextcloud is not None else None)
    try:
        return await command.load()(context, values, terminal)
    finally:
        await context.close()


def _settings() -> Settings:
    from pydantic import ValidationError  # noqa: PLC0415

    from openconnector.core.errors import ConfigurationError  # noqa: PLC0415
    from openconnector.core.settings import Settings  # noqa: PLC0415

    try:
        return Settings()
    except ValidationError as error:
        # The framework's own words repeat the values, and one of them may be a key.
        names = ", ".join(sorted({f"OPENCONNECTOR_{entry['loc'][0]}".upper() for entry in error.errors()}))
        raise ConfigurationError(f"These settings are not valid: {names}.") from None


def parser() -> argparse.ArgumentParser:
    """What reads the command line, made of the declarations."""
    parser = argparse.ArgumentParser(prog="openconnector", description="OpenConnector on the command line.")
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True, metavar="command", parser_class=_CommandParser)
    for command in COMMANDS:
        if FACE in command.faces:
            _add(commands, command)
    return parser


class _CommandParser(argparse.ArgumentParser):
    """Takes options between arguments, too: `source:set crm --json name=CRM`, as occ does."""

    _is_mixing = False

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        # Before Python 3.13 the one calls the other, and does not know `--`.
        if self._is_mixing or "--" in (args or ()):
            return super().parse_known_args(args, namespace)
        self._is_mixing = True
        try:
            return self.parse_known_intermixed_args(args, namespace)
        finally:
            self._is_mixing = False


def _add(commands: Any, command: Command) -> None:
    examples = "\n".join(f"  openconnector {example}" for example in command.examples)
    own = commands.add_parser(
        command.name,
        help=command.help,
        description=command.help,
        epilog=f"examples:\n{examples}" if examples else None,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    own.set_defaults(command=command)
    for argument in command.arguments:
        own.add_argument(
            key_of(argument.name),
            metavar=argument.name.upper(),
            type=_type_of(argument),
            help=argument.help,
            nargs=_count_of(argument),
        )
    for option in command.options_on(FACE):
        if isinstance(option, Flag):
            own.add_argument(f"--{option.name}", action="store_true", help=option.help)
        else:
            own.add_argument(
                f"--{option.name}",
                type=_type_of(option),
                default=option.default,
                choices=option.choices or None,
                help=option.help.replace("%", "%%"),
            )


def _count_of(argument: Argument) -> str | None:
    if argument.is_list:
        return "+" if argument.is_required else "*"
    return None if argument.is_required else "?"


def _type_of(one: Argument | Option) -> Callable[[str], Any]:
    def parse(text: str) -> Any:
        try:
            return one.parse(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return parse


if __name__ == "__main__":
    sys.exit(main())
