# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The cookies of logged headers as HAR lists them; their values were masked before they were kept."""

from collections.abc import Iterator
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any

from openconnector.core.schema import in_utc

Field = dict[str, Any]

_TEXTS = {"path": "path", "domain": "domain", "samesite": "_sameSite"}
_FLAGS = {"httponly": "httpOnly", "secure": "secure"}


def sent_cookies(headers: list[Field]) -> list[dict[str, Any]]:
    """The cookies of a request."""
    pairs = (pair for value in _values(headers, "cookie") for pair in value.split(";") if pair.strip())
    return [_named(pair) for pair in pairs]


def received_cookies(headers: list[Field]) -> list[dict[str, Any]]:
    """The cookies that a response sets, with their attributes."""
    return [_received(value) for value in _values(headers, "set-cookie")]


def _values(headers: list[Field], name: str) -> Iterator[str]:
    return (field["value"] for field in headers if field["name"].lower() == name)


def _named(pair: str) -> dict[str, Any]:
    """A cookie without a name is all value (RFC 6265bis, 5.6)."""
    name, equals, value = pair.partition("=")
    return {"name": name.strip(), "value": value.strip()} if equals else {"name": "", "value": name.strip()}


def _received(value: str) -> dict[str, Any]:
    pair, *attributes = value.split(";")
    cookie = _named(pair) | {"httpOnly": False, "secure": False}
    for attribute in attributes:
        name, _, text = (part.strip() for part in attribute.partition("="))
        lowered = name.lower()
        if lowered in _FLAGS:
            cookie[_FLAGS[lowered]] = True
        elif lowered in _TEXTS:
            cookie[_TEXTS[lowered]] = text
        elif lowered == "expires" and (moment := _moment(text)):
            cookie["expires"] = moment
    return cookie


def _moment(text: str) -> str | None:
    """A date of HTTP in ISO 8601; older ones have hyphens. None where it is none."""
    try:
        moment = parsedate_to_datetime(text)
        return in_utc(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
