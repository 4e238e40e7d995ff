# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which elements an XML text has, how often and where, without what stands in them: enough to find its records."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Self

from openconnector.core.phrases import phrase
from openconnector.reading.document import Unreadable
from openconnector.reading.positions import MAX_NAMES, MAX_PROPOSALS, OBJECT, USUAL_NAMES, position_of
from openconnector.reading.schemas import RecordProposal
from openconnector.reading.xml_events import MAX_DEPTH, TOO_DEEP, WHITE_SPACE, new_parser, own_attributes, parse
from openconnector.reading.xml_text import XmlText

MAX_LEVELS = 12
MAX_PLACES = 2000
"""Levels and different paths of names that are counted; what lies beyond them is read, and not counted."""

_ENVELOPES = frozenset({"http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope"})
_OWN_NAMES = frozenset({"id", "uuid"})
"""Names that make an element a record itself, and not a wrapper around records."""

_MIN_RECORDS = 2


@dataclass(slots=True, eq=False)
class Place:
    """All elements with the same names on the way to them.

    Attributes:
        count: how many there are.
        most: how many there are at most in one parent.
        first_names: how many of `below` the first of them has.
        attributes: of the first that has any.
    """

    name: str
    above: "Place | None"
    level: int
    count: int = 0
    most: int = 0
    in_parent: int = 0
    of_parent: int = 0
    first_names: int = 0
    has_text: bool = False
    attributes: dict[str, str] = field(default_factory=dict)
    below: dict[str, "Place"] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """The names from below the root element to this one."""
        return [*self.above.names, self.name] if self.above and self.above.level else []

    @property
    def local_name(self) -> str:
        return self.name.rpartition(":")[2]

    @property
    def is_repeated(self) -> bool:
        return self.most >= _MIN_RECORDS

    @property
    def has_fields(self) -> bool:
        return bool(self.below) or bool(own_attributes(self.attributes))

    @property
    def is_empty(self) -> bool:
        """Whether none of them has elements or text."""
        return not self.below and not self.has_text

    @property
    def fields(self) -> list[str]:
        """The fields of the first of them as a record."""
        names = ["@attributes"] if own_attributes(self.attributes) else []
        names += islice(self.below, self.first_names)
        return [*names, "#text"] if self.has_text else names


class Outline:
    """What is known of a text that was read to its end."""

    def __init__(self, root: Place, *, is_whole: bool) -> None:
        self.root = root
        self.is_whole = is_whole

    @classmethod
    def of(cls, text: XmlText, most: int | None = None) -> Self:
        """Read a text.

        Args:
            most: after so many elements, the rest is only checked; `is_whole` is false then.

        Raises:
            Unreadable: it is not well-formed.
        """
        counting = _Counting(text, most)
        return cls(counting.root(), is_whole=not counting.has_stopped)

    @property
    def is_page(self) -> bool:
        """Whether this is a web page in XML (XHTML)."""
        return self.root.local_name.lower() == "html"

    def records_by_themselves(self) -> Place | None:
        """Where records are when no position is given: the first of `items`, `result`, `results` below the root.

        One such element with other elements of one name in it is a list, and its elements are the records. One with a
        text alone is none of both.
        """
        for name in USUAL_NAMES:
            for place in self.root.below.values():
                if place.local_name == name and (place.is_repeated or place.is_empty or place.below):
                    return _inside(place)
        return None

    def proposals(self, taken: str | None = None) -> list[RecordProposal]:
        """Where elements are repeated that have fields: those first that lie in no repeated element, then the most.

        Args:
            taken: a position that needs no proposal.
        """
        found = sorted(self._repeated(), key=lambda place: (_repeated_above(place), -place.count, place.level))
        proposed = [
            RecordProposal(position=position_of(place.names), count=place.count, names=place.fields[:MAX_NAMES])
            for place in found[: MAX_PROPOSALS + 1]
        ]
        if not proposed and self.root.below and not self.is_page and not _is_envelope(self.root):
            proposed = [RecordProposal(position=OBJECT, count=1, names=self.root.fields[:MAX_NAMES])]
        return [one for one in proposed if one.position != taken][:MAX_PROPOSALS]

    def nested_records(self) -> Place | None:
        """The most frequent records that lie deeper than right below the root, in wrappers only."""
        if self.records_by_themselves() or any(_are_records(place) for place in self.root.below.values()):
            return None
        found = [place for place in self._repeated() if _is_wrapped(place)]
        return max(found, key=lambda place: place.count, default=None)

    def _repeated(self) -> Iterator[Place]:
        if not self.is_page:
            yield from (place for place in _all_below(self.root) if _are_records(place))


