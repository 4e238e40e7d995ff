# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a diagnosis may look at: a finished call without its secrets."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from urllib.parse import SplitResult, urlsplit

from openconnector.calls.outcome import Result
from openconnector.egress.evidence import Certificate, ConnectionEvidence
from openconnector.transports.exchange import Exchange, Failure, Headers, ReceivedResponse, SentRequest

MAX_BODY = 256 * 1024
"""Bytes of the last response's body that a diagnosis looks at."""


@dataclass(frozen=True)
class Observed:
    """Everything that a diagnosis may look at. The exchanges are redacted already, and without bodies.

    Attributes:
        refusal: why nothing was sent; there are no exchanges then.
        authentication: the type of the source's authentication, as in its configuration.
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
    body: str | None = None
    is_body_whole: bool = False

    @cached_property
    def last(self) -> Exchange | None:
        return self.exchanges[-1] if self.exchanges else None

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
