# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What can be done with the watch of a source."""

from collections.abc import Sequence
from functools import partial

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from openconnector.core.clock import now
from openconnector.core.database import Database
from openconnector.core.errors import Conflict, FieldError, InvalidInput, NotFound, VersionConflict
from openconnector.core.phrases import phrase, told
from openconnector.core.principal import Principal
from openconnector.monitoring.checks import IN_QUEUE, Checks
from openconnector.monitoring.memory import Memory, reset
from openconnector.monitoring.models import WatchNotification
from openconnector.monitoring.notifier import NotDelivered, Notifier
from openconnector.monitoring.repository import Claim, claim, drop_watch, find_watch, latest_notifications
from openconnector.monitoring.schemas import WatchRead, WatchSettings, WatchUpdate
from openconnector.monitoring.wording import shown
from openconnector.sources.models import Source, Watch

NOTIFICATIONS_SHOWN = 10

_WHAT = ("method", "path", "expected_status")
"""What a watch looks at. When one of these changes, what was counted before says nothing any more."""


class WatchService:
    """Watches, each operation in a transaction of its own."""

    def __init__(self, database: Database, checks: Checks, notifier: Notifier | None) -> None:
        self._database = database
        self._checks = checks
        self._notifier = notifier

    async def read(self, reference: str) -> WatchRead | None:
        """The watch of a source; None: nobody watches it.

        Raises:
            NotFound: there is no such source.
        """
        return await self._database.run(partial(_read, reference=reference))

    async def store(self, reference: str, wanted: WatchUpdate, principal: Principal) -> WatchRead:
        """Watch a source, or change how. The first check is due at once.

        Raises:
            NotFound: there is no such source.
            VersionConflict: `wanted.version` is not the stored one; the problem carries what is stored.
            InvalidInput: a method does not fit the source, or a user does not exist.
        """
        stored = await self.read(reference)
        settings = wanted.settings()
        if not settings.notify:
            settings = settings.model_copy(update={"notify": [principal.user_id]})
        known = {principal.user_id, *(stored.notify if stored else ())}
        await self._refuse_unknown(settings.notify, known)
        store = partial(_store, reference=reference, settings=settings, version=wanted.version)
        try:
            newer = await self._database.run(store, writes=True)
        except IntegrityError:  # two at once; the other was faster, or the source is gone
            raise Conflict(phrase("Somebody else has changed this source at the same moment. Try again.")) from None
        if newer is not None:
            raise VersionConflict(
                phrase("Somebody else has saved this watch since you opened it."),
                current=newer.model_dump(mode="json", by_alias=True),
            )
        return await self._existing(reference)

    async def remove(self, reference: str) -> None:
        """Watch a source no longer.

        Raises:
            NotFound: there is no such source, or nobody watches it.
        """
        await self._database.run(partial(_remove, reference=reference), writes=True)

    async def check(self, reference: str, principal: Principal) -> WatchRead:
        """Check a source now, whether its watch is paused or not.

        Raises:
            NotFound: there is no such source, or nobody watches it.
            Conflict: it is being checked.
            StorageFull: the call could not be logged.
        """
        held = await self._database.run(partial(_claim, reference=reference), writes=True)
        await self._checks.check(held, user_id=principal.user_id)
        await self._checks.deliver()
        return await self._existing(reference)

    async def _existing(self, reference: str) -> WatchRead:
        watch = await self.read(reference)
        if watch is None:
            raise _not_watched()
        return watch

    async def _refuse_unknown(self, users: Sequence[str], known: set[str]) -> None:
        """Only users who exist may be named: whoever tells them something does so in their name."""
        asked = [user for user in users if user not in known]
        if not asked:
            return
        try:
            unknown = asked if self._notifier is None else await self._notifier.unknown(asked)
        except NotDelivered as error:
            detail = phrase(
                "It cannot be seen now whether these users exist. Try again later. ({reason})", reason=told(error)
            )
            raise InvalidInput.field("/notify", detail) from None
        if unknown:
            errors = [
                FieldError(
                    f"/notify/{users.index(user)}", phrase("There is no user “{user}”.", user=user), "unknown_user"
                )
                for user in unknown
            ]
            raise InvalidInput(errors=errors)


def _read(session: Session, reference: str) -> WatchRead | None:
    source, watch = find_watch(session, reference)
    if watch is None:
        return None
    return _show(source, watch, latest_notifications(session, source.id, NOTIFICATIONS_SHOWN))


def _show(source: Source, watch: Watch, notifications: Sequence[WatchNotification]) -> WatchRead:
    memory = Memory.model_validate(watch.memory)
    return WatchRead.model_validate(
        {
            **watch.content,
            "version": watch.version,
            "state": watch.state,
            "stateSince": watch.state_since,
            "reason": memory.reason,
            "checkedAt": watch.checked_at,
            "nextCheckAt": watch.due_at if source.is_enabled else None,
            "checks": memory.checks,
            "expiries": memory.expiries,
            "notifications": [shown(one) for one in notifications],
        }
    )


def _store(session: Session, reference: str, settings: WatchSettings, version: int | None) -> WatchRead | None:
    """What is stored, where that is not the version that was wanted and nothing was changed; else None."""
    source, watch = find_watch(session, reference, lock=True)
    _refuse_method(source, settings)
    due_at = now() if settings.is_enabled else None
    if watch is None:
        content, memory = settings.to_json(), Memory().to_json()
        session.add(Watch(source_id=source.id, content=content, memory=memory, state="unknown", due_at=due_at))
        return None
    if version is not None and version != watch.version:
        return _show(source, watch, latest_notifications(session, source.id, NOTIFICATIONS_SHOWN))
    former = WatchSettings.model_validate(watch.content)
    if any(getattr(former, name) != getattr(settings, name) for name in _WHAT):
        watch.memory = reset(Memory.model_validate(watch.memory)).to_json()
    watch.content, watch.due_at, watch.version = settings.to_json(), due_at, watch.version + 1
    return None


def _refuse_method(source: Source, settings: WatchSettings) -> None:
    is_file_server = source.type == "ftp"
    if settings.method == "LIST" and not is_file_server:
        raise InvalidInput.field(
            "/method", phrase("Only the directories of a file server are listed. Choose GET or HEAD.")
        )


def _remove(session: Session, reference: str) -> None:
    source, watch = find_watch(session, reference, lock=True)
    if watch is None:
        raise _not_watched()
    drop_watch(session, source.id)


def _claim(session: Session, reference: str) -> Claim:
    source, watch = find_watch(session, reference, lock=True)
    if watch is None:
        raise _not_watched()
    at = now()
    held = claim(session, source.id, at, at + IN_QUEUE)
    if held is None:
        raise Conflict(phrase("This source is being checked now."))
    return held


def _not_watched() -> NotFound:
    return NotFound(phrase("Nobody watches this source."))