def _are_records(place: Place) -> bool:
    return place.is_repeated and place.has_fields


def _all_below(place: Place) -> Iterator[Place]:
    """What lies below, without the header of a SOAP message, and nothing of a fault (SOAP 1.2, part 1, section 5)."""
    is_envelope = _is_envelope(place)
    for below in place.below.values():
        if is_envelope and below.local_name == "Header":
            continue
        is_fault = below.local_name == "Fault" and place.above is not None and _is_envelope(place.above)
        if not is_fault:
            yield below
            yield from _all_below(below)


def _is_envelope(place: Place) -> bool:
    prefix, _, local = place.name.rpartition(":")
    declaration = f"xmlns:{prefix}" if prefix else "xmlns"
    return local == "Envelope" and place.level == 1 and place.attributes.get(declaration) in _ENVELOPES


def _inside(place: Place) -> Place:
    """The records of a single element that is a list, or the place itself."""
    if place.count == 1 and len(place.below) == 1:
        (only,) = place.below.values()
        if only.is_repeated or only.has_fields:
            return only
    return place


def _repeated_above(place: Place) -> int:
    above = place.above
    return (above.is_repeated + _repeated_above(above)) if above else 0


def _is_wrapped(place: Place) -> bool:
    above = place.above
    while above is not None and above.level:
        attributes = {name.rpartition(":")[2] for name in own_attributes(above.attributes)}
        if above.is_repeated or not _OWN_NAMES.isdisjoint({*above.below, *attributes}):
            return False
        above = above.above
    return True


class _Counting:
    """Counts while a text is read."""

    def __init__(self, text: XmlText, most: int | None) -> None:
        self._top = Place("", None, 0, count=1)
        self._open: list[Place | None] = [self._top]
        self._places = 0
        self._left = most
        self.has_stopped = False
        self._parser = new_parser()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        for _ in parse(self._parser, text):
            pass

    def root(self) -> Place:
        for root in self._top.below.values():
            return root
        raise Unreadable(phrase("No element begins in it."))

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        above = self._open[-1]
        place = self._place(above, name) if above is not None else None
        self._open.append(place)
        if place is not None and above is not None:
            place.count += 1
            if place.of_parent == above.count:
                place.in_parent += 1
            else:
                place.of_parent, place.in_parent = above.count, 1
            place.most = max(place.most, place.in_parent)
            if attributes and not place.attributes:
                place.attributes = attributes
        elif len(self._open) > MAX_DEPTH + 1:
            raise Unreadable(TOO_DEEP)
        if self._left is not None:
            self._left -= 1
            if self._left < 0:
                self._stop()

    def _place(self, above: Place, name: str) -> Place | None:
        place = above.below.get(name)
        if place is None and above.level < MAX_LEVELS and self._places < MAX_PLACES:
            self._places += 1
            place = above.below[name] = Place(name, above, above.level + 1)
        return place

    def _end(self, _name: str) -> None:
        place = self._open.pop()
        if place is not None and place.count == 1:
            place.first_names = len(place.below)

    def _text(self, text: str) -> None:
        place = self._open[-1]
        if place is not None and not place.has_text and text.strip(WHITE_SPACE):
            place.has_text = True

    def _stop(self) -> None:
        self.has_stopped = True
        self._parser.StartElementHandler = None
        self._parser.EndElementHandler = None
        self._parser.CharacterDataHandler = None
