# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The records of XML: the elements at a position, in the shape that `xml_values.py` tells.

Records are always a list: the position names elements, and each element there is one record, whether there is one or a
thousand, and in however many parents. A parent without anything in it has none, and that is no error.
"""

from collections.abc import Callable, Iterator
from typing import BinaryIO

from openconnector.core.phrases import phrase
from openconnector.reading.document import Unreadable
from openconnector.reading.positions import MAX_NAMES, OBJECT, ROOT, RecordsMissing, position_of, steps_of
from openconnector.reading.xml_events import MAX_DEPTH, TOO_DEEP, WHITE_SPACE, new_parser, parse
from openconnector.reading.xml_outline import Outline, Place
from openconnector.reading.xml_text import XmlText
from openconnector.reading.xml_values import TEXT, Record, RecordBuilder

MAX_RECORD = 64 * 1024 * 1024
"""Bytes of one record, roughly."""


def records_of(source: BinaryIO, position: str) -> Iterator[Record]:
    """The records of an XML file of any size, one after the other; memory holds one part of the file and its records.

    Args:
        position: `resultsPosition`: a dot path of names from below the root element; `_root`: the elements right below
            it; `_object`: the root element. Where it is empty, the file is read twice, and has to be seekable.

    Raises:
        RecordsMissing: there is no such place; when other elements stood there, this comes at the end.
        Unreadable: the file is no well-formed XML. This may come after records.
    """
    if position == "":
        start = source.tell()
        place = place_by_itself(Outline.of(XmlText(source)))
        source.seek(start)
        if place.is_empty:
            return
        position = position_of(place.names)
    yield from RecordReader(XmlText(source), position).records()


def place_by_itself(outline: Outline) -> Place:
    """Where records are when no position is given. A place that is empty has none.

    Raises:
        RecordsMissing: they are not where they are looked for.
    """
    place = outline.records_by_themselves()
    if place is not None:
        return place
    raise RecordsMissing(
        "position_missing",
        phrase(
            "No position is given. Then records are expected in `items`, `result` or `results` below the "
            "root element. The root element `{name}` has none of them.",
            name=outline.root.name,
        ),
    )


class RecordReader:
    """Reads the elements at a position, and keeps those that are wanted.

    Attributes:
        total: how many there are, when all has been read.
    """

    def __init__(self, text: XmlText, position: str, wanted: Callable[[int], bool] | None = None) -> None:
        self._text = text
        self._position = position
        self._wanted = wanted
        self._names = _names(position)
        self._last = len(self._names) - 1
        """The level of the records; the root element has level 0."""
        self._level = self._matched = self._deepest = 0
        """Open elements, how many of them are on the way to the records, and the most that ever were."""
        self._others: list[dict[str, None]] = [{} for _ in self._names]
        """What else stands in an element on the way, by the level of what was expected."""
        self._first_name = ""
        self._ready: list[Record] = []
        self.total = 0
        self._parser = new_parser()
        self._builder = RecordBuilder(self._finish, MAX_DEPTH - self._last)
        self._listen()

    def records(self) -> Iterator[Record]:
        """The wanted records in their order. They can be read once."""
        began = 0
        try:
            for read in parse(self._parser, self._text):
                ready, self._ready = self._ready, []
                yield from ready
                if self._parser.StartElementHandler == self._start:
                    began = read
                elif read - began > MAX_RECORD:
                    raise Unreadable(phrase("One record in it is larger than {size} MiB.", size=MAX_RECORD // 1024**2))
        finally:
            del self._builder  # it holds this reader, and nobody may collect such circles
        if not self.total:
            self._explain()

    def _listen(self) -> None:
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._between

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        level = self._level
        if self._matched == level <= self._last:
            if self._names[level] not in (None, name):
                self._note_other(name)
            elif level == self._last:
                self._begin(name, attributes)
                return
            else:
                self._matched += 1
                self._deepest = max(self._deepest, self._matched)
        self._level += 1
        if self._level > MAX_DEPTH:
            raise Unreadable(TOO_DEEP)

    def _end(self, _name: str) -> None:
        self._level -= 1
        if self._matched > self._level:
            self._matched = self._level
            self.total += self._level == self._last  # it was one that is not wanted

    def _between(self, text: str) -> None:
        if self._matched == self._level <= self._last and text.strip(WHITE_SPACE):
            self._note_other(TEXT)

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        if self.total == 0:
            self._first_name = name
        elif name != self._first_name:
            raise RecordsMissing(
                "not_a_list",
                phrase(
                    "The root element is not a list: its elements have different names, `{first}` and `{name}`. "
                    "Give one of them as the position.",
                    first=self._first_name,
                    name=name,
                ),
            )
        parser = self._parser
        if self._wanted is None or self._wanted(self.total):
            builder = self._builder
            builder.begin(attributes)
            parser.StartElementHandler, parser.EndElementHandler = builder.start, builder.end
            parser.CharacterDataHandler = builder.text
        else:
            self._matched = self._level = self._level + 1

    def _finish(self, record: Record) -> None:
        self.total += 1
        self._ready.append(record)
        self._listen()

    def _note_other(self, name: str) -> None:
        others = self._others[self._level]
        if len(others) < MAX_NAMES:
            others[name] = None

    def _explain(self) -> None:
        """An element without anything in it is an empty list. Everything else has another shape than was expected."""
        level = self._deepest
        others: str = ", ".join(f"`{name}`" for name in self._others[level])
        if level == self._last and not others:
            return
        names = [name for name in self._names[1:] if name is not None]
        others = others or phrase("nothing in it")
        raise RecordsMissing("position_not_found", _lacks(names, level, others))


def _lacks(names: list[str], level: int, others: str) -> str:
    if not names:
        return phrase("There are no elements in the root element: it has {others}.", others=others)
    wanted = position_of(names[level - 1 : level])
    if level <= 1:
        return phrase("There is no `{name}` in the root element: it has {others}.", name=wanted, others=others)
    place = position_of(names[: level - 1])
    return phrase("There is no `{name}` in `{place}`: it has {others}.", name=wanted, place=place, others=others)


def _names(position: str) -> tuple[str | None, ...]:
    """The names on the way to the records, with the root element; None stands for any."""
    if position == OBJECT:
        return (None,)
    return (None, None) if position == ROOT else (None, *steps_of(position))
