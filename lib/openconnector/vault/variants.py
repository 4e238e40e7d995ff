# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The forms in which a secret travels: as it is, escaped, URL-encoded, and inside base64."""

import base64
import html
import json
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import AnyStr
from urllib.parse import quote, quote_plus

SHORTEST = 4
"""Characters below which a value is not searched for: it stands in too many innocent words. Its name still hides it."""

SHORTEST_BASE64 = 6
"""Base64 characters that must be certain before a run of them counts as part of a secret."""


_PLAIN = re.compile("[0-9A-Za-z]+")

_LONGEST_ESCAPE = 40
"""Characters of the longest form of one character that is provided for where a text is cut."""

LONGEST_KEPT = 1024
"""Characters of a secret whose forms are kept for the next call. Those of a longer one would take too much memory."""


def text_variants(secrets: Iterable[str]) -> list[str]:
    """Every form of every secret, as text; the longest first."""
    return _longest_first({form for secret in _searched(secrets) for form in _of(secret, _kept_text, _text_forms)})


def byte_variants(secrets: Iterable[str]) -> list[bytes]:
    """Every form of every secret, as the bytes of a body that is not known to be text; the longest first."""
    return _longest_first({form for secret in _searched(secrets) for form in _of(secret, _kept_bytes, _byte_forms)})


@dataclass(frozen=True, slots=True)
class Mixture:
    """Finds a secret of whose characters each is written in a form of its own, as in a URL that was decoded in part.

    Letters and digits are not written otherwise: where the longest run of them, the anchor, is not, the secret is not.
    """

    anchor: str
    pattern: re.Pattern[str]
    longest: int
    """Characters that a find may have."""


def mixtures(secrets: Iterable[str]) -> list[Mixture]:
    """What finds the secrets that have other characters than letters and digits."""
    special = (secret for secret in _searched(secrets) if not _PLAIN.fullmatch(secret))
    return [_kept_mixture(secret) if len(secret) <= LONGEST_KEPT else _mixture(secret) for secret in special]


def _longest_first(forms: set[AnyStr]) -> list[AnyStr]:
    return sorted(forms, key=len, reverse=True)


def _of(
    secret: str, kept: Callable[[str], frozenset[AnyStr]], forms: Callable[[str], Iterator[AnyStr]]
) -> Iterable[AnyStr]:
    return kept(secret) if len(secret) <= LONGEST_KEPT else forms(secret)


@lru_cache(maxsize=256)
def _kept_text(secret: str) -> frozenset[str]:
    return frozenset(_text_forms(secret))


@lru_cache(maxsize=256)
def _kept_bytes(secret: str) -> frozenset[bytes]:
    return frozenset(_byte_forms(secret))


@lru_cache(maxsize=256)
def _kept_mixture(secret: str) -> Mixture:
    return _mixture(secret)


def _searched(secrets: Iterable[str]) -> Iterator[str]:
    return (stripped for secret in secrets if len(stripped := secret.strip()) >= SHORTEST)


def _text_forms(secret: str) -> Iterator[str]:
    raw = secret.encode("utf-8", "surrogateescape")
    yield secret
    for escaped in (json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]):
        yield escaped
        yield escaped.replace("/", "\\/")
        yield json.dumps(escaped)[1:-1]  # a JSON text inside a JSON text
    yield html.escape(secret)
    yield html.escape(secret, quote=False)
    for encoded in (quote(raw, safe=""), quote(raw), quote_plus(raw)):
        yield encoded
        yield re.sub("%[0-9A-F]{2}", lambda match: match[0].lower(), encoded)
    # What is packed into base64 may be a JSON text or a form, with the secret in it as they write it.
    in_json = (json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1])
    for packed in {secret, *in_json, quote(raw, safe=""), quote(raw), quote_plus(raw)}:
        yield from _base64_forms(packed.encode("utf-8", "surrogateescape"))


def _mixture(secret: str) -> Mixture:
    pieces = re.findall(rf"{_PLAIN.pattern}|\\\\+|.", secret, re.DOTALL)
    anchor = max((piece for piece in pieces if _PLAIN.fullmatch(piece)), key=len, default="")
    longest = sum(len(piece) if _PLAIN.fullmatch(piece) else len(piece) * _LONGEST_ESCAPE for piece in pieces)
    return Mixture(anchor, re.compile("".join(map(_any_form, pieces))), longest)


def _any_form(piece: str) -> str:
    """A pattern for a run of letters and digits, a run of backslashes, or one other character, however written.

    The first form that fits is taken, and no other is tried (an atomic group), so that the longer ones come first: else
    a hostile text could make the search try all combinations.
    """
    if _PLAIN.fullmatch(piece):
        return piece
    if piece.startswith("\\"):
        coded = r"(?i:%(?:25){0,3}5c|\\{1,7}+u005c|&\#(?:92|x5c);)"
        return rf"(?:{coded}|\\){{1,{8 * len(piece)}}}+"
    raw = piece.encode("utf-8", "surrogatepass")
    forms = [
        rf"(?i:&\#(?:0{{0,6}}{ord(piece)}|x0{{0,6}}{ord(piece):x});)",
        re.escape(html.escape(piece)),
        f"(?i:{''.join(f'%(?:25){{0,3}}{byte:02x}' for byte in raw)})",
        # UTF-8 that was taken for another charset, as happens to headers.
        *("".join(map(_escaped, raw.decode(charset, "replace"))) for charset in ("cp1252", "latin-1")),
        _escaped(piece),
        *([r"\+"] if piece == " " else []),
    ]
    longer = [form for form in dict.fromkeys(forms) if form != re.escape(piece)]
    return f"(?>{'|'.join(longer)})"


def _escaped(text: str) -> str:
    """A character as it is, or as JSON escapes it, with the backslashes of texts within texts before it."""
    units = text.encode("utf-16-be", "surrogatepass").hex()
    coded = "".join(rf"\\{{1,7}}+u{units[start : start + 4]}" for start in range(0, len(units), 4))
    short = {"\n": "n", "\t": "t", "\r": "r", "\b": "b", "\f": "f"}.get(text)
    named = rf"|\\{{1,7}}+{short}" if short else ""
    return rf"(?>(?i:{coded}){named}|\\{{0,7}}+{re.escape(text)})"


def _byte_forms(secret: str) -> Iterator[bytes]:
    for text in _text_forms(secret):
        yield text.encode("utf-8", "surrogateescape")
    for encoding in ("utf-16-le", "utf-16-be"):
        yield secret.encode(encoding, "surrogatepass")
    with suppress(UnicodeEncodeError):
        yield secret.encode("latin-1")


def _base64_forms(raw: bytes) -> Iterator[str]:
    """The characters of base64 that `raw` fixes, for each of the three offsets at which it can stand in a text."""
    for offset in range(3):
        coded = base64.b64encode(b"\0" * offset + raw).decode()
        # The first character shares bits with what stands before, the last ones with what follows.
        start = (0, 2, 3)[offset]
        whole_bits = (offset + len(raw)) * 8
        certain = coded[start : whole_bits // 6]
        if len(certain) >= SHORTEST_BASE64:
            yield certain
            yield certain.replace("+", "-").replace("/", "_")
