# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads XML element by element with expat, which keeps names as they are written and builds no tree."""

from collections.abc import Iterator
from typing import NoReturn
from xml.parsers import expat

from openconnector.core.phrases import phrase
from openconnector.reading.document import Unreadable, line_and_column
from openconnector.reading.xml_text import XmlText

MAX_DEPTH = 256
"""Elements in each other, as for libxml2."""

TOO_DEEP = phrase("Its elements lie more than {levels} levels deep in each other.", levels=MAX_DEPTH)
MAX_TAG = 10_000_000
"""Bytes of one tag, comment or instruction, as for libxml2."""

WHITE_SPACE = " \t\r\n"
"""XML 1.0, rule 3."""

_BUFFER = 256 * 1024
"""Bytes of a text that come at once."""


def new_parser() -> expat.XMLParserType:
    """A parser that gives names with their prefixes, and texts in large pieces."""
    parser = expat.ParserCreate("utf-8")
    parser.EntityDeclHandler = _refuse
    parser.buffer_text = True
    parser.buffer_size = _BUFFER
    return parser


def parse(parser: expat.XMLParserType, text: XmlText) -> Iterator[int]:
    """Read a text to its end; after each part of it the number of bytes so far.

    Raises:
        Unreadable: it is not well-formed.
    """
    read = 0
    try:
        for chunk in text.chunks():
            parser.Parse(chunk, False)
            read += len(chunk)
            if read - parser.CurrentByteIndex > MAX_TAG:
                raise Unreadable(phrase("One tag or comment in it is longer than 10 MB."), _place(parser))
            yield read
        if not text.is_cut:
            parser.Parse(b"", True)
    except expat.ExpatError as error:
        problem = expat.errors.messages[error.code]
        where = line_and_column(error.lineno, error.offset + 1)
        raise Unreadable(phrase("It is not well-formed XML: {problem}.", problem=problem), where) from None
    finally:
        # The parser holds those who listen to it, and they hold the parser.
        parser.StartElementHandler = parser.EndElementHandler = parser.CharacterDataHandler = None
    yield read


def own_attributes(attributes: dict[str, str]) -> dict[str, str]:
    """Attributes without declarations of namespaces, which XML does not count among them (Namespaces 1.0)."""
    return {name: value for name, value in attributes.items() if name != "xmlns" and not name.startswith("xmlns:")}


def _refuse(*_: object) -> NoReturn:
    """No DTD comes this far. If one did, nothing of it would be used."""
    raise Unreadable(phrase("It has a DTD, which is not read."))


def _place(parser: expat.XMLParserType) -> str:
    return line_and_column(parser.CurrentLineNumber, parser.CurrentColumnNumber + 1)
