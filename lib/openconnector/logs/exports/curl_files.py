# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A logged operation on files as options of curl, which knows reading, listing and writing."""

from urllib.parse import urlsplit

from openconnector.core.phrases import phrase
from openconnector.logs.entries import ExchangeEntry
from openconnector.logs.exports.blanks import Blanks, in_url
from openconnector.logs.exports.curl_body import FILE, CurlBody, body_of
from openconnector.logs.exports.shell import Part, quoted, word

_KNOWN = frozenset({"GET", "LIST", "HEAD", "PUT"})


def file_options(exchange: ExchangeEntry, blanks: Blanks, notes: list[str]) -> tuple[list[str], CurlBody | None]:
    """The options for one operation; none where curl has no such operation."""
    method = exchange.request["method"]
    if method not in _KNOWN:
        notes.append(phrase("curl has no operation of its own for {method}.", method=method))
        return [], None
    options = [_url(exchange, blanks), *_connection_options(exchange)]
    if not _is_anonymous(exchange):
        user: list[Part] = [blanks.variable("source_user"), ":", blanks.variable("source_password")]
        options.append("--user " + word(user))
    if exchange.request["url"].startswith("sftp:"):
        notes.append(
            phrase("curl wants the key of the server in ~/.ssh/known_hosts. With a key of your own, add --key FILE.")
        )
    if method == "HEAD":
        options.append("--head")
    if method != "PUT":
        return options, None
    return _uploading(options, exchange, blanks, notes)


def _uploading(
    options: list[str], exchange: ExchangeEntry, blanks: Blanks, notes: list[str]
) -> tuple[list[str], CurlBody]:
    body = body_of(exchange, blanks, notes) or CurlBody(word="''")
    if body.word is not None:
        body.before = f"printf '%s' {body.word}"
    options.append("--upload-file " + ("-" if body.before is not None else quoted(FILE)))
    return options, body


def _url(exchange: ExchangeEntry, blanks: Blanks) -> str:
    """Our paths are absolute; those of curl begin where the login leads to, unless a second slash says otherwise."""
    parts = urlsplit(exchange.request["url"])
    scheme = "ftp" if parts.scheme == "ftpes" else parts.scheme
    path = parts.path if parts.path.startswith("/") else f"/{parts.path}"
    if exchange.request["method"] == "LIST" and not path.endswith("/"):
        path += "/"
    if scheme != "sftp":
        path = f"/{path}"
    host = parts.netloc.rpartition("@")[2]
    return "--globoff " + word(blanks.split(f"{scheme}://{host}{path}", in_url))


def _connection_options(exchange: ExchangeEntry) -> list[str]:
    options = []
    if exchange.request["url"].startswith("ftpes:"):
        options.append("--ssl-reqd")
    tls = (exchange.connection or {}).get("tls")
    if tls and tls.get("isVerified") is False and exchange.response is not None:
        options.append("--insecure")
    if any(line["isSent"] and line["text"].startswith(("PORT", "EPRT")) for line in exchange.trace or ()):
        options.append("--ftp-port -")
    return options


def _is_anonymous(exchange: ExchangeEntry) -> bool:
    return any(line["isSent"] and line["text"] == "USER anonymous" for line in exchange.trace or ())
