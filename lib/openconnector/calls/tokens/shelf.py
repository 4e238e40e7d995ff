# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where tokens are kept: in the memory of this process for some seconds, and sealed in the database for all workers."""

import hashlib
import json
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from uuid import UUID, uuid4

import structlog

from openconnector.authentication.oauth2.scheme import OAuth2Authentication
from openconnector.authentication.oauth2.tokens import Token
from openconnector.core.clock import now, stopwatch
from openconnector.core.database import Database
from openconnector.core.errors import ConfigurationError
from openconnector.core.http import URL
from openconnector.egress.origin import origin_of
from openconnector.sources.opened import OpenSource
from openconnector.sources.sealing import TOKEN, Sealer
from openconnector.sources.token_states import (
    NewToken,
    StoredToken,
    end_lease,
    forget_token,
    keep_token,
    read_token,
    take_lease,
)
from openconnector.vault.encryption import Vault
from openconnector.vault.leaves import put, secret_leaves

MAX_SOURCES = 1000
"""Sources whose tokens are kept in memory."""

LOOK_MS = 5000
"""How long a token is used without a look at the database, where another worker may have put or removed one."""

LEASE_MARGIN = timedelta(seconds=10)
"""For which nobody else fetches a token, beyond the time that a fetch may take."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Obtained:
    """A token for a call.

    Attributes:
        revision: that of the row in the database.
        is_new: it was fetched just now, so fetching another one would not help.
    """

    token: Token
    revision: int
    is_new: bool = False


@dataclass(slots=True)
class _Kept:
    version: int
    obtained: Obtained
    looked_at: float


class TokenShelf:
    """The tokens that there are, by source, and the right to fetch another one."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault
        self._worker = str(uuid4())
        self._kept: OrderedDict[UUID, _Kept] = OrderedDict()

    def at_hand(self, source: OpenSource) -> Obtained | None:
        """The token in memory, while it can be sent and was compared with the database a moment ago."""
        kept = self._kept.get(source.id)
        if kept is None or kept.version != source.version or stopwatch() - kept.looked_at >= LOOK_MS:
            return None
        return kept.obtained if kept.obtained.token.is_fresh(now()) else None

    def secrets(self, source: OpenSource) -> Sequence[str]:
        """The token in memory, in the forms in which it may be seen."""
        kept = self._kept.get(source.id)
        return kept.obtained.token.secrets() if kept is not None else ()

    async def look(self, source: OpenSource, digest: str) -> tuple[Obtained | None, int]:
        """The token in the database, when it is of this configuration; and the revision of whatever is there."""
        stored = await self._database.run(partial(read_token, source_id=source.id))
        return self._opened(source, digest, stored), stored.revision if stored else 0

    def keep(self, source: OpenSource, obtained: Obtained) -> None:
        """Have a token at hand."""
        known = self._kept.pop(source.id, None)
        if known is not None and known.version > source.version:  # a call that began before the configuration changed
            self._kept[source.id] = known
            return
        self._kept[source.id] = _Kept(source.version, obtained, stopwatch())
        if len(self._kept) > MAX_SOURCES:
            self._kept.popitem(last=False)

    async def store(self, source: OpenSource, digest: str, token: Token, seen: int) -> Obtained:
        """Put a token into the database before anybody uses it: a refresh token that was rotated must not be lost.

        Args:
            seen: the revision of what it replaces.
        """
        obtained = Obtained(token, seen + 1, is_new=True)
        if token.lives_no_time and not token.refresh_token:
            await self.end_lease(source)
            return obtained  # good for the calls that wait for it, if for any
        sealed = Sealer(self._vault, source.id).seal(token.dumped(), TOKEN)
        new = NewToken(digest, sealed, token.obtained_at, token.expires_at, token.refresh_expires_at)
        replace = partial(keep_token, source_id=source.id, worker=self._worker, seen=seen, token=new)
        if await self._database.run(replace, writes=True):
            self.keep(source, Obtained(token, seen + 1))
        return obtained

    def drop(self, source: OpenSource) -> None:
        """Look into the database the next time."""
        self._kept.pop(source.id, None)

    async def forget(self, source: OpenSource) -> bool:
        """Remove the token of a source. Whether there was one."""
        self.drop(source)
        return await self._database.run(partial(forget_token, source_id=source.id), writes=True)

    async def take_lease(self, source: OpenSource, *, waits: bool = True) -> bool:
        """Be the only worker that fetches a token of this source, for as long as that may take. Whether it is so."""
        at = now()
        total = timedelta(milliseconds=source.timeouts.total_ms) if waits else timedelta()
        until = at + total + LEASE_MARGIN
        lease = partial(take_lease, source_id=source.id, worker=self._worker, at=at, until=until)
        return await self._database.run(lease, writes=True)

    async def end_lease(self, source: OpenSource) -> None:
        """Let others fetch."""
        await self._database.run(partial(end_lease, source_id=source.id, worker=self._worker), writes=True)

    def _opened(self, source: OpenSource, digest: str, stored: StoredToken | None) -> Obtained | None:
        """What is stored, when it belongs to this configuration and opens: without the key, it is as good as none."""
        if stored is None or stored.content is None or stored.digest != digest:
            return None
        try:
            text = Sealer(self._vault, source.id).open(stored.content, TOKEN)
        except ConfigurationError as error:
            log.warning("a stored token cannot be opened", source=source.slug, error=str(error))
            return None
        return Obtained(Token.loaded(text), stored.revision)


def digest_of(source: OpenSource, scheme: OAuth2Authentication) -> str:
    """What a token belongs to: who asks for it, in which way, and where it will be sent."""
    values = scheme.to_json()
    for path, secret in secret_leaves(scheme):
        put(values, path, secret)
    everything = [values, [str(part) for part in origin_of(URL(source.location))]]
    return hashlib.sha256(json.dumps(everything, sort_keys=True).encode()).hexdigest()
