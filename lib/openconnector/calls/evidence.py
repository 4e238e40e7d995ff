# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a diagnosis shows for its words: pairs of a name and a value, in the order in which one would look at them."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from email.utils import parsedate_to_datetime

from openconnector.calls.certificates import culprit, missing_issuer, validity
from openconnector.calls.credentials import schemes_wanted, sent_credentials
from openconnector.calls.facts import cut, target_of
from openconnector.calls.observed import Observed, origin
from openconnector.calls.waiting import wait_of
from openconnector.core.phrases import listed, phrase
from openconnector.egress.networks import RULES
from openconnector.logs.schemas import Evidence
from openconnector.transports.exchange import Exchange

MAX_VALUE = 1000
"""Characters of a value: headers of the other side have no bound of their own."""

MAX_HOPS = 12

CLOCK_TOLERANCE_SECONDS = 20
"""Clocks that are nearer than this are not worth a word."""

_TELLING_HEADERS = (
    "WWW-Authenticate",
    "Proxy-Authenticate",
    "Allow",
    "Retry-After",
    "Location",
    "Content-Type",
    "Server",
)

_RULE = re.compile(r"\(rule: ([\w-]+)\)")

_Pairs = Iterable[tuple[str, str | None]]


def evidence_of(observed: Observed, kinds: Iterable[str], found: Mapping[str, str]) -> list[Evidence]:
    """What every diagnosis shows, and then the kinds that its row asks for.

    Args:
        found: facts of this diagnosis alone, as in `facts.fill`.
    """
    pairs = [*_always(observed)]
    for kind in kinds:
        pairs += _KINDS[kind](observed, found)
    return [Evidence(name=name, value=cut(value, MAX_VALUE)) for name, value in pairs if value]


def _always(observed: Observed) -> Iterator[tuple[str, str | None]]:
    if observed.request is not None:
        yield phrase("Request"), f"{observed.request.method} {observed.request.url}"
    if observed.failure is not None:
        yield phrase("Reported"), observed.failure.message
    if observed.response is not None:
        yield phrase("Status"), f"{observed.response.status_code} {observed.response.reason}".strip()
        for name in _TELLING_HEADERS:
            yield name, ", ".join(observed.headers(name.lower()))


def _addresses(observed: Observed, _: Mapping[str, str]) -> _Pairs:
    connection = observed.connection
    if connection is not None:
        yield phrase("Addresses found"), ", ".join(connection.resolved)
        yield phrase("Port"), str(connection.port or "")


def _certificate(observed: Observed, _: Mapping[str, str]) -> _Pairs:
    certificate = culprit(observed)
    if certificate is not None:
        yield phrase("Certificate"), certificate.subject
        yield phrase("Names in it"), ", ".join(certificate.names)
        yield phrase("Issuer"), certificate.issuer
        yield phrase("Valid"), validity(certificate)
        yield phrase("Fingerprint (SHA-256)"), certificate.fingerprint


def _fault(_: Observed, found: Mapping[str, str]) -> _Pairs:
    yield phrase("Fault"), found["fault_code"]
    yield phrase("Reason"), found["fault_reason"]
    yield phrase("Detail"), found["fault_detail"]
    yield phrase("Found by"), found["fault_actor"]


def _token(observed: Observed, _: Mapping[str, str]) -> _Pairs:
    if observed.token is not None:
        yield phrase("Token is for"), ", ".join(observed.token.audience)
        yield phrase("Scope of the token"), observed.token.scope


def _clock(observed: Observed, _: Mapping[str, str]) -> _Pairs:
    """How far the clocks are apart, as far as the header Date tells (RFC 9110, section 6.6.1)."""
    try:
        theirs = parsedate_to_datetime(observed.header("date") or "")
        seconds = (theirs - observed.ended_at).total_seconds() if observed.ended_at else 0.0
    except (TypeError, ValueError):
        return
    if abs(seconds) > CLOCK_TOLERANCE_SECONDS:
        ahead, behind = (
            phrase("that of {origin} is {seconds} s ahead"),
            phrase("that of {origin} is {seconds} s behind"),
        )
        words = ahead if seconds > 0 else behind
        yield phrase("Clocks"), words.filled(origin=origin(observed.url), seconds=f"{abs(seconds):.0f}")


