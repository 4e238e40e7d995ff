# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What has happened of a call so far."""

from dataclasses import dataclass, field

from openconnector.authentication.oauth2.tokens import Token
from openconnector.transports.exchange import Exchange, Failure

TO_AUTHORIZE = frozenset({"token", "discovery"})
"""Kinds of exchanges with an authorization server."""


@dataclass(slots=True)
class Progress:
    """The exchanges of a call as they happen, or the reason why there is none.

    Attributes:
        learned: secrets that were made or fetched for it.
        token: the access token that it has sent last.
        records: how many records were in the pages that came; None where none were found, or pages are not followed.
    """

    exchanges: list[Exchange] = field(default_factory=list)
    learned: list[str] = field(default_factory=list, repr=False)
    token: Token | None = None
    refusal: Failure | None = None
    records: int | None = None

    def end(self, failure: Failure) -> None:
        """The call ends before its time. What went wrong before stays what went wrong."""
        last = self.exchanges[-1] if self.exchanges else None
        if last is None or (last.kind in TO_AUTHORIZE and last.failure is None):
            self.refusal = failure  # there was a token, and the request itself was not sent
        elif last.failure is None or last.failure.type == "cancelled":
            last.failure = failure
