# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads what an answer says about the rate limit of the other side.

There is a draft of a standard (draft-ietf-httpapi-ratelimit-headers, with `RateLimit` and `RateLimit-Policy`), there
are its older versions (`RateLimit-Limit`, `-Remaining`, `-Reset`), and there is what everybody did before, with `X-`
and in every spelling. What cannot be read is passed over: it is the other side's text, and no reason to fail.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from openconnector.calls.retry import retry_after
from openconnector.sources.rate_states import MAX_AHEAD, Announcement

MAX_TEXT = 1000
"""Characters of a header that are read."""

_RETRY_AFTER_STATUSES = frozenset({429, 503})
_INTEGER = re.compile(r"\d{1,15}", re.ASCII)
_NUMBER = re.compile(r"\d{1,15}(\.\d{1,9})?", re.ASCII)
_FIRST_EPOCH_SECONDS = 500_000_000
"""Smaller numbers are seconds from now; larger ones seconds since 1970, as those of the years after 1985 are."""

_FIRST_EPOCH_MILLISECONDS = 100_000_000_000
_ITEM = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*")+')
_PARAMETER = re.compile(r'(?:[^;"]|"(?:[^"\\]|\\.)*")+')

_Fields = dict[str, list[str]]


def announced(headers: Iterable[tuple[str, str]], status: int, now: datetime) -> Announcement | None:
    """What the headers of an answer announce; None: nothing.

    Args:
        now: when the answer came. Nothing is believed that lies more than a day ahead of it.
    """
    headers = list(headers)
    fields = _fields(headers)
    if not fields and status not in _RETRY_AFTER_STATUSES:
        return None
    limit, remaining, resets_at = _by_policy(fields, now) or _by_members(fields, now) or _by_fields(fields, now)
    if resets_at is not None:
        resets_at = min(resets_at, now + MAX_AHEAD) if resets_at > now else None
    asked = retry_after(headers, now) if status in _RETRY_AFTER_STATUSES else None
    # `Retry-After` is about this very request, and so goes before the window (section 4.2 of the draft).
    blocked_until = asked or (resets_at if remaining == 0 else None)
    if blocked_until is not None:
        blocked_until = min(blocked_until, now + MAX_AHEAD) if blocked_until > now else None
    if limit is None and remaining is None and blocked_until is None:
        return None
    return Announcement(now, limit, remaining, resets_at, blocked_until)


_Found = tuple[int | None, int | None, datetime | None]


def _fields(headers: Iterable[tuple[str, str]]) -> _Fields:
    """The headers about rate limits under one spelling: `ratelimit`, `ratelimit-policy`, `ratelimit-reset`, …"""
    found: _Fields = {}
    for name, value in headers:
        plain = name.lower()
        if "limit" in plain:
            plain = plain.replace("_", "-").removeprefix("x-").replace("rate-limit", "ratelimit")
            found.setdefault(plain, []).append(value[:MAX_TEXT].strip())
    return found


def _by_policy(fields: _Fields, now: datetime) -> _Found | None:
    """`RateLimit: "default";r=50;t=30` with `RateLimit-Policy: "default";q=100;w=60`; of several, the scarcest."""
    quotas = {name: _integer(values.get("q")) for name, values in _items(fields.get("ratelimit-policy", ()))}
    found = [
        (remaining, quotas.get(name), _ahead(now, _integer(values.get("t"))))
        for name, values in _items(fields.get("ratelimit", ()))
        if (remaining := _integer(values.get("r"))) is not None
    ]
    if not found:
        return None
    remaining, limit, resets_at = min(found, key=lambda item: item[0])
    return limit, remaining, resets_at


def _by_members(fields: _Fields, now: datetime) -> _Found | None:
    """`RateLimit: limit=10, remaining=5, reset=3`, as the draft had it for some years."""
    members: dict[str, str] = {}
    for item in (item for value in fields.get("ratelimit", ()) for item in _ITEM.findall(value)):
        name, _, value = item.partition("=")
        members.setdefault(name.strip().lower(), value.partition(";")[0].strip())
    remaining = _integer(members.get("remaining"))
    if remaining is None:
        return None
    return _integer(members.get("limit")), remaining, _ahead(now, _integer(members.get("reset")))


def _by_fields(fields: _Fields, now: datetime) -> _Found:
    """`X-RateLimit-Limit`, `-Remaining` and `-Reset`, a header each."""

    def first(name: str) -> str | None:
        # An older draft puts the windows behind the limit: `RateLimit-Limit: 10, 10;w=1, 50;w=60`.
        return re.split("[,;]", fields[name][0])[0].strip() if name in fields else None

    reset = fields.get("ratelimit-reset", [""])[0]
    resets_at = _instant(reset, now) or _ahead(now, _number(first("ratelimit-reset-after")))
    return _integer(first("ratelimit-limit")), _integer(first("ratelimit-remaining")), resets_at


def _items(values: Iterable[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """The items of a list of structured fields (RFC 9651) that have a string, with their parameters."""
    for item in (item for value in values for item in _ITEM.findall(value)):
        parts = [part.strip() for part in _PARAMETER.findall(item)]
        if parts and parts[0].startswith('"'):
            pairs = (parameter.partition("=") for parameter in parts[1:])
            yield parts[0], {key.strip().lower(): value.strip() for key, _, value in pairs}


def _integer(text: str | None) -> int | None:
    return int(text) if text and _INTEGER.fullmatch(text) else None


def _number(text: str | None) -> float | None:
    return float(text) if text and _NUMBER.fullmatch(text) else None


def _ahead(now: datetime, seconds: float | None) -> datetime | None:
    return None if seconds is None else now + min(timedelta(seconds=min(seconds, 1e9)), MAX_AHEAD)


def _instant(text: str, now: datetime) -> datetime | None:
    """A reset, whatever the other side takes for one: seconds from now, a time since 1970, or a date."""
    number = _number(text)
    if number is None:
        return _date(text)
    if number < _FIRST_EPOCH_SECONDS:
        return _ahead(now, number)
    seconds = number / 1000 if number >= _FIRST_EPOCH_MILLISECONDS else number
    return datetime.fromtimestamp(min(seconds, now.timestamp() + 1e6), UTC)


def _date(text: str) -> datetime | None:
    for parse in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            parsed = parse(text)
            return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
        except (ValueError, OverflowError):
            continue
    return None
