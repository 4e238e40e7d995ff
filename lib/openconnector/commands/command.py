# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a command is, apart from the command line that it is typed into.

Nothing heavy is imported here: a command line reads all declarations before it knows which command is wanted.
"""

from __future__ import annotations

import importlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol, cast

if TYPE_CHECKING:
    from openconnector.administration.service import AdministrationService
    from openconnector.calls.service import CallService
    from openconnector.commands.checks import Check
    from openconnector.commands.styled import Block
    from openconnector.core.database import Database
    from openconnector.core.settings import Settings
    from openconnector.logs.opening import OpenLog
    from openconnector.transfer.fetching import DocumentFetcher
    from openconnector.vault.encryption import Vault

Face = Literal["cli", "occ"]
"""The command line of the engine, and Nextcloud's."""

BOTH: tuple[Face, ...] = ("cli", "occ")

Parse = Callable[[str], Any]
"""Reads what was typed. It raises ValueError, with a sentence, for what cannot be used."""


@dataclass(frozen=True, slots=True)
class Argument:
    """What stands at its place, such as the source in `source:show crm`. `is_list`: the last one, any number of times.

    `completes` names what a shell offers for it: `source` are the slugs of the sources.
    """

    name: str
    help: str
    parse: Parse = str
    is_required: bool = True
    is_list: bool = False
    completes: Literal["source", ""] = ""


@dataclass(frozen=True, slots=True)
class Option:
    """An option with a value, such as `--grace 20`; one that is given twice holds as it was given last."""

    name: str
    help: str
    parse: Parse = str
    default: Any = None
    choices: tuple[str, ...] = ()
    faces: tuple[Face, ...] = BOTH


@dataclass(frozen=True, slots=True)
class Flag:
    """An option without a value, such as `--dry-run`."""

    name: str
    help: str
    faces: tuple[Face, ...] = BOTH


JSON = Flag("json", "print the result as one JSON document")
FAIL = Flag("fail", "end with exit code 1 when the result is a failure")


class Nextcloud(Protocol):
    """What a command may ask of the Nextcloud around it. The engine itself knows none."""

    async def checks(self) -> Sequence[Check]:
        """Whether it can be reached, which AppAPI it has, and whether its clock agrees. It never raises."""


class Context(Protocol):
    """What a command works on: of a process of its own, or of the engine that it runs within."""

    settings: Settings
    nextcloud: Nextcloud | None
    has_scheduler: bool | None
    """Whether this process runs the scheduled work; None: it is that of a command alone."""

    @property
    def database(self) -> Database:
        """The database, opened when it is first asked for.

        Raises:
            ConfigurationError: the settings name none that can be used.
        """

    def vault(self) -> Vault:
        """What opens the stored secrets.

        Raises:
            ConfigurationError: there is no key, or it cannot be used.
        """

    def administration(self) -> AdministrationService:
        """The settings that are changed while it runs."""

    async def ready(self) -> None:
        """Have the database as this version wants it.

        Raises:
            ConfigurationError: it cannot be brought there.
        """

    def log(self) -> AbstractAsyncContextManager[OpenLog]:
        """The log, to read and to clean up."""

    def calls(self) -> AbstractAsyncContextManager[CallService]:
        """What makes calls."""

    def documents(self) -> AbstractAsyncContextManager[DocumentFetcher]:
        """What fetches documents to import."""

    async def standard_input(self) -> str:
        """Everything that is typed or piped into the command.

        Raises:
            InvalidInput: this command line has none.
        """


class Output(Protocol):
    """Where a command says what it does. It knows nothing of terminals and of formats."""

    def progress(self, text: str) -> None:
        """Tell what is being done. It is for people, and no part of the result."""

    def result(self, text: str | Sequence[Block], /, **members: Any) -> None:
        """Tell what has come of it, in words for people and as members of one JSON document for programs."""

    async def piece(self, piece: bytes, *, is_json: bool = False) -> None:
        """Give out a part of a document, in UTF-8, where the result is one. `is_json`: it may be escaped as such."""


Run = Callable[[Context, Mapping[str, Any], Output], Awaitable[bool | None]]
"""Does what a command says.

It gets the values by name, with underscores for hyphens, and raises an `OpenConnectorError` when it cannot do its work.
False: the work is done, and what has come of it counts as a failure where `--fail` is given.
"""


@dataclass(frozen=True, slots=True)
class Command:
    """One command, for example `secret:rotate`. `run` names its function as `module:function`, beside this module."""

    name: str
    help: str
    run: str
    arguments: tuple[Argument, ...] = ()
    options: tuple[Option | Flag, ...] = ()
    examples: tuple[str, ...] = ()
    faces: tuple[Face, ...] = BOTH
    may_fail: bool = False
    """Whether its result can be a failure, so that it knows `--fail` everywhere."""
    is_document: bool = False
    """Its result is a file, for which there is no `--json`."""
    needs_engine: bool = True
    """False: where an engine should be and could not start, it is run all the same, as in a process of its own."""

    def options_on(self, face: Face) -> tuple[Option | Flag, ...]:
        """The options that one command line offers, those of every command included.

        Where an exit code hides what was said, as in occ, it is asked for: there every command knows `--fail`.
        """
        own = tuple(option for option in self.options if face in option.faces)
        json = () if self.is_document else (JSON,)
        return (*own, *json, *((FAIL,) if self.may_fail or face == "occ" else ()))

    def load(self) -> Run:
        """The function of the command, imported now."""
        module, _, function = self.run.partition(":")
        return cast("Run", getattr(importlib.import_module(f"openconnector.commands.{module}"), function))


def key_of(name: str) -> str:
    """The name under which a command finds a value."""
    return name.replace("-", "_")
