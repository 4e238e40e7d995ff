# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The charset of a body, and where it is known from.

In this order: a byte order mark that contradicts the header (RFC 7303, section 3.2), the header, the mark, what an XML
or HTML text declares about itself, and at last its bytes. UTF-8 is recognised by being valid; anything else is a guess,
and is made only for what calls itself text or does not say what it is.
"""

import codecs
import re
from typing import Literal, NamedTuple

CharsetFrom = Literal["header", "bom", "declaration", "detected"]

SAMPLE = 64 * 1024
"""Bytes that a guess looks at."""

SHORTEST = 4
"""Bytes below which nothing is guessed."""

_DECLARED_WITHIN = 1024
"""Bytes in which a declaration must stand (HTML, section 13.2.3.2)."""

_TEXT_KINDS = re.compile(r"^text/|[/+]json|[/+]xml|javascript|x-www-form-urlencoded|yaml|csv", re.IGNORECASE)

_NO_CHARSETS = frozenset({"idna", "mbcs", "oem", "punycode", "raw_unicode_escape", "undefined", "unicode_escape"})
"""Encodings of Python that no body is in."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8", "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32", "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "utf-16"),
)
"""Byte order marks, the codec that takes them off (that of UTF-8 stays, as it came), and the family."""

_DECLARATION = re.compile(
    rb"^\s*<\?xml[^>]{0,200}?\sencoding\s*=\s*[\"']([\w.:-]+)|<meta[^>]{0,300}?\scharset\s*=\s*[\"']?\s*([\w.:-]+)"
    rb"|<meta[^>]{0,300}?content\s*=\s*[\"'][^\"'>]{0,200}?charset=([\w.:-]+)",
    re.IGNORECASE,
)
_MAGIC = (b"%PDF-", b"PK\x03\x04", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"\x1f\x8b", b"RIFF", b"OggS", b"ID3", b"Rar!")
"""Beginnings of files that have bytes of all kinds, and are in no charset."""

_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")


class Charset(NamedTuple):
    """A charset with its name, its codec of Python, and what to do with bytes that do not belong to it."""

    name: str
    codec: str
    errors: Literal["strict", "replace"]
    origin: CharsetFrom

    @property
    def is_guess(self) -> bool:
        """Whether it may be another one: a secret in it may have become other characters."""
        return self.origin == "detected" and not self.name.startswith("utf-")


_UTF8 = Charset("utf-8", "utf-8", "strict", "detected")


def content_type(value: str) -> tuple[str | None, str | None]:
    """Media type and charset of the value of a `Content-Type`, in lower case."""
    media_type, _, parameters = value.partition(";")
    charset = re.search(r"charset=\"?([\w.:-]+)", parameters, re.IGNORECASE)
    return media_type.strip().lower() or None, charset[1].lower() if charset else None


def read_text(
    body: bytes, media_type: str | None, declared: str | None, *, is_cut: bool = False
) -> tuple[str, Charset] | None:
    """A body as text with its charset; None where it is no text.

    Args:
        declared: the charset of the header.
        is_cut: it may end within a character, which is left out then.
    """
    if (media_type or "").startswith("multipart/"):
        return _multipart(body)
    is_text_kind = media_type is not None and _TEXT_KINDS.search(media_type) is not None
    for charset in _known(body, media_type, declared, is_text_kind=is_text_kind):
        text = decode(body, charset, is_cut=is_cut)
        if text is not None and (is_text_kind or charset.origin == "header" or not _CONTROLS.search(text, 0, SAMPLE)):
            return text, charset
    if not is_text_kind and media_type is not None:
        return None
    broken_off = decode(body, _UTF8, is_cut=True)
    if broken_off is not None and not broken_off.isascii():
        return broken_off, _UTF8  # the connection ended within a character
    guess = _guess(body, is_text_kind=is_text_kind)
    text = decode(body, guess, is_cut=is_cut) if guess else None
    return (text, guess) if guess and text is not None else None


def decode(body: bytes, charset: Charset, *, is_cut: bool = False) -> str | None:
    """The text of a body; None where it is none in this charset."""
    try:
        if is_cut:
            # A cut may split a character: what is left of it at the end is not decoded.
            text = codecs.getincrementaldecoder(charset.codec)(charset.errors).decode(body)
        else:
            text = body.decode(charset.codec, charset.errors)
    except (LookupError, ValueError):
        return None
    # No browser shows a NUL character, and no text of ours has one.
    return None if "\0" in text else text


def _multipart(body: bytes) -> tuple[str, Charset] | None:
    """The parts of a body have charsets of their own: it is text only where its bytes stay what they are."""
    text = decode(body, _UTF8)
    return (text, _UTF8) if text is not None else None


def _known(body: bytes, media_type: str | None, declared: str | None, *, is_text_kind: bool) -> list[Charset]:
    """What the body could be in by what is said about it, the likeliest first; UTF-8 always."""
    known: list[Charset] = []
    may_say = is_text_kind or media_type is None
    codec = codec_of(declared) if declared and may_say else None
    mark = next((mark for mark in _MARKS if body.startswith(mark[0])), None) if may_say else None
    if mark is not None and (codec is None or not codec.startswith(mark[2])):
        known.append(Charset(mark[2], mark[1], "strict", "bom"))
    if codec is not None and declared is not None:
        known.append(Charset(declared, codec, "replace", "header"))
        return known
    if mark is None and may_say:
        known += _declared(body)
    if not any(charset.codec == "utf-8" for charset in known):
        known.append(_UTF8)
    return known


def codec_of(name: str) -> str | None:
    """Python's name of a charset; None where it knows none of this name."""
    try:
        known = codecs.lookup(name)
    except LookupError:
        return None
    # Python calls transformations such as base64 and zlib encodings, too.
    is_charset = getattr(known, "_is_text_encoding", True) and known.name not in _NO_CHARSETS
    return known.name if is_charset else None


def _declared(body: bytes) -> list[Charset]:
    if not body[:_DECLARED_WITHIN].lstrip().startswith(b"<"):
        return []
    match = _DECLARATION.search(body[:_DECLARED_WITHIN])
    name = next((group for group in match.groups() if group), b"").decode().lower() if match else ""
    codec = codec_of(name) if name else None
    # What can be read byte by byte is in no charset of wider units, whatever it says (HTML, section 13.2.3.2).
    if codec is None or codec.startswith(("utf-16", "utf-32")):
        return []
    return [Charset(name, codec, "strict", "declaration")]


def _guess(body: bytes, *, is_text_kind: bool) -> Charset | None:
    from openconnector.reading.charset_guess import guess  # noqa: PLC0415  # few bodies need it, and it takes memory

    sample = _sample(body)
    if len(sample) < SHORTEST or body.startswith(_MAGIC):
        return None
    codec = guess(sample, is_said_to_be_text=is_text_kind)
    return Charset(_PREFERRED.get(codec, codec.replace("_", "-")), codec, "strict", "detected") if codec else None


def _sample(body: bytes) -> bytes:
    """The piece of a body that tells most: that around its first byte which is not ASCII."""
    if len(body) <= SAMPLE:
        return body
    try:
        body.decode("utf-8")
        start = 0
    except UnicodeDecodeError as error:
        start = max(0, error.start - SAMPLE // 2) & ~3
    return body[start : start + SAMPLE]


_PREFERRED = {
    "cp1250": "windows-1250", "cp1251": "windows-1251", "cp1252": "windows-1252", "cp1253": "windows-1253",
    "cp1254": "windows-1254", "cp1255": "windows-1255", "cp1256": "windows-1256",
}  # fmt: skip
"""Names as IANA registers them, where they differ from Python's."""
