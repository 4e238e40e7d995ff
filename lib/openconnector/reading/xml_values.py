# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""XML as plain values, in the shape that OpenConnector has always given it.

- An element without attributes and without elements in it is its text: `<name>Jan</name>` is `"Jan"`, and `<name/>` is
  the empty text.
- Every other element is an object. Its attributes are in an object under `@attributes`, each element in it under its
  name, and its own text, if there is any, under `#text`: `<a b="1">x<c>2</c></a>` is
  `{"@attributes": {"b": "1"}, "c": "2", "#text": "x"}`.
- Elements of the same name in one parent are a list under that name; one alone is no list, for nothing in the XML says
  that it could be more.
- Names of elements and attributes keep their prefix as it is written: `soap:Body`. Declarations of namespaces are no
  attributes, and are left out, like comments and instructions.
- White space at both ends of a text is left out. Pieces of text between elements are joined in their order.
- There are only texts, no numbers: XML does not tell them apart.

A record is always an object: an element that is a text alone becomes `{"#text": "Jan"}`, an empty one `{}`.
"""

from collections.abc import Callable
from typing import Any

from openconnector.reading.document import Unreadable
from openconnector.reading.xml_events import TOO_DEEP, WHITE_SPACE, own_attributes

ATTRIBUTES, TEXT = "@attributes", "#text"

Record = dict[str, Any]


class RecordBuilder:
    """Makes one record after the other from the events of expat. It runs for every element of a large file.

    Args:
        finish: gets each record when its element ends.
        max_depth: how many elements may lie in each other, with that of the record.
    """

    __slots__ = ("_above", "_finish", "_max_depth", "_pieces", "_value")

    def __init__(self, finish: Callable[[Record], None], max_depth: int) -> None:
        self._finish = finish
        self._max_depth = max_depth
        self._value: Record = {}
        self._pieces: list[str] = []
        """Of the text of the element, which may be too long to be put together piece by piece."""
        self._above: list[tuple[Record, list[str]]] = []

    def begin(self, attributes: dict[str, str]) -> None:
        """The element of a record begins; what follows goes to `start`, `text` and `end` until it ends."""
        self._value = _with_attributes(attributes) if attributes else {}
        self._pieces = []

    def start(self, _name: str, attributes: dict[str, str]) -> None:
        above = self._above
        above.append((self._value, self._pieces))
        if len(above) >= self._max_depth:
            raise Unreadable(TOO_DEEP)
        self._value = _with_attributes(attributes) if attributes else {}
        self._pieces = []

    def text(self, piece: str) -> None:
        self._pieces.append(piece)

    def end(self, name: str) -> None:
        value, text = self._value, "".join(self._pieces).strip(WHITE_SPACE)
        if not self._above:
            self._finish(value | {TEXT: text} if text else value)
            return
        if text and value:
            value[TEXT] = text
        above, self._pieces = self._above.pop()
        self._value = above
        done: Any = value or text
        if name not in above:
            above[name] = done
        elif type(there := above[name]) is list:
            there.append(done)
        else:
            above[name] = [there, done]


def _with_attributes(attributes: dict[str, str]) -> Record:
    for name in attributes:
        if name.startswith("xmlns"):
            attributes = own_attributes(attributes)
            break
    return {ATTRIBUTES: attributes} if attributes else {}
