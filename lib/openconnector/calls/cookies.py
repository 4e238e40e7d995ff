# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The cookies that sources keep between their calls, where they are told to (RFC 6265). They live in memory alone."""

from collections import OrderedDict
from collections.abc import Sequence
from http.cookiejar import Cookie, CookieJar, DefaultCookiePolicy
from typing import cast
from urllib.request import Request
from uuid import UUID

MAX_SOURCES = 1000
MAX_COOKIES = 100
MAX_COOKIE_BYTES = 4096
"""Of one header Set-Cookie (RFC 6265, section 6.1)."""

MAX_BYTES = 64 * 1024
"""Of all cookies of a source, their names and values."""

Key = tuple[UUID, int]
"""A source and the version of its configuration."""


class CookieStore:
    """The cookies of all sources of a process. Those of a source are gone when its configuration changes."""

    def __init__(self) -> None:
        self._jars: OrderedDict[UUID, tuple[int, CookieJar]] = OrderedDict()

    def header(self, key: Key, url: str) -> str | None:
        """The value of `Cookie` for a request to `url`; None: there is nothing to send."""
        jar = self._jar(key)
        if jar is None:
            return None
        request = Request(url)  # noqa: S310  # nothing is opened: the jar wants to be asked so
        jar.add_cookie_header(request)
        return request.get_header("Cookie")

    def keep(self, key: Key, url: str, set_cookie_headers: Sequence[str]) -> None:
        """Take over the values of `Set-Cookie` in an answer from `url`. What `url` may not set is passed over."""
        headers = [value for value in set_cookie_headers[:MAX_COOKIES] if len(value) <= MAX_COOKIE_BYTES]
        jar = self._jar(key, is_new=bool(headers))
        if jar is None or not headers:
            return
        jar.extract_cookies(_Answer(headers), Request(url))  # type: ignore[arg-type]  # noqa: S310  # only `info` is read
        _trim(jar)

    def values(self, key: Key) -> list[str]:
        """The values of all cookies, for whoever takes secrets out of a call."""
        jar = self._jar(key)
        return [] if jar is None else [cookie.value for cookie in jar if cookie.value]

    def _jar(self, key: Key, *, is_new: bool = False) -> CookieJar | None:
        """The jar of a source, unless there is none or it belongs to another version; a new one where `is_new`."""
        source_id, version = key
        kept_version, jar = self._jars.pop(source_id, (version, None))
        if kept_version < version:
            jar = None
        elif kept_version > version:  # a call that began before the configuration changed
            self._jars[source_id] = (kept_version, cast("CookieJar", jar))
            return None
        if jar is None and is_new:
            jar = CookieJar(_Policy())
        if jar is not None:
            self._jars[source_id] = (version, jar)
            if len(self._jars) > MAX_SOURCES:
                self._jars.popitem(last=False)
        return jar


class _Policy(DefaultCookiePolicy):
    """That of the standard library, made stricter: no cookie reaches another host unless it names a domain of both.

    There is no list of public suffixes, so no host sets cookies for `.com`, `.co.uk` or `.local`.
    """

    def __init__(self) -> None:
        super().__init__(
            strict_domain=True, strict_ns_domain=self.DomainStrictNonDomain | DefaultCookiePolicy.DomainRFC2965Match
        )

    def set_ok(self, cookie: Cookie, request: Request) -> bool:
        cookie.secure = cookie.secure or request.type == "https"  # what came over TLS does not leave in clear
        return super().set_ok(cookie, request)

    def set_ok_domain(self, cookie: Cookie, request: Request) -> bool:
        if cookie.domain_specified and cookie.domain == ".local":
            return False
        return super().set_ok_domain(cookie, request)


class _Answer:
    """An answer as a jar wants to read it."""

    def __init__(self, set_cookie_headers: Sequence[str]) -> None:
        self._set_cookie_headers = list(set_cookie_headers)

    def info(self) -> "_Answer":
        return self

    def get_all(self, name: str, default: list[str]) -> list[str]:
        return self._set_cookie_headers if name == "Set-Cookie" else default


def _trim(jar: CookieJar) -> None:
    """Drop cookies until the rest is within the bounds, those first that came first."""
    cookies = list(jar)
    size = sum(_size(cookie) for cookie in cookies)
    for position, cookie in enumerate(cookies):
        if size <= MAX_BYTES and len(cookies) - position <= MAX_COOKIES:
            return
        jar.clear(cookie.domain, cookie.path, cookie.name)
        size -= _size(cookie)


def _size(cookie: Cookie) -> int:
    return len(cookie.name) + len(cookie.value or "")
