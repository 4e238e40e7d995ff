# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Examples as the text of a request body, in the forms in which bodies are written."""

import json
from typing import Any
from urllib.parse import urlencode
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from openconnector.transfer.openapi.document import Document, mapping
from openconnector.transfer.openapi.examples import NOTHING, ExampleMaker, given

MAX_TEXT = 16 * 1024
"""Characters of one example."""

FORM = "application/x-www-form-urlencoded"


def example_text(document: Document, media_type: str, media: dict[str, Any]) -> str:
    """The text of a body; empty where none can be made, or it would be very long."""
    value = given(media, document)
    schema = media.get("schema")
    if value is NOTHING:
        value = ExampleMaker(document).of(schema)
    if value is NOTHING or not _is_small(value):
        return ""
    text = _written(document, essence(media_type), value, schema)
    return text if len(text) <= MAX_TEXT else ""


def _is_small(value: Any) -> bool:
    """Whether writing it is worth a try: an example of somebody else's may be of any size."""
    left, waiting = MAX_TEXT, [value]
    while waiting and left > 0:
        node = waiting.pop()
        left -= len(node) if isinstance(node, str | list | dict) else 1
        if left > 0 and isinstance(node, list | dict):
            waiting += [*node, *node.values()] if isinstance(node, dict) else node
    return left > 0


def essence(media_type: str) -> str:
    """A media type without its parameters, in small letters."""
    return media_type.partition(";")[0].strip().lower()


def _written(document: Document, kind: str, value: Any, schema: Any) -> str:
    if kind == "application/json" or kind.endswith("+json") or kind == "*/*":
        return _json(value, 2)
    if kind in ("application/xml", "text/xml") or kind.endswith("+xml"):
        return value if isinstance(value, str) else _xml(document, value, schema)
    if kind == FORM:
        rows = [
            (name, one) for name, many in mapping(value).items() for one in (many if isinstance(many, list) else [many])
        ]
        return urlencode([(name, one if isinstance(one, str) else _json(one)) for name, one in rows])
    return value if isinstance(value, str) and not kind.startswith("multipart/") else ""


def _json(value: Any, spaces: int | None = None) -> str:
    try:
        return json.dumps(value, indent=spaces, ensure_ascii=False, default=str)
    except (ValueError, RecursionError):  # a value that holds itself
        return ""


def _xml(document: Document, value: Any, schema: Any) -> str:
    resolved, name = document.follow(schema)
    root = Element(_name(resolved, name or "root"))
    space = mapping(resolved.get("xml")).get("namespace")
    if isinstance(space, str):
        root.set("xmlns", space)
    _fill(document, root, value, resolved)
    try:
        indent(root)
        return tostring(root, encoding="unicode")
    except (TypeError, ValueError, RecursionError):
        return ""


def _fill(document: Document, element: Element, value: Any, schema: dict[str, Any]) -> None:
    """Put a value into its element, as the `xml` objects of the schema say."""
    if not isinstance(value, dict):
        element.text = _scalar(value)
        return
    properties = mapping(schema.get("properties"))
    for key, member in value.items():
        own = document.resolve(properties.get(key))
        if mapping(own.get("xml")).get("attribute") is True:
            element.set(_name(own, key), _scalar(member))
        elif isinstance(member, list):
            items, _ = document.follow(own.get("items"))
            is_wrapped = mapping(own.get("xml")).get("wrapped") is True
            parent = SubElement(element, _name(own, key)) if is_wrapped else element
            for one in member:
                _fill(document, SubElement(parent, _name(items, key)), one, items)
        else:
            _fill(document, SubElement(element, _name(own, key)), member, own)


def _name(schema: dict[str, Any], otherwise: str) -> str:
    name = mapping(schema.get("xml")).get("name")
    return name if isinstance(name, str) and name else str(otherwise)


def _scalar(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else _json(value)
