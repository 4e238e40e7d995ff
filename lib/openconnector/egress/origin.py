# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which URL a call may go to: a path below the location of its source, on the same origin (RFC 6454)."""

import re
from functools import lru_cache
from urllib.parse import urlsplit, urlunsplit

from openconnector.core.http import URL, InvalidURL
from openconnector.core.phrases import phrase, told

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
DEFAULT_PORTS = {"http": 80, "https": 443, "ftp": 21, "ftpes": 21, "ftps": 990, "sftp": 22}
"""By scheme. `ftpes` is FTP that begins TLS on the open connection (RFC 4217), `ftps` FTP behind a TLS handshake."""


_ELSEWHERE = phrase("The path names another host. Only paths below the location are called.")


class PathLeavesOrigin(ValueError):
    """The path does not stay below the location; `str()` says why."""


def origin_of(url: URL) -> tuple[str, str, int | None]:
    """Scheme, host and port of a URL, with the default port written out."""
    return url.scheme, url.host, url.port or DEFAULT_PORTS.get(url.scheme)


@lru_cache(maxsize=1024)
def join(location: str, path: str) -> URL:
    r"""The URL of `path` below `location`, for example `https://api.example/v1` and `zaken?page=2`.

    The path is always a path: it is put behind the location's own, never resolved as a reference (RFC 3986), so that
    `//evil`, `@evil`, `.evil`, `\evil` and `http://evil` cannot name another host, and `..` cannot climb out. A query
    in the path comes behind the query of the location.

    Raises:
        PathLeavesOrigin: the result would not be below the location.
    """
    path = path.strip(" ")
    if "\\" in path or _CONTROL.search(path):
        raise PathLeavesOrigin(phrase("The path contains a backslash or a control character."))
    base = urlsplit(location)
    path_part, _, path_query = path.partition("#")[0].partition("?")
    if re.match(r"[a-z][a-z0-9+.-]*://", path_part, re.IGNORECASE) or path_part.startswith("//"):
        raise PathLeavesOrigin(_ELSEWHERE)
    _refuse_climbing(path_part)
    below = path_part.lstrip("/")
    joined_path = f"{base.path.rstrip('/')}/{below}" if below or path_part else base.path
    query = "&".join(part for part in (base.query, path_query) if part)
    try:
        url = URL(urlunsplit((base.scheme, base.netloc, joined_path, query, "")))
        expected = URL(location)
    except InvalidURL as error:
        raise PathLeavesOrigin(phrase("Location and path make no URL: {reason}", reason=told(error))) from None
    if origin_of(url) != origin_of(expected) or url.userinfo:
        raise PathLeavesOrigin(_ELSEWHERE)
    return url


def _refuse_climbing(path: str) -> None:
    decoded = re.sub(r"%2e", ".", path, flags=re.IGNORECASE)
    decoded = re.sub(r"%2f|%5c", "/", decoded, flags=re.IGNORECASE)
    if ".." in decoded.split("/"):
        raise PathLeavesOrigin(phrase("The path climbs out of the location with `..`."))
