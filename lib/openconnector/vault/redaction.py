# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is taken out of a call before anything of it is kept or shown.

Two nets, in this order: by value (every secret of the source, in each form in which it can travel) and by name
(headers, query parameters and body fields that carry credentials by convention). The other way round, hiding a part of
a value by its name would keep the rest of it from being found.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import islice
from typing import AnyStr
from urllib.parse import quote_plus, urlsplit, urlunsplit

from openconnector.vault.names import (
    SCHEMES,
    SENSITIVE_HEADERS,
    header_pattern,
    json_member,
    parameter_pattern,
    xml_attribute,
    xml_element,
)
from openconnector.vault.variants import Mixture, byte_variants, mixtures, text_variants

REDACTED = "REDACTED"

MAX_SPANS = 100_000
"""Places in one text at which secrets are taken out one by one. A text that has more is nothing that people read."""

SHORTEST_COOKIE = 8
"""Characters below which the value of a cookie is not searched for: many are words such as `true` and `dark`."""

_AUTHORIZATIONS = frozenset({"authorization", "proxy-authorization"})
"""Headers of which nothing stays but the scheme."""

_MARKED_UP = re.compile("json|xml|html|x-www-form-urlencoded")
_COOKIE_ATTRIBUTES = frozenset(
    {"domain", "expires", "httponly", "max-age", "partitioned", "path", "priority", "samesite", "secure"}
)
_USERINFO = re.compile(r"(?<=://)[^/?#\s]*@")

Pair = tuple[str, str]
Headers = list[Pair]
Span = tuple[int, int]


class Redactor:
    """Takes the secrets of one source out of texts, headers, URLs and bodies.

    Args:
        secrets: the values; those of fewer than four characters are hidden by name only.
        headers: names of headers that hold a secret of this source, beside the conventional ones.
        parameters: names of query parameters that hold a secret of this source, beside the conventional ones.
        names: what the administrator adds to the conventional names of headers, parameters and fields. A hyphen or an
            underscore stands for a hyphen, an underscore or nothing, and case does not count.
    """

    def __init__(
        self,
        secrets: Iterable[str] = (),
        *,
        headers: Iterable[str] = (),
        parameters: Iterable[str] = (),
        names: Sequence[str] = (),
    ) -> None:
        self._secrets = tuple(secrets)
        self._texts = text_variants(self._secrets)
        self._mixtures = mixtures(self._secrets)
        self._headers = SENSITIVE_HEADERS.union(name.lower() for name in headers)
        self._names = tuple(names)
        self._named_header = header_pattern(self._names) if names else None
        self._parameters = parameter_pattern(self._names, tuple(quote_plus(name) for name in parameters))
        lengths = [*(len(text) for text in self._texts[:1]), *(mixture.longest for mixture in self._mixtures)]
        self.longest = 4 * max(lengths, default=0)
        """Bytes of the longest form of a secret, in a charset of four bytes a character. Whoever cuts a body must look
        this far beyond the cut."""

    def text(self, text: str) -> str:
        """A text without the values of the secrets, and without credentials and sensitive parameters in URLs."""
        return self._without_parameters(self._without_values(text))

    def texts(self, texts: Sequence[str]) -> Sequence[str]:
        """Texts without the values of the secrets. One look at all of them spares one at each."""
        return [self._without_values(text) for text in texts] if self._may_hold_values("\n".join(texts)) else texts

    def headers(self, headers: Headers) -> Headers:
        """The headers in their order, names and values without secrets."""
        # Most messages hold no secret where none is expected: one look at all of it spares two at each header.
        everything = "\n".join([f"{name}\n{value}" for name, value in headers if name.lower() not in _AUTHORIZATIONS])
        hide = self._without_values if self._may_hold_values(everything) else str
        return [(hide(name), self._header(name, value, hide)) for name, value in headers]

    def header(self, name: str, value: str) -> str:
        """One header value. An authorization keeps its scheme word, cookies keep their names and attributes."""
        return self._header(name, value, self._without_values)

    def _header(self, name: str, value: str, hide: Callable[[str], str]) -> str:
        match name.lower():
            case lowered if lowered in _AUTHORIZATIONS:
                return _redact_authorization(value)
            case "cookie":
                return ";".join(_redact_cookie(pair) for pair in hide(value).split(";"))
            case "set-cookie":
                pair, *attributes = hide(value).split(";")
                return ";".join([_redact_cookie(pair), *map(_redact_attribute, attributes)])
            case lowered if lowered in self._headers or self._is_named(lowered):
                return REDACTED if value else ""
            case _:
                return self._without_parameters(hide(value))

    def _may_hold_values(self, text: str) -> bool:
        return any(form in text for form in self._texts) or any(one.anchor in text for one in self._mixtures)

    def _without_values(self, text: str, limit: int | None = None) -> str:
        return _without(text, self._texts, REDACTED, limit, _mixed_spans(text, self._mixtures))

    def _without_parameters(self, text: str) -> str:
        if "@" in text:
            text = _USERINFO.sub(f"{REDACTED}@", text)
        return self._parameters.sub(rf"\1{REDACTED}", text) if "=" in text else text

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
        kept = self._without_values(body, limit)
        for pattern, replacement in self._fields_of(kept, media_type):
            kept = pattern.sub(replacement, kept)
        return kept

    def raw(self, body: bytes, *, limit: int | None = None) -> bytes:
        """The first `limit` bytes of a body that is no text, without secrets."""
        return _without(body, self._bytes, REDACTED.encode(), limit)

    @cached_property
    def _bytes(self) -> list[bytes]:
        return byte_variants(self._secrets)

    def _is_named(self, header: str) -> bool:
        return self._named_header is not None and self._named_header.fullmatch(header) is not None

    def _fields_of(self, body: str, media_type: str | None) -> Iterator[tuple[re.Pattern[str], str]]:
        """The patterns for the kind of body, with what takes their places."""
        kind = (media_type or "").lower()
        if not _MARKED_UP.search(kind):
            # Servers mislabel: what looks like JSON or XML is treated as such.
            kind = {"{": "json", "[": "json", "<": "xml"}.get(body[:64].lstrip()[:1], "")
        if "json" in kind:
            yield json_member(self._names), rf'\1\2"{REDACTED}\2"'
        elif "xml" in kind or "html" in kind:
            yield xml_element(self._names), rf"\1{REDACTED}"
            yield xml_attribute(self._names), rf'\1"{REDACTED}"'
        elif kind:
            yield parameter_pattern(self._names), rf"\1{REDACTED}"


