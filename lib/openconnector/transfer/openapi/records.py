# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where the records are in the answers of an operation, as far as their schema tells."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from openconnector.transfer.openapi.document import Document, first_members, sequence
from openconnector.transfer.openapi.examples import type_of

_LIKELY = ("items", "result", "results", "data", "records", "value", "values", "entries", "rows", "content", "hits")
"""Names of lists of records, as APIs call them."""

MAX_LEVELS = 3

MAX_VISITED = 150
"""Schemas that are looked at for one answer."""


def results_position(document: Document, schema: Any) -> str | None:
    """The `resultsPosition` of answers with this schema; None: they are no list of objects in an envelope."""
    search = _Search(document)
    node = search.node(schema)
    if search.is_list_of_objects(node):
        return "_root"
    found = list(search.lists_in(node, ()))
    named = [path for path in found if path[-1].lower() in _LIKELY]
    best = min(named or found, key=len, default=None)
    if best is None or (not named and len(found) > 1):
        return None
    return ".".join(step.replace(".", "&#46;") for step in best)


@dataclass(slots=True)
class _Search:
    """Looks for lists of objects in one schema."""

    document: Document
    _left: int = MAX_VISITED

    def node(self, schema: Any, level: int = 0) -> dict[str, Any]:
        """The schema with the properties of its `allOf`, or of the one choice that is not null."""
        self._left -= 1
        if self._left < 0:
            return {}
        node = self.document.resolve(schema)
        if level >= MAX_LEVELS:
            return node
        parts = [self.node(part, level + 1) for part in sequence(node.get("allOf"))[:20]]
        choices = [
            resolved
            for name in ("anyOf", "oneOf")
            for choice in sequence(node.get(name))[:20]
            if type_of(resolved := self.node(choice, level + 1)) != "null"
        ]
        parts += choices if len(choices) == 1 else []
        properties: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        for part in (*parts, node):
            merged.update(part)
            properties.update(first_members(part.get("properties")))
        return {**merged, "properties": properties} if properties else merged

    def lists_in(self, node: dict[str, Any], path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        """The paths of the lists of objects below a node."""
        for name, member in first_members(node.get("properties")):
            below = (*path, name)
            own = self.node(member)
            if self.is_list_of_objects(own):
                yield below
            elif len(below) < MAX_LEVELS and type_of(own) == "object":
                yield from self.lists_in(own, below)

    def is_list_of_objects(self, node: dict[str, Any]) -> bool:
        if type_of(node) != "array":
            return False
        items = self.node(node.get("items"))
        return type_of(items) == "object" or any(sequence(items.get(name)) for name in ("oneOf", "anyOf"))
