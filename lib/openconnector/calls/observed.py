# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a diagnosis may look at: a finished call without its secrets."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Self
from urllib.parse import SplitResult, urlsplit

from openconnector.authentication.oauth2.tokens import Token, decoded_jwt
from openconnector.calls.outcome import Result
from openconnector.calls.progress import TO_AUTHORIZE
from openconnector.egress.evidence import Certificate, ConnectionEvidence
from openconnector.transports.exchange import Exchange, Failure, Headers, ReceivedResponse, SentRequest
from openconnector.transports.soap.faults import SoapFault
from openconnector.vault.redaction import Redactor

MAX_BODY = 256 * 1024
"""Bytes of the last response's body that a diagnosis looks at."""


@dataclass(frozen=True, slots=True)
class TokenFacts:
    """What an access token says of itself, where it can be read, without secrets.

    Attributes:
        audience: whom it is for, from the claim `aud`.
        lives_no_time: it had come to its end when it came.
    """

    scope: str
    audience: tuple[str, ...]
    lives_no_time: bool

    @classmethod
    def of(cls, token: Token, redactor: Redactor) -> Self:
        decoded = decoded_jwt(token.access_token)
        audience = decoded[1].get("aud", []) if decoded else []
        named = audience if isinstance(audience, list) else [audience]
        texts = tuple(redactor.text(str(entry)[:200]) for entry in named[:10])
        return cls(redactor.text(token.scope[:500]), texts, token.lives_no_time)


@dataclass(frozen=True)
class Observed:
    """Everything that a diagnosis may look at. The exchanges are redacted already, and without bodies.

    Attributes:
        refusal: why nothing was sent; there are no exchanges then.
        authentication: the type of the source's authentication, as in its configuration.
        token: of the access token that was sent last.
        fault: what a SOAP service says went wrong, redacted.
        results_position: where the source expects records.
        body: the text of the last response's body, redacted, at most `MAX_BODY` bytes; None when it is no text.
        is_body_whole: `body` is all of it.
    """

    location: str
    source_type: str
    path: str
    result: Result
    exchanges: Sequence[Exchange]
    refusal: Failure | None
    authentication: str
    token: TokenFacts | None = None
    fault: SoapFault | None = None
    results_position: str = ""
    body: str | None = None
    is_body_whole: bool = False

    @cached_property
    def last(self) -> Exchange | None:
        return self.exchanges[-1] if self.exchanges else None

    @cached_property
    def first(self) -> Exchange | None:
        """The request of the call itself, before redirects and retries."""
        return next((exchange for exchange in self.exchanges if exchange.kind not in TO_AUTHORIZE), None)

    @property
    def is_about_token(self) -> bool:
        """Whether the last exchange was one with the authorization server."""
        return self.last is not None and self.last.kind in TO_AUTHORIZE

    @cached_property
    def request(self) -> SentRequest | None:
        return self.last.request if self.last else None

    @cached_property
    def response(self) -> ReceivedResponse | None:
        return self.last.response if self.last else None

    @property
    def failure(self) -> Failure | None:
        return self.refusal or (self.last.failure if self.last else None)

    @property
    def connection(self) -> ConnectionEvidence | None:
        return self.last.connection if self.last else None

    @property
    def chain(self) -> Sequence[Certificate]:
        """The certificates that the other side has shown."""
        tls = self.connection.tls if self.connection else None
        return tls.chain if tls else ()

    @property
    def url(self) -> str:
        """Where the last request went, or would have gone."""
        return self.request.url if self.request else self.location

    @property
    def ended_at(self) -> datetime | None:
        """When the last exchange was over."""
        return self.last.started_at + timedelta(milliseconds=self.last.duration_ms) if self.last else None

    @cached_property
    def media_type(self) -> str:
        """That of the response, in lower case; empty where it has none."""
        return (self.header("content-type") or "").partition(";")[0].strip().lower()

    def headers(self, name: str) -> list[str]:
        """Every value of a response header; `name` is in lower case."""
        return [value for field, value in self._headers if field == name]

    def header(self, name: str) -> str | None:
        """The first value of a response header."""
        return next(iter(self.headers(name)), None)

    @cached_property
    def _headers(self) -> Headers:
        return [(name.lower(), value) for name, value in self.response.headers] if self.response else []

    def sent(self, name: str) -> str | None:
        """The first value of a request header."""
        headers = self.request.headers if self.request else []
        return next((value for field, value in headers if field.lower() == name), None)


def split(url: str) -> SplitResult:
    """The parts of a URL; what the other side has sent need not be one."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  # it raises for a port that is none
    except ValueError:
        return SplitResult("", "", url, "", "")
    return parts


def origin(url: str) -> str:
    """Scheme, host and port as they stand in a URL, for people to read."""
    parts = split(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else url
