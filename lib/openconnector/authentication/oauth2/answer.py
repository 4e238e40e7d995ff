# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Tokens, and what a token endpoint answers (RFC 6749, section 5)."""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

from openconnector.authentication.oauth2.tokens import Token, storable
from openconnector.core.phrases import phrase

MAX_ANSWER = 256 * 1024
"""Bytes of an answer of a token endpoint or of a discovery document that are read."""

MAX_TOKEN = 64 * 1024
"""Characters of the longest token. Most servers refuse headers of a quarter of it."""

SHORTEST_TOKEN = 12
MAX_TEXTS = 50
"""Bounds of what is taken for a token in an answer where none was found."""

MAX_LIFETIME = timedelta(days=3650)

KNOWN_ERRORS = frozenset(
    {
        "invalid_client",
        "invalid_grant",
        "invalid_request",
        "invalid_scope",
        "invalid_target",
        "unauthorized_client",
        "unsupported_grant_type",
    }
)
"""Codes of RFC 6749, section 5.2, and RFC 8707 that the diagnosis has words for."""


class TokenRefused(Exception):
    """The answer holds no token. `type` is the stable name; `str()` tells more and may repeat what the server said."""

    def __init__(self, type_: str, message: str) -> None:
        super().__init__(message)
        self.type = type_


@dataclass(frozen=True, slots=True)
class TokenAnswer:
    """An answer of a token endpoint, as it came."""

    status: int
    media_type: str
    body: bytes = field(repr=False)
    at: datetime


def token_of(answer: TokenAnswer, location: str) -> Token:
    """The token in an answer.

    Args:
        location: where the access token is, as a path with dots.

    Raises:
        TokenRefused: there is none.
    """
    if 300 <= answer.status < 400:  # noqa: PLR2004
        raise TokenRefused("token_redirected", phrase("The token endpoint answers with a redirect."))
    members = _members(answer)
    error = members.get("error")
    if error is not None or answer.status >= 400:  # noqa: PLR2004
        raise _refused(answer, members)
    token = _at(members, location)
    if not isinstance(token, str) or not token.strip():
        shown = storable(", ".join(sorted(members)[:20])) or phrase("nothing")
        said = phrase("There is no text at “{location}”. The answer has: {names}.", location=location, names=shown)
        raise TokenRefused("token_missing", said)
    if len(token) > MAX_TOKEN or not token.isprintable():
        said = phrase("What stands at “{location}” is no token that can be sent.", location=location)
        raise TokenRefused("token_missing", said)
    return Token(
        access_token=token.strip(),
        token_type=_text(members.get("token_type")) or "Bearer",
        scope=_text(members.get("scope")),
        obtained_at=answer.at,
        expires_at=_until(members.get("expires_in"), answer.at),
        refresh_token=_text(members.get("refresh_token")),
        refresh_expires_at=_until(
            members.get("refresh_expires_in", members.get("refresh_token_expires_in")), answer.at, zero_is_never=True
        ),
    )


def texts_of(body: bytes) -> list[str]:
    """The longer texts in an answer that no token was found in: one of them may be the token."""
    try:
        waiting = [json.loads(body)]
    except (ValueError, RecursionError):
        return []
    found: list[str] = []
    while waiting and len(found) < MAX_TEXTS:
        value = waiting.pop()
        if isinstance(value, str):
            found += [value] if SHORTEST_TOKEN <= len(value) <= MAX_TOKEN else []
        elif isinstance(value, dict):
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
    return found


def _members(answer: TokenAnswer) -> dict[str, Any]:
    text = answer.body.decode("utf-8", "replace").strip()
    try:
        parsed = json.loads(text)
    except (ValueError, RecursionError):
        parsed = None
    if isinstance(parsed, dict):
        return parsed
    if parsed is None and "html" not in answer.media_type and "=" in text and not text.startswith("<"):
        # Not what RFC 6749 says, and what GitHub and others send unless they are asked for JSON.
        return dict(parse_qsl(text))
    if answer.status >= 400:  # noqa: PLR2004
        return {}
    is_page = "html" in answer.media_type or text[:1] == "<"
    kind = phrase("an HTML page") if is_page else answer.media_type or phrase("something else")
    said = phrase("The token endpoint answers with {kind} and not with JSON.", kind=kind)
    raise TokenRefused("token_not_json", said)


def _refused(answer: TokenAnswer, members: dict[str, Any]) -> TokenRefused:
    error = members.get("error")
    if isinstance(error, dict):  # what some put around it
        error = error.get("code") or error.get("type") or error.get("message")
    code, description = _text(error), _text(members.get("error_description"))
    said = f"{code}: {description}" if description else code or phrase("status {status}", status=answer.status)
    if code in KNOWN_ERRORS:
        return TokenRefused(f"oauth_{code}", said)
    if not code and answer.status >= 500:  # noqa: PLR2004
        return TokenRefused("token_endpoint_failed", said)
    return TokenRefused("token_refused", said)


def _at(members: Any, location: str) -> Any:
    """What stands at a path. A member whose name has dots in it is found as it is, too."""
    if isinstance(members, dict) and location in members:
        return members[location]
    value = members
    for step in location.split("."):
        if isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        elif isinstance(value, dict):
            value = value.get(step)
        else:
            return None
    return value


def _text(value: Any) -> str:
    if isinstance(value, list):
        value = " ".join(str(entry) for entry in value)
    return storable(value) if isinstance(value, str) else ""


def _until(seconds: Any, at: datetime, *, zero_is_never: bool = False) -> datetime | None:
    """When something ends that is valid for so long; None: nobody knows. Some servers send the number as a text."""
    try:
        lifetime = min(timedelta(seconds=float(seconds)), MAX_LIFETIME)
        lifetime = max(lifetime, timedelta())
    except (TypeError, ValueError, OverflowError):
        return None
    return None if zero_is_never and not lifetime else at + lifetime
