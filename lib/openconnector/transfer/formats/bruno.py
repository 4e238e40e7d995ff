# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Collections of Bruno: its JSON export, one of its files, or its directory as a ZIP archive."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from openconnector.core.phrases import phrase
from openconnector.transfer.drafts import Draft, Unreadable
from openconnector.transfer.formats.bru import BruFiles
from openconnector.transfer.formats.bru_tree import collection_of
from openconnector.transfer.formats.bruno_authentication import authentication_of
from openconnector.transfer.formats.node import Node
from openconnector.transfer.formats.requests import Asked, Rows, drafts_of, rows_of, with_path
from openconnector.transfer.formats.variables import Variables

_SCRIPTS = phrase("Scripts, assertions and tests are not run here, and were not carried over.")
_REMARKS = {
    **dict.fromkeys(("script", "tests", "assertions", "assert", "vars"), _SCRIPTS),
    "docs": phrase("Documentation was not carried over."),
    "settings": phrase("Settings of requests were not carried over: redirects and TLS are set for the source."),
    "environments": phrase("Of several environments, the first was taken."),
    **dict.fromkeys(("example", "examples"), phrase("Examples of answers were not carried over.")),
    **dict.fromkeys(
        ("brunoConfig", "version", "uid", "seq", "exportedAt", "exportedUsing", "meta", "tags", "type"),
        phrase("Identity, order and settings of the collection are not kept."),
    ),
}
_TEXTS = {
    "json": "application/json",
    "xml": "application/xml",
    "text": "text/plain",
    "sparql": "application/sparql-query",
}
_FILES = phrase("A body of files or form fields with files is not carried over.")


def recognises(document: Any) -> bool:
    """Whether a document is of Bruno."""
    if isinstance(document, BruFiles):
        return True
    if not isinstance(document, dict) or not isinstance(document.get("items"), list):
        return False
    tells = ("brunoConfig", "exportedUsing", "environments", "root")
    return isinstance(document.get("name"), str) and any(name in document for name in tells)


def read(document: Any) -> list[Draft]:
    """A source for each origin that a collection asks.

    Raises:
        Unreadable: a file of it cannot be read, or there is no request in it.
    """
    if isinstance(document, BruFiles):
        document = collection_of(document)
    if not isinstance(document, dict):
        raise Unreadable(phrase("This is no collection of Bruno."), pointer="")
    root = Node(document)
    known = Variables(_environment(root["environments"]))
    title = root["name"].text() or root["brunoConfig"]["name"].text()
    items = root["items"].entries()
    if not title and len(items) == 1:
        title = items[0]["name"].peek()  # of a file alone
    return drafts_of(root, title or "Collection of Bruno", _requests(root, known, Node(None)), _REMARKS)


def _environment(environments: Node) -> dict[str, str]:
    first = next(iter(environments.entries()), None)
    if first is None:
        return {}
    values = _values(first["variables"])
    first.take()
    return values


def _values(variables: Node) -> dict[str, str]:
    """Variables that are switched on and have a value: those of secrets have none."""
    values: dict[str, str] = {}
    for row in variables.entries():
        if row["enabled"].flag() is not False and row["name"].peek() and row["value"].peek():
            values[row["name"].text()] = row["value"].text()
        row.take()
    return values


def _requests(holder: Node, known: Variables, inherited: Node) -> Iterator[Asked]:
    shared = holder["root"]["request"]
    own = shared["auth"] if shared["auth"]["mode"].peek() not in ("", "inherit") else inherited
    known = known.over(_values(shared["vars"]["req"]))
    headers = rows_of(shared["headers"], known)
    for item in holder["items"].entries():
        if item["items"].is_list:
            item["name"].take()
            for asked in _requests(item, known, own):
                yield _with_shared(asked, headers)
        elif item["request"].is_object:
            yield _with_shared(_request(item, known, own), headers)


def _with_shared(asked: Asked, headers: Rows) -> Asked:
    present = {name.lower() for name, _, _ in asked.headers}
    asked.headers += [row for row in headers if row[0].lower() not in present]
    return asked


def _request(item: Node, known: Variables, inherited: Node) -> Asked:
    request = item["request"]
    known = known.over(_values(request["vars"]["req"]))
    url = request["url"].text()
    kind = item["type"].text()
    auth = request["auth"] if request["auth"]["mode"].peek() not in ("", "inherit") else inherited
    request["auth"]["mode"].take()
    parameters = request["params"] if request["params"].entries() else request["query"]
    path = {row["name"].peek(): row["value"].peek() for row in parameters.entries() if row["type"].peek() == "path"}
    asked = Asked(
        item,
        item["name"].text() or known.fill(url),
        request["method"].text() or "GET",
        known.fill(with_path(url, path)),
        known.leading(url),
        query=[row for row in rows_of(parameters, known) if row[2]["type"].peek() != "path"],
        headers=rows_of(request["headers"], known),
        authentication=authentication_of(auth, known),
    )
    if kind in ("ws", "websocket", "grpc", "grpc-request", "js"):
        asked.url = f"{kind}://"
    if parameters.entries():
        asked.url = asked.url.partition("?")[0]
    _put_body(asked, request["body"], known)
    return asked


def _put_body(asked: Asked, body: Node, known: Variables) -> None:
    mode = body["mode"].text()
    if mode in _TEXTS:
        asked.body, asked.content_type = known.fill(body[mode].text()), _TEXTS[mode]
    elif mode == "formUrlEncoded":
        asked.body = urlencode([(name, value) for name, value, _ in rows_of(body["formUrlEncoded"], known)])
        asked.content_type = "application/x-www-form-urlencoded"
    elif mode == "graphql":
        asked.body = known.fill(body["graphql"]["query"].text())
        asked.content_type = "application/graphql"
    elif mode not in ("", "none"):
        asked.notes.append((body, _FILES))
    body.take()
