# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What following pages looks at in an answer: its value, its records, and texts at places in it."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Self

from pydantic_core import from_json

from openconnector.calls.recording import content_type
from openconnector.reading.positions import OBJECT, RecordsMissing, steps_of
from openconnector.reading.records import select
from openconnector.reading.values import is_whole
from openconnector.transports.exchange import ReceivedResponse

LARGE = 256 * 1024
"""Bytes of a body that are read at once: some milliseconds, in which nothing else runs."""


@dataclass(frozen=True, slots=True)
class Page:
    """A body as plain values.

    Attributes:
        value: JSON as it is, XML as `reading/xml_records.py` has it; None when it is neither.
        xml: the body, where it is XML: there one element may be a list of one, and only its place tells.
    """

    value: Any = None
    xml: bytes | None = None

    @classmethod
    def of(cls, body: bytes, media_type: str | None) -> Self:
        if not body:
            return cls()
        try:
            if re.search(r"[/+.-]xml\b", media_type or "") or (not media_type and body.lstrip()[:1] == b"<"):
                return cls(next(_xml_records(body, OBJECT)), body)
            return cls(_json(body.removeprefix(b"\xef\xbb\xbf")))
        except (ValueError, RecursionError):
            return cls()

    @classmethod
    def of_response(cls, response: ReceivedResponse) -> Self:
        """The body of an answer; nothing where not all of it was kept."""
        is_whole = response.size <= len(response.body)
        return cls.of(response.body, content_type(response.headers)[0]) if is_whole else cls()

    def records(self, position: str) -> list[Any] | None:
        """The records at a position; None when there is no such place."""
        try:
            return select(self.value, position) if self.xml is None else list(_xml_records(self.xml, position))
        except (RecordsMissing, ValueError):
            return None


def _json(body: bytes) -> Any:
    """The value of a JSON text. A large one is read by the parser that lets other threads run between two objects."""
    return from_json(body) if len(body) <= LARGE else json.loads(body, object_hook=lambda read: read)


def _xml_records(body: bytes, position: str) -> Iterator[Any]:
    from openconnector.reading.xml_records import records_of  # noqa: PLC0415  # most answers are JSON

    return records_of(BytesIO(body), position)


def text_at(value: Any, position: str) -> str | None:
    """The text, or the number as text, at a dot path; None where there is nothing to go on with."""
    for step in steps_of(position):
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and is_number(step) and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, dict):  # HAL and JSON:API write links as objects
        value = value.get("href") or value.get("#text")
    text = str(value) if isinstance(value, str | int | float) else ""
    return text if text and is_whole(text) else None


def is_number(text: str) -> bool:
    """Whether a text is a number that can be counted with. `²` is a digit for Python, and no number."""
    return text.isascii() and text.isdigit() and len(text) < 16  # noqa: PLR2004  # no page has a longer number
