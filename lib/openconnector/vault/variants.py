# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The forms in which a secret travels: as it is, escaped, URL-encoded, and inside base64."""

import base64
import html
import json
import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus

SHORTEST = 4
"""Characters below which a value is not searched for: it stands in too many innocent words. Its name still hides it."""

SHORTEST_BASE64 = 6
"""Base64 characters that must be certain before a run of them counts as part of a secret."""


def text_variants(secrets: Iterable[str]) -> frozenset[str]:
    """Every form of every secret, as text."""
    return frozenset(form for secret in _searched(secrets) for form in _text_forms(secret) if form)


def byte_variants(secrets: Iterable[str]) -> frozenset[bytes]:
    """Every form of every secret, as the bytes of a body that is not known to be text."""
    return frozenset(form for secret in _searched(secrets) for form in _byte_forms(secret) if form)


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
    yield from _base64_forms(raw)


def _byte_forms(secret: str) -> Iterator[bytes]:
    for text in _text_forms(secret):
        yield text.encode("utf-8", "surrogateescape")
    for encoding in ("utf-16-le", "utf-16-be", "latin-1"):
        yield secret.encode(encoding, "replace" if encoding == "latin-1" else "surrogatepass")


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
