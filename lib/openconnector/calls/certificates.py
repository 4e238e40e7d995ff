# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Names the certificate that a diagnosis is about, and its dates, in words."""

import re
from collections.abc import Sequence
from datetime import datetime

from openconnector.calls.observed import Observed
from openconnector.core.phrases import listed, phrase
from openconnector.egress.evidence import Certificate

MAX_NAMES = 5

_COMMON_NAME = re.compile(r"(?:^|,)CN=((?:[^,\\]|\\.)+)")
_UNKNOWN = phrase("a certificate that cannot be read")

_MONTHS = (
    phrase("January"),
    phrase("February"),
    phrase("March"),
    phrase("April"),
    phrase("May"),
    phrase("June"),
    phrase("July"),
    phrase("August"),
    phrase("September"),
    phrase("October"),
    phrase("November"),
    phrase("December"),
)


def culprit(observed: Observed) -> Certificate | None:
    """The first certificate of the chain whose time is over or has not come; else that of the server."""
    at = observed.last.started_at if observed.last else None
    wrong = (one for one in observed.chain if at and not one.not_before <= at <= one.not_after)
    return next(wrong, None) or next(iter(observed.chain), None)


def name_of(certificate: Certificate | None) -> str:
    """Whom a certificate is for: its common name, or the first of its names."""
    if certificate is None:
        return _UNKNOWN
    return _short(certificate.subject) or next(iter(certificate.names), "") or phrase("nobody (it has no names)")


def certificate_names(chain: Sequence[Certificate]) -> str:
    """The names that the server's certificate is for."""
    if not chain:
        return phrase("other names")
    names = list(chain[0].names) or [name_of(chain[0])]
    if len(names) > MAX_NAMES:
        return phrase("{names} and {count} more", names=listed(names[:MAX_NAMES]), count=len(names) - MAX_NAMES)
    return listed(names)


def missing_issuer(chain: Sequence[Certificate]) -> str:
    """The authority at which the way up the chain ends: it is the one that is not trusted."""
    if not chain:
        return phrase("(it was not shown)")
    by_subject = {certificate.subject: certificate for certificate in chain}
    issuer, climbed = chain[0].issuer, 0
    while (above := by_subject.get(issuer)) is not None and above.issuer != issuer and climbed < len(chain):
        issuer, climbed = above.issuer, climbed + 1
    return phrase("“{issuer}”", issuer=_short(issuer) or issuer)


def expiry(certificate: Certificate | None, observed: Observed) -> str:
    """For example `expired on 12 May 2026, 196 days ago`."""
    if certificate is None or observed.last is None:
        return phrase("has expired")
    end = certificate.not_after
    match (observed.last.started_at - end).days:
        case 0:
            return phrase("expired on {day} at {time} UTC, less than a day ago", day=day(end), time=_time(end))
        case 1:
            return phrase("expired on {day}, 1 day ago", day=day(end))
        case days:
            return phrase("expired on {day}, {days} days ago", day=day(end), days=days)


def beginning(certificate: Certificate | None, observed: Observed) -> str:
    """For example `becomes valid on 12 May 2026, in 3 days`."""
    if certificate is None or observed.last is None:
        return phrase("is not valid yet")
    start = certificate.not_before
    match (start - observed.last.started_at).days:
        case 0:
            return phrase("becomes valid on {day} at {time} UTC", day=day(start), time=_time(start))
        case 1:
            return phrase("becomes valid on {day}, in 1 day", day=day(start))
        case days:
            return phrase("becomes valid on {day}, in {days} days", day=day(start), days=days)


def validity(certificate: Certificate) -> str:
    """For example `from 1 March 2026 until 12 May 2026`."""
    return phrase("from {start} until {end}", start=day(certificate.not_before), end=day(certificate.not_after))


def day(time: datetime) -> str:
    """For example `12 May 2026`."""
    return phrase("{day} {month} {year}", day=time.day, month=_MONTHS[time.month - 1], year=time.year)


def _time(time: datetime) -> str:
    return f"{time:%H:%M}"


def _short(name: str) -> str:
    """The common name of a distinguished name (RFC 4514), or the whole of it."""
    found = _COMMON_NAME.search(name)
    return re.sub(r"\\(.)", r"\1", found[1]) if found else name
