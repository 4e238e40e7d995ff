# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is taken out of a call before anything of it is kept or shown.

Two nets, in this order: by value (every secret of the source, in each form in which it can travel) and by name
(headers, query parameters and body fields that carry credentials by convention). The other way round, hiding a part of
a value by its name would keep the rest of it from being found.
"""

import re
from collections.abc import Iterable, Sequence
from typing import AnyStr
from urllib.parse import quote_plus, urlsplit, urlunsplit

from openconnector.vault.names import JSON_MEMBER, SCHEMES, SENSITIVE_HEADERS, XML_ELEMENT, parameter_pattern
from openconnector.vault.variants import byte_variants, text_variants

REDACTED = "REDACTED"

MAX_SPANS = 100_000
"""Places in one text at which secrets are taken out one by one. A text that has more is nothing that people read."""

# A cookie keeps its name and its attributes: what is set, and for how long, is what people look for.
_COOKIE_PAIR = re.compile(r"(^|;\s*)([^=;\s]+)=([^;]*)")
_COOKIE_ATTRIBUTES = frozenset({"domain", "expires", "max-age", "partitioned", "path", "samesite"})
_CONVENTIONAL_PARAMETERS = parameter_pattern()

Headers = list[tuple[str, str]]


class Redactor:
    """Takes the secrets of one source out of texts, headers, URLs and bodies.

    Args:
        secrets: the values; those of fewer than four characters are hidden by name only.
        headers: names of headers that hold a secret of this source, beside the conventional ones.
        parameters: names of query parameters that hold a secret of this source, beside the conventional ones.
    """

    def __init__(
        self, secrets: Iterable[str] = (), *, headers: Iterable[str] = (), parameters: Iterable[str] = ()
    ) -> None:
        values, names = list(secrets), [quote_plus(name) for name in parameters]
        self._texts = sorted(text_variants(values), key=len, reverse=True)
        self._bytes = sorted(byte_variants(values), key=len, reverse=True)
        self._headers = SENSITIVE_HEADERS | {name.lower() for name in headers}
        self._parameters = parameter_pattern(names) if names else _CONVENTIONAL_PARAMETERS
        self.longest = 4 * len(self._texts[0]) if self._texts else 0
        """Bytes of the longest form of a secret, in a charset of four bytes a character. Whoever cuts a body must look
        this far beyond the cut."""

    def text(self, text: str) -> str:
        """A text without the values of the secrets and without the values of sensitive parameters."""
        return self._parameters.sub(rf"\1{REDACTED}", _without(text, self._texts, REDACTED))

    def headers(self, headers: Headers) -> Headers:
        """The headers in their order, names and values without secrets."""
        return [(_without(name, self._texts, REDACTED), self.header(name, value)) for name, value in headers]

    def header(self, name: str, value: str) -> str:
        """One header value. An authorization keeps its scheme word, cookies keep their names and attributes."""
        match name.lower():
            case "authorization" | "proxy-authorization":
                return _redact_authorization(value)
            case "cookie" | "set-cookie":
                return _COOKIE_PAIR.sub(_redact_cookie, _without(value, self._texts, REDACTED))
            case lowered if lowered in self._headers:
                return REDACTED if value else ""
            case _:
                return self.text(value)

    def url(self, url: str) -> str:
        """A URL without credentials in its authority, without sensitive parameters and without secrets."""
        try:
            parts = urlsplit(url)
        except ValueError:
            return self.text(url)
        _, at, host = parts.netloc.rpartition("@")
        authority = f"{REDACTED}@{host}" if at else parts.netloc
        return self.text(urlunsplit((parts.scheme, authority, parts.path, parts.query, parts.fragment)))

    def body(self, body: str, media_type: str | None, *, limit: int | None = None) -> str:
        """The first `limit` characters of a body, without secrets, and without sensitive fields of JSON, XML and forms.

        A secret that begins before the limit is taken out whole, though it reaches beyond.
        """
        kept = _without(body, self._texts, REDACTED, limit)
        for pattern, replacement in _fields_of(kept, media_type):
            kept = pattern.sub(replacement, kept)
        return kept

    def raw(self, body: bytes, *, limit: int | None = None) -> bytes:
        """The first `limit` bytes of a body that is no text, without secrets."""
        return _without(body, self._bytes, REDACTED.encode(), limit)


def is_sensitive_header(name: str) -> bool:
    """Whether a header carries credentials by convention."""
    return name.lower() in SENSITIVE_HEADERS


def is_sensitive_parameter(name: str) -> bool:
    """Whether a query parameter carries credentials by convention."""
    return _CONVENTIONAL_PARAMETERS.match(f"{quote_plus(name)}=x") is not None


def _without(text: AnyStr, variants: Sequence[AnyStr], replacement: AnyStr, limit: int | None = None) -> AnyStr:
    """The first `limit` characters without the variants. Offsets are those of `text`: nothing slides across the cut."""
    end = len(text) if limit is None else min(limit, len(text))
    pieces, position = [], 0
    for start, stop in _spans(text, variants):
        if start >= end:
            break
        if start >= position:
            pieces += [text[position:start], replacement]
        position = max(position, stop)
    pieces.append(text[position:end])
    return text[:0].join(pieces)


def _spans(text: AnyStr, variants: Sequence[AnyStr]) -> list[tuple[int, int]]:
    """Where the variants stand, in order; they may overlap. After too many, all the rest counts as one of them."""
    found: list[tuple[int, int]] = []
    end: int = len(text)
    for variant in variants:
        start = text.find(variant, 0, end)
        while start >= 0:
            found.append((start, start + len(variant)))
            if len(found) > MAX_SPANS:
                end = start
                break
            start = text.find(variant, start + len(variant), end)
    return sorted(found) if end == len(text) else [*sorted(span for span in found if span[0] < end), (end, len(text))]


def _fields_of(body: str, media_type: str | None) -> list[tuple[re.Pattern[str], str]]:
    """The patterns for the kind of body, with what takes their places."""
    json_member, xml_element = (JSON_MEMBER, rf'\1\2"{REDACTED}\2"'), (XML_ELEMENT, rf"\1{REDACTED}")
    kind = (media_type or "").lower()
    if "json" in kind:
        return [json_member]
    if "xml" in kind or "html" in kind:
        return [xml_element]
    if "x-www-form-urlencoded" in kind:
        return [(_CONVENTIONAL_PARAMETERS, rf"\1{REDACTED}")]
    # Servers mislabel: what looks like JSON or XML is treated as such.
    start = body[:64].lstrip()[:1]
    return [json_member] if start in ("{", "[") else [xml_element] if start == "<" else []


def _redact_authorization(value: str) -> str:
    scheme, space, rest = value.strip().partition(" ")
    if space and rest and scheme.lower() in SCHEMES:
        return f"{scheme} {REDACTED}"
    return REDACTED if value else ""


def _redact_cookie(match: re.Match[str]) -> str:
    separator, name, _ = match.groups()
    if separator and name.lower() in _COOKIE_ATTRIBUTES:
        return match[0]
    return f"{separator}{name}={REDACTED}"
