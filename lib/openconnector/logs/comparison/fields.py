# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Facts and headers of two calls."""

from collections.abc import Sequence
from typing import Any

from openconnector.logs.comparison.findings import shortened
from openconnector.logs.comparison.ignoring import IgnoreList
from openconnector.logs.comparison.schemas import Change, Difference
from openconnector.logs.entries import CallEntry

MAX_HEADERS = 1000
"""Of each side; transports keep fewer."""

_FACTS = {
    "statusCode": "status_code",
    "reason": "reason",
    "outcome": "outcome",
    "errorType": "error_type",
    "method": "method",
    "url": "url",
    "durationMs": "duration_ms",
    "requestSize": "request_size",
    "responseSize": "response_size",
    "exchangeCount": "exchange_count",
}


def compare_facts(base: CallEntry, other: CallEntry, ignore: IgnoreList) -> list[Difference]:
    """What is known of the calls themselves, the same facts too, in a fixed order."""
    return [
        _difference(name, _text(getattr(base, attribute)), _text(getattr(other, attribute)), ignore)
        for name, attribute in _FACTS.items()
    ]


def compare_headers(
    base: Sequence[dict[str, Any]], other: Sequence[dict[str, Any]], ignore: IgnoreList
) -> list[Difference]:
    """Headers by name, without case, in the order of the other one. Of repeated ones the order counts."""
    here, there = _by_name(base[:MAX_HEADERS]), _by_name(other[:MAX_HEADERS])
    found: list[Difference] = []
    for name in dict.fromkeys((*there, *here)):
        first, second = here.get(name, []), there.get(name, [])
        for position in range(max(len(first), len(second))):
            shown = (second or first)[0][0]
            path = shown if max(len(first), len(second)) == 1 else f"{shown}[{position + 1}]"
            values = (_at(first, position), _at(second, position))
            found.append(_difference(path, *values, ignore, name=name))
    return found


def _difference(path: str, base: str | None, other: str | None, ignore: IgnoreList, *, name: str = "") -> Difference:
    name = name or path
    change: Change
    if base == other:
        change = "same"
    elif ignore.has_name(name) or (base is not None and other is not None and ignore.are_alike(base, other, name)):
        change = "ignored"
    elif base is None:
        change = "added"
    else:
        change = "removed" if other is None else "changed"
    return Difference(path=path, change=change, base=shortened(base), other=shortened(other))


def _by_name(headers: Sequence[dict[str, Any]]) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for header in headers:
        name = str(header["name"])
        found.setdefault(name.lower(), []).append((name, str(header["value"])))
    return found


def _at(values: list[tuple[str, str]], position: int) -> str | None:
    return values[position][1] if position < len(values) else None


def _text(value: Any) -> str | None:
    if isinstance(value, float):
        return f"{value:.3f}".rstrip("0").rstrip(".")
    return None if value is None else str(value)
