# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Builds the request of a call: the defaults of the source lie under what the caller asked for."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from openconnector import __version__
from openconnector.authentication.base import CredentialsUnusable, Render, Signing
from openconnector.calls.schemas import CallRequest
from openconnector.core import http
from openconnector.core.rows import HeaderRow, QueryRow, Row
from openconnector.egress.origin import join
from openconnector.egress.query import names_of, with_parameters
from openconnector.sources.service import OpenSource
from openconnector.templates.problem import TemplateProblem
from openconnector.transports.decoding import ACCEPT_ENCODING
from openconnector.transports.exchange import Origin, Origins

ACCEPT = {"json": "application/json, */*;q=0.5", "xml": "application/xml, text/xml, */*;q=0.5"}
CONTENT_TYPE = {"json": "application/json", "xml": "application/xml; charset=utf-8"}
USER_AGENT = f"OpenConnector/{__version__}"


@dataclass(slots=True)
class Built:
    """A request that is ready to be sent, and who put what on it."""

    request: http.Request
    headers: dict[str, Origin] = field(default_factory=dict)
    parameters: dict[str, Origin] = field(default_factory=dict)

    @property
    def origins(self) -> Origins:
        return Origins(self.headers, self.parameters)


def build_request(source: OpenSource, wanted: CallRequest, signing: Signing | None = None) -> Built:
    """The request with its authentication.

    Raises:
        PathLeavesOrigin: the path does not stay below the location.
        ValueError: a placeholder cannot be filled in, or credentials cannot be made.
    """
    signing = signing or Signing()
    built = _unsigned(source, wanted, signing)
    sign(source, wanted, built, signing)
    return built


def sign(source: OpenSource, wanted: CallRequest, built: Built, signing: Signing) -> None:
    """Put the credentials on the request, under what the caller asked for.

    Raises:
        ValueError: they cannot be made.
    """
    _sign(source, built, signing)
    _insist(built, wanted)


def _unsigned(source: OpenSource, wanted: CallRequest, signing: Signing) -> Built:
    own, asked = _rendered(source, signing.render, signing.learned), wanted
    if wanted.may_hold_templates:
        asked = _rendered_request(wanted, signing.render)
    url = join(source.location, asked.path)
    # A parameter that is written into the path, or into the location, counts as asked for.
    written = names_of(url)
    defaults = [row for row in own.query if row.name not in written]
    url = with_parameters(url, _merged(defaults, asked.query, fold=False))
    headers = _merged(own.headers, asked.headers, fold=True)
    named = {name.lower() for name, _ in headers}
    for name, value in _transport_defaults(source.type, has_body=wanted.body is not None):
        if name.lower() not in named:
            headers.append((name, value))
    request = http.Request(
        wanted.method,
        url,
        headers=[(name.encode(), value.encode()) for name, value in headers],
        content=None if asked.body is None else asked.body.encode(),
    )
    built = Built(request)
    _note_origins(built, source, wanted, written)
    return built


@dataclass(frozen=True, slots=True)
class _Rows:
    headers: Sequence[Row]
    query: Sequence[Row]


def _rendered(source: OpenSource, render: Render, learned: list[str]) -> _Rows:
    return _Rows(
        [_filled(row, render, "the header", learned) for row in source.headers],
        [_filled(row, render, "the query parameter", learned) for row in source.query],
    )


def _rendered_request(wanted: CallRequest, render: Render) -> CallRequest:
    return wanted.model_copy(
        update={
            "path": render(wanted.path, "the path"),
            "headers": [_filled(row, render, "the header") for row in wanted.headers],
            "query": [_filled(row, render, "the query parameter") for row in wanted.query],
            "body": None if wanted.body is None else render(wanted.body, "the body"),
        }
    )


def _filled(row: Row, render: Render, kind: str, learned: list[str] | None = None) -> Row:
    if "{{" not in row.value:
        return row
    text = render(row.value, f"{kind} {row.name}")
    if learned is not None and getattr(row, "is_secret", False):
        learned.append(text)
    if isinstance(row, HeaderRow):
        # What was filled in may hold a line break, which would begin another header (CWE-113).
        return HeaderRow(name=row.name, value=text)
    return QueryRow.model_construct(name=row.name, value=text)


def _note_origins(built: Built, source: OpenSource, wanted: CallRequest, written: set[str]) -> None:
    """What the caller asked for goes before what the source has. What nobody is noted for stands in the path."""
    built.headers.update({row.name.lower(): "source" for row in source.headers})
    built.headers.update({row.name.lower(): "request" for row in wanted.headers})
    if "?" in source.location:
        built.parameters.update(dict.fromkeys(names_of(http.URL(source.location)), "source"))
    built.parameters.update({row.name: "source" for row in source.query if row.name not in written})
    built.parameters.update({row.name: "request" for row in wanted.query})


def _sign(source: OpenSource, built: Built, signing: Signing) -> None:
    """Put the credentials on the request, and note what has changed by it."""
    request = built.request
    headers = set(request.headers.raw)
    try:
        source.authentication.sign(request, signing)
    except TemplateProblem:
        raise
    except ValueError as error:
        raise CredentialsUnusable(str(error)) from None
    for name, value in request.headers.raw:
        if (name, value) not in headers:
            built.headers[name.decode("latin-1").lower()] = "authentication"
    built.parameters.update(dict.fromkeys(source.authentication.carriers().parameters, "authentication"))


def _insist(built: Built, wanted: CallRequest) -> None:
    """Put back what the caller asked for where the authentication has put something else in its place."""
    request = built.request
    for name in {row.name.lower() for row in wanted.headers}:
        if name != "cookie" and built.headers[name] == "authentication":
            own = [row for row in wanted.headers if row.name.lower() == name]
            del request.headers[name]
            request.headers = http.Headers(
                [*request.headers.raw, *((row.name.encode(), row.value.encode()) for row in own)]
            )
            built.headers[name] = "request"


def _transport_defaults(source_type: str, *, has_body: bool) -> list[tuple[str, str]]:
    defaults = [
        ("Accept", ACCEPT[source_type]),
        ("Accept-Encoding", ACCEPT_ENCODING),
        ("User-Agent", USER_AGENT),
    ]
    return [*defaults, ("Content-Type", CONTENT_TYPE[source_type])] if has_body else defaults


def _merged(defaults: Sequence[Row], wanted: Sequence[Row], *, fold: bool) -> list[tuple[str, str]]:
    """All of `wanted`, and those defaults whose name it does not have. Header names are compared without case."""
    taken = {row.name.lower() if fold else row.name for row in wanted}
    kept = [row for row in defaults if (row.name.lower() if fold else row.name) not in taken]
    return [(row.name, row.value) for row in (*kept, *wanted)]
