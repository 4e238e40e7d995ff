# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Names the certificate that a diagnosis is about, and its dates, in words."""

import re
from collections.abc import Sequence
from datetime import datetime

from openconnector.calls.observed import Observed
from openconnector.egress.evidence import Certificate

MAX_NAMES = 5

_COMMON_NAME = re.compile(r"(?:^|,)CN=((?:[^,\\]|\\.)+)")
_UNKNOWN = "a certificate that cannot be read"


def culprit(observed: Observed) -> Certificate | None:
    """The first certificate of the chain whose time is over or has not come; else that of the server."""
    at = observed.last.started_at if observed.last else None
    wrong = (one for one in observed.chain if at and not one.not_before <= at <= one.not_after)
    return next(wrong, None) or next(iter(observed.chain), None)


def name_of(certificate: Certificate | None) -> str:
    """Whom a certificate is for: its common name, or the first of its names."""
    if certificate is None:
        return _UNKNOWN
    return _short(certificate.subject) or next(iter(certificate.names), "") or "nobody (it has no names)"


def certificate_names(chain: Sequence[Certificate]) -> str:
    """The names that the server's certificate is for."""
    if not chain:
        return "other names"
    names = list(chain[0].names) or [name_of(chain[0])]
    more = f" and {len(names) - MAX_NAMES} more" if len(names) > MAX_NAMES else ""
    return ", ".join(names[:MAX_NAMES]) + more


def missing_issuer(chain: Sequence[Certificate]) -> str:
    """The authority at which the way up the chain ends: it is the one that is not trusted."""
    if not chain:
        return "(it was not shown)"
    by_subject = {certificate.subject: certificate for certificate in chain}
    issuer, climbed = chain[0].issuer, 0
    while (above := by_subject.get(issuer)) is not None and above.issuer != issuer and climbed < len(chain):
        issuer, climbed = above.issuer, climbed + 1
    return f"“{_short(issuer) or issuer}”"


def expiry(certificate: Certificate | None, observed: Observed) -> str:
    """For example `expired on 12 May 2026, 196 days ago`."""
    if certificate is None or observed.last is None:
        return "has expired"
    days = (observed.last.started_at - certificate.not_after).days
    return f"expired on {day(certificate.not_after)}, {_days(days)} ago" if days else _today("expired", certificate)


def beginning(certificate: Certificate | None, observed: Observed) -> str:
    """For example `becomes valid on 12 May 2026, in 3 days`."""
    if certificate is None or observed.last is None:
        return "is not valid yet"
    days = (certificate.not_before - observed.last.started_at).days
    at = f"{certificate.not_before:%H:%M} UTC"
    on = f"becomes valid on {day(certificate.not_before)}"
    return f"{on}, in {_days(days)}" if days else f"{on} at {at}"


def validity(certificate: Certificate) -> str:
    """For example `from 1 March 2026 until 12 May 2026`."""
    return f"from {day(certificate.not_before)} until {day(certificate.not_after)}"


def day(time: datetime) -> str:
    """For example `12 May 2026`."""
    return f"{time.day} {time:%B %Y}"


def _today(verb: str, certificate: Certificate) -> str:
    return f"{verb} on {day(certificate.not_after)} at {certificate.not_after:%H:%M} UTC, less than a day ago"


def _days(number: int) -> str:
    return f"{number} day" if number == 1 else f"{number} days"


def _short(name: str) -> str:
    """The common name of a distinguished name (RFC 4514), or the whole of it."""
    found = _COMMON_NAME.search(name)
    return re.sub(r"\\(.)", r"\1", found[1]) if found else name