def named_values(headers: Iterable[Pair], parameters: Iterable[Pair], names: Sequence[str] = ()) -> Iterator[str]:
    """The values of headers and query parameters that carry credentials by convention, or as the administrator says.

    Of an authorization that is also what stands behind the scheme, and of cookies each by itself: the other side may
    repeat just that.
    """
    for name, value in headers:
        if is_sensitive_header(name, names):
            yield value
            if name.lower() == "cookie":
                cookies = (pair.partition("=")[2] for pair in value.split(";"))
                yield from (cookie for cookie in cookies if len(cookie) >= SHORTEST_COOKIE)
            else:
                yield value.partition(" ")[2]
    for name, value in parameters:
        if is_sensitive_parameter(name, names):
            yield value


def is_sensitive_header(name: str, names: Sequence[str] = ()) -> bool:
    """Whether a header carries credentials by convention, or because the administrator says so with `names`."""
    if name.lower() in SENSITIVE_HEADERS:
        return True
    return bool(names) and header_pattern(tuple(names)).fullmatch(name) is not None


def is_sensitive_parameter(name: str, names: Sequence[str] = ()) -> bool:
    """Whether a query parameter carries credentials by convention, or because the administrator says so."""
    return parameter_pattern(tuple(names)).match(f"{quote_plus(name)}=x") is not None


def _without(
    text: AnyStr, variants: Sequence[AnyStr], replacement: AnyStr, limit: int | None = None, more: Sequence[Span] = ()
) -> AnyStr:
    """The first `limit` characters without the variants, and without what stands at `more` places.

    Offsets are those of `text`: nothing slides across the cut.
    """
    spans: list[Span] = _spans(text, variants)
    if more:
        spans = sorted([*spans, *more])
    if not spans:
        return text if limit is None else text[:limit]
    end = len(text) if limit is None else min(limit, len(text))
    pieces, position = [], 0
    for start, stop in spans:
        if start >= end:
            break
        if start >= position:
            pieces += [text[position:start], replacement]
        position = max(position, stop)
    pieces.append(text[position:end])
    return text[:0].join(pieces)


def _mixed_spans(text: str, mixtures: Sequence[Mixture]) -> list[Span]:
    """Where secrets stand in a mixture of forms. After too many, all the rest counts as one of them."""
    found: list[Span] = []
    for mixture in mixtures:
        if mixture.anchor in text:
            matches = mixture.pattern.finditer(text)
            found += [match.span() for match in islice(matches, MAX_SPANS)]
            found += [(match.start(), len(text)) for match in islice(matches, 1)]
    return found


def _spans(text: AnyStr, variants: Sequence[AnyStr]) -> list[Span]:
    """Where the variants stand, in order; they may overlap. After too many, all the rest counts as one of them."""
    found: list[Span] = []
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


def _redact_authorization(value: str) -> str:
    scheme, space, rest = value.strip().partition(" ")
    if space and rest and scheme.lower() in SCHEMES:
        return f"{scheme} {REDACTED}"
    return REDACTED if value else ""


def _redact_cookie(pair: str) -> str:
    """A cookie keeps its name: it is what people look for. One without a name is all value (RFC 6265bis, 5.6)."""
    name, equals, _ = pair.partition("=")
    if equals:
        return f"{name}={REDACTED}"
    return pair.replace(name.strip(), REDACTED) if name.strip() else pair


def _redact_attribute(attribute: str) -> str:
    is_known = attribute.partition("=")[0].strip().lower() in _COOKIE_ATTRIBUTES
    return attribute if is_known else _redact_cookie(attribute)
