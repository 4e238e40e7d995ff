# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""XML as both of our parsers get it: in UTF-8, without its declaration, its DTD and its entities.

A DTD can do nothing for those who read an answer, and much against them: files and addresses that are read (XXE,
CWE-611), a few lines that become gigabytes (CWE-776), values for attributes that nobody has sent. So no parser sees it:
it is blanked out, and references to entities that XML itself does not know become the text that they are written as.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import BinaryIO

from openconnector.core.phrases import phrase
from openconnector.reading.document import Unreadable
from openconnector.reading.schemas import Finding
from openconnector.reading.xml_encoding import in_utf8

MAX_PROLOG = 1024 * 1024
"""Bytes in which the first element has to begin."""

MAX_NAMES = 10
"""Entities that are named in a finding."""

_DECLARATION = re.compile(rb"<\?xml\s[^>]*?\?>")
_BEFORE_DOCTYPE = re.compile(rb"\s*(?:<\?.*?\?>\s*|<!--.*?-->\s*)*", re.DOTALL)
_DOCTYPE = b"<!DOCTYPE"
_IN_DOCTYPE = re.compile(
    rb"""(?P<whole>"[^"]*"|'[^']*'|<!--.*?-->|<\?.*?\?>)|(?P<open>"|'|<!--|<\?)|[\[\]>]""", re.DOTALL
)
_ENTITY_DECLARATION = re.compile(rb"<!ENTITY\s+(?:%\s+)?([^\s\"'<>&;]{1,100})")
_SECTION_OR_ENTITY = re.compile(rb"<!\[CDATA\[|<!--|<\?|&(?!(?:amp|lt|gt|quot|apos);)([^\s;<&\"'#]{1,100});")
_ENDS = {b"<![CDATA[": b"]]>", b"<!--": b"-->", b"<?": b"?>"}
_LONGEST = 110
"""Bytes that what `_SECTION_OR_ENTITY` finds can have."""


class XmlText:
    """The bytes of an XML text, from a file of any size.

    Args:
        is_cut: it is the beginning of a text, and may stop anywhere.

    Attributes:
        entities: names of entities that the text declares or uses, as far as `chunks` has come; at most `MAX_NAMES`.
    """

    def __init__(self, source: BinaryIO, *, is_cut: bool = False) -> None:
        self._source = source
        self.is_cut = is_cut
        self.entities: dict[str, None] = {}

    def chunks(self) -> Iterator[bytes]:
        """UTF-8 without a byte order mark, with the lines of the original.

        Raises:
            Unreadable: the bytes are no text in the encoding that they say, or no element begins.
        """
        chunks = in_utf8(self._source, is_cut=self.is_cut)
        head = _read_prolog(chunks)
        declaration = _DECLARATION.match(head)
        if declaration:  # its encoding is no longer true
            head = _blank(declaration.group()) + head[declaration.end() :]
        start = _end_of_misc(head)
        if not head.startswith(_DOCTYPE, start):
            # Without a DOCTYPE an entity is an error, which a text that was cut is read in spite of.
            whole = chain([head], chunks)
            yield from self._without_entities(whole) if self.is_cut else whole
            return
        head, end = _read_doctype(head, start, chunks)
        for name in _ENTITY_DECLARATION.findall(head, start, end):
            self._note(name)
        # A bare one stays, so that a second one is what it is in XML: an error.
        blank = _blank(head[start + len(_DOCTYPE) : end])
        yield head[:start] + _DOCTYPE + (blank.replace(b" ", b"", 2) or b" ") + b"a>"
        yield from self._without_entities(chain([head[end:]], chunks))

    def finding(self) -> Finding | None:
        """What is to be said of the entities of this text, when it has been read."""
        if not self.entities:
            return None
        named = ", ".join(self.entities)
        message = phrase(
            "It has entities of its own, which are not replaced: they stay as they are written ({names}).", names=named
        )
        return Finding(type="entities", message=message)

    def _note(self, name: bytes) -> None:
        if len(self.entities) < MAX_NAMES:
            self.entities[name.decode("utf-8", "replace")] = None

    def _without_entities(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """`&name;` becomes `&amp;name;`. In CDATA, comments and instructions it is text already."""
        held, end = b"", None
        for chunk in chain(chunks, [None]):
            text = held + (chunk or b"")
            # What begins behind `sure` may go on in the next chunk.
            sure = max(0, len(text) - _LONGEST) if chunk is not None else len(text)
            parts, at, end = self._escape(text, sure, end)
            held = text[at:]
            yield b"".join(parts)

    def _escape(self, text: bytes, sure: int, end: bytes | None) -> tuple[list[bytes], int, bytes | None]:
        """The parts of a text that are ready, how far they reach, and the end of the section that it stops in."""
        parts, at = [], 0
        while True:
            if end is not None:
                found = text.find(end, at)
                if found < 0:
                    break
                parts.append(text[at : found + len(end)])
                at, end = found + len(end), None
            mark = _SECTION_OR_ENTITY.search(text, at)
            if mark is None or mark.start() >= sure:
                break
            if mark[1] is None:
                parts.append(text[at : mark.end()])
                at, end = mark.end(), _ENDS[mark.group()]
            else:
                self._note(mark[1])
                parts += [text[at : mark.start()], b"&amp;"]
                at = mark.start() + 1
        if at < sure:
            parts.append(text[at:sure])
            at = sure
        return parts, at, end


def _read_prolog(chunks: Iterator[bytes]) -> bytes:
    """As much as is needed to see what stands behind comments and instructions at the beginning."""
    head = b""
    for chunk in chunks:
        head += chunk
        rest = head[_end_of_misc(head) :][: len(_DOCTYPE)]
        if len(rest) == len(_DOCTYPE) and not rest.startswith((b"<!--", b"<?")):
            break
        if len(head) > MAX_PROLOG:
            raise Unreadable(phrase("Its first element does not begin within 1 MiB."))
    return head


def _read_doctype(head: bytes, start: int, chunks: Iterator[bytes]) -> tuple[bytes, int]:
    """As much as is needed to see the end of the DOCTYPE, and where that is."""
    while (end := _end_of_doctype(head, start)) is None:
        more = next(chunks, b"")
        if not more or len(head) > MAX_PROLOG:
            raise Unreadable(phrase("Its DOCTYPE does not end within 1 MiB."))
        head += more
    return head, end


def _end_of_misc(head: bytes) -> int:
    found = _BEFORE_DOCTYPE.match(head)
    return found.end() if found else 0


def _end_of_doctype(head: bytes, start: int) -> int | None:
    """Behind its `>`. One that stands in a literal, a comment or the internal subset is not it (XML 1.0, rule 28)."""
    is_in_subset = False
    for token in _IN_DOCTYPE.finditer(head, start + len(_DOCTYPE)):
        if token["open"]:
            return None
        mark = token.group()
        if mark in (b"[", b"]"):
            is_in_subset = mark == b"["
        elif mark == b">" and not is_in_subset:
            return token.end()
    return None


def _blank(text: bytes) -> bytes:
    """Spaces and line ends in place of a text, so that lines and columns of what follows stay true."""
    return re.sub(rb"[^\n]", b" ", text)
