# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a command is, apart from the command line that it is typed into."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from openconnector.core.database import Database
from openconnector.core.settings import Settings


@dataclass(frozen=True, slots=True)
class Context:
    """What a command works on."""

    settings: Settings
    database: Database


class Output(Protocol):
    """Where a command says what it does. It knows nothing of terminals and of formats."""

    def progress(self, text: str) -> None:
        """Tell what is being done. It is for people, and no part of the result."""

    def result(self, text: str, **members: Any) -> None:
        """Tell what has come of it, in words for people and as members of one JSON document for programs."""


@dataclass(frozen=True, slots=True)
class Argument:
    """An option such as `--grace 20`. `parse` raises ValueError, with a sentence, for what cannot be used."""

    name: str
    help: str
    parse: Callable[[str], Any] = str
    default: Any = None


@dataclass(frozen=True, slots=True)
class Command:
    """One command, for example `secret:rotate`.

    `run` gets the arguments by name, and raises an `OpenConnectorError` when it cannot do its work.
    """

    name: str
    help: str
    run: Callable[[Context, Mapping[str, Any], Output], Awaitable[None]]
    arguments: tuple[Argument, ...] = ()
