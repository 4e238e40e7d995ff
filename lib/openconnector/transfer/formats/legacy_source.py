# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""One source of the original OpenConnector, as a source of ours."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, quote, unquote, urlsplit, urlunsplit
from uuid import UUID

from openconnector.core.phrases import phrase, told
from openconnector.sources.protocols import FILE_SCHEMES
from openconnector.transfer.formats.legacy_authentication import Row, authenticate
from openconnector.transfer.formats.legacy_connection import connect, limit, retain, retry
from openconnector.transfer.formats.node import Node
from openconnector.transfer.formats.schemes import KEPT_ELSEWHERE, basic, is_placeholder
from openconnector.transfer.formats.sketch import Sketch
from openconnector.transfer.formats.twig import Untranslatable, translated

_TYPES = {"json": "json", "xml": "xml", "soap": "soap", "ftp": "ftp", "sftp": "ftp", "ftps": "ftp", "api": "json"}

_HISTORY = (
    *("@context", "@type", "@id", "@self", "id", "uuid", "reference", "version", "dateCreated", "dateModified"),
    *("created", "updated", "lastCall", "lastSync", "objectCount", "test", "status", "configurations", "organisation"),
    *("rateLimitRemaining", "rateLimitReset"),
)
"""Identity and history, which say nothing about calls."""

_UNSENT = (
    *("auth", "authenticationConfig", "authorizationHeader", "authorizationPassthroughMethod", "jwt", "jwtId"),
    *("secret", "username", "password", "apikey"),
)
"""Credentials that the original has fields for, and never sends."""

_UNUSED = (
    *("locale", "accept", "documentation", "oas", "loggingConfig", "paths", "headers", "translationConfig"),
    "endpointsConfig",
)
"""Fields that the original keeps, and that no call looks at."""

_MEANINGLESS = {"auth": "none", "authorizationPassthroughMethod": "header", "oas": "Array"}
"""What these fields hold when nobody has entered anything."""

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_MAX_SLUG = 100
_MAX_DOTS = 20


def key_of(source: Node) -> str:
    """What a document calls a source: slug, uuid, reference or name, the first that it has."""
    own = source["@self"]
    names = (source["slug"], own["slug"], source["uuid"], own["id"], source["reference"], source["@id"])
    named = next((name.peek() for name in names if name.peek()), "")
    return named or _slug_of_bundle(source) or source["name"].peek() or source.name


def _slug_of_bundle(source: Node) -> str:
    """The name of a source in a bundle, which is its slug; empty where sources have positions."""
    return "" if source.name.isdigit() or not source.pointer.endswith(f"/sources/{source.name}") else source.name


def sketch_of(source: Node) -> Sketch:
    """The source with its configuration. What says something and is not understood is noted."""
    sketch = Sketch(source.pointer)
    _identify(sketch, source)
    _place(sketch, source)
    enabled = source["isEnabled"].flag()
    if enabled is not None:
        sketch.put("isEnabled", enabled, source["isEnabled"])
    config = expanded(sketch, source["configuration"])
    rows = [*_rows(sketch, "headers", config), *_rows(sketch, "query", config)]
    own = _user_of_location(sketch, source)
    authenticate(sketch, config, rows)
    if own and not sketch.has("authentication"):
        basic(source["location"], *own).put_into(sketch)
    for row in rows:
        _put_row(sketch, source, row)
    connect(sketch, config, sketch.definition.get("location", ""))
    limit(sketch, source)
    retain(sketch, source)
    retry(sketch, source["retryPolicy"])
    _note_fields(sketch, source)
    return sketch


def expanded(sketch: Sketch, config: Node) -> dict[str, Node]:
    """The configuration by its names, with `headers.Accept` put under `headers`. Both forms occur side by side."""
    dotted = {name for name, _ in config.members() if 0 < name.count(".") <= _MAX_DOTS}
    named = {name: part for name, part in config.members() if name not in dotted}
    for name, part in config.members():
        if name not in dotted:
            continue
        *steps, last = name.split(".")
        holder = named
        for step in steps:
            if step not in holder or not (holder[step].is_object or holder[step].is_list):
                if step in holder and holder[step].says_something:
                    sketch.note(holder[step], phrase("“{name}” stands beside it and takes its place.", name=name))
                holder[step] = Node.of_parts({}, config.pointer)
            holder = holder[step].parts
        if last in holder and holder[last].says_something:
            sketch.note(holder[last], phrase("“{name}” stands beside it and takes its place.", name=name))
        holder[last] = part
    return named


def _identify(sketch: Sketch, source: Node) -> None:
    sketch.put("name", source["name"].text() or source["title"].text() or key_of(source), source["name"])
    slug = source.first("slug") if source["slug"].peek() else source["@self"]["slug"]
    if _is_slug(slug.peek()):
        sketch.put("slug", slug.text(), slug)
    elif not slug.peek() and _is_slug(_slug_of_bundle(source)):
        sketch.put("slug", _slug_of_bundle(source), source)
    elif slug.peek():
        sketch.note(slug, phrase("This slug is not possible here. One is made from the name."))
    sketch.describe(source["description"].text(), source["description"])


