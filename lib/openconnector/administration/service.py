# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The settings that administrators change while OpenConnector runs, and what calls need of them."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from openconnector.administration.models import Administration
from openconnector.administration.repository import ROW, find_blocking
from openconnector.administration.schemas import RefusedValue, SettingsRead, SettingsUpdate
from openconnector.core.call_defaults import CallDefaults, DefaultLimits, DefaultTimeouts
from openconnector.core.clock import now, stopwatch
from openconnector.core.database import Database
from openconnector.core.errors import ConfigurationError, VersionConflict
from openconnector.core.phrases import phrase
from openconnector.core.retention import BodyKeeping, Retention
from openconnector.core.settings import Settings
from openconnector.egress.policy import EgressPolicy, parse_allow

FRESH_MS = 5_000
"""For which a process believes what it has read. Another process may have changed it since."""


@dataclass(frozen=True, slots=True)
class Current:
    """What calls go by. As long as nothing has changed it is the same object, and so is its policy."""

    egress: EgressPolicy
    redaction_names: tuple[str, ...]
    retention: Retention
    bodies: BodyKeeping
    defaults: CallDefaults


@dataclass(frozen=True, slots=True)
class _Stored:
    """The row; version 0 stands for none."""

    egress_allow: tuple[str, ...] = ()
    redaction_names: tuple[str, ...] = ()
    retention: Retention = field(default_factory=Retention)
    bodies: BodyKeeping = field(default_factory=BodyKeeping)
    timeouts: DefaultTimeouts = field(default_factory=DefaultTimeouts)
    limits: DefaultLimits = field(default_factory=DefaultLimits)
    version: int = 0
    updated_at: datetime | None = None

    @property
    def content(self) -> tuple[object, ...]:
        """What calls go by."""
        return self.egress_allow, self.redaction_names, self.retention, self.bodies, self.timeouts, self.limits


class AdministrationService:
    """One instance serves a process.

    Raises:
        ConfigurationError: the environment allows something that is no network and no host name.
    """

    def __init__(self, settings: Settings, database: Database) -> None:
        _check_environment(settings)
        self._settings = settings
        self._database = database
        self._stored = _Stored()
        self._current = self._of(self._stored)
        self._fresh_until = 0.0
        self._refreshing: asyncio.Task[None] | None = None
        self._changes = 0
        self._refused: list[RefusedValue] = []

    async def current(self) -> Current:
        """What calls go by now: at most some seconds old, and read once for all who ask at the same time."""
        if stopwatch() >= self._fresh_until:
            if self._refreshing is None:
                self._refreshing = asyncio.create_task(self._refresh())
                self._refreshing.add_done_callback(self._refreshed)
            # The others wait on when one of those who ask is cancelled.
            await asyncio.shield(self._refreshing)
        return self._current

    async def read(self) -> SettingsRead:
        """The settings as they are stored."""
        return self._shown(await self._database.run(_load))

    async def replace(self, wanted: SettingsUpdate) -> SettingsRead:
        """Store the settings; they hold for the next call of this process.

        Raises:
            VersionConflict: `wanted.version` is not the stored one; the problem carries the stored settings.
        """
        try:
            stored = await self._database.run(lambda session: self._store(session, wanted), writes=True)
        except IntegrityError:
            raise await self._conflict() from None
        if stored is None:
            raise await self._conflict()
        self._changes += 1
        self._refused = []  # whoever saves has seen them, and saves something else
        if stored.version > self._stored.version:
            self._keep(stored)
        return self._shown(stored)

    def note_refused(self, refused: Sequence[RefusedValue]) -> None:
        """Show these beside the settings, and no others: what a face was asked for and cannot be used."""
        self._refused = list(refused)

    async def _conflict(self) -> VersionConflict:
        current = await self.read()
        return VersionConflict(
            phrase("Somebody else has saved these settings since you opened them."),
            current=current.model_dump(mode="json", by_alias=True),
        )

    def _store(self, session: Session, wanted: SettingsUpdate) -> _Stored | None:
        """Write the row, when its version is the wanted one; else None."""
        row = find_blocking(session, lock=True)
        if wanted.version != (row.version if row else 0):
            return None
        if row is None:
            row = Administration(id=ROW)
            session.add(row)
        row.content = {
            "egressAllow": wanted.egress_allow,
            "redactionNames": wanted.redaction_names,
            "retention": wanted.retention.to_json(),
            "bodies": wanted.bodies.to_json(),
            "timeouts": wanted.timeouts.to_json(),
            "limits": wanted.limits.to_json(),
        }
        row.updated_at = now()
        session.flush()
        return _stored_of(row)

    async def _refresh(self) -> None:
        changes = self._changes
        stored = await self._database.run(_load)
        if changes == self._changes:  # else this process has changed the settings meanwhile, and knows better
            self._keep(stored)

    def _refreshed(self, task: asyncio.Task[None]) -> None:
        self._refreshing = None
        if not task.cancelled():
            task.exception()  # those who wait are told; when nobody waits any more, nobody needs to be

    def _keep(self, stored: _Stored) -> None:
        if stored.content != self._stored.content:
            self._current = self._of(stored)
        self._stored = stored
        self._fresh_until = stopwatch() + FRESH_MS

    def _of(self, stored: _Stored) -> Current:
        allow = (*self._settings.egress_allow, *stored.egress_allow)
        policy = EgressPolicy(allow, self._settings.own_ports)
        defaults = CallDefaults.of(stored.timeouts, stored.limits)
        return Current(policy, stored.redaction_names, stored.retention, stored.bodies, defaults)

    def _shown(self, stored: _Stored) -> SettingsRead:
        return SettingsRead(
            egress_allow=list(stored.egress_allow),
            egress_allow_environment=self._settings.egress_allow,
            redaction_names=list(stored.redaction_names),
            retention=stored.retention,
            retention_environment=Retention(
                success_days=self._settings.success_retention_days, error_days=self._settings.error_retention_days
            ),
            bodies=stored.bodies,
            timeouts=stored.timeouts,
            limits=stored.limits,
            refused=self._refused,
            version=stored.version,
            updated_at=stored.updated_at,
        )


def _load(session: Session) -> _Stored:
    row = find_blocking(session)
    return _Stored() if row is None else _stored_of(row)


def _stored_of(row: Administration) -> _Stored:
    content: dict[str, Any] = row.content
    return _Stored(
        egress_allow=tuple(content.get("egressAllow", ())),
        redaction_names=tuple(content.get("redactionNames", ())),
        retention=Retention.model_validate(content.get("retention", {})),
        bodies=BodyKeeping.model_validate(content.get("bodies", {})),
        timeouts=DefaultTimeouts.model_validate(content.get("timeouts", {})),
        limits=DefaultLimits.model_validate(content.get("limits", {})),
        version=row.version,
        updated_at=row.updated_at,
    )


def _check_environment(settings: Settings) -> None:
    for entry in settings.egress_allow:
        try:
            parse_allow(entry)
        except ValueError as error:
            raise ConfigurationError(f"OPENCONNECTOR_EGRESS_ALLOW: “{entry}”: {error}") from None
