# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Collections of Postman in the formats 2.0 and 2.1, with environments and globals beside them.

https://schema.postman.com/collection/json/v2.1.0/draft-07/docs/index.html
"""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from openconnector.core.phrases import phrase
from openconnector.transfer.drafts import Draft, Unreadable
from openconnector.transfer.formats.node import Node
from openconnector.transfer.formats.postman_authentication import authentication_of
from openconnector.transfer.formats.requests import Asked, Rows, drafts_of, rows_of, with_path
from openconnector.transfer.formats.variables import Variables

_REMARKS = {
    "event": phrase("Scripts are not run here, and were not carried over."),
    "response": phrase("Examples of answers were not carried over."),
    "description": phrase("Descriptions of requests and folders were not carried over."),
    "protocolProfileBehavior": phrase(
        "Settings of requests were not carried over: redirects and TLS are set for the source."
    ),
    "variable": phrase("Variables that nothing uses were not carried over."),
    "cookie": phrase("Cookies were not carried over."),
    **dict.fromkeys(
        ("info", "id", "_postman_id", "uid", "createdAt", "updatedAt", "_postman_previewlanguage", "owner"),
        phrase("Identity and history of the collection are not kept."),
    ),
}
_LANGUAGES = {"json": "application/json", "xml": "application/xml", "html": "text/html", "text": "text/plain"}
_IMPORT_BOTH = phrase(
    "This is an environment of Postman. Import it together with its collection: both in one ZIP file."
)
_NO_COLLECTION = phrase("There is no collection in this document.")


def recognises(document: Any) -> bool:
    """Whether a document is of Postman."""
    if isinstance(document, list):
        return bool(document) and all(recognises(entry) for entry in document)
    if not isinstance(document, dict):
        return False
    return _is_collection(document) or _is_environment(document) or isinstance(document.get("collections"), list)


def read(document: Any) -> list[Draft]:
    """A source for each origin that a collection asks.

    Raises:
        Unreadable: there is no collection in it, or no request.
    """
    root = Node(document)
    parts = root.entries() if root.is_list else [root]
    parts = [inner for part in parts for inner in _dumped(part)]
    environments = [part for part in parts if part["values"].is_list]
    collections = [part for part in parts if not part["values"].is_list]
    if not collections:
        raise Unreadable(_IMPORT_BOTH if environments else _NO_COLLECTION, pointer="")
    if any(part["requests"].is_list and not part["item"].is_list for part in collections):
        raise Unreadable(phrase("This is version 1 of the format. Export the collection from Postman as version 2.1."))
    known = Variables()
    for environment in environments:
        known = known.over(_values(environment["values"]))
        environment.take()
    return [draft for part in collections for draft in _collection(part, known)]


def _is_collection(document: dict[str, Any]) -> bool:
    info = document.get("info")
    if isinstance(info, dict) and isinstance(document.get("item"), list):
        return "openapi" not in document
    return "requests" in document and "order" in document


def _is_environment(document: dict[str, Any]) -> bool:
    return isinstance(document.get("values"), list) and ("_postman_variable_scope" in document or "name" in document)


def _dumped(part: Node) -> list[Node]:
    """A dump of all data has everything in lists of its own."""
    if not part["collections"].is_list:
        return [part]
    return [*part["environments"].entries(), *part["globals"].entries(), *part["collections"].entries()]


def _collection(root: Node, outside: Variables) -> list[Draft]:
    title = root["info"]["name"].text() or "Collection of Postman"
    # What an environment says goes before what the collection says.
    known = Variables(_values(root["variable"])).over(outside.values)
    root["info"]["schema"].take()
    description = root["info"]["description"]
    text = description.text() or description["content"].text()
    return drafts_of(root, title, _requests(root, known, root["auth"]), _REMARKS, description=text)


def _requests(holder: Node, known: Variables, auth: Node) -> Iterator[Asked]:
    for item in holder["item"].entries():
        own = item["auth"] if item["auth"].says_something else auth
        if item["item"].is_list:
            item["name"].take()
            yield from _requests(item, known.over(_values(item["variable"])), own)
        elif item["request"].is_object or item["request"].is_text:
            yield _request(item, known, own)


def _request(item: Node, known: Variables, inherited: Node) -> Asked:
    request = item["request"]
    if request.is_text:
        url = request.text()
        return Asked(item, item["name"].text() or url, "GET", known.fill(url), known.leading(url))
    address = request["url"]
    url = address.text() if address.is_text else address["raw"].text() or _joined(address)
    for name in ("protocol", "host", "path", "port", "hash"):
        address[name].take()
    known = known.over(_values(address["variable"]))
    asked = Asked(
        item,
        item["name"].text() or known.fill(url),
        request["method"].text() or "GET",
        known.fill(with_path(url, _values(address["variable"]))),
        known.leading(url),
        query=_rows(address["query"], known),
        headers=_rows(request["header"], known),
    )
    if address["query"].entries():
        asked.url = asked.url.partition("?")[0]
    _put_body(asked, request["body"], known)
    auth = request["auth"] if request["auth"].says_something else inherited
    asked.authentication = authentication_of(auth, known)
    return asked


def _joined(address: Node) -> str:
    """A URL of its parts, for exports without `raw`."""

    def parts(name: str, mark: str) -> str:
        node = address[name]
        return mark.join(entry.peek() for entry in node.entries()) if not node.is_text else node.peek()

    host, port = parts("host", "."), address["port"].peek()
    path = parts("path", "/")
    return f"{address['protocol'].peek() or 'https'}://{host}{f':{port}' if port else ''}/{path}" if host else ""


def _values(variables: Node) -> dict[str, str]:
    """Variables that are switched on, by name. The current value goes before the one that is shared."""
    values: dict[str, str] = {}
    for variable in variables.entries():
        name = variable["key"].text() or variable["id"].text()
        is_on = variable["enabled"].flag() is not False and variable["disabled"].flag() is not True
        value = variable.first("currentValue", "value", "initialValue").text()
        variable.take()
        if name and is_on and value:
            values[name] = value
    return values


def _rows(node: Node, known: Variables) -> Rows:
    if node.is_text:  # headers of the oldest exports
        lines = (line.partition(":") for line in node.text().splitlines())
        return [(name.strip(), known.fill(value.strip()), node) for name, _, value in lines if name.strip()]
    return rows_of(node, known)


def _put_body(asked: Asked, body: Node, known: Variables) -> None:
    mode = body["mode"].text()
    if not mode or body["disabled"].flag():
        body.take()
        return
    match mode:
        case "raw":
            language = body["options"]["raw"]["language"].text()
            asked.body, asked.content_type = known.fill(body["raw"].text()), _LANGUAGES.get(language, "")
        case "urlencoded":
            rows = _rows(body["urlencoded"], known)
            asked.body = urlencode([(name, value) for name, value, _ in rows])
            asked.content_type = "application/x-www-form-urlencoded"
        case "graphql":
            asked.body, asked.content_type = _graphql(body["graphql"], known), "application/json"
        case _:
            asked.notes.append((body, phrase("A body of files or form fields with files is not carried over.")))
    body.take()


def _graphql(node: Node, known: Variables) -> str:
    variables = known.fill(node["variables"].text())
    try:
        parsed = json.loads(variables) if variables.strip() else {}
    except ValueError:
        parsed = {}
    return json.dumps({"query": known.fill(node["query"].text()), "variables": parsed})
