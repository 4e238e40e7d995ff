# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a cURL command says, option by option, before it is a source and a request."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import quote_plus

from openconnector.core.phrases import Phrase, phrase
from openconnector.transfer.curl_line import line_of
from openconnector.transfer.curl_options import Option, options_of
from openconnector.transfer.drafts import Unreadable

_DATA = frozenset({"data", "data-ascii", "data-binary", "data-raw", "data-urlencode", "json"})

_FORM, _JSON = "application/x-www-form-urlencoded", "application/json"

_SILENT = frozenset(
    """compressed silent show-error verbose include fail fail-with-body output remote-name remote-header-name write-out
    progress-bar no-progress-meter no-buffer globoff path-as-is http1.1 http1.0 cookie-jar dump-header trace-ascii
    trace trace-time show-headers stderr create-dirs disable tlsv1 tlsv1.0 tlsv1.1 tlsv1.2 ipv4 ipv6 tcp-nodelay
    keepalive-time no-keepalive basic styled-output no-styled-output output-dir remove-on-error retry-connrefused
    retry-delay retry-all-errors retry-max-time remote-time suppress-connect-headers ssl-reqd""".split()  # noqa: SIM905
)
"""Options that say nothing about the request, or nothing else than what is done here anyway."""


@dataclass(slots=True)
class CurlCommand:
    """The options that matter, in the order of the command.

    Attributes:
        schemes: of those that take a user name: `digest`, `ntlm`, `negotiate`, `anyauth`.
        body: what is sent; None: nothing.
        query: what is put behind the address.
    """

    urls: list[str] = field(default_factory=list)
    method: str = ""
    headers: list[tuple[str, str]] = field(default_factory=list)
    removed: set[str] = field(default_factory=set)
    body: bytes | None = None
    is_head: bool = False
    query: list[str] = field(default_factory=list)
    user: str | None = None
    schemes: set[str] = field(default_factory=set)
    bearer: str | None = None
    aws: str | None = None
    cookies: list[str] = field(default_factory=list)
    proxy: str | None = None
    proxy_user: str | None = None
    is_insecure: bool = False
    follows: bool = False
    max_redirects: int | None = None
    connect_timeout_ms: int | None = None
    total_timeout_ms: int | None = None
    retries: int | None = None
    is_http2: bool = False
    notes: list[Phrase] = field(default_factory=list)

    def header(self, name: str) -> str | None:
        """The value of a header, by its name in lower case."""
        return next((value for known, value in self.headers if known.lower() == name), None)


def read_command(text: str) -> CurlCommand:
    """What a command says.

    Raises:
        Unreadable: it is none of cURL's, or has no end or no address.
    """
    line = line_of(text)
    reading = _Reading(line.piped)
    for option in options_of(line.arguments):
        if option.name == "next":
            reading.note(phrase("Only the first of several requests is taken over (--next)."))
            break
        reading.take(option)
    if line.goes_on:
        reading.note(phrase("What stands behind the command was not read."))
    found = reading.finish()
    if not found.urls:
        raise Unreadable(phrase("The command has no address."))
    return found


