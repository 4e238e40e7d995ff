# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Builds the request of a call: the defaults of the source lie under what the caller asked for."""

from collections.abc import Sequence

from openconnector import __version__
from openconnector.calls.schemas import CallRequest
from openconnector.core import http
from openconnector.core.rows import Row
from openconnector.egress.origin import join
from openconnector.egress.query import names_of, with_parameters
from openconnector.sources.service import OpenSource

ACCEPT = {"json": "application/json, */*;q=0.5", "xml": "application/xml, text/xml, */*;q=0.5"}
CONTENT_TYPE = {"json": "application/json", "xml": "application/xml; charset=utf-8"}


def build_request(source: OpenSource, wanted: CallRequest) -> http.Request:
    """The request without its authentication.

    Raises:
        PathLeavesOrigin: the path does not stay below the location.
    """
    url = join(source.location, wanted.path)
    # A parameter that is written into the path, or into the location, counts as asked for.
    defaults = [row for row in source.query if row.name not in names_of(url)]
    url = with_parameters(url, _merged(defaults, wanted.query, fold=False))
    headers = _merged(source.headers, wanted.headers, fold=True)
    named = {name.lower() for name, _ in headers}
    for name, value in _transport_defaults(source.type, has_body=wanted.body is not None):
        if name.lower() not in named:
            headers.append((name, value))
    return http.Request(
        wanted.method,
        url,
        headers=[(name.encode(), value.encode()) for name, value in headers],
        content=None if wanted.body is None else wanted.body.encode(),
    )


def insist(request: http.Request, wanted: CallRequest) -> None:
    """Put back what the caller asked for where the authentication has put something else in its place."""
    for name in {row.name.lower() for row in wanted.headers}:
        if name != "cookie":
            own = [row for row in wanted.headers if row.name.lower() == name]
            del request.headers[name]
            request.headers = http.Headers(
                [*request.headers.raw, *((row.name.encode(), row.value.encode()) for row in own)]
            )


def _transport_defaults(source_type: str, *, has_body: bool) -> list[tuple[str, str]]:
    defaults = [
        ("Accept", ACCEPT[source_type]),
        ("Accept-Encoding", "gzip, deflate"),
        ("User-Agent", f"OpenConnector/{__version__}"),
    ]
    return [*defaults, ("Content-Type", CONTENT_TYPE[source_type])] if has_body else defaults


def _merged(defaults: Sequence[Row], wanted: Sequence[Row], *, fold: bool) -> list[tuple[str, str]]:
    """All of `wanted`, and those defaults whose name it does not have. Header names are compared without case."""
    taken = {row.name.lower() if fold else row.name for row in wanted}
    kept = [row for row in defaults if (row.name.lower() if fold else row.name) not in taken]
    return [(row.name, row.value) for row in (*kept, *wanted)]
