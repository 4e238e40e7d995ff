# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Requests of another program, gathered into sources: one for each origin that they go to."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import get_args
from urllib.parse import parse_qsl, unquote, urlsplit

from openconnector.calls.schemas import Method
from openconnector.core.phrases import phrase
from openconnector.transfer.drafts import Draft, SavedRequest, Unreadable
from openconnector.transfer.formats.node import Node
from openconnector.transfer.formats.schemes import Found, api_key, authorization, basic
from openconnector.transfer.formats.sketch import Sketch
from openconnector.transfer.formats.variables import Variables, unknown_in, without_unknown
from openconnector.vault.redaction import is_sensitive_header, is_sensitive_parameter

MAX_REQUESTS = 5000

_METHODS = frozenset(get_args(Method))
_MAX_ROWS = 100
_SENT_ANYWAY = frozenset({"host", "content-length", "connection"})

Rows = list[tuple[str, str, Node]]


@dataclass(slots=True)
class Asked:
    """A request of a document, variables filled in.

    Attributes:
        base: what the variable stands for that the URL begins with; empty where there is none.
        query: parameters that do not stand in the URL.
    """

    node: Node
    name: str
    method: str
    url: str
    base: str = ""
    query: Rows = field(default_factory=list)
    headers: Rows = field(default_factory=list)
    body: str | None = None
    content_type: str = ""
    authentication: Found | None = None
    notes: list[tuple[Node, str]] = field(default_factory=list)


@dataclass(slots=True)
class _Placed:
    """A request with its URL taken apart."""

    asked: Asked
    origin: str
    steps: list[str]
    base: list[str]


def drafts_of(
    root: Node, title: str, asked: Iterable[Asked], remarks: Mapping[str, str], *, description: str = ""
) -> list[Draft]:
    """The sources that requests go to.

    Args:
        title: of the collection.
        remarks: what to say of members of the document that nobody has taken, by their names.

    Raises:
        Unreadable: there is no request.
    """
    groups: dict[str, list[_Placed]] = {}
    others: list[tuple[Node, str]] = []
    for count, request in enumerate(asked):
        if count == MAX_REQUESTS:
            detail = phrase("At most {limit} requests are read at once.", limit=MAX_REQUESTS)
            raise Unreadable(detail, pointer=request.node.pointer)
        placed = _placed(request)
        if isinstance(placed, str):
            others.append((request.node, placed))
        else:
            groups.setdefault(placed.origin, []).append(placed)
    if not groups:
        detail = phrase("There is no request in this document that goes to a server by HTTP.")
        raise Unreadable(detail, pointer=root.pointer)
    names = _names(title, list(groups))
    sketches = [_sketch(root, names[origin], origin, placed) for origin, placed in groups.items()]
    for sketch in sketches:
        sketch.describe(description, root.pointer)
    for node, text in others:
        sketches[0].note(node, text)
    note_rest(sketches[0], root, remarks)
    return [sketch.draft(sketch.definition["name"]) for sketch in sketches]


def rows_of(node: Node, known: Variables) -> Rows:
    """Headers or parameters that are switched on. The programs call the name `key` or `name`."""
    rows: Rows = []
    for row in node.entries():
        name, value = row.first("key", "name").text(), row["value"].text()
        is_off = row["disabled"].flag() is True or row["enabled"].flag() is False
        row.take()
        if name and not is_off:
            rows.append((known.fill(name), known.fill(value), row))
    return rows


def with_path(url: str, values: Mapping[str, str]) -> str:
    """A URL with the values of its path parameters: of `:id`, or `{{id}}` where there is none."""
    address, mark, query = url.partition("?")
    scheme, colon, rest = address.partition("://") if "://" in address else ("", "", address)
    steps = [
        (values.get(step[1:]) or f"{{{{{step[1:]}}}}}") if step.startswith(":") and len(step) > 1 else step
        for step in rest.split("/")
    ]
    return f"{scheme}{colon}{'/'.join(steps)}{mark}{query}"


