# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How people are told something. The engine says what; whoever serves it knows how, and who there is."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID


class NotDelivered(Exception):
    """Nobody was told. `str()` is one line for the administrator; another attempt may help."""


class NobodyThere(NotDelivered):
    """The user does not exist any more: another attempt does not help."""


class NobodyListens(NotDelivered):
    """Nobody at all can be told at the moment, so that there is no use in trying others."""


@dataclass(frozen=True, slots=True)
class Notification:
    """What one user is told.

    Attributes:
        subject, message: English, with `{name}` where a value stands, so that they can be translated; never empty.
        values: by their names; never empty.
        source_id: what it is about.
        log_id: the entry of the log that shows it.
    """

    subject: str
    message: str
    values: dict[str, str]
    source_id: UUID
    log_id: UUID | None


class Notifier(Protocol):
    """Tells users something.

    Attributes:
        is_paused: the app is switched off where its users are: nothing is checked, and nobody told.
    """

    @property
    def is_paused(self) -> bool: ...

    async def notify(self, user_id: str, notification: Notification) -> None:
        """Tell one user.

        Raises:
            NotDelivered: it did not work; a subclass where it is known for how long.
        """

    async def unknown(self, user_ids: Iterable[str]) -> list[str]:
        """Those of the users who do not exist.

        Raises:
            NotDelivered: it cannot be known now.
        """
