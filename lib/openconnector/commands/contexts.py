# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What commands work on: opened for one command, or that of an engine in the same process.

A command line opens no more than its command needs: the whole engine takes a second to be imported. A running app may
have the same database open. What it has read of the settings is believed for some seconds, and nothing else of it is
affected.
"""

import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from openconnector.commands.command import Nextcloud
from openconnector.core.database import Database
from openconnector.core.errors import InvalidInput
from openconnector.core.settings import Settings

if TYPE_CHECKING:
    from starlette.datastructures import State

    from openconnector.administration.service import AdministrationService
    from openconnector.calls.service import CallService
    from openconnector.logs.entries import CallEntry
    from openconnector.logs.opening import OpenLog
    from openconnector.transfer.fetching import DocumentFetcher
    from openconnector.vault.encryption import Vault

MAX_INPUT = 16 * 1024 * 1024
"""Characters that are read from the standard input."""


class OwnContext:
    """For a process that was started for one command."""

    has_scheduler: bool | None = None

    def __init__(self, settings: Settings, nextcloud: Nextcloud | None = None) -> None:
        self.settings = settings
        self.nextcloud = nextcloud
        self._database: Database | None = None

    @property
    def database(self) -> Database:
        # Not before: it makes the directory of the storage, which `completion` has no need of.
        if self._database is None:
            self._database = Database.from_settings(self.settings)
        return self._database

    async def close(self) -> None:
        """Close the database."""
        if self._database is not None:
            await self._database.close()

    def vault(self) -> "Vault":
        from openconnector.sources.resealing import holds_secrets  # noqa: PLC0415  # not every command needs them
        from openconnector.vault.encryption import Vault  # noqa: PLC0415
        from openconnector.vault.keys import open_ring  # noqa: PLC0415

        return Vault(open_ring(self.settings, lambda: holds_secrets(self.database)))

    def administration(self) -> "AdministrationService":
        from openconnector.administration.service import AdministrationService  # noqa: PLC0415

        return AdministrationService(self.settings, self.database)

    async def ready(self) -> None:
        from openconnector.migrations.upgrade import upgrade  # noqa: PLC0415

        await upgrade(self.database)

    @asynccontextmanager
    async def log(self) -> AsyncIterator["OpenLog"]:
        from openconnector.logs.opening import open_log  # noqa: PLC0415

        await self.ready()
        async with open_log(self.database, self.settings, _write_nothing) as opened:
            yield opened

    @asynccontextmanager
    async def calls(self) -> AsyncIterator["CallService"]:
        async with self._engine() as state:
            yield state.calls

    @asynccontextmanager
    async def documents(self) -> AsyncIterator["DocumentFetcher"]:
        async with self._engine() as state:
            yield state.import_fetcher

    @asynccontextmanager
    async def _engine(self) -> AsyncIterator["State"]:
        from openconnector.app import create_app, engine  # noqa: PLC0415

        settings = self.settings.model_copy(update={"background_work": False})
        app = create_app(settings)
        async with engine(app, settings):
            yield app.state

    async def standard_input(self) -> str:
        try:
            text = sys.stdin.read(MAX_INPUT + 1)
        except UnicodeDecodeError:
            raise InvalidInput("The standard input is not in UTF-8.") from None
        if len(text) > MAX_INPUT:
            raise InvalidInput(f"The standard input is longer than {MAX_INPUT} characters.")
        return text


class EngineContext:
    """For a command that runs within an engine, with what its requests share.

    Args:
        state: the state of the engine's application, as `openconnector.app.engine` fills it.
    """

    def __init__(self, settings: Settings, state: Any, nextcloud: Nextcloud | None = None) -> None:
        self.settings = settings
        self.nextcloud = nextcloud
        self.has_scheduler: bool | None = settings.background_work
        self._state = state

    @property
    def database(self) -> Database:
        database: Database = self._state.database
        return database

    def vault(self) -> "Vault":
        vault: Vault = self._state.vault
        return vault

    def administration(self) -> "AdministrationService":
        administration: AdministrationService = self._state.administration
        return administration

    async def ready(self) -> None:
        """The engine has brought its database up to date when it started."""

    def log(self) -> "AbstractAsyncContextManager[OpenLog]":
        from openconnector.logs.opening import OpenLog  # noqa: PLC0415  # the engine has imported it

        return nullcontext(OpenLog(**{part.name: getattr(self._state, part.name) for part in fields(OpenLog)}))

    def calls(self) -> "AbstractAsyncContextManager[CallService]":
        return nullcontext(self._state.calls)

    def documents(self) -> "AbstractAsyncContextManager[DocumentFetcher]":
        return nullcontext(self._state.import_fetcher)

    async def standard_input(self) -> str:
        raise InvalidInput("There is no standard input here. Use the command line in the container of the app.")


def _write_nothing(_session: Session, _calls: "Sequence[CallEntry]") -> None:
    """A log that is only read has nothing to write beside."""
