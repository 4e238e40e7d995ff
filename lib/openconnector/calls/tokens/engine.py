# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Keeps the tokens of sources: fetched once for all who wait, renewed before they end, shared through the database.

A failure is never kept: whoever comes next asks again.
"""

import asyncio
import hashlib
import json
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from uuid import UUID, uuid4

import structlog

from openconnector.authentication.base import Signing
from openconnector.authentication.oauth2.scheme import OAuth2Authentication
from openconnector.authentication.oauth2.tokens import Token
from openconnector.calls.tokens.fetching import Errand, NotConnected, TokenFailed, TokenFetcher
from openconnector.core.clock import now, stopwatch
from openconnector.core.database import Database
from openconnector.core.errors import ConfigurationError
from openconnector.core.http import URL
from openconnector.core.phrases import phrase, told
from openconnector.egress.origin import origin_of
from openconnector.egress.policy import EgressPolicy
from openconnector.sources.sealing import TOKEN, Sealer
from openconnector.sources.service import OpenSource
from openconnector.sources.token_states import (
    NewToken,
    StoredToken,
    end_lease,
    forget_token,
    keep_token,
    read_token,
    take_lease,
)
from openconnector.transports.exchange import Exchange, Failure
from openconnector.vault.encryption import Vault
from openconnector.vault.leaves import put, secret_leaves

MAX_SOURCES = 1000
"""Sources whose tokens are kept in memory."""

LOOK_MS = 5000
"""How long a token is used without a look at the database, where another worker may have put or removed one."""

_LEASE_MARGIN = timedelta(seconds=10)
_FIRST_LOOK_SECONDS, _LONGEST_LOOK_SECONDS = 0.05, 0.5

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


@dataclass(slots=True, eq=False)
class _Flight:
    """One fetch, and those who wait for it."""

    errand: Errand
    task: "asyncio.Task[Obtained]"
    waiting: int = 0
    is_claimed: bool = False


OnOrphan = Callable[[OpenSource, Sequence[Exchange], Sequence[str]], Awaitable[None]]
"""Is given the exchanges of a fetch that nobody waits for any more, with the secrets in them."""


class TokenEngine:
    """The tokens of a process. What it fetches, it shares with all workers of the database.

    Attributes:
        on_orphan: logs a fetch whose callers have all gone away.
    """

    def __init__(self, database: Database, vault: Vault, fetcher: TokenFetcher) -> None:
        self._database = database
        self._vault = vault
        self._fetcher = fetcher
        self._worker = str(uuid4())
        self._kept: OrderedDict[UUID, _Kept] = OrderedDict()
        self._flights: dict[tuple[UUID, int], _Flight] = {}
        self._background: set[asyncio.Task[None]] = set()
        self.on_orphan: OnOrphan | None = None

    async def obtain(
        self,
        source: OpenSource,
        scheme: OAuth2Authentication,
        policy: EgressPolicy,
        signing: Signing,
        exchanges: list[Exchange],
        *,
        rejected: Obtained | None = None,
        shares: bool = False,
    ) -> Obtained:
        """A token that can be sent. What had to be asked for it is in `exchanges`.

        Args:
            rejected: one that the other side does not take. It is not given again.
            shares: show the exchanges of a fetch also where they belong to another call.

        Raises:
            TokenFailed: there is none.
        """
        kept = self._kept.get(source.id)
        if kept is not None and kept.version == source.version and kept.obtained.token.is_fresh(now()):
            is_other = rejected is None or kept.obtained.revision != rejected.revision
            if is_other and stopwatch() - kept.looked_at < LOOK_MS:
                return kept.obtained
        key = (source.id, source.version)
        while True:
            flight = self._flights.get(key)
            if flight is None:
                errand = Errand(source, scheme, policy, Signing(signing.at, render=signing.render))
                flight = self._begin(key, errand, rejected)
            obtained = await self._wait(flight, signing, exchanges, shares=shares)
            if obtained.is_new or not _is(obtained, rejected):
                return obtained

    def secrets(self, source: OpenSource) -> Sequence[str]:
        """The token that is kept for a source, in the forms in which it may be seen."""
        kept = self._kept.get(source.id)
        return kept.obtained.token.secrets() if kept is not None else ()

    async def peek(self, source: OpenSource, scheme: OAuth2Authentication) -> Obtained | None:
        """The token that is stored for this configuration; None: there is none."""
        return self._opened(
            source, digest_of(source, scheme), await self._database.run(partial(read_token, source_id=source.id))
        )

    async def forget(self, source: OpenSource) -> bool:
        """Remove the token of a source. Whether there was one."""
        self._kept.pop(source.id, None)
        self._fetcher.forget(source)
        return await self._database.run(partial(forget_token, source_id=source.id), writes=True)

    async def store(self, errand: Errand, token: Token) -> Token:
        """Keep a token that a login has given, in the place of the one that is there."""
        source = errand.source
        await self._take_lease(source, waits=False)  # at least there is a row then
        stored = await self._database.run(partial(read_token, source_id=source.id))
        await self._store(errand, token, stored.revision if stored else 0)
        return token

    async def renew(
        self,
        source: OpenSource,
        scheme: OAuth2Authentication,
        policy: EgressPolicy,
        signing: Signing,
        exchanges: list[Exchange],
    ) -> Obtained:
        """Another token than the one that is there.

        Raises:
            TokenFailed: there is none.
        """
        present = await self.peek(source, scheme)
        self._kept.pop(source.id, None)
        return await self.obtain(source, scheme, policy, signing, exchanges, rejected=present, shares=True)

    async def close(self) -> None:
        """Let what is being fetched come to its end: a refresh token that is exchanged halfway is lost."""
        waiting = [*(flight.task for flight in self._flights.values()), *self._background]
        if waiting:
            await asyncio.wait(waiting, timeout=_LEASE_MARGIN.total_seconds())

    # ---- one fetch for all -------------------------------------------------------------------------------------------

    def _begin(self, key: tuple[UUID, int], errand: Errand, rejected: Obtained | None) -> _Flight:
        flight = _Flight(errand, asyncio.create_task(self._fly(errand, rejected)))
        self._flights[key] = flight

        def landed(task: asyncio.Task[Obtained]) -> None:
            del self._flights[key]
            if not task.cancelled():
                task.exception()  # it is told to those who wait, if there are any
            self._end_if_left(flight)

        flight.task.add_done_callback(landed)
        return flight

    async def _wait(self, flight: _Flight, signing: Signing, exchanges: list[Exchange], *, shares: bool) -> Obtained:
        """Wait with the others. The first of them who is still there has the exchanges; after a failure all have."""
        flight.waiting += 1
        try:
            obtained = await asyncio.shield(flight.task)
        except Exception:
            flight.is_claimed = True
            exchanges += flight.errand.exchanges
            signing.learned += flight.errand.signing.learned
            raise
        except asyncio.CancelledError:
            flight.waiting -= 1
            self._end_if_left(flight)
            raise
        signing.learned += flight.errand.signing.learned
        if not flight.is_claimed or shares:
            flight.is_claimed = True
            exchanges += flight.errand.exchanges
        return obtained

    def _end_if_left(self, flight: _Flight) -> None:
        """What has come to its end and nobody waits for any more, the log is told of."""
        if flight.waiting or flight.is_claimed or not flight.task.done() or not flight.errand.exchanges:
            return
        flight.is_claimed = True
        task = asyncio.create_task(self._log_orphan(flight.errand))
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def _log_orphan(self, errand: Errand) -> None:
        if self.on_orphan is None:
            return
        try:
            await self.on_orphan(errand.source, errand.exchanges, errand.signing.learned)
        except Exception:
            log.exception("a token request could not be logged")

    async def _fly(self, errand: Errand, rejected: Obtained | None) -> Obtained:
        source, digest = errand.source, digest_of(errand.source, errand.scheme)
        patience_ms, started = source.timeouts.total_ms, stopwatch()
        pause, has_lease = _FIRST_LOOK_SECONDS, False
        try:
            while True:
                stored = await self._database.run(partial(read_token, source_id=source.id))
                found = self._opened(source, digest, stored)
                if found is not None and found.token.is_fresh(now()) and not _is(found, rejected):
                    self._keep(source, found)
                    return found
                if has_lease:
                    break
                has_lease = await self._take_lease(source)
                if has_lease:
                    continue  # another one may have stored a token just before
                if stopwatch() - started > patience_ms:
                    words = phrase("Another worker has been fetching the token for too long.")
                    raise TokenFailed("token_busy", words)
                await asyncio.sleep(pause)
                pause = min(pause * 2, _LONGEST_LOOK_SECONDS)
            token = await self._fetch(errand, found.token if found else None)
            obtained = await self._store(errand, token, stored.revision if stored else 0)
            has_lease = False
            return obtained
        finally:
            if has_lease:
                await self._database.run(partial(end_lease, source_id=source.id, worker=self._worker), writes=True)

    async def _fetch(self, errand: Errand, former: Token | None) -> Token:
        """Another token: by the refresh token where there is one, else by the grant."""
        grant, at = errand.scheme.grant, now()
        refresh_token = former.refresh_token if former is not None and former.can_refresh(at) else ""
        if refresh_token and former is not None:
            errand.signing.learned.append(refresh_token)
            try:
                return _with_refresh(await self._within(errand, refresh_token), former)
            except TokenFailed as failed:
                if failed.type != "oauth_invalid_grant":
                    raise
                if grant.is_interactive:
                    errand.exchanges[-1].failure = Failure("oauth_login_expired", told(failed))
                    raise TokenFailed("oauth_login_expired", told(failed)) from None
        if grant.is_interactive:
            ended = phrase("The last login has ended. Press Connect under Authentication.")
            never = phrase("Nobody has logged in at the provider yet. Press Connect under Authentication.")
            raise NotConnected(never if former is None else ended)
        return await self._within(errand, "")

    async def _within(self, errand: Errand, refresh_token: str) -> Token:
        """Fetch within the total timeout of the source: those who wait may have gone away."""
        total_ms = errand.source.timeouts.total_ms
        try:
            async with asyncio.timeout(total_ms / 1000):
                return await self._fetcher.fetch(errand, refresh_token=refresh_token)
        except TimeoutError:
            failure = Failure("total_timeout", phrase("The token request took longer than {limit} ms.", limit=total_ms))
            errand.exchanges[-1].failure = failure
            raise TokenFailed(failure.type, failure.message) from None

    # ---- memory and database -----------------------------------------------------------------------------------------

    async def _take_lease(self, source: OpenSource, *, waits: bool = True) -> bool:
        at = now()
        total = timedelta(milliseconds=source.timeouts.total_ms) if waits else timedelta()
        until = at + total + _LEASE_MARGIN
        lease = partial(take_lease, source_id=source.id, worker=self._worker, at=at, until=until)
        return await self._database.run(lease, writes=True)

    async def _store(self, errand: Errand, token: Token, seen: int) -> Obtained:
        """Put a token into the database before anybody uses it: a refresh token that was rotated must not be lost."""
        source = errand.source
        obtained = Obtained(token, seen + 1, is_new=True)
        if token.lives_no_time and not token.refresh_token:
            await self._database.run(partial(end_lease, source_id=source.id, worker=self._worker), writes=True)
            return obtained  # good for the calls that wait for it, if for any
        new = NewToken(
            digest_of(source, errand.scheme),
            Sealer(self._vault, source.id).seal(token.dumped(), TOKEN),
            token.obtained_at,
            token.expires_at,
            token.refresh_expires_at,
        )
        keep = partial(keep_token, source_id=source.id, worker=self._worker, seen=seen, token=new)
        if await self._database.run(keep, writes=True):
            self._keep(source, Obtained(token, seen + 1))
        return obtained

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

    def _keep(self, source: OpenSource, obtained: Obtained) -> None:
        known = self._kept.pop(source.id, None)
        if known is not None and known.version > source.version:  # a call that began before the configuration changed
            self._kept[source.id] = known
            return
        self._kept[source.id] = _Kept(source.version, obtained, stopwatch())
        if len(self._kept) > MAX_SOURCES:
            self._kept.popitem(last=False)


def digest_of(source: OpenSource, scheme: OAuth2Authentication) -> str:
    """What a token belongs to: who asks for it, in which way, and where it will be sent."""
    values = scheme.to_json()
    for path, secret in secret_leaves(scheme):
        put(values, path, secret)
    everything = [values, [str(part) for part in origin_of(URL(source.location))]]
    return hashlib.sha256(json.dumps(everything, sort_keys=True).encode()).hexdigest()


def _is(found: Obtained, rejected: Obtained | None) -> bool:
    return rejected is not None and found.token.access_token == rejected.token.access_token


def _with_refresh(token: Token, former: Token) -> Token:
    """A server that does not rotate says nothing: the refresh token stays the one it was."""
    if token.refresh_token:
        return token
    return replace(token, refresh_token=former.refresh_token, refresh_expires_at=former.refresh_expires_at)
