# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The headers of a logged request as options of curl, and how it proves who it is."""

import re
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

from openconnector.core.phrases import phrase
from openconnector.logs.entries import ExchangeEntry
from openconnector.logs.exports.blanks import Blanks, in_cookies, is_masked
from openconnector.logs.exports.shell import Part, word

_OF_ONE_HOP = frozenset(
    {
        "connection",
        "content-length",
        "http2-settings",
        "keep-alive",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
"""What belongs to a connection or to the framing of a body, which are curl's own (RFC 9110, section 7.6.1)."""

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_SIGNED = re.compile(r"signature|hmac|\bdpop\b|^digest$|content-digest", re.IGNORECASE)
_PORTS = {"http": 80, "https": 443}

_TOKEN_SCHEMES = {
    "bearer": "access_token",
    "token": "access_token",
    "jwt": "access_token",
    "apikey": "api_key",
    "key": "api_key",
}
_PER_REQUEST = frozenset({"dpop", "hawk", "hmac", "hoba", "mutual", "oauth", "vapid"})
_OF_AMAZON = frozenset({"x-amz-date", "x-amz-content-sha256"})

Field = dict[str, Any]


def header_options(exchange: ExchangeEntry, blanks: Blanks, notes: list[str], *, has_body: bool) -> list[str]:
    """Everything that curl is told about headers, credentials and the connection."""
    headers: list[Field] = exchange.request["headers"]
    dropped = _OF_ONE_HOP.union(*(_nominated(field) for field in headers))
    kept = [field for field in headers if field["name"].lower() not in dropped]
    options = _connection_options(exchange, headers, blanks)
    user_in_url = "@" in urlsplit(exchange.request["url"]).netloc
    if user_in_url and not any(field["name"].lower() == "authorization" for field in kept):
        options.append(_user(blanks))
    signs_for_amazon = any(_scheme(field) == "aws4-hmac-sha256" for field in kept)
    for field in kept:
        if signs_for_amazon and field["name"].lower() in _OF_AMAZON:
            continue
        options += _header_option(field, exchange.request["url"], blanks, notes)
    names = {field["name"].lower() for field in kept}
    defaults = ["User-Agent", "Accept", *(["Content-Type"] if has_body else [])]
    return options + [f"--header '{name}:'" for name in defaults if name.lower() not in names]


def _header_option(field: Field, url: str, blanks: Blanks, notes: list[str]) -> list[str]:
    name, value = field["name"], field["value"]
    match name.lower():
        case "host" if _is_host_of(url, value):
            return []
        case "authorization" if is_masked(value):
            return _authorization_options(name, value, url, blanks, notes)
        case "accept-encoding":
            return ["--compressed", _header(name, [value])]
        case "cookie":
            return [_header(name, blanks.split(value, in_cookies))]
        case _ if not _TOKEN.fullmatch(name) or "\0" in value:
            notes.append(phrase("A header that cannot be sent was left out."))
            return []
        case lowered:
            if _SIGNED.search(name):
                notes.append(phrase("{name} was computed for that one request; a server may refuse it.", name=name))
            return [_header(name, blanks.split(value, _named(lowered)))]


def _header(name: str, value: Sequence[Part]) -> str:
    """Curl wants a semicolon behind the name of a header without a value: with a colon it would send none."""
    is_empty = all(isinstance(part, str) and not part.strip(" \t") for part in value)
    return "--header " + word([f"{name};"] if is_empty else [f"{name}: ", *value])


def _named(name: str) -> Callable[[str], str]:
    return lambda _before: name


def _authorization_options(name: str, value: str, url: str, blanks: Blanks, notes: list[str]) -> list[str]:
    scheme, _, _ = value.partition(" ")
    match scheme.lower():
        case "basic":
            return [_user(blanks)]
        case "digest" | "ntlm" as known:
            notes.append(
                phrase("{scheme} answers a challenge, so curl sends the request more than once.", scheme=scheme)
            )
            return [f"--{known}", _user(blanks)]
        case "negotiate":
            notes.append(phrase("Negotiate uses the ticket of whoever runs the command."))
            return ["--negotiate", "--user :"]
        case "aws4-hmac-sha256":
            return _amazon_options(url, blanks, notes)
        case lowered:
            if lowered in _PER_REQUEST:
                notes.append(
                    phrase(
                        "{scheme} proves one request: what you put in must have been computed for this one.",
                        scheme=scheme,
                    )
                )
            return [_header(name, blanks.split(value, _named(_TOKEN_SCHEMES.get(lowered, "authorization"))))]


def _amazon_options(url: str, blanks: Blanks, notes: list[str]) -> list[str]:
    """Curl signs anew (7.75 and later); it knows region and service by the host of Amazon's own."""
    notes.append(phrase("The request is signed anew; curl must be 7.75 or newer."))
    key: list[Part] = [blanks.variable("aws_access_key_id"), ":", blanks.variable("aws_secret_access_key")]
    place: list[Part] = ["aws:amz"]
    if not (urlsplit(url).hostname or "").endswith(".amazonaws.com"):
        place += [":", blanks.variable("aws_region"), ":", blanks.variable("aws_service")]
    return [f"--aws-sigv4 {word(place)}", f"--user {word(key)}"]


def _connection_options(exchange: ExchangeEntry, headers: list[Field], blanks: Blanks) -> list[str]:
    options: list[str] = []
    connection = exchange.connection or {}
    tls = connection.get("tls")
    if tls and tls.get("isVerified") is False and exchange.response is not None:
        options.append("--insecure")
    if proxy := connection.get("proxy"):
        options.append("--proxy " + word(blanks.split(proxy, _named("proxy"))))
        if any(field["name"].lower() == "proxy-authorization" for field in headers):
            credentials: list[Part] = [blanks.variable("proxy_auth_user"), ":", blanks.variable("proxy_auth_password")]
            options.append("--proxy-user " + word(credentials))
    return options


def _user(blanks: Blanks) -> str:
    credentials: list[Part] = [blanks.variable("source_user"), ":", blanks.variable("source_password")]
    return "--user " + word(credentials)


def _scheme(field: Field) -> str:
    if field["name"].lower() != "authorization":
        return ""
    scheme: str = field["value"].partition(" ")[0].lower()
    return scheme


def _nominated(field: Field) -> set[str]:
    """What `Connection` says belongs to this hop, too."""
    if field["name"].lower() != "connection":
        return set()
    return {name.strip().lower() for name in field["value"].split(",")}


def _is_host_of(url: str, host: str) -> bool:
    """Whether this is the host that curl would send by itself."""
    parts = urlsplit(url)
    authority = parts.netloc.rpartition("@")[2].lower()
    default = f":{_PORTS.get(parts.scheme, '')}"
    return host.strip().lower().removesuffix(default) == authority.removesuffix(default)
