# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Just enough of DER (X.690) to tell what a file is before a library reads it, and how long that would take."""

from itertools import pairwise

MAX_ITERATIONS = 3_000_000
"""Rounds of a passphrase's hash, which are seconds. A hostile file may ask for 2³¹, and nothing could stop it then."""

_INTEGER, _BIT_STRING, _OCTET_STRING, _OBJECT_IDENTIFIER, _SEQUENCE = 0x02, 0x03, 0x04, 0x06, 0x30
_CONSTRUCTED = 0x20
_MANY_BYTES = 0x1F
_LONG = 0x80
_MAX_DEPTH = 12

_EXPLICIT_VERSION = b"\xa0"
"""How what is signed in a certificate begins, since its third version."""

_PFX_VERSION = b"\x03"

_LABELS = {
    (_INTEGER, _SEQUENCE): "PRIVATE KEY",
    (_INTEGER, _INTEGER): "RSA PRIVATE KEY",
    (_INTEGER, _OCTET_STRING): "EC PRIVATE KEY",
    (_SEQUENCE, _OCTET_STRING): "ENCRYPTED PRIVATE KEY",
    (_SEQUENCE, _BIT_STRING): "PUBLIC KEY",
    (_SEQUENCE, _SEQUENCE): "CERTIFICATE",
}
"""The first two elements of a structure, and what it is called."""


def label_of(raw: bytes) -> str:
    """What would stand behind `BEGIN` (RFC 7468; `PKCS12` for such a file). Empty: it is nothing that is known here."""
    try:
        tag, content = elements(raw)[0]
        (first_tag, first), (second_tag, _), *others = elements(content)
    except (ValueError, IndexError):
        return ""
    shape = (first_tag, second_tag) if tag == _SEQUENCE else (0, 0)
    label = _LABELS.get(shape, "PKCS7" if shape[0] == _OBJECT_IDENTIFIER else "")
    if label == "PRIVATE KEY" and first == _PFX_VERSION:
        return "PKCS12"
    if label == "RSA PRIVATE KEY" and not others:
        return "RSA PUBLIC KEY"
    if label == "CERTIFICATE" and not first.startswith(_EXPLICIT_VERSION):
        return "CERTIFICATE REQUEST"
    return label


def iterations_of(raw: bytes, depth: int = 0) -> int:
    """The most rounds that opening this would take, as far as they are written in clear.

    In all of PBES1, PBES2 and the MAC of PKCS#12, the number stands behind an OCTET STRING, the salt.
    """
    try:
        inside = elements(raw)
    except ValueError:
        return 0
    counts = [
        int.from_bytes(content, "big")
        for (before, _), (tag, content) in pairwise(inside)
        if (before, tag) == (_OCTET_STRING, _INTEGER)
    ]
    if depth < _MAX_DEPTH:
        nested = (content for tag, content in inside if tag & _CONSTRUCTED or tag == _OCTET_STRING)
        counts += (iterations_of(content, depth + 1) for content in nested)
    return max(counts, default=0)


def first_of(raw: bytes) -> bytes:
    """The first element without what follows it.

    Raises:
        ValueError: this is not DER.
    """
    return raw[: _end(raw, 0)[1]]


def elements(raw: bytes) -> list[tuple[int, bytes]]:
    """What stands side by side: tags and contents.

    Raises:
        ValueError: this is not DER.
    """
    found, at = [], 0
    while at < len(raw):
        start, end = _end(raw, at)
        found.append((raw[at], raw[start:end]))
        at = end
    return found


def _end(raw: bytes, at: int) -> tuple[int, int]:
    """Where the content of the element begins and ends. One of unknown length (BER) is taken to reach to the end."""
    if at + 2 > len(raw) or raw[at] & _MANY_BYTES == _MANY_BYTES:
        raise ValueError("not DER")
    size, start = raw[at + 1], at + 2
    if size == _LONG:
        return start, len(raw)
    if size > _LONG:
        count = size - _LONG
        size, start = int.from_bytes(raw[start : start + count], "big"), start + count
    if start + size > len(raw):
        raise ValueError("cut off")
    return start, start + size
