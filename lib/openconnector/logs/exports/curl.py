# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A logged request as a cURL command for `sh` and `bash`.

It sends what was sent: the same method, target, headers and body. curl's own defaults are taken off where the request
had none of them. Redirects are not followed, because each is an exchange of its own.
"""

from collections.abc import Sequence
from urllib.parse import urlsplit

from openconnector.core.errors import NotFound
from openconnector.core.phrases import phrase
from openconnector.logs.entries import CallEntry, ExchangeEntry
from openconnector.logs.exports.blanks import Blanks, in_url, is_masked
from openconnector.logs.exports.curl_body import FILE, CurlBody, body_of
from openconnector.logs.exports.curl_files import file_options
from openconnector.logs.exports.curl_headers import header_options
from openconnector.logs.exports.schemas import Curl
from openconnector.logs.exports.shell import quoted, word

_ON_THE_WAY = frozenset({"token", "discovery", "description"})
"""Kinds of exchanges that are not what a call was asked for."""

_FILE_SCHEMES = frozenset({"ftp", "ftps", "ftpes", "sftp"})
_LARGE = 1024
"""Bytes from which a curl may ask whether it may send a body."""


def curl_of(call: CallEntry, position: int | None) -> Curl:
    """The command for one exchange of a call.

    Args:
        position: of the exchange; None: the first that is not about authorization, as it was answered to a challenge.

    Raises:
        NotFound: there is no such exchange.
    """
    exchange = _chosen(call.exchanges, position)
    blanks, notes = Blanks(), list[str]()
    if urlsplit(exchange.request["url"]).scheme in _FILE_SCHEMES:
        options, body = file_options(exchange, blanks, notes)
    else:
        options, body = _http_options(exchange, blanks, notes)
    if not options:
        return Curl(command="", variables=[], notes=notes)
    if blanks.has_more:
        notes.append(phrase("Some masked places are still in the command as “REDACTED”."))
    return Curl(
        command=_command(options, body),
        variables=list(dict.fromkeys(variable.name for variable in blanks.variables)),
        notes=notes,
    )


def _chosen(exchanges: Sequence[ExchangeEntry], position: int | None) -> ExchangeEntry:
    if position is not None:
        for exchange in exchanges:
            if exchange.position == position:
                return exchange
        raise NotFound(phrase("This call has no exchange at this position."))
    if not exchanges:
        raise NotFound(phrase("Nothing was sent for this call."))
    own = [exchange for exchange in exchanges if exchange.kind not in _ON_THE_WAY] or list(exchanges)
    answered = own[1:2] if own[0].kind == "request" else []
    return answered[0] if answered and answered[0].kind == "authentication" else own[0]


def _http_options(exchange: ExchangeEntry, blanks: Blanks, notes: list[str]) -> tuple[list[str], CurlBody | None]:
    options = [_url(exchange.request["url"], blanks, notes)]
    body = body_of(exchange, blanks, notes)
    sends_empty = body is None and _has_length(exchange)
    options += _method_options(exchange.request["method"], has_body=body is not None or sends_empty, notes=notes)
    options += _version_options(exchange)
    options += header_options(exchange, blanks, notes, has_body=body is not None or sends_empty)
    if body is not None and body.size >= _LARGE:
        options.append("--header 'Expect:'")
    if sends_empty:
        options.append("--data-raw ''")
    elif body is not None:
        options.append(_data_option(body))
    return options, body


def _data_option(body: CurlBody) -> str:
    if body.word is not None:
        return f"--data-raw {body.word}"
    return "--data-binary @-" if body.before is not None else f"--data-binary @{FILE}"


def _has_length(exchange: ExchangeEntry) -> bool:
    """Whether an empty body was announced."""
    headers = exchange.request["headers"]
    return any(field["name"].lower() == "content-length" and field["value"].strip() == "0" for field in headers)


def _url(url: str, blanks: Blanks, notes: list[str]) -> str:
    """The address with what curl must leave alone in it. Who is in front of the host goes into `--user`."""
    parts = urlsplit(url)
    bare = parts._replace(netloc=parts.netloc.rpartition("@")[2], fragment="").geturl()
    options = []
    if is_masked(bare):
        notes.append(phrase("Secrets in the address must be percent-encoded."))
    if any(letter in bare for letter in "[]{}") or is_masked(bare):
        options.append("--globoff")
    if "/." in parts.path.lower().replace("%2e", "."):
        options.append("--path-as-is")
    return " ".join([*options, word(blanks.split(bare, in_url))])


def _method_options(method: str, *, has_body: bool, notes: list[str]) -> list[str]:
    if method == "HEAD" and not has_body:
        return ["--head"]
    if method == "HEAD":
        notes.append(phrase("curl waits for a body behind the answer, which does not come: end it with Ctrl+C."))
    if (method == "GET" and not has_body) or (method == "POST" and has_body):
        return []
    return [f"--request {quoted(method)}"]


def _version_options(exchange: ExchangeEntry) -> list[str]:
    if exchange.response is None:
        return []
    return ["--http2" if exchange.response["httpVersion"].startswith("HTTP/2") else "--http1.1"]


def _command(options: list[str], body: CurlBody | None) -> str:
    curl = " \\\n  ".join(["curl " + options[0], *options[1:]])
    if body is None or body.before is None:
        return curl
    piped = f"{body.before} |\n{curl}"
    if not body.variables:
        return piped
    # A pipe goes on when one of its commands fails: the variables are asked for before it is laid.
    return ": " + " ".join(f'"{variable.required}"' for variable in body.variables) + f" &&\n{piped}"
