# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The outcome of a call in words: what failed, in which phase, by which evidence, and what to do.

A pure function of what was observed. Each `error.type` has one row in a table; the words are for an administrator who
did not write the system on the other side.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from openconnector.calls.outcome import Result
from openconnector.calls.remedies import FAILURES, REFUSALS, Words
from openconnector.calls.status_remedies import NO_CREDENTIALS, STATUSES, status_class_words
from openconnector.logs.schemas import Diagnosis, Evidence, Remedy
from openconnector.transports.exchange import Exchange, Failure, ReceivedResponse


@dataclass(frozen=True, slots=True)
class Observed:
    """Everything that a diagnosis may look at. The exchanges are redacted already."""

    location: str
    source_type: str
    path: str
    result: Result
    exchanges: Sequence[Exchange]
    refusal: Failure | None
    authentication: str

    @property
    def last(self) -> Exchange | None:
        return self.exchanges[-1] if self.exchanges else None

    @property
    def response(self) -> ReceivedResponse | None:
        return self.last.response if self.last else None

    def header(self, name: str) -> str | None:
        """The first value of a response header."""
        headers = self.response.headers if self.response else []
        return next((value for field, value in headers if field.lower() == name), None)


def diagnose(observed: Observed) -> Diagnosis | None:
    """The diagnosis of a call; None when all went well and there is nothing to say."""
    if observed.refusal is not None:
        return _compose(observed.refusal.type, REFUSALS[observed.refusal.type], observed)
    failure = observed.last.failure if observed.last else None
    if failure is not None:
        return _compose(failure.type, FAILURES.get(failure.type, FAILURES["connection_failed"]), observed)
    if observed.result.error_type is not None and observed.response is not None:
        status = observed.response.status_code
        words = STATUSES.get(status) or status_class_words(status)
        if status == 401 and observed.authentication == "none":  # noqa: PLR2004
            words = NO_CREDENTIALS
        return _compose(str(status), words, observed)
    return _diagnose_success(observed)


def _diagnose_success(observed: Observed) -> Diagnosis | None:
    response = observed.response
    if response is None:
        return None
    for name, applies in _SUSPICIONS.items():
        if applies(observed, response):
            return _compose(name, FAILURES[name], observed)
    return None


def _is_redirect(observed: Observed, response: ReceivedResponse) -> bool:
    return 300 <= response.status_code < 400 and observed.header("location") is not None  # noqa: PLR2004


def _is_empty(observed: Observed, response: ReceivedResponse) -> bool:
    expects_body = observed.last is not None and observed.last.request.method in ("GET", "POST")
    return response.status_code == 200 and response.size == 0 and expects_body  # noqa: PLR2004


def _is_page(observed: Observed, response: ReceivedResponse) -> bool:
    is_html = "text/html" in (observed.header("content-type") or "")
    return is_html and response.status_code == 200 and observed.source_type == "json"  # noqa: PLR2004


_SUSPICIONS: dict[str, Callable[[Observed, ReceivedResponse], bool]] = {
    "redirect_not_followed": _is_redirect,
    "empty_body": _is_empty,
    "unexpected_html": _is_page,
}


def _compose(error_type: str, words: Words, observed: Observed) -> Diagnosis:
    host = urlsplit(observed.last.request.url if observed.last else observed.location).netloc
    facts = {
        "host": host,
        "location": observed.location,
        "path": observed.path or "/",
        "status": str(observed.response.status_code) if observed.response else "",
        "target": observed.header("location") or "",
        "scheme": observed.authentication,
    }
    return Diagnosis(
        type=error_type,
        phase=words.phase,
        title=_fill(words.title, facts),
        detail=_fill(words.detail, facts),
        remedies=[Remedy(text=_fill(text, facts), link=link) for text, link in words.remedies],
        evidence=list(_evidence(observed)),
    )


def _fill(text: str, facts: dict[str, str]) -> str:
    """One replacement in one pass: a fact comes from the network, and is not read as a format itself."""
    return re.sub(r"\{(\w+)\}", lambda match: facts.get(match[1], match[0]), text)


_TELLING_HEADERS = ("www-authenticate", "allow", "retry-after", "location", "content-type", "server")


def _evidence(observed: Observed) -> list[Evidence]:
    found = []
    if observed.last is not None:
        found.append(Evidence(name="Request", value=f"{observed.last.request.method} {observed.last.request.url}"))
    failure = observed.refusal or (observed.last.failure if observed.last else None)
    if failure is not None:
        found.append(Evidence(name="Reported", value=failure.message))
    if observed.response is not None:
        response = observed.response
        found.append(Evidence(name="Status", value=f"{response.status_code} {response.reason}".strip()))
        telling = ((name, observed.header(name)) for name in _TELLING_HEADERS)
        found += [Evidence(name=name.title(), value=value) for name, value in telling if value is not None]
    if observed.result.outcome == "auth_error":
        found.append(Evidence(name="Authentication of the source", value=observed.authentication))
    return found
