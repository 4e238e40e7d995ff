# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Compares the credentials that a server asks for with those that were really sent.

What was sent is read from the redacted request: scheme words and names are in it, and no secret.
"""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import parse_qsl, urlsplit

from openconnector.calls.observed import Observed, TokenFacts, origin, split
from openconnector.calls.remedies_signatures import row_of_signature
from openconnector.core.challenges import Challenge, challenges_of
from openconnector.core.phrases import phrase
from openconnector.vault.redaction import REDACTED, is_sensitive_header, is_sensitive_parameter

MAX_LOOK = 4096
"""Characters of a body in which the word `expired` is looked for."""

SENTENCE = 60
"""Characters behind `expired` that belong to the same sentence."""

UNAUTHORIZED = 401

SentField = tuple[str, str, str | None]
"""Name and value of a header or parameter, and who put it there."""

_STANDARD = frozenset({"basic", "bearer", "digest", "dpop", "hoba", "mutual", "negotiate", "ntlm"})
"""Schemes that are sent in `Authorization` (IANA's registry), in lower case."""

_DIALOGUES = frozenset({"digest", "ntlm"})
"""Schemes that send nothing before they are asked."""

_EXPIRED = re.compile(r"expired|has been expired|no longer valid", re.IGNORECASE)
_ANYTHING = re.compile(r"\b(?:malformed|revoked|invalid)\b", re.IGNORECASE)
"""What stands beside `expired` in RFC 6750's own sentence, which many servers send for whatever is wrong."""

_EXPIRED_CREDENTIAL = re.compile(r"\b(?:token|jwt|session|credential)s?\b[^.\"]{0,60}\bexpired\b", re.IGNORECASE)


def row_of(observed: Observed) -> str:
    """Which row of `CREDENTIALS` fits an answer of 401 or 403."""
    if row := row_of_signature(observed):
        return row
    errors = [challenge.parameters.get("error", "").lower() for challenge in challenges(observed)]
    if "insufficient_scope" in errors:
        return "insufficient_scope"
    sent = list(sent_credentials(observed))
    if observed.response is None or observed.response.status_code != UNAUTHORIZED:
        return "forbidden" if sent else "forbidden_anonymous"
    if not sent and _has_left(observed):
        return "left_behind"
    if not sent:
        return "unanswered" if observed.authentication in _DIALOGUES and challenges(observed) else "missing"
    return _row_of_rejection(observed, "invalid_token" in errors)


def _row_of_rejection(observed: Observed, is_invalid_token: bool) -> str:
    if observed.token is not None:
        return _row_of_token(observed, observed.token)
    wanted, scheme = {name.lower() for name in schemes_wanted(observed)}, scheme_sent(observed)
    # A key in a header of its own has no scheme, and may be what a server means by a scheme of its own.
    is_other = scheme.lower() not in wanted if scheme else wanted <= _STANDARD
    if wanted and is_other:
        return "wrong_scheme"
    if _says_expired(observed):
        return "expired"
    return "invalid_token" if is_invalid_token else "rejected"


def _row_of_token(observed: Observed, token: TokenFacts) -> str:
    """Why a token that was just fetched may not be taken."""
    if token.lives_no_time:
        return "token_over_at_once"
    host = split(observed.url).hostname or ""
    named = [urlsplit(audience).hostname or audience for audience in token.audience if "://" in audience]
    return "wrong_audience" if named and host not in named else "token_rejected"


def challenges(observed: Observed) -> list[Challenge]:
    """What the answer asks for."""
    return challenges_of(observed.headers("www-authenticate"))


def schemes_wanted(observed: Observed) -> list[str]:
    """The schemes that the answer names, each once, in its order."""
    return list({challenge.scheme.lower(): challenge.scheme for challenge in challenges(observed)}.values())


def scheme_sent(observed: Observed) -> str | None:
    """The scheme word of `Authorization`; None where there is none."""
    return _scheme_of(observed.sent("authorization") or "")


def sent_credentials(observed: Observed) -> Iterator[str]:
    """What the request carried to prove who asks, in words."""
    request = observed.request
    if request is None:
        return iter(())
    of_headers, of_parameters = request.origins.headers, request.origins.parameters
    pairs = parse_qsl(split(request.url).query, keep_blank_values=True)
    return credentials_among(
        [(name, value, of_headers.get(name.lower())) for name, value in request.headers],
        [(name, value, of_parameters.get(name)) for name, value in pairs],
    )


def credentials_among(headers: Iterable[SentField], parameters: Iterable[SentField]) -> Iterator[str]:
    """Those of the redacted headers and parameters that prove who asks, in words."""
    for name, value, by in headers:
        if name.lower() == "authorization":
            scheme = _scheme_of(value) or phrase("a value without a scheme")
            yield phrase("{scheme} in the header Authorization", scheme=scheme)
        elif _is_credential(name.lower(), value, by):
            yield phrase("the header {name}", name=name)
    for name, value, by in parameters:
        if by == "authentication" or value == REDACTED or is_sensitive_parameter(name):
            yield phrase("the parameter {name}", name=name)


def _scheme_of(authorization: str) -> str | None:
    scheme, space, _ = authorization.partition(" ")
    return scheme if space and scheme != REDACTED else None


def _is_credential(name: str, value: str, by: str | None) -> bool:
    # Cookies that the source keeps are no credentials of its configuration, and a proxy's are not for the server.
    if by == "cookies" or name == "proxy-authorization":
        return False
    return by == "authentication" or REDACTED in value or is_sensitive_header(name)


def _has_left(observed: Observed) -> bool:
    """Whether a redirect has led to another origin than the location's, where credentials do not go."""
    return len(observed.exchanges) > 1 and origin(observed.url) != origin(observed.location)


def _says_expired(observed: Observed) -> bool:
    descriptions = (challenge.parameters.get("error_description", "") for challenge in challenges(observed))
    if any(_EXPIRED.search(text) and not _ANYTHING.search(text) for text in descriptions):
        return True
    body = (observed.body or "")[:MAX_LOOK]
    found = _EXPIRED_CREDENTIAL.search(body)
    return found is not None and not _ANYTHING.search(body, found.end(), found.end() + SENTENCE)
