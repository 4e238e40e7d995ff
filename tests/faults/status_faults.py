# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Answers whose status says that something went wrong, and the words that each of them gets."""

from collections.abc import AsyncIterator, Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.factories import marked
from tests.faults.fault import Call, Provoked, World, evidence_of, fault
from tests.faults.servers import answer
from tests.upstream import answering, serve

BASIC = {"type": "basic", "username": "user", "password": marked("p4ssword")}
BEARER = {"type": "bearer", "token": marked("t0ken")}


def status_fault(
    status: int,
    phase: str,
    outcome: str = "http_error",
    *,
    case: str = "",
    headers: Iterable[tuple[str, str]] | Callable[[], Iterable[tuple[str, str]]] = (),
    body: bytes = b"",
    says: str = "",
    shows: tuple[str, str] | None = None,
    link: str | None = None,
    **values: Any,
) -> None:
    """Register an answer with this status.

    Args:
        says: what must stand in title or detail.
        shows: name of a row of evidence, and what must stand in it.
        link: where the first remedy leads.
    """

    async def opening(_: World) -> AsyncIterator[Provoked]:
        def check(call: Call) -> None:
            diagnosis = call["diagnosis"]
            assert call["statusCode"] == status
            assert says in f"{diagnosis['title']} {diagnosis['detail']}"
            assert shows is None or shows[1] in evidence_of(call)[shows[0]]
            assert link is None or diagnosis["remedies"][0]["link"] == link

        raw = answer(f"{status} Something", headers() if callable(headers) else headers, body)
        async with serve(answering(raw)) as port:
            provoked = {**values, "location": f"http://127.0.0.1:{port}{values.get('location', '')}"}
            yield Provoked(check=check, **provoked)

    fault(str(status), phase, outcome, case=case)(opening)


def unauthorized(case: str, *, asks: str | None, sends: dict[str, str] | None, says: str, **values: Any) -> None:
    """Register a 401: what it asks for, and what the source sends."""
    headers = [("WWW-Authenticate", asks)] if asks else []
    source = {"authentication": sends} if sends else {}
    status_fault(
        401,
        "authentication",
        "auth_error",
        case=case,
        headers=headers,
        source=source,
        says=says,
        link="configuration/authentication",
        **values,
    )


unauthorized("header_missing", asks='Basic realm="x"', sends=None, says="It asks for Basic.")
unauthorized("wrong_scheme", asks='Basic realm="a, Bearer"', sends=BEARER, says="wants Basic, but Bearer")
unauthorized("several_schemes", asks="Negotiate, Basic", sends=BEARER, says="wants Negotiate or Basic, but Bearer")
unauthorized("wrong_password", asks='Basic realm="x"', sends=BASIC, says="The credentials were not accepted")
unauthorized("no_challenge", asks=None, sends=BASIC, says="It does not say which scheme it wants")
unauthorized("token_invalid", asks='Bearer error="invalid_token"', sends=BEARER, says="The token is not valid")
unauthorized(
    "token_expired",
    asks='Bearer error="invalid_token", error_description="The token has expired"',
    sends=BEARER,
    says="The token has expired",
)
unauthorized(
    "token_expired_in_the_body", asks=None, sends=BEARER, body=b'{"error": "JWT expired"}', says="The token has expired"
)

status_fault(400, "request", says="did not understand", link="test")
status_fault(
    403, "authentication", "auth_error", source={"authentication": BASIC}, says="may not do this", case="forbidden"
)
status_fault(403, "authentication", "auth_error", case="without_credentials", says="carried no credentials")
status_fault(
    403,
    "authentication",
    "auth_error",
    case="insufficient_scope",
    headers=[("WWW-Authenticate", 'Bearer error="insufficient_scope", scope="zaken.lezen"')],
    source={"authentication": BEARER},
    says="“zaken.lezen”",
)
status_fault(404, "request", location="/v1", path="/v1/zaken", says="“v1” is in both", shows=("Joined", "/v1/v1/zaken"))
status_fault(405, "request", headers=[("Allow", "GET, HEAD")], says="It takes GET and HEAD.", request={"method": "PUT"})
status_fault(406, "request", says="application/json", link="configuration/headers")
status_fault(408, "response")
status_fault(409, "request")
status_fault(410, "request")
status_fault(413, "request")
status_fault(
    415,
    "request",
    headers=[("Accept-Post", "application/ld+json")],
    request={"method": "POST", "body": "{}"},
    says="Sent was application/json. It takes application/ld+json.",
)
status_fault(418, "request")
status_fault(422, "request")
status_fault(429, "response", case="seconds", headers=[("Retry-After", "90")], says="in 90 seconds (at ")
status_fault(
    429,
    "response",
    case="date",
    headers=lambda: [("Retry-After", f"{datetime.now(UTC) + timedelta(minutes=5):%a, %d %b %Y %H:%M:%S GMT}")],
    says="in 5 minutes (at ",
)
status_fault(500, "response", says="inside it")
status_fault(502, "response", says="entrance")
status_fault(503, "response", headers=[("Retry-After", "7200")], says="in 2 hours (at ")
status_fault(504, "response", says="took too long")
status_fault(599, "response")