class _Reading:
    def __init__(self, piped: bytes | None) -> None:
        self._found = CurlCommand()
        self._piped = piped
        self._data: list[bytes] = []
        self._is_json = False
        self._is_get = False
        self._is_upload = False

    def note(self, text: Phrase) -> None:
        if text not in self._found.notes:
            self._found.notes.append(text)

    def take(self, option: Option) -> None:
        """Understand one option."""
        name, value = option.name, option.value
        if not option.is_known:
            self.note(phrase("The option {option} is not known here, and was left out.", option=_dashed(name)))
        elif name in _DATA:
            self._take_data(name, value)
        elif name in ("form", "form-string"):
            form_field = value.partition("=")[0][:100]
            self.note(phrase("The form field “{name}” was left out: forms with parts are not sent.", name=form_field))
        elif name in _FILES:
            file = value.partition(":")[0] if name == "cert" else value  # its passphrase stands behind it
            self.note(
                phrase(
                    "The content of “{file}” ({option}) is not in the command: enter it by hand.",
                    file=file[:100],
                    option=_dashed(name),
                )
            )
        elif not self._take_request(name, value) and not self._take_plain(name, value) and name not in _SILENT:
            self.note(phrase("The option {option} was left out.", option=_dashed(name)))
        if name == "location-trusted":
            self.note(phrase("Credentials do not follow a redirect to another host (--location-trusted)."))

    def finish(self) -> CurlCommand:
        """All of it together."""
        found, data = self._found, self._data
        joined = (b"" if self._is_json else b"&").join(data) if data else None
        if self._is_get and joined is not None:
            found.query.append(joined.decode("utf-8", "replace"))
        elif joined is not None or self._is_upload:
            found.body = joined if joined is not None else (self._piped or b"")
        if found.body is not None and not self._is_upload:
            self._default("Content-Type", _JSON if self._is_json else _FORM)
            if self._is_json:
                self._default("Accept", _JSON)
        if not found.method:
            has_body = found.body is not None
            found.method = "HEAD" if found.is_head else "PUT" if self._is_upload else "POST" if has_body else "GET"
        return found

    def _default(self, name: str, value: str) -> None:
        if self._found.header(name.lower()) is None and name.lower() not in self._found.removed:
            self._found.headers.append((name, value))

    def _take_data(self, kind: str, value: str) -> None:
        self._is_json = self._is_json or kind == "json"
        raw: bytes | None
        if kind == "data-urlencode":
            raw = self._encoded(value)
        elif kind != "data-raw" and value.startswith("@"):
            raw = self._of_file(value[1:])
            if raw is not None and kind in ("data", "data-ascii"):
                raw = raw.translate(None, b"\r\n\0")
        else:
            raw = _bytes(value)
        if raw is not None:
            self._data.append(raw)

    def _encoded(self, value: str) -> bytes | None:
        """`content`, `=content`, `name=content`, `@file` and `name@file`, as curl's manual has them."""
        match = re.match(r"([^=@]*)([=@])(.*)", value, re.DOTALL)
        if match is None:
            return quote_plus(_bytes(value)).replace("+", "%20").encode()
        name, kind, content = match.groups()
        raw = _bytes(content) if kind == "=" else self._of_file(content)
        encoded = b"" if raw is None else quote_plus(raw).replace("+", "%20").encode()
        return _bytes(name) + b"=" + encoded if name else encoded

    def _of_file(self, name: str) -> bytes | None:
        if name == "-" and self._piped is not None:
            return self._piped
        self.note(phrase("The content of the file “{file}” is not in the command: enter the body.", file=name[:100]))
        return b""

    def _take_request(self, name: str, value: str) -> bool:
        found = self._found
        match name:
            case "url":
                found.urls.append(value)
            case "request":
                found.method = value.upper()
            case "header":
                self._take_header(value)
            case "get":
                self._is_get = True
            case "upload-file":
                self._take_upload(value)
            case "url-query":
                found.query.append((self._encoded(value) or b"").decode("utf-8", "replace"))
            case "cookie":
                self._take_cookies(value)
            case _:
                return False
        return True

    def _take_plain(self, name: str, value: str) -> bool:
        """Options that are kept as they are."""
        found = self._found
        if name in _HEADERS:
            self._replace(_HEADERS[name], f"bytes={value}" if name == "range" else value.removesuffix(";auto"))
        elif name in _SCHEMES:
            found.schemes.add(name)
        elif name in _SWITCHED_ON:
            setattr(found, _SWITCHED_ON[name], True)
        elif name in _TEXTS:
            setattr(found, _TEXTS[name], value)
        elif name in _NUMBERS:
            attribute, read = _NUMBERS[name]
            setattr(found, attribute, read(value))
        else:
            return False
        return True

    def _take_upload(self, value: str) -> None:
        self._is_upload = True
        if value not in ("-", "."):
            self._of_file(value)

    def _take_cookies(self, value: str) -> None:
        if "=" in value:
            self._found.cookies.append(value.strip())
        else:
            self.note(phrase("Cookies of a file are not in the command (--cookie)."))

    def _take_header(self, value: str) -> None:
        if value.startswith("@"):
            self.note(phrase("Headers of a file are not in the command (--header)."))
            return
        match = re.match(r"(:?[^:;]*)([:;])(.*)", value, re.DOTALL)
        if match is None:
            self.note(phrase("A header without a value was left out."))
            return
        name, kind, content = match[1].strip(), match[2], match[3].strip(" \t")
        if kind == ":" and not content:
            self._found.removed.add(name.lower())
        elif name.lower() == "cookie":
            self._found.cookies.append(content)
        elif not name.startswith(":"):  # `:authority` and the like are of HTTP/2 itself
            self._found.headers.append((name, content))

    def _replace(self, name: str, value: str) -> None:
        self._found.headers = [row for row in self._found.headers if row[0].lower() != name.lower()]
        if value:
            self._found.headers.append((name, value))


def _dashed(name: str) -> str:
    return name if name.startswith("-") else f"--{name}"


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _whole(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[0-9]{1,6}", text) else None


def _milliseconds(text: str) -> int | None:
    return round(float(text) * 1000) if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", text) else None


_FILES = frozenset({"cacert", "cert", "key"})
_SCHEMES = frozenset({"digest", "ntlm", "negotiate", "anyauth"})
_HEADERS = {"user-agent": "User-Agent", "referer": "Referer", "range": "Range"}
_SWITCHED_ON = {
    "head": "is_head", "insecure": "is_insecure", "location": "follows", "location-trusted": "follows",
    "http2": "is_http2", "http2-prior-knowledge": "is_http2",
}  # fmt: skip
_TEXTS = {
    "user": "user", "oauth2-bearer": "bearer", "aws-sigv4": "aws", "proxy": "proxy", "proxy1.0": "proxy",
    "proxy-user": "proxy_user",
}  # fmt: skip
_NUMBERS: dict[str, tuple[str, Callable[[str], int | None]]] = {
    "max-redirs": ("max_redirects", _whole),
    "connect-timeout": ("connect_timeout_ms", _milliseconds),
    "max-time": ("total_timeout_ms", _milliseconds),
    "retry": ("retries", _whole),
}
"""Which attribute of a command an option sets."""
