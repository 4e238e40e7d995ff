# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Fetches one token: finds the token endpoint, asks it, and reads the answer. What happens becomes exchanges."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from openconnector.authentication.base import Signing
from openconnector.authentication.oauth2.answer import MAX_ANSWER, TokenAnswer, TokenRefused, texts_of, token_of
from openconnector.authentication.oauth2.discovery import DiscoveryFailed, Endpoints, documents_of, endpoints_of
from openconnector.authentication.oauth2.form import TokenForm
from openconnector.authentication.oauth2.scheme import OAuth2Authentication
from openconnector.authentication.oauth2.tokens import Token, storable
from openconnector.calls.defaults import USER_AGENT
from openconnector.calls.delivery import delivery_of, with_identity
from openconnector.calls.recording import content_type_header
from openconnector.core.clock import now, stopwatch
from openconnector.core.http import Request
from openconnector.core.phrases import phrase, told
from openconnector.egress.policy import EgressPolicy
from openconnector.sources.opened import OpenSource
from openconnector.transports.decoding import ACCEPT_ENCODING
from openconnector.transports.exchange import Exchange, ExchangeKind, Failure, Origins
from openconnector.transports.http import HttpTransport

ENDPOINTS_MS = 3600_000
"""How long the endpoints that were found are believed."""

MAX_ISSUERS = 1000
_OK = 200


class TokenFailed(Exception):
    """There is no token. The last exchange tells why, where there is one.

    Attributes:
        type: the stable name of what went wrong.
        exchanges: the requests that were made for it.
        secrets: what they carried.
    """

    def __init__(self, type_: str, message: str) -> None:
        super().__init__(message)
        self.type = type_
        self.exchanges: Sequence[Exchange] = ()
        self.secrets: Sequence[str] = ()


class NotConnected(TokenFailed):
    """Nobody has logged in at the provider yet, or nobody can go on from there."""

    def __init__(self, message: str) -> None:
        super().__init__("not_connected", message)


@dataclass(slots=True)
class Errand:
    """One way to the token endpoint, and what has come of it so far."""

    source: OpenSource
    scheme: OAuth2Authentication
    policy: EgressPolicy
    signing: Signing
    exchanges: list[Exchange] = field(default_factory=list)


class TokenFetcher:
    """Speaks to authorization servers. One instance serves a process."""

    def __init__(self, transport: HttpTransport) -> None:
        self._transport = transport
        self._endpoints: OrderedDict[tuple[str, str], tuple[float, Endpoints]] = OrderedDict()

    async def fetch(self, errand: Errand, *, refresh_token: str = "") -> Token:
        """A new token, by the grant or by a refresh token.

        Raises:
            TokenFailed: there is none. Failures of the network are in the exchanges.
        """
        endpoints = await self.endpoints(errand)

        def form() -> TokenForm:
            return errand.scheme.form(
                endpoints.token_url, endpoints.issuer, errand.signing, refresh_token=refresh_token or None
            )

        return await self.ask(errand, form)

    async def ask(self, errand: Errand, form: Callable[[], TokenForm]) -> Token:
        """Send a token request, and read the token in the answer.

        Raises:
            TokenFailed: there is none.
        """
        try:
            made = form()
        except ValueError as error:
            raise TokenFailed("credentials_unusable", told(error)) from None
        errand.signing.learned += [value for name, value in made.fields if name in _SECRET_FIELDS]
        exchange = await self._send(errand, made.request(USER_AGENT), "token")
        response = exchange.response
        if exchange.failure is not None or response is None:
            raise _failed(exchange)
        answer = TokenAnswer(response.status_code, _media_type(exchange), response.body, now())
        try:
            token = token_of(answer, errand.scheme.token_location)
        except TokenRefused as refused:
            exchange.failure = Failure(refused.type, told(refused))
            if response.status_code == _OK:
                errand.signing.learned += texts_of(response.body)  # the token may be where nobody has looked
            raise _failed(exchange) from None
        errand.signing.learned += token.secrets()
        return token

    async def endpoints(self, errand: Errand) -> Endpoints:
        """Where the authorization server is talked to: as configured, else as its discovery document says.

        Raises:
            TokenFailed: there is no usable document.
        """
        scheme = errand.scheme
        authorization_url = getattr(scheme.grant, "authorization_url", "")
        is_complete = authorization_url or not scheme.grant.is_interactive or not scheme.issuer
        if scheme.token_url and is_complete:
            return Endpoints(scheme.token_url, authorization_url)
        key = (str(errand.source.id), scheme.issuer)
        known = self._endpoints.get(key)
        if known is not None and known[0] > stopwatch():
            return known[1]
        found = await self._discover(errand, scheme.issuer)
        found = replace(found, token_url=scheme.token_url or found.token_url)
        self._endpoints[key] = (stopwatch() + ENDPOINTS_MS, found)
        if len(self._endpoints) > MAX_ISSUERS:
            self._endpoints.popitem(last=False)
        return found

    def forget(self, source: OpenSource) -> None:
        """Look for the endpoints of a source anew the next time."""
        for key in [key for key in self._endpoints if key[0] == str(source.id)]:
            del self._endpoints[key]

    async def _discover(self, errand: Errand, issuer: str) -> Endpoints:
        exchange: Exchange | None = None
        for url in documents_of(issuer):
            headers = [("Accept", "application/json"), ("Accept-Encoding", ACCEPT_ENCODING), ("User-Agent", USER_AGENT)]
            exchange = await self._send(errand, Request("GET", url, headers=headers), "discovery")
            response = exchange.response
            if exchange.failure is not None or response is None:
                break
            if response.status_code == _OK:
                try:
                    return endpoints_of(response.body, issuer)
                except DiscoveryFailed as error:
                    exchange.failure = Failure("discovery_failed", _storable(told(error)))
                    break
        assert exchange is not None  # noqa: S101  # there is a place to look at
        if exchange.failure is None:
            status = exchange.response.status_code if exchange.response else None
            words = phrase("There is no discovery document: the answer is {status}.", status=status)
            exchange.failure = Failure("discovery_failed", words)
        raise _failed(exchange)

    async def _send(self, errand: Errand, request: Request, kind: ExchangeKind) -> Exchange:
        delivery = delivery_of(errand.source, errand.policy, body_bytes=MAX_ANSWER)
        named = {name.decode("latin-1").lower(): "authentication" for name, _ in request.headers.raw}
        delivery = replace(with_identity(delivery, errand.source, request.url), origins=Origins(headers=named))  # type: ignore[arg-type]  # all are one origin
        first = len(errand.exchanges)
        try:
            await self._transport.send(request, delivery, errand.exchanges)
        finally:
            for exchange in errand.exchanges[first:]:
                exchange.kind = kind
        return errand.exchanges[-1]


_SECRET_FIELDS = frozenset(
    {
        "actor_token",
        "assertion",
        "client_assertion",
        "client_secret",
        "code",
        "code_verifier",
        "password",
        "refresh_token",
        "subject_token",
    }
)
"""Fields of a token request whose values are taken out wherever they stand."""


def _failed(exchange: Exchange) -> TokenFailed:
    failure = exchange.failure
    if failure is None:
        return TokenFailed("empty_reply", phrase("No answer came."))
    return TokenFailed(failure.type, failure.message)


def _storable(text: str) -> str:
    clean = storable(text)
    return text if clean == text else clean


def _media_type(exchange: Exchange) -> str:
    headers = exchange.response.headers if exchange.response else []
    return content_type_header(headers).partition(";")[0].lower()
