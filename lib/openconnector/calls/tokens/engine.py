# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Obtains the tokens of sources: fetched once for all who wait, renewed before they end, shared by all workers.

A failure is never kept: whoever comes next asks again.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

import structlog

from openconnector.authentication.base import Signing
from openconnector.authentication.oauth2.scheme import OAuth2Authentication
from openconnector.authentication.oauth2.tokens import Token
from openconnector.calls.tokens.fetching import Errand, NotConnected, TokenFailed, TokenFetcher
from openconnector.calls.tokens.shelf import LEASE_MARGIN, Obtained, TokenShelf, digest_of
from openconnector.core.clock import now, stopwatch
from openconnector.core.database import Database
from openconnector.core.phrases import phrase, told
from openconnector.egress.policy import EgressPolicy
from openconnector.sources.opened import OpenSource
from openconnector.transports.exchange import Exchange, Failure
from openconnector.vault.encryption import Vault

_FIRST_LOOK_SECONDS, _LONGEST_LOOK_SECONDS = 0.05, 0.5

log = structlog.get_logger()


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
        self._shelf = TokenShelf(database, vault)
        self._fetcher = fetcher
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
        kept = self._shelf.at_hand(source)
        if kept is not None and (rejected is None or kept.revision != rejected.revision):
            return kept
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
        return self._shelf.secrets(source)

    async def peek(self, source: OpenSource, scheme: OAuth2Authentication) -> Obtained | None:
        """The token that is stored for this configuration; None: there is none."""
        found, _ = await self._shelf.look(source, digest_of(source, scheme))
        return found

    async def forget(self, source: OpenSource) -> bool:
        """Remove the token of a source. Whether there was one."""
        self._fetcher.forget(source)
        return await self._shelf.forget(source)

    async def store(self, errand: Errand, token: Token) -> Token:
        """Keep a token that a login has given, in the place of the one that is there."""
        source, digest = errand.source, digest_of(errand.source, errand.scheme)
        await self._shelf.take_lease(source, waits=False)  # at least there is a row then
        _, revision = await self._shelf.look(source, digest)
        await self._shelf.store(source, digest, token, revision)
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
        self._shelf.drop(source)
        return await self.obtain(source, scheme, policy, signing, exchanges, rejected=present, shares=True)

    async def close(self) -> None:
        """Let what is being fetched come to its end: a refresh token that is exchanged halfway is lost."""
        waiting = [*(flight.task for flight in self._flights.values()), *self._background]
        if waiting:
            await asyncio.wait(waiting, timeout=LEASE_MARGIN.total_seconds())

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
                found, revision = await self._shelf.look(source, digest)
                if found is not None and found.token.is_fresh(now()) and not _is(found, rejected):
                    self._shelf.keep(source, found)
                    return found
                if has_lease:
                    break
                has_lease = await self._shelf.take_lease(source)
                if has_lease:
                    continue  # another one may have stored a token just before
                if stopwatch() - started > patience_ms:
                    words = phrase("Another worker has been fetching the token for too long.")
                    raise TokenFailed("token_busy", words)
                await asyncio.sleep(pause)
                pause = min(pause * 2, _LONGEST_LOOK_SECONDS)
            token = await self._fetch(errand, found.token if found else None)
            obtained = await self._shelf.store(source, digest, token, revision)
            has_lease = False
            return obtained
        finally:
            if has_lease:
                await self._shelf.end_lease(source)

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


def _is(found: Obtained, rejected: Obtained | None) -> bool:
    return rejected is not None and found.token.access_token == rejected.token.access_token


def _with_refresh(token: Token, former: Token) -> Token:
    """A server that does not rotate says nothing: the refresh token stays the one it was."""
    if token.refresh_token:
        return token
    return replace(token, refresh_token=former.refresh_token, refresh_expires_at=former.refresh_expires_at)
