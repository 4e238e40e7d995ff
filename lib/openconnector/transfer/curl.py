# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A cURL command, as people copy it from a browser, from documentation and from the log, as a source and a request.

What proves who calls goes into the authentication of the source. What is of this one request stays with it.
"""

import base64
import re
from typing import Any
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit

from openconnector.core.phrases import Phrase, phrase
from openconnector.core.rows import TOKEN_PATTERN
from openconnector.transfer.curl_authentication import Proof, Row, proof_of
from openconnector.transfer.curl_command import CurlCommand, read_command
from openconnector.transfer.drafts import Draft, Note, SavedRequest, Unreadable
from openconnector.transfer.shell_words import VARIABLE
from openconnector.vault.leaves import Path, path_of, put, take

MAX_CHARACTERS = 1024 * 1024

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_OWN_HEADERS = frozenset(
    {"accept-encoding", "connection", "content-length", "expect", "host", "keep-alive", "te", "transfer-encoding"}
)
"""What is written by whoever sends a request: it depends on the connection, and on what can be decoded."""

_BASE = re.compile(r"(?:/[^/]+){0,2}?/(?:api|rest|v\d+(?:\.\d+)*)(?=/|$)", re.IGNORECASE)
"""The beginning of a path that is likely to be that of every path."""

_IN_PATH = "/%:@!$&'()*+,;=~-._\ue000\ue001"
"""What stays as it is in a path (RFC 3986, section 3.3), and the marks of variables."""

_MAX_TIMEOUT, _MAX_RETRIES, _MAX_REDIRECTS = 600_000, 10, 30
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_BEGINNING = re.compile(r"\s*(?:[$%>]\s+)?curl(?:\.exe)?(?:\s|$)", re.IGNORECASE)


def looks_like_curl(text: str) -> bool:
    """Whether a text begins as such a command does."""
    return _BEGINNING.match(text) is not None


def read_curl(text: str) -> Draft:
    """The source and the one request of a command.

    Raises:
        Unreadable: it is no cURL command, or is cut off.
    """
    if len(text) > MAX_CHARACTERS:
        raise Unreadable(phrase("The command is larger than 1 MiB."))
    command = read_command(text)
    url = _url_of(command)
    notes = command.notes
    rows, query = _header_rows(command, notes), _query_rows(url, command)
    path, unsplit = quote(url.path, safe=_IN_PATH), ""
    proof = proof_of(command, url.hostname or "", rows, query if query is not None else [])
    base = _base_of(path)
    if query is None:
        unsplit = f"?{'&'.join(part for part in (url.query, *command.query) if part)}"
    definition = _definition(command, url, base, rows, proof)
    missing = _open_variables(definition)
    body, encoding = _body_of(command)
    request = SavedRequest(
        name=f"{command.method} {path or '/'}"[:255],
        method=_method_of(command, notes),
        path=_plain(path[len(base) :] + unsplit, notes),
        query=[{"name": _plain(row["name"], notes), "value": _plain(row["value"], notes)} for row in query or ()],
        headers=[{"name": row["name"], "value": _plain(row["value"], notes)} for row in rows],
        body=body if body is None or encoding == "base64" else _plain(body, notes),
        body_encoding=encoding,
    )
    told = dict.fromkeys([*notes, *proof.notes])
    return Draft(
        key=url.hostname or "",
        definition=definition,
        notes=[Note("", _plain_note(note)) for note in told],
        missing=missing,
        requests=[request],
    )


def _url_of(command: CurlCommand) -> SplitResult:
    if len(command.urls) > 1:
        command.notes.append(phrase("Only the first of several addresses is taken over."))
    text = command.urls[0].strip()
    if not re.match(r"[a-z][a-z0-9+.-]*://", text, re.IGNORECASE):
        text = f"http://{text}"
    try:
        url = urlsplit(text)
        port = url.port
    except ValueError:
        raise Unreadable(phrase("The address of the command is no valid URL.")) from None
    if url.scheme.lower() not in ("http", "https"):
        raise Unreadable(
            phrase("Commands for {scheme}:// are not read: add the file server by hand.", scheme=url.scheme)
        )
    if not url.hostname or VARIABLE.search(url.netloc):
        raise Unreadable(phrase("The address of the command has no host."))
    if "@" in url.netloc:
        if command.user is None and url.username:
            command.user = f"{unquote(url.username)}:{unquote(url.password or '')}"
        host = f"[{url.hostname}]" if ":" in url.hostname else url.hostname
        url = url._replace(netloc=host if port is None else f"{host}:{port}")
    return url._replace(scheme=url.scheme.lower(), fragment="")


def _base_of(path: str) -> str:
    found = _BASE.match(path)
    return found[0] if found is not None and not VARIABLE.search(found[0]) else ""


def _query_rows(url: SplitResult, command: CurlCommand) -> list[Row] | None:
    """The parameters as rows; None: rows could not say what is written."""
    written = "&".join(part for part in (url.query, *command.query) if part)
    try:
        pairs = parse_qsl(written, keep_blank_values=True, strict_parsing=False, errors="strict")
    except ValueError:
        return None
    again = parse_qsl(urlencode(pairs), keep_blank_values=True)
    is_same = len(pairs) == len(written.split("&")) if written else True
    plain = all("=" in pair for pair in written.split("&")) if written else True
    if not (is_same and plain and again == pairs and all(name for name, _ in pairs)):
        return None
    return [{"name": name, "value": value} for name, value in pairs]


def _header_rows(command: CurlCommand, notes: list[Phrase]) -> list[Row]:
    rows: list[Row] = []
    for name, value in command.headers:
        if name.lower() in _OWN_HEADERS:
            continue
        if not TOKEN_PATTERN.fullmatch(name) or _CONTROL.search(value):
            notes.append(phrase("A header that cannot be sent was left out."))
        else:
            rows.append({"name": name, "value": value})
    if "content-type" in command.removed and command.body is not None:
        notes.append(phrase("The body is sent with a Content-Type: one is always named here."))
    return rows


def _definition(command: CurlCommand, url: SplitResult, base: str, rows: list[Row], proof: Proof) -> dict[str, Any]:
    definition: dict[str, Any] = {
        "name": url.hostname or "",
        "type": _type_of(rows),
        "location": f"{url.scheme}://{url.netloc}{base}",
    }
    if proof.headers:
        definition["headers"] = proof.headers
    if proof.query:
        definition["query"] = proof.query
    if not proof.is_open:
        definition["authentication"] = proof.scheme
    if connection := _connection_of(command):
        definition["connection"] = connection
    return definition


def _type_of(rows: list[Row]) -> str:
    kinds = " ".join(row["value"].lower() for row in rows if row["name"].lower() in ("accept", "content-type"))
    return "xml" if "xml" in kinds.replace("xhtml+xml", "") and "json" not in kinds and "html" not in kinds else "json"


def _connection_of(command: CurlCommand) -> dict[str, Any]:
    """What the options say about connections; what they do not say is left out."""
    said = {
        "verifyTls": False if command.is_insecure else None,
        "redirects": "all" if command.follows else None,
        "maxRedirects": _at_most(command.max_redirects, _MAX_REDIRECTS),
        "connectTimeoutMs": _at_most(command.connect_timeout_ms, _MAX_TIMEOUT),
        "totalTimeoutMs": _at_most(command.total_timeout_ms, _MAX_TIMEOUT),
        "retry": {"maxRetries": _at_most(command.retries, _MAX_RETRIES)} if command.retries else None,
        "http2": command.is_http2 or None,
        "proxy": _proxy_of(command) if command.proxy else None,
    }
    return {name: value for name, value in said.items() if value is not None}


def _at_most(value: int | None, limit: int) -> int | None:
    return min(value, limit) if value else None


def _proxy_of(command: CurlCommand) -> dict[str, str] | None:
    text = command.proxy or ""
    try:
        url = urlsplit(text if "://" in text else f"http://{text}")
        is_usable = url.scheme in ("http", "https") and bool(url.hostname) and url.port != 0
    except ValueError:
        is_usable = False
    if not is_usable:
        command.notes.append(phrase("The proxy was left out: only HTTP proxies are used here."))
        return None
    login = f"{unquote(url.username)}:{unquote(url.password or '')}" if url.username else ""
    name, _, password = (command.proxy_user or login).partition(":")
    netloc = url.netloc.rpartition("@")[2]
    proxy = {"url": f"{url.scheme}://{netloc if url.port else f'{netloc}:1080'}"}
    return proxy | ({"username": name, "password": password} if name else {})


def _method_of(command: CurlCommand, notes: list[Phrase]) -> str:
    if command.method in _METHODS:
        return command.method
    notes.append(phrase("The method {method} is not known here; GET was put in its place.", method=command.method[:20]))
    return "GET"


def _body_of(command: CurlCommand) -> tuple[str | None, str]:
    if command.body is None:
        return None, "text"
    try:
        return command.body.decode(), "text"
    except UnicodeDecodeError:
        return base64.b64encode(command.body).decode(), "base64"


def _open_variables(definition: dict[str, Any]) -> list[str]:
    """Take the variables out of a definition: where one stood in a secret, it has to be entered."""
    missing = []
    for pointer, text in list(_texts(definition, "")):
        if not VARIABLE.search(text):
            continue
        path = path_of(pointer.removeprefix("/"))
        if _is_secret(path):
            parent = take(definition, path[:-1])
            del parent[path[-1]]
            missing.append(pointer)
        else:
            put(definition, path, VARIABLE.sub(lambda found: found[1], text))
    return missing


def _texts(value: Any, pointer: str) -> Any:
    if isinstance(value, str):
        yield pointer, value
    elif isinstance(value, dict | list):
        for name, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _texts(inner, f"{pointer}/{name}")


def _is_secret(path: Path) -> bool:
    if path[-1] in ("password", "token", "secretAccessKey"):
        return True
    return path[-1] == "value" and path[0] in ("authentication", "headers", "query")


def _plain(text: str, notes: list[Phrase]) -> str:
    """The text with nothing in the places of variables, whose values nobody here knows."""
    for found in VARIABLE.finditer(text):
        note = phrase("What stands for ${name} is not in the command: enter it in the request.", name=found[1])
        if note not in notes:
            notes.append(note)
    return VARIABLE.sub("", text)


def _plain_note(note: Phrase) -> Phrase:
    """As above: a note may quote the command."""
    return note.filled(**{name: VARIABLE.sub("", value) for name, value in note.values.items()})
