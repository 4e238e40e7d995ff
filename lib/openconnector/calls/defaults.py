# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Builds the request of a call: the defaults of the source lie under what the caller asked for."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from pydantic import ValidationError

from openconnector import __version__
from openconnector.authentication.base import CredentialsUnusable, Render, Signing
from openconnector.calls.schemas import CallRequest
from openconnector.core import http
from openconnector.core.phrases import Phrase, phrase, told
from openconnector.core.problems import field_errors
from openconnector.core.rows import HeaderRow, QueryRow, Row
from openconnector.egress.origin import join
from openconnector.egress.query import names_of, with_parameters
from openconnector.sources.opened import OpenSource
from openconnector.sources.protocols import WsSecurity
from openconnector.templates.problem import TemplateProblem
from openconnector.transports.decoding import ACCEPT_ENCODING
from openconnector.transports.exchange import Origin, Origins
from openconnector.transports.soap.endpoint import endpoint_of
from openconnector.transports.soap.names import SOAP_12
from openconnector.transports.soap.security import Security, SigningIdentity, UsernameCredentials, secured

ACCEPT = {
    "json": "application/json, */*;q=0.5",
    "xml": "application/xml, text/xml, */*;q=0.5",
    "soap": "text/xml, application/soap+xml, multipart/related, */*;q=0.5",
    "ftp": "*/*",
}
CONTENT_TYPE = {
    "json": "application/json",
    "xml": "application/xml; charset=utf-8",
    "soap": "text/xml; charset=utf-8",
    "ftp": "application/octet-stream",
}
SOAP_12_TYPE = "application/soap+xml; charset=utf-8"
"""Of an envelope of SOAP 1.2 (RFC 3902); SOAP 1.1 knows text/xml only."""

_BEGINNING = 4096
"""Bytes of a body in which the namespace of its envelope is looked for."""

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


def base_of(source: OpenSource) -> str:
    """What the paths of a source are below: its location, without what asks a SOAP service for its WSDL."""
    return endpoint_of(source.location) if source.type == "soap" else source.location


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
    url = join(base_of(source), asked.path)
    # A parameter that is written into the path, or into the location, counts as asked for.
    written = names_of(url)
    defaults = [row for row in own.query if row.name not in written]
    url = with_parameters(url, _merged(defaults, asked.query, fold=False))
    headers = _merged(own.headers, asked.headers, fold=True)
    named = {name.lower() for name, _ in headers}
    for name, value in _transport_defaults(source.type, asked.content):
        if name.lower() not in named:
            headers.append((name, value))
    request = http.Request(
        wanted.method,
        url,
        headers=[(name.encode(), value.encode()) for name, value in headers],
        content=_content(source, asked, signing),
    )
    built = Built(request)
    _note_origins(built, source, wanted, written)
    return built


def _content(source: OpenSource, asked: CallRequest, signing: Signing) -> bytes | None:
    """The body; an envelope with what WS-Security asks for."""
    options = source.connection.soap.security
    if source.type != "soap" or options is None or not asked.content:
        return asked.content
    made = secured(asked.content, security_of(options), signing.at)
    signing.learned += made.made
    return made.body


def security_of(options: WsSecurity) -> Security:
    """WS-Security as the transport wants it."""
    token, signature = options.username_token, options.signature
    return Security(
        username=UsernameCredentials(token.username, token.password.get_secret_value(), token.password_type)
        if token
        else None,
        timestamp_seconds=options.timestamp_seconds,
        identity=SigningIdentity(signature.certificates, signature.private_key.get_secret_value())
        if signature
        else None,
    )


@dataclass(frozen=True, slots=True)
class _Rows:
    headers: Sequence[Row]
    query: Sequence[Row]


_HEADER = phrase("the header {name}")
_PARAMETER = phrase("the query parameter {name}")


def _rendered(source: OpenSource, render: Render, learned: list[str]) -> _Rows:
    return _Rows(
        [_filled(row, render, _HEADER, learned) for row in source.headers],
        [_filled(row, render, _PARAMETER, learned) for row in source.query],
    )


def _rendered_request(wanted: CallRequest, render: Render) -> CallRequest:
    return wanted.model_copy(
        update={
            "path": render(wanted.path, phrase("the path")),
            "headers": [_filled(row, render, _HEADER) for row in wanted.headers],
            "query": [_filled(row, render, _PARAMETER) for row in wanted.query],
            "body": None if wanted.body is None else render(wanted.body, phrase("the body")),
        }
    )


def _filled(row: Row, render: Render, kind: Phrase, learned: list[str] | None = None) -> Row:
    if "{{" not in row.value:
        return row
    place = kind.filled(name=row.name)
    text = render(row.value, place)
    if learned is not None and getattr(row, "is_secret", False):
        learned.append(text)
    if isinstance(row, HeaderRow):
        try:
            # What was filled in may hold a line break, which would begin another header (CWE-113).
            return HeaderRow(name=row.name, value=text)
        except ValidationError as error:
            problem = field_errors(error)[0].detail  # the words of the error itself repeat the value
            raise TemplateProblem(phrase("In {place}: {problem}", place=place, problem=problem)) from None
    return QueryRow.model_construct(name=row.name, value=text)


def _note_origins(built: Built, source: OpenSource, wanted: CallRequest, written: set[str]) -> None:
    """What the caller asked for goes before what the source has. What nobody is noted for stands in the path."""
    built.headers.update({row.name.lower(): "source" for row in source.headers})
    built.headers.update({row.name.lower(): "request" for row in wanted.headers})
    base = base_of(source)
    if "?" in base:
        built.parameters.update(dict.fromkeys(names_of(http.URL(base)), "source"))
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
        raise CredentialsUnusable(told(error)) from None
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


def _transport_defaults(source_type: str, body: bytes | None) -> list[tuple[str, str]]:
    defaults = [
        ("Accept", ACCEPT[source_type]),
        ("Accept-Encoding", ACCEPT_ENCODING),
        ("User-Agent", USER_AGENT),
    ]
    if body is None:
        return defaults
    is_soap_12 = source_type == "soap" and SOAP_12.encode() in body[:_BEGINNING]
    return [*defaults, ("Content-Type", SOAP_12_TYPE if is_soap_12 else CONTENT_TYPE[source_type])]


def _merged(defaults: Sequence[Row], wanted: Sequence[Row], *, fold: bool) -> list[tuple[str, str]]:
    """All of `wanted`, and those defaults whose name it does not have. Header names are compared without case."""
    taken = {row.name.lower() if fold else row.name for row in wanted}
    kept = [row for row in defaults if (row.name.lower() if fold else row.name) not in taken]
    return [(row.name, row.value) for row in (*kept, *wanted)]