def note_rest(sketch: Sketch, root: Node, remarks: Mapping[str, str]) -> None:
    """Say once for each name what was not taken from the document."""
    rest: dict[str, list[Node]] = {}
    for node in list(root.leftovers()):
        steps = [step for step in node.pointer.split("/") if step and not step.isdigit()]
        name = next((step for step in reversed(steps) if step in remarks), steps[-1] if steps else "")
        kind = node["_type"].peek()  # of a whole resource of Insomnia
        name = kind if kind in remarks else name
        rest.setdefault(remarks.get(name) or phrase("“{name}” was not carried over.", name=name[:100]), []).append(node)
    for text, nodes in rest.items():
        if len(nodes) > 1:
            text = phrase("{remark} This holds for {count} places.", remark=text, count=len(nodes))  # noqa: PLW2901
        for node in nodes:
            node.take()
        sketch.note(nodes[0], text)


def _placed(asked: Asked) -> _Placed | str:
    """The request with its URL taken apart, or why it is none."""
    url = asked.url.strip().replace("\\", "/")
    scheme, _, rest = url.partition("://") if "://" in url.partition("?")[0] else ("", "", url)
    if "{" in scheme:  # a variable that nobody knows
        scheme, url = "", rest
    if scheme and scheme.lower() not in ("http", "https"):
        return phrase("Requests by {protocol} are not carried over.", protocol=scheme[:20])
    if asked.method.upper() not in _METHODS:
        return phrase("The method {method} is not possible here.", method=asked.method[:20])
    if not url:
        return phrase("This request has no URL.")
    try:
        parts = urlsplit(url if scheme else f"http://{url}")
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return phrase("The URL of this request cannot be read.")
    _take_user(asked, parts.username, parts.password)
    _take_query(asked, parts.query)
    is_default = port is None or port == {"http": 80, "https": 443}[parts.scheme]
    origin = f"{parts.scheme}://{f'[{host}]' if ':' in host else host}{'' if is_default else f':{port}'}"
    is_known = host and not any(char in host for char in "{}<> %")
    steps = [step for step in parts.path.split("/") if step]
    return _Placed(asked, origin if is_known else "", steps, _base(asked, origin, steps))


def _base(asked: Asked, origin: str, steps: list[str]) -> list[str]:
    """Of the path, what belongs to the location at most: what the variable says, else all but the last step."""
    given = asked.base.strip().rstrip("/")
    given = given if "://" in given or not given else f"http://{given}"
    if given.lower().startswith(origin.lower()):
        known = [step for step in given[len(origin) :].partition("?")[0].split("/") if step]
        if steps[: len(known)] == known:
            return known
    base = steps[:-1]
    varying = next((at for at, step in enumerate(base) if step.startswith(":") or "{" in step), len(base))
    return base[:varying]


def _take_user(asked: Asked, username: str | None, password: str | None) -> None:
    if not username:
        return
    asked.notes.append((asked.node["url"], phrase("User name and password were taken out of the URL.")))
    if asked.authentication is None:
        asked.authentication = basic(asked.node["url"], unquote(username), unquote(password or ""))


def _take_query(asked: Asked, query: str) -> None:
    present = {(name, value) for name, value, _ in asked.query}
    for name, value in parse_qsl(query, keep_blank_values=True):
        if (name, value) not in present:
            asked.query.append((name, value, asked.node["url"]))


def _names(title: str, origins: list[str]) -> dict[str, str]:
    """What the sources are called: as the collection; where it has several, with their hosts."""
    if len(origins) == 1:
        return {origins[0]: title}
    hosts = {origin: origin.partition("://")[2] or "without a host" for origin in origins}
    many = Counter(hosts.values())
    return {origin: f"{title[:150]} ({(host if many[host] == 1 else origin)[:100]})" for origin, host in hosts.items()}


