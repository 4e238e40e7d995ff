# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""`secret:rotate`: all stored secrets under another key, while OpenConnector runs."""

import asyncio
from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from typing import Any
from uuid import UUID

from openconnector.commands.command import Context, Output
from openconnector.core.database import Database
from openconnector.core.errors import ConfigurationError
from openconnector.sources.resealing import Resealed, Unreadable, count_sources, reseal_batch
from openconnector.vault.encryption import Vault
from openconnector.vault.keys import KeyFile, open_ring, ring_of_environment

_FIRST = UUID(int=0)
"""Comes before every source."""


async def rotate(context: Context, arguments: Mapping[str, Any], output: Output) -> None:
    """Change the key, or go on with a change that was interrupted. A key that is lost is replaced.

    The new key is in its place before anything is encrypted under it, and the old ones stay until nothing needs them:
    whenever this stops, every process can read everything.

    Raises:
        ConfigurationError: there is nothing to change the key to, another process does it, secrets are left that
            cannot be read (the old keys stay then), or a key is said to be lost and is not.
    """
    settings = context.settings
    file = KeyFile(settings.storage_path) if settings.secret_key is None else None
    if file is None and len(ring_of_environment(settings)) == 1:
        raise ConfigurationError(
            "OPENCONNECTOR_SECRET_KEY holds the key. Put a new one there (openssl rand -base64 32) and the former one "
            "into OPENCONNECTOR_PREVIOUS_SECRET_KEYS, restart OpenConnector, and run this again."
        )
    is_lost = arguments.get("key_lost", False)
    if is_lost:
        _replace_lost(file)
    with file.locked() if file else nullcontext():
        await context.ready()
        if file is not None and not is_lost:
            is_new = file.begin_rotation()
            output.progress("A new key encrypts from now on." if is_new else "Going on with a change of the key.")
        rotation = _Rotation(context, Vault(open_ring(settings)), output)
        await rotation.run(arguments["grace"])
        await _forget_old_pages(context.database)
        if file is not None:
            file.end_rotation()
        rotation.tell()


def _replace_lost(file: KeyFile | None) -> None:
    if file is None:
        raise ConfigurationError("OPENCONNECTOR_SECRET_KEY holds the key. If it is lost, put a new one there.")
    if file.path.exists():
        raise ConfigurationError(f"{file.path} is there. Run this without --key-lost, or move the file away first.")
    file.create()


class _Rotation:
    """The passes over all sources, and what has come of them."""

    def __init__(self, context: Context, vault: Vault, output: Output) -> None:
        self._database = context.database
        self._by_environment = context.settings.secret_key is not None
        self._vault = vault
        self._output = output
        self._total = Resealed()

    async def run(self, grace: float) -> None:
        """Pass until there is nothing to do; then wait for those who are still saving, and look again."""
        await self._pass()
        while True:
            self._output.progress(f"Waiting {grace:g} s for what is still being saved under the old key.")
            await asyncio.sleep(grace)
            last = await self._pass()
            self._refuse_to_forget(last.unreadable)
            if not last.secrets:
                self._total.unreadable = last.unreadable
                return

    async def _pass(self) -> Resealed:
        sources = await count_sources(self._database)
        found, seen = Resealed(), 0
        after: UUID | None = _FIRST
        while after is not None:
            after, looked_at, done = await reseal_batch(self._database, self._vault, after)
            seen += looked_at
            _add(found, done)
            if looked_at:
                text = f"{seen} of {max(seen, sources)} sources, {found.secrets} secrets encrypted again."
                self._output.progress(text)
        self._total.sources += found.sources
        self._total.secrets += found.secrets
        return found

    def _refuse_to_forget(self, unreadable: Iterable[Unreadable]) -> None:
        """What stands under a key that we have and cannot be read was changed; nothing of it may be lost by us."""
        damaged = [secret for secret in unreadable if secret.key_id in self._vault.key_ids()]
        if damaged:
            raise ConfigurationError(
                f"These secrets have been changed outside OpenConnector: {_places(damaged)}. "
                "Enter them again, and run this again. The old key stays until then."
            )

    def tell(self) -> None:
        """Say what has been done."""
        lost = self._total.unreadable
        end = "Take OPENCONNECTOR_PREVIOUS_SECRET_KEYS out now." if self._by_environment else "The old key is gone."
        text = f"Done: {self._total.secrets} secrets of {self._total.sources} sources are under the new key. {end}"
        if lost:
            text += f" No key is known for: {_places(lost)}. Enter these again."
        self._output.result(
            text,
            keyId=self._vault.key_ids()[0],
            secrets=self._total.secrets,
            sources=self._total.sources,
            unreadable=[{"source": secret.source, "place": secret.place} for secret in lost],
        )


def _add(total: Resealed, done: Resealed) -> None:
    total.sources += done.sources
    total.secrets += done.secrets
    total.unreadable += done.unreadable


def _places(secrets: Iterable[Unreadable]) -> str:
    return ", ".join(f"{secret.source} ({secret.place})" for secret in secrets)


async def _forget_old_pages(database: Database) -> None:
    """Empty SQLite's write-ahead log: what was replaced still stands there. It waits for readers a while."""
    if not database.is_sqlite:
        return
    async with database.engine.connect() as connection:
        raw = await connection.get_raw_connection()
        # Past the session: a checkpoint cannot be made inside of a transaction.
        await raw.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[union-attr]
