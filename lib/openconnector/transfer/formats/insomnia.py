# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Exports of Insomnia: version 4 (a list of resources), and version 5 (a tree, mostly as YAML)."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from openconnector.core.phrases import phrase
from openconnector.transfer.drafts import Draft, Unreadable
from openconnector.transfer.formats.insomnia_authentication import authentication_of
from openconnector.transfer.formats.node import Node
from openconnector.transfer.formats.requests import Asked, drafts_of, rows_of, with_path
from openconnector.transfer.formats.variables import Variables, flattened

_MAX_ABOVE = 100
_OTHER_PROTOCOLS = {"grpc_request": "gRPC", "websocket_request": "WebSocket", "socketio_request": "Socket.IO"}
V5 = ("collection.insomnia.rest/", "spec.insomnia.rest/")

_IDENTITY = phrase("Identity and order in Insomnia are not kept.")
_SETTINGS = phrase("Settings of requests were not carried over: redirects, cookies and TLS are set for the source.")
_REMARKS = {
    **dict.fromkeys(
        (
            *("_id", "_type", "parentId", "metaSortKey", "created", "modified", "isPrivate", "meta", "id", "sortKey"),
            *("__export_format", "__export_date", "__export_source", "scope", "schema_version", "color", "type"),
        ),
        _IDENTITY,
    ),
    **dict.fromkeys(
        (
            *("settings", "settingStoreCookies", "settingSendCookies", "settingDisableRenderRequestBody"),
            *("settingEncodeUrl", "settingRebuildPath", "settingFollowRedirects"),
        ),
        _SETTINGS,
    ),
    **dict.fromkeys(
        ("preRequestScript", "afterResponseScript", "scripts"),
        phrase("Scripts are not run here, and were not carried over."),
    ),
    **dict.fromkeys(
        ("description", "api_spec", "spec", "contents", "proto_file", "proto_directory"),
        phrase("Descriptions and specifications were not carried over."),
    ),
    **dict.fromkeys(("cookieJar", "cookies", "cookie_jar"), phrase("Cookies were not carried over.")),
    **dict.fromkeys(("testSuites", "unit_test", "unit_test_suite"), phrase("Tests were not carried over.")),
    "certificates": phrase("Client certificates are files on the other computer. Enter them under Client certificate."),
    **dict.fromkeys(("environments", "environment"), phrase("Of several environments, the first was taken.")),
}


def recognises(document: Any) -> bool:
    """Whether a document is of Insomnia."""
    if isinstance(document, list):
        return bool(document) and all(recognises(entry) for entry in document)
    if not isinstance(document, dict):
        return False
    kind = document.get("type")
    is_tree = isinstance(kind, str) and ".insomnia.rest/" in kind
    return is_tree or (document.get("_type") == "export" and isinstance(document.get("resources"), list))


def read(document: Any) -> list[Draft]:
    """A source for each origin that a collection asks.

    Raises:
        Unreadable: there is no collection in it, or no request.
    """
    root = Node(document)
    return [draft for part in (root.entries() if root.is_list else [root]) for draft in _read_one(part)]


def _read_one(root: Node) -> list[Draft]:
    if root["resources"].is_list:
        return _read_resources(root)
    kind = root["type"].text()
    if not kind.startswith(V5):
        detail = phrase("This export of Insomnia has no collection. Export the collection itself.")
        raise Unreadable(detail, pointer="/type")
    known = Variables(_environment(root["environments"]))
    title = root["name"].text() or "Collection of Insomnia"
    return drafts_of(root, title, _tree(root["collection"], known, Node(None)), _REMARKS)


def _environment(base: Node) -> dict[str, str]:
    """The base environment, with the first of those below it."""
    if base.is_list:
        base = next(iter(base.entries()), base)
    values = dict(flattened(base["data"]))
    first = next(iter(base["subEnvironments"].entries()), None)
    if first is not None:
        values |= dict(flattened(first["data"]))
        first["name"].take()
    base["name"].take()
    return values


def _tree(items: Node, known: Variables, auth: Node) -> Iterator[Asked]:
    for item in items.entries():
        own = item["authentication"] if item["authentication"]["type"].peek() else auth
        if item["children"].is_list:
            item["name"].take()
            yield from _tree(item["children"], known.over(dict(flattened(item["environment"]))), own)
        elif item["url"].is_text:
            yield _request(item, known, own)


def _read_resources(root: Node) -> list[Draft]:
    """Version 4: everything in one list, with the id of what it belongs to."""
    resources = root["resources"].entries()
    environments: dict[str, list[Node]] = {}
    for node in resources:
        if node["_type"].peek() == "environment":
            environments.setdefault(node["parentId"].peek(), []).append(node)
    workspaces = [node for node in resources if node["_type"].peek() == "workspace"]
    title = " and ".join(node["name"].text() for node in workspaces if node["name"].peek()) or "Collection of Insomnia"
    return drafts_of(root, title, _resources(resources, environments), _REMARKS)


def _resources(resources: list[Node], environments: dict[str, list[Node]]) -> Iterator[Asked]:
    by_id = {node["_id"].peek(): node for node in resources}
    for node in resources:
        kind = node["_type"].peek()
        if kind in _OTHER_PROTOCOLS:
            yield Asked(node, node["name"].peek(), "GET", f"{_OTHER_PROTOCOLS[kind]}://")
        if kind != "request":
            continue
        above = _above(node, by_id)
        known = Variables()
        for holder in reversed(above):
            for base in environments.get(holder["_id"].peek(), [])[:1]:
                known = known.over(dict(flattened(base["data"])))
                for own in environments.get(base["_id"].peek(), [])[:1]:
                    known = known.over(dict(flattened(own["data"])))
                    own["name"].take()
                base["name"].take()
            known = known.over(dict(flattened(holder["environment"])))
            holder["name"].take()
        chain = [node, *above]
        auth = next((one["authentication"] for one in chain if one["authentication"]["type"].peek()), Node(None))
        yield _request(node, known, auth)


def _above(node: Node, by_id: dict[str, Node]) -> list[Node]:
    """The folders and the workspace that a resource belongs to, the nearest first."""
    above: list[Node] = []
    parent = by_id.get(node["parentId"].peek())
    while parent is not None and parent not in above and len(above) < _MAX_ABOVE:
        above.append(parent)
        parent = by_id.get(parent["parentId"].peek())
    return above


def _request(item: Node, known: Variables, auth: Node) -> Asked:
    url, steps = item["url"].text(), item["pathParameters"]
    path = {row["name"].text(): row["value"].text() for row in steps.entries()}
    steps.take()
    asked = Asked(
        item,
        item["name"].text() or known.fill(url),
        item["method"].text() or "GET",
        known.fill(with_path(url, path)),
        known.leading(url),
        query=rows_of(item["parameters"], known),
        headers=rows_of(item["headers"], known),
        authentication=authentication_of(auth, known),
    )
    _put_body(asked, item["body"], known)
    return asked


def _put_body(asked: Asked, body: Node, known: Variables) -> None:
    kind = body["mimeType"].text()
    if kind == "application/x-www-form-urlencoded":
        asked.body = urlencode([(name, value) for name, value, _ in rows_of(body["params"], known)])
    elif body["text"].peek():
        asked.body = known.fill(body["text"].text())
    elif body["params"].says_something or body["fileName"].says_something:
        asked.notes.append((body, phrase("A body of files or form fields with files is not carried over.")))
    asked.content_type = "application/json" if kind == "application/graphql" else kind
    body.take()
