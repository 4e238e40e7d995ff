# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is taken out of a call before anything of it is kept or shown.

Two nets: by name (headers, query parameters and body fields that carry credentials by convention, as OpenTelemetry
and HAR practice name them) and by value (every secret of the source, in each form in which it can travel).
"""

import re
from collections.abc import Iterable
from urllib.parse import quote_plus, urlsplit, urlunsplit

from openconnector.vault.variants import pattern_of, variants_of

REDACTED = "REDACTED"
_REDACTED = REDACTED.encode()

SENSITIVE_HEADERS = frozenset(
    {
        "api-key",
        "apikey",
        "authentication",
        "authorization",
        "cookie",
        "ocp-apim-subscription-key",
        "private-token",
        "proxy-authorization",
        "set-cookie",
        "x-access-token",
        "x-amz-security-token",
        "x-api-key",
        "x-apikey",
        "x-auth-token",
        "x-csrf-token",
        "x-functions-key",
        "x-goog-api-key",
        "x-vault-token",
        "x-xsrf-token",
    }
)
"""Header names, in lower case, whose value is taken out."""

SENSITIVE_PARAMETERS = frozenset(
    {
        "access_token",
        "api-key",
        "api_key",
        "apikey",
        "auth_token",
        "awsaccesskeyid",
        "client_assertion",
        "client_secret",
        "code_verifier",
        "id_token",
        "password",
        "passwd",
        "private_key",
        "refresh_token",
        "secret",
        "sig",
        "signature",
        "subscription-key",
        "token",
        "x-amz-credential",
        "x-amz-security-token",
        "x-amz-signature",
        "x-goog-signature",
    }
)
"""Names of query parameters, form fields, JSON members and XML elements, in lower case, whose value is taken out."""


def _alternatives(names: Iterable[str]) -> bytes:
    return b"|".join(re.escape(name.encode()) for name in sorted(names, key=len, reverse=True))


_NAMES = _alternatives(SENSITIVE_PARAMETERS)
_JSON_MEMBER = re.compile(rb'("(?:' + _NAMES + rb')"\s*:\s*)("(?:[^"\\]|\\.)*+"?|-?\d[\d.eE+-]*)', re.IGNORECASE)
_FORM_FIELD = re.compile(rb"((?:^|[&?])(?:" + _NAMES + rb")=)([^&#\s]+)", re.IGNORECASE)
_XML_ELEMENT = re.compile(rb"(<(?:[\w.-]+:)?(?:" + _NAMES + rb")(?:\s[^<>]*)?>)([^<]+)", re.IGNORECASE)

# A cookie keeps its name and its attributes: what is set, and for how long, is what people look for.
_COOKIE_PAIR = re.compile(r"(^|;\s*)([^=;\s]+)=([^;]*)")
_COOKIE_ATTRIBUTES = frozenset({"domain", "expires", "max-age", "partitioned", "path", "samesite"})
_AUTHORIZATION_SCHEMES = re.compile(r"([A-Za-z][A-Za-z0-9!#$%&'*+.^_`|~-]*) (?=\S)")

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
        self._headers = SENSITIVE_HEADERS | {name.lower() for name in headers}
        names = SENSITIVE_PARAMETERS | {quote_plus(name).lower() for name in parameters}
        self._query = re.compile(rb"((?:^|[&?])(?:" + _alternatives(names) + rb")=)([^&#\s]+)", re.IGNORECASE)
        variants = variants_of(secrets)
        self._values = pattern_of(variants)
        self.longest = max((len(variant) for variant in variants), default=0)
        """Bytes of the longest form of a secret. Whoever cuts a body must look this far beyond the cut."""

    def text(self, text: str) -> str:
        """The text without the values of the secrets."""
        return self._by_value(text.encode("utf-8", "surrogateescape")).decode("utf-8", "surrogateescape")

    def headers(self, headers: Headers) -> Headers:
        """The headers in their order, with sensitive ones emptied by name and all others searched for values."""
        return [(name, self.header(name, value)) for name, value in headers]

    def header(self, name: str, value: str) -> str:
        """One header value. An authorization keeps its scheme word, cookies keep their names and attributes."""
        match name.lower():
            case "authorization" | "proxy-authorization":
                return _redact_authorization(value)
            case "cookie" | "set-cookie":
                return self.text(_COOKIE_PAIR.sub(_redact_cookie, value))
            case lowered if lowered in self._headers:
                return REDACTED if value else ""
            case _:
                return self.text(self._parameters(value))

    def url(self, url: str) -> str:
        """The URL without credentials in its authority and without the values of sensitive parameters."""
        parts = urlsplit(url)
        authority = parts.netloc.rpartition("@")
        netloc = f"{REDACTED}@{authority[2]}" if authority[1] else parts.netloc
        query = self._parameters(parts.query)
        return self.text(urlunsplit((parts.scheme, netloc, parts.path, query, parts.fragment)))

    def body(self, body: bytes, media_type: str | None) -> bytes:
        """The body without the secrets' values and, in JSON, XML and forms, without sensitive fields."""
        for pattern in _field_patterns(media_type, body):
            body = pattern.sub(_keep_name_json if pattern is _JSON_MEMBER else _keep_name, body)
        return self._by_value(body)

    def _parameters(self, text: str) -> str:
        return self._query.sub(_keep_name, text.encode("utf-8", "surrogateescape")).decode("utf-8", "surrogateescape")

    def _by_value(self, raw: bytes) -> bytes:
        return self._values.sub(_REDACTED, raw) if self._values else raw


def _field_patterns(media_type: str | None, body: bytes) -> list[re.Pattern[bytes]]:
    kind = (media_type or "").lower()
    if "json" in kind:
        return [_JSON_MEMBER]
    if "xml" in kind or "html" in kind:
        return [_XML_ELEMENT]
    if "x-www-form-urlencoded" in kind:
        return [_FORM_FIELD]
    # Servers mislabel: what looks like JSON or XML is treated as such.
    start = body[:64].lstrip()[:1]
    return [_JSON_MEMBER] if start in (b"{", b"[") else [_XML_ELEMENT] if start == b"<" else []


def _keep_name(match: re.Match[bytes]) -> bytes:
    return match[1] + _REDACTED


def _keep_name_json(match: re.Match[bytes]) -> bytes:
    return match[1] + b'"' + _REDACTED + b'"'


def _redact_authorization(value: str) -> str:
    scheme = _AUTHORIZATION_SCHEMES.match(value)
    if scheme:
        return f"{scheme[1]} {REDACTED}"
    return REDACTED if value else ""


def _redact_cookie(match: re.Match[str]) -> str:
    separator, name, _ = match.groups()
    if separator and name.lower() in _COOKIE_ATTRIBUTES:
        return match[0]
    return f"{separator}{name}={REDACTED}"
