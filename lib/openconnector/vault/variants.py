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


def variants_of(secrets: Iterable[str]) -> set[bytes]:
    """Every form of every secret, as the bytes that would be seen."""
    return {
        variant
        for secret in secrets
        if len(secret.strip()) >= SHORTEST
        for variant in _variants(secret.strip())
        if variant
    }


def pattern_of(variants: set[bytes]) -> re.Pattern[bytes] | None:
    """One pattern that finds any of the variants, the longest first; None where there is nothing to find."""
    if not variants:
        return None
    ordered = sorted(variants, key=lambda variant: (-len(variant), variant))
    return re.compile(b"|".join(map(re.escape, ordered)))


def _variants(secret: str) -> Iterator[bytes]:
    raw = secret.encode("utf-8", "surrogateescape")
    escaped = {
        secret,
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        json.dumps(secret)[1:-1].replace("/", "\\/"),
        html.escape(secret),
        html.escape(secret, quote=False),
    }
    encoded = {quote(raw, safe=""), quote(raw), quote_plus(raw)}
    encoded |= {re.sub("%[0-9A-F]{2}", lambda match: match[0].lower(), text) for text in encoded}
    for text in escaped | encoded:
        yield text.encode("utf-8", "surrogateescape")
    for encoding in ("utf-16-le", "utf-16-be"):
        yield secret.encode(encoding, "surrogatepass")
    yield from _base64_variants(raw)


def _base64_variants(raw: bytes) -> Iterator[bytes]:
    """The characters of base64 that `raw` fixes, for each of the three offsets at which it can stand in a text."""
    for offset in range(3):
        coded = base64.b64encode(b"\0" * offset + raw)
        # The first character shares bits with what stands before, the last ones with what follows.
        start = (0, 2, 3)[offset]
        whole_bits = (offset + len(raw)) * 8
        certain = coded[start : whole_bits // 6]
        if len(certain) >= SHORTEST_BASE64:
            yield certain
            yield certain.replace(b"+", b"-").replace(b"/", b"_")