def _is_slug(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return len(text) <= _MAX_SLUG and _SLUG.fullmatch(text) is not None
    return False


def _place(sketch: Sketch, source: Node) -> None:
    """Type and location, which belong together."""
    written, location = source["type"].text().lower(), source["location"].text().strip()
    scheme = location.partition("://")[0].lower() if "://" in location else ""
    kind = _TYPES.get(written, "json")
    if scheme in FILE_SCHEMES:
        kind = "ftp"
    elif kind == "ftp" and location and not scheme:
        location = f"{'sftp' if written == 'sftp' else 'ftps' if written == 'ftps' else 'ftp'}://{location}"
    elif location and not scheme:
        location = f"https://{location.removeprefix('//')}"
        sketch.note(source["location"], phrase("The location has no scheme; https:// was put before it."))
    root = source["rootPath"].text().strip("/") if kind == "ftp" else ""
    if root and location:
        location = f"{location.rstrip('/')}/{quote(root)}"
    sketch.put("type", kind, source["type"])
    if written != kind and written:
        sketch.note(source["type"], phrase("The type “{written}” became “{type}”.", written=written[:50], type=kind))
    sketch.put("location", location, source["location"])


def _user_of_location(sketch: Sketch, source: Node) -> tuple[str, str] | None:
    """User name and password that stand in the location, which they are taken out of."""
    try:
        parts = urlsplit(sketch.definition["location"])
        username, password = parts.username, parts.password
    except ValueError:
        return None
    if not username:
        return None
    host = parts.netloc.rpartition("@")[2]
    sketch.put("location", urlunsplit(parts._replace(netloc=host)), source["location"])
    text = phrase("User name and password were moved from the location to the authentication.")
    sketch.note(source["location"], text)
    return unquote(username), unquote(password or "")


def _rows(sketch: Sketch, place: str, config: dict[str, Node]) -> Iterator[Row]:
    """Headers or parameters. A list of values makes several rows, as in the original."""
    node = config.get(place)
    if node is None:
        return
    if node.is_text:
        for name, value in parse_qsl(node.text().removeprefix("?"), keep_blank_values=True):
            yield Row(place, name, value, node)
    for name, part in node.members():
        yield from _rows_of(sketch, place, name, part)


def _rows_of(sketch: Sketch, place: str, name: str, part: Node) -> Iterator[Row]:
    if not (part.is_object or part.is_list):
        yield Row(place, name, part.peek(), part)
    elif part["credentialRef"].says_something or part["credentialName"].says_something:
        sketch.note(part, KEPT_ELSEWHERE)
        yield Row(place, name, "<missing>", part)
    elif place == "query":
        for inner, value in part.parts.items():
            yield from _rows_of(sketch, place, f"{name}[{inner}]", value)
    else:
        for value in part.parts.values():
            if value.is_object or value.is_list:
                sketch.note(value, phrase("The header “{name}” has no single value, and is left out.", name=name[:100]))
            else:
                yield Row(place, name, value.peek(), value)


def _put_row(sketch: Sketch, source: Node, row: Row) -> None:
    """A header or a parameter of ours. What looks like a credential is kept as a secret."""
    row.node.take()
    filled: list[str] = []

    def value(path: str) -> str | None:
        node = source
        for step in path.split("."):
            node = node[step]
        text = node.peek()
        filled.append(text)
        return text or None

    try:
        text = translated(row.value, value)
    except Untranslatable as problem:
        text = phrase("“{name}” is left out. {problem}", name=row.name[:100], problem=told(problem))
        sketch.note(row.node, text)
        return
    is_secret = row.is_sensitive or bool(filled)
    is_missing = is_secret and is_placeholder(row.value) and not filled
    written = {"name": row.name, "value": "" if is_missing else text}
    position = sketch.add(row.place, written | ({"isSecret": True} if is_secret else {}), row.node)
    if is_missing and position is not None:
        sketch.missing.append(f"/{row.place}/{position}/value")


def _note_fields(sketch: Sketch, source: Node) -> None:
    """Say which fields of the original have no counterpart: groups of them in one note each, others by themselves."""
    for names, text in (
        (_HISTORY, phrase("Identity and history of the original are not kept: {names}.")),
        (_UNSENT, phrase("The original has these fields and never sends them, so they are not carried over: {names}.")),
        (_UNUSED, phrase("The original uses these fields for no call, so they are not carried over: {names}.")),
    ):
        said = [name for name in names if source[name].says_something and not _is_meaningless(source, name)]
        for name in names:
            source[name].take()
        if said:
            sketch.note(source.pointer, text.filled(names=", ".join(said)))
    for left in list(source.leftovers()):
        sketch.note(left, phrase("“{name}” is not known here and was not carried over.", name=left.name[:100]))


def _is_meaningless(source: Node, name: str) -> bool:
    return source[name].peek() in (_MEANINGLESS.get(name), "0", "false") and name != "status"
