# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What synchronizations of the original know about their source: where the records are, and how pages follow."""

from collections.abc import Iterator

from openconnector.core.phrases import phrase, told
from openconnector.sources.pagination import MAX_PAGES
from openconnector.transfer.drafts import SavedRequest
from openconnector.transfer.formats.legacy_source import expanded
from openconnector.transfer.formats.node import Node
from openconnector.transfer.formats.sketch import Sketch
from openconnector.transfer.formats.twig import Untranslatable, translated

_NOT_HERE = phrase(
    "Synchronizations are not carried over. Where the records are, how pages follow and the request are taken."
)


def carry(synchronization: Node, sketches: dict[str, Sketch], fallback: Sketch) -> None:
    """Give to a source what one of its synchronizations knows about it.

    Args:
        sketches: the sources by all their names.
        fallback: takes the notes of a synchronization whose source is not in the document.
    """
    sketch = sketches.get(synchronization["sourceId"].peek())
    if sketch is None:
        text = phrase("Synchronizations are not carried over, and the source of this one is not here.")
        fallback.note(synchronization, text)
        return
    config = synchronization["sourceConfig"]
    options = expanded(sketch, config)
    _position(sketch, options)
    _pages(sketch, options)
    _request(sketch, synchronization, options)
    sketch.note(synchronization, _NOT_HERE)


def _position(sketch: Sketch, options: dict[str, Node]) -> None:
    node = options.get("resultsPosition")
    if node is None or not node.peek():
        return
    present = sketch.definition.get("resultsPosition")
    if present is None:
        sketch.put("resultsPosition", node.text(), node)
        text = phrase("Where the records are was taken from a synchronization, and holds for the source.")
        sketch.note(node, text)
    elif present != node.peek():
        sketch.note(node, phrase("Another synchronization has the records at another place, which was taken."))


def _pages(sketch: Sketch, options: dict[str, Node]) -> None:
    parameter = options.get("paginationQuery")
    uses = options.get("usesPagination")
    if sketch.has("pagination") or (uses is not None and uses.flag() is False):
        return
    if parameter is None or not parameter.peek():
        return
    pagination = {"type": "page", "parameter": parameter.text()}
    most = options["maxPages"].number() if "maxPages" in options else None
    if most is not None and most >= 1:
        pagination["maxPages"] = min(int(most), MAX_PAGES)  # type: ignore[assignment]  # a number among texts
    sketch.put("pagination", pagination, parameter)
    text = phrase("How pages follow was taken from a synchronization, and holds for the source.")
    sketch.note(parameter, text)


def _request(sketch: Sketch, synchronization: Node, options: dict[str, Node]) -> None:
    """What it asks for, as a request to test with."""
    endpoint = options.get("endpoint")
    if endpoint is None:
        return
    try:
        path, _, query = translated(endpoint.peek(), lambda _: None).partition("?")
        rows = list(_rows(options.get("query")))
    except Untranslatable as problem:
        text = phrase("The request of this synchronization could not be taken. {problem}", problem=told(problem))
        sketch.note(endpoint, text)
        return
    name = synchronization["name"].peek() or endpoint.peek()
    path = f"{path}?{query}" if query else path
    if not path.startswith(("http://", "https://")):
        sketch.save(SavedRequest(name=name[:255], path=path, query=rows), endpoint)


def _rows(query: Node | None) -> Iterator[dict[str, str]]:
    for name, value in query.members() if query is not None else ():
        if value.peek():
            yield {"name": name, "value": translated(value.peek(), lambda _: None)}
