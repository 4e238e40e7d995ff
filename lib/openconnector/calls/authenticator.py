# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What proves who asks, for the attempts of one call: tokens that are fetched before, challenges that are answered."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from openconnector.authentication.base import Answered, Dialogue, Signing
from openconnector.authentication.oauth2.scheme import OAuth2Authentication
from openconnector.calls.defaults import Built, build_request
from openconnector.calls.progress import Progress
from openconnector.calls.rendering import renderer
from openconnector.calls.schemas import CallRequest
from openconnector.calls.tokens.engine import TokenEngine
from openconnector.calls.tokens.shelf import Obtained
from openconnector.core.clock import now
from openconnector.core.http import URL, Request
from openconnector.egress.origin import origin_of
from openconnector.egress.policy import EgressPolicy
from openconnector.sources.opened import OpenSource
from openconnector.transports.exchange import Exchange

UNAUTHORIZED = 401
MAX_ROUNDS = 4
"""Requests that may follow a first one because of what it was answered."""

MAX_SOURCES = 1000


class ChallengeMemory:
    """What calls of a source learn from challenges, such as nonces. It is gone when the configuration changes."""

    def __init__(self) -> None:
        self._of: OrderedDict[UUID, tuple[int, dict[str, Any]]] = OrderedDict()

    def of(self, source: OpenSource) -> dict[str, Any]:
        version, memory = self._of.pop(source.id, (source.version, {}))
        if version < source.version:
            version, memory = source.version, {}
        elif version > source.version:  # a call that began before the configuration changed
            self._of[source.id] = (version, memory)
            return {}
        self._of[source.id] = (version, memory)
        if len(self._of) > MAX_SOURCES:
            self._of.popitem(last=False)
        return memory


class Authenticator:
    """Builds and signs the requests of one attempt."""

    def __init__(
        self,
        source: OpenSource,
        wanted: CallRequest,
        policy: EgressPolicy,
        tokens: TokenEngine,
        memory: ChallengeMemory,
        progress: Progress,
    ) -> None:
        self._source = source
        self._wanted = wanted
        self._policy = policy
        self._tokens = tokens
        self._progress = progress
        self._signing = Signing(learned=progress.learned)
        self._signing.render = renderer(source, self._signing)
        self._dialogue = source.authentication.dialogue(memory.of(source))
        self._obtained: Obtained | None = None
        self._rounds = 0

    @property
    def keeps_connection(self) -> bool:
        """Whether all requests of the attempt go over one connection."""
        return self._dialogue is not None and self._dialogue.keeps_connection

    async def first(self) -> Built:
        """The request with its credentials. What had to be asked for them is among the exchanges.

        Raises:
            TokenFailed: there is no token.
            PathLeavesOrigin, InvalidURL, ValueError: the request cannot be built.
        """
        self._signing.at = now()
        await self._take_token(rejected=None)
        built = await self._built()
        if self._dialogue is not None:
            present = built.request.headers.get("Authorization")
            self._dialogue.prepare(built.request, self._signing)
            if built.request.headers.get("Authorization") != present:
                built.headers["authorization"] = "authentication"
        return built

    async def again(self, sent: Request) -> Built | None:
        """The request that follows an answer of 401; None: the answer is the final one.

        Args:
            sent: what was answered, which may be behind a redirect.

        Raises:
            TokenFailed: there is no other token.
        """
        last = self._progress.exchanges[-1]
        if last.response is None or last.failure is not None or last.response.status_code != UNAUTHORIZED:
            return None
        self._rounds += 1
        self._signing.at = now()
        if self._dialogue is not None and self._rounds <= MAX_ROUNDS:
            return self._reply(self._dialogue, sent, last)
        is_own = origin_of(sent.url) == origin_of(URL(self._source.location))
        if self._obtained is not None and not self._obtained.is_new and self._rounds == 1 and is_own:
            # The token may have been withdrawn before its time: another one is tried, once.
            await self._take_token(rejected=self._obtained)
            return await self._built()
        return None

    async def _built(self) -> Built:
        """The request. To secure a large envelope takes seconds, and the first one loads what that needs."""
        if self._source.type == "soap" and self._source.connection.soap.security is not None:
            return await asyncio.to_thread(build_request, self._source, self._wanted, self._signing)
        return build_request(self._source, self._wanted, self._signing)

    async def _take_token(self, *, rejected: Obtained | None) -> None:
        scheme = self._source.authentication
        if isinstance(scheme, OAuth2Authentication):
            self._obtained = await self._tokens.obtain(
                self._source, scheme, self._policy, self._signing, self._progress.exchanges, rejected=rejected
            )
            self._progress.token = self._obtained.token
            self._signing.token = self._obtained.token.access_token
            self._signing.learned += self._obtained.token.secrets()

    def _reply(self, dialogue: Dialogue, sent: Request, last: Exchange) -> Built | None:
        assert last.response is not None  # noqa: S101  # it was a 401
        following = dialogue.answer(
            sent, Answered(last.response.status_code, last.response.headers, _certificate(last)), self._signing
        )
        if following is None:
            return None
        headers = dict(last.request.origins.headers) | {"authorization": "authentication"}
        return Built(following, headers, dict(last.request.origins.parameters))


def _certificate(exchange: Exchange) -> str | None:
    tls = exchange.connection.tls if exchange.connection else None
    chain: Sequence[Any] = tls.chain if tls else ()
    return (chain[0].end_point or None) if chain else None