def _sketch(root: Node, name: str, origin: str, placed: list[_Placed]) -> Sketch:
    sketch = Sketch(root.pointer)
    sketch.put("name", name, root)
    base = _common([request.base for request in placed])
    if origin:
        sketch.put("location", "/".join([origin, *base]), placed[0].asked.node["url"])
    for request in placed:
        _take_credentials(sketch, request.asked)
    _authenticate(sketch, [request.asked for request in placed])
    for request in placed:
        for node, text in request.asked.notes:
            sketch.note(node, text)
        sketch.save(_saved(sketch, request, len(base) if origin else 0), request.asked.node)
    return sketch


def _common(bases: list[list[str]]) -> list[str]:
    """The steps with which all of them begin."""
    first, last = min(bases), max(bases)
    at = next((at for at, (one, other) in enumerate(zip(first, last, strict=False)) if one != other), len(first))
    return first[: min(at, len(last))]


def _take_credentials(sketch: Sketch, asked: Asked) -> None:
    """Take headers and parameters with credentials out of a request: they belong to the source."""
    for rows, known, place in (
        (asked.headers, is_sensitive_header, "header"),
        (asked.query, is_sensitive_parameter, "query"),
    ):
        for row in [row for row in rows if known(row[0])]:
            rows.remove(row)
            name, value, node = row
            if asked.authentication is not None or name.lower() == "cookie":
                text = phrase("“{name}” of a request holds a credential, and was left out.", name=name[:100])
                sketch.note(node, text)
            elif name.lower() == "authorization":
                asked.authentication = authorization(node, name, value)
            else:
                asked.authentication = api_key(node, name, value, place=place)


def _authenticate(sketch: Sketch, asked: list[Asked]) -> None:
    """The authentication that most requests have."""
    found = [request.authentication for request in asked if request.authentication is not None]
    if not found:
        return
    counted = Counter(_digest(one) for one in found)
    chosen = next(one for one in found if _digest(one) == counted.most_common(1)[0][0])
    chosen.put_into(sketch)
    for request in asked:
        one = request.authentication
        if one is None:
            text = phrase("This request has no authentication, and gets that of the source.")
            sketch.note(request.node.pointer, text)
        elif _digest(one) != _digest(chosen):
            text = phrase(
                "This request has another authentication than most. A source has one: add another source for it."
            )
            sketch.note(one.pointer, text)


def _digest(found: Found) -> str:
    return json.dumps([found.definition, found.missing], sort_keys=True)


def _saved(sketch: Sketch, placed: _Placed, below: int) -> SavedRequest:
    asked = placed.asked
    unknown: dict[str, None] = {}

    def plain(text: str) -> str:
        unknown.update(dict.fromkeys(unknown_in(text)))
        return without_unknown(text)

    path = "/".join(["", *placed.steps[below:]])
    if asked.url.partition("?")[0].endswith("/") and path and placed.steps[below:]:
        path += "/"
    headers = [(name, value) for name, value, _ in asked.headers if name.lower() not in _SENT_ANYWAY]
    if asked.content_type and asked.body and not any(name.lower() == "content-type" for name, _ in headers):
        headers.append(("Content-Type", asked.content_type))
    saved = SavedRequest(
        name=asked.name[:255],
        method=asked.method.upper(),
        path=plain(path),
        query=[{"name": plain(name), "value": plain(value)} for name, value, _ in asked.query[:_MAX_ROWS]],
        headers=[{"name": plain(name), "value": plain(value)} for name, value in headers[:_MAX_ROWS]],
        body=None if asked.body is None else plain(asked.body),
    )
    for name in unknown:
        text = phrase(
            "Nothing says what “{name}” is. Enter it where {place} stands.", name=name[:100], place=f"{{{name[:100]}}}"
        )
        sketch.note(asked.node.pointer, text)
    return saved