def _credentials(observed: Observed, _: Mapping[str, str]) -> _Pairs:
    yield phrase("Wanted"), ", ".join(schemes_wanted(observed))
    yield phrase("Sent"), listed(list(sent_credentials(observed))) or phrase("no credentials")
    yield phrase("Authentication of the source"), observed.authentication


def _denial(observed: Observed, _: Mapping[str, str]) -> _Pairs:
    """The address and the rule: an `EgressDenied` begins with the one, and ends with the other."""
    message = observed.failure.message if observed.failure else ""
    address, rule = message.partition(" ")[0], _RULE.search(message)
    yield phrase("Address"), address.rstrip(":")  # the interface looks for this name
    yield phrase("Addresses found"), ", ".join(observed.connection.resolved) if observed.connection else None
    yield phrase("Rule"), _rule(rule[1]) if rule else message


def _rule(name: str) -> str:
    return phrase("{rule}: {meaning}", rule=name, meaning=RULES.get(name) or phrase("it is never allowed"))


def _hops(observed: Observed, _: Mapping[str, str]) -> _Pairs:
    if len(observed.exchanges) > 1 or observed.header("location"):
        for number, exchange in enumerate(observed.exchanges[:MAX_HOPS], 1):
            yield phrase("Hop {number}", number=number), _hop(exchange)


def _hop(exchange: Exchange) -> str:
    request = f"{exchange.request.method} {exchange.request.url}"
    if exchange.response is None:
        return phrase("{request} → no answer", request=request)
    return f"{request} → {exchange.response.status_code}"


def _join(observed: Observed, _: Mapping[str, str]) -> _Pairs:
    yield phrase("Location"), observed.location
    yield phrase("Path"), observed.path or phrase("(none)")
    if observed.first:
        yield phrase("Joined"), observed.first.request.url


def _received(observed: Observed, _: Mapping[str, str]) -> _Pairs:
    if observed.response is not None:
        size, announced = observed.response.encoded_size, observed.header("content-length")
        body = phrase("{size} bytes of body", size=size)
        whole = phrase("{size} bytes of body of {announced} bytes that were announced", size=size, announced=announced)
        yield phrase("Received"), whole if announced else body


def _retry(observed: Observed, _: Mapping[str, str]) -> _Pairs:
    yield phrase("Come back"), wait_of(observed)


_KINDS: dict[str, Callable[[Observed, Mapping[str, str]], _Pairs]] = {
    "accept": lambda observed, _: [(phrase("Accept that was sent"), observed.sent("accept"))],
    "addresses": _addresses,
    "certificate": _certificate,
    "content encoding": lambda observed, _: [("Content-Encoding", observed.header("content-encoding"))],
    "content type": lambda observed, _: [
        (phrase("Content-Type that was sent"), observed.sent("content-type")),
        ("Accept-Post", observed.header("accept-post")),
        ("Accept-Patch", observed.header("accept-patch")),
        ("Accept", observed.header("accept")),
    ],
    "clock": _clock,
    "credentials": _credentials,
    "token": _token,
    "denial": _denial,
    "fault": _fault,
    "hops": _hops,
    "issuer": lambda observed, _: [(phrase("Issuer that is not trusted"), missing_issuer(observed.chain))],
    "join": _join,
    "method": lambda observed, _: [(phrase("Method"), observed.request.method if observed.request else None)],
    "origins": lambda observed, _: [
        (phrase("Redirected from"), origin(observed.url)),
        (phrase("Redirected to"), origin(target_of(observed))),
    ],
    "position": lambda _, found: [
        (phrase("Position"), found.get("position")),
        (phrase("Problem"), found.get("problem")),
    ],
    "proxy": lambda observed, _: [(phrase("Proxy"), observed.connection.proxy if observed.connection else None)],
    "received": _received,
    "records": lambda _, found: [
        (phrase("Records"), found.get("records")),
        (phrase("Path to them"), found.get("selector")),
    ],
    "retry": _retry,
}
