# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The encoding of XML, which may say one thing and be another.

Bodies of the log are UTF-8, whatever their XML declaration says; files and uploads are as they were written. So: a byte
order mark decides; then what is UTF-8 is UTF-8; only where it is not, the declaration is believed.
"""

import codecs
import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import BinaryIO

from openconnector.core.phrases import phrase
from openconnector.reading.document import Unreadable

CHUNK = 256 * 1024
_ENOUGH = 1024
"""Bytes in which a declaration stands."""

_BEGINNINGS = (
    (codecs.BOM_UTF8, "utf-8", 3),
    (codecs.BOM_UTF32_LE, "utf-32-le", 4),
    (codecs.BOM_UTF32_BE, "utf-32-be", 4),
    (codecs.BOM_UTF16_LE, "utf-16-le", 2),
    (codecs.BOM_UTF16_BE, "utf-16-be", 2),
    (b"<\0", "utf-16-le", 0),
    (b"\0<", "utf-16-be", 0),
)
"""How a text begins, its encoding, and how many bytes of it are a mark (XML 1.0, appendix F)."""

_DECLARED = re.compile(rb"""<\?xml\s[^>]*?\sencoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]{0,40})["']""")
_FAMILIES = (
    "iso8859",
    "cp",
    "koi8",
    "mac-",
    "gb",
    "big5",
    "euc",
    "shift_jis",
    "iso2022",
    "hz",
    "tis",
    "utf-16",
    "utf-32",
)
"""Beginnings of the names of those codecs of Python that are encodings of text; others unpack or unescape."""


def in_utf8(source: BinaryIO, *, is_cut: bool = False) -> Iterator[bytes]:
    """The text of a file in UTF-8, in parts, without a byte order mark.

    Args:
        is_cut: it may stop in the middle of a character.

    Raises:
        Unreadable: it is no text in the encoding that it says.
    """
    first = source.read(CHUNK)
    while len(first) < _ENOUGH and (more := source.read(CHUNK)):
        first += more
    rest = iter(lambda: source.read(CHUNK), b"")
    for beginning, name, length in _BEGINNINGS:
        if first.startswith(beginning):
            chunks = chain([first[length:]], rest)
            is_utf8 = name == "utf-8"
            return _checked(chunks, None, is_cut=is_cut) if is_utf8 else _recoded(chunks, name, is_cut=is_cut)
    declared = _DECLARED.match(first)
    return _checked(chain([first], rest), declared[1].decode() if declared else None, is_cut=is_cut)


def _checked(chunks: Iterator[bytes], declared: str | None, *, is_cut: bool) -> Iterator[bytes]:
    """UTF-8 as it comes; from the first part on that is none, what the declaration says."""
    held = b""
    for chunk in chunks:
        if not held and chunk.isascii():
            yield chunk
            continue
        text = held + chunk
        try:
            _, length = codecs.utf_8_decode(text, "strict", False)  # not the last part
        except UnicodeDecodeError:
            yield from _recoded(chain([text], chunks), _codec(declared), is_cut=is_cut)
            return
        yield text[:length]
        held = text[length:]
    if held and not is_cut:
        yield from _recoded([held], _codec(declared), is_cut=False)


def _codec(declared: str | None) -> str:
    """The name of the codec for a declared encoding.

    Raises:
        Unreadable: there is none.
    """
    if declared is None:
        raise Unreadable(phrase("It is not in UTF-8, and does not say in which encoding it is."))
    try:
        name = codecs.lookup(declared).name
    except LookupError:
        name = ""
    if name in ("utf-8", "ascii"):
        raise Unreadable(
            phrase(
                "It says that its encoding is {encoding}, but it has bytes that do not belong there.", encoding=declared
            )
        )
    if not name.startswith(_FAMILIES):
        raise Unreadable(phrase("It is in the encoding {encoding}, which we do not know.", encoding=declared))
    return name


def _recoded(chunks: Iterable[bytes], name: str, *, is_cut: bool) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(name)()
    try:
        for chunk in chunks:
            yield decoder.decode(chunk).encode()
        yield decoder.decode(b"", final=not is_cut).encode()
    except UnicodeError:
        raise Unreadable(
            phrase("It says that its encoding is {encoding}, but it has bytes that do not belong there.", encoding=name)
        ) from None
