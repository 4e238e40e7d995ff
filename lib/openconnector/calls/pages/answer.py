# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What following pages looks at in an answer: its value, its records, and texts at places in it."""

from codecs import BOM_UTF8
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Self

from pydantic_core import from_json

from openconnector.calls.recording import content_type_header
from openconnector.core.phrases import phrase, told
from openconnector.reading.charset import content_type, read_text
from openconnector.reading.document import Unreadable
from openconnector.reading.json_parsing import JsonReading
from openconnector.reading.positions import OBJECT, ROOT, steps_of
from openconnector.reading.records import select
from openconnector.reading.values import is_whole
from openconnector.reading.view import BodyFacts, guess_format
from openconnector.transports.exchange import ReceivedResponse

LARGE = 256 * 1024
"""Bytes of a body that are read at once: some milliseconds, in which nothing else runs."""


@dataclass(frozen=True, slots=True)
class Page:
    """A body as plain values, which is what the viewer takes it for.

    Attributes:
        value: JSON as it is, of JSON lines and CSV the list, XML as `reading/xml_records.py` has it; else None.
        xml: the body, where it is XML: there one element may be a list of one, and only its place tells.
        is_table: it is CSV, which is its records: no position need be given.
        problem: why it cannot be read, in one sentence; empty where it can.
    """

    value: Any = None
    xml: bytes | None = None
    is_table: bool = False
    problem: str = ""

    @classmethod
    def of(cls, raw: bytes, header: str, *, is_text: bool) -> Self:
        """A body as it is kept: in UTF-8 where it is text.

        Args:
            header: its `Content-Type`.
        """
        media_type, size = content_type(header)[0], len(raw)
        facts = BodyFacts(header, media_type, None, None, is_text, is_truncated=False, size=size, kept_size=size)
        try:
            match guess_format(facts, raw).format:
                case "json":
                    return cls(_json(raw))
                case "xml":
                    return cls(next(_xml_records(raw, OBJECT)), raw)
                case "csv":
                    return cls(_table(raw, header), is_table=True)
                case _:
                    return cls(problem=phrase("There is no tree in this body: it is not JSON, XML or CSV."))
        except ValueError as problem:
            return cls(problem=told(problem))

    @classmethod
    def of_response(cls, response: ReceivedResponse) -> Self:
        """The body of an answer; it cannot be read where not all of it was kept."""
        kept, size = len(response.body), response.size
        if kept < size:
            return cls(problem=phrase("Only the first {kept} of {size} bytes are kept.", kept=kept, size=size))
        header = content_type_header(response.headers)
        found = read_text(response.body, *content_type(header))
        raw = response.body if found is None else found[0].encode("utf-8", "replace")
        return cls.of(raw, header, is_text=found is not None)

    def records(self, position: str) -> list[Any]:
        """The records at a position.

        Raises:
            RecordsMissing: there is no such place.
            Unreadable: the body cannot be read.
        """
        if self.problem:
            raise Unreadable(self.problem)
        if self.xml is not None:
            return list(_xml_records(self.xml, position))
        return select(self.value, position or ROOT if self.is_table else position)


def _json(raw: bytes) -> Any:
    """The value of a JSON text. The parser for large ones, and for all that is odd, lets other threads run meanwhile.

    Raises:
        Unreadable: it is no JSON.
    """
    if len(raw) <= LARGE:
        with suppress(ValueError):
            return from_json(raw.removeprefix(BOM_UTF8))
    return JsonReading().read(raw)


def _table(raw: bytes, header: str) -> Any:
    from openconnector.reading.table import TableDocument  # noqa: PLC0415  # most answers are JSON

    return TableDocument(raw, header).value


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
