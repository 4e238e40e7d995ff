# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Documents of the original OpenConnector, in the four shapes that it and its successor write.

A bare entity; one with `@type: source` (JSON-LD); a bundle with `components.sources` by slug; and the successor's
`components.objects`. Lists of them are read, too, and what its API answers (`results`).
"""

from collections.abc import Iterator
from typing import Any

from openconnector.core.phrases import phrase
from openconnector.transfer.drafts import Draft, Unreadable
from openconnector.transfer.formats.legacy_source import key_of, sketch_of
from openconnector.transfer.formats.legacy_synchronizations import carry
from openconnector.transfer.formats.native import MAX_SOURCES
from openconnector.transfer.formats.node import Node
from openconnector.transfer.formats.sketch import Sketch

_TELLING = frozenset({"configuration", "isEnabled", "type", "auth", "logRetention", "uuid", "rateLimitLimit"})
"""One of these makes something with a name and a location a source of the original."""

_NO_SOURCE = phrase("There is no source in this document. Only sources are carried over.")
_OTHERS = phrase("OpenConnector has sources and their log here. Entities of other kinds are not carried over.")


def recognises(document: Any) -> bool:
    """Whether a parsed document is of the original."""
    if isinstance(document, list):
        return bool(document) and all(recognises(entry) for entry in document)
    if not isinstance(document, dict):
        return False
    answer = document.get("results")
    if isinstance(answer, list):
        return bool(answer) and all(_is_entity(entry) for entry in answer)
    return document.get("@type") is not None or _is_bundle(document) or _is_entity(document)


def read(document: Any) -> list[Draft]:
    """The sources of a document.

    Raises:
        Unreadable: there are none.
    """
    root = Node(document)
    parts = root.entries() if root.is_list else root["results"].entries() or [root]
    found = _found(parts)
    first = next(iter(found.values()))[1]
    names = {name: sketch for source, sketch in found.values() for name in _names(source)}
    for part in parts:
        for synchronization in _synchronizations(part):
            carry(synchronization, names, first)
    for source, _ in found.values():
        source.take()
    for left in list(root.leftovers()):
        first.note(left, _OTHERS)
    return [sketch.draft(key_of(source)) for source, sketch in found.values()]


def _found(parts: list[Node]) -> dict[str, tuple[Node, Sketch]]:
    """The sources of several documents by their places."""
    found: dict[str, tuple[Node, Sketch]] = {}
    for part in parts:
        for source in _sources(part):
            if len(found) == MAX_SOURCES:
                detail = phrase("At most {limit} sources are read at once.", limit=MAX_SOURCES)
                raise Unreadable(detail, pointer=source.pointer)
            found[source.pointer] = (source, sketch_of(source))
    if not found:
        raise Unreadable(_NO_SOURCE, pointer="")
    return found


def _is_entity(document: Any) -> bool:
    return (
        isinstance(document, dict)
        and isinstance(document.get("name"), str)
        and "location" in document
        and not _TELLING.isdisjoint(document)
        and not isinstance(document.get("authentication"), dict)  # as ours have it
        and "connection" not in document
    )


def _is_bundle(document: dict[str, Any]) -> bool:
    components = document.get("components")
    if not isinstance(components, dict):
        return False
    objects = components.get("objects")
    return isinstance(components.get("sources"), dict | list) or (
        isinstance(objects, list) and any(isinstance(entry, dict) and "@self" in entry for entry in objects)
    )


def _sources(part: Node) -> Iterator[Node]:
    components = part["components"]
    if components.is_object:
        yield from (source for source in components["sources"].parts.values() if source.is_object)
        yield from (entry for entry in components["objects"].entries() if _schema(entry) == "source")
    elif part["@type"].peek().lower() == "source" or (not part["@type"].says_something and part.is_object):
        yield part


def _synchronizations(part: Node) -> Iterator[Node]:
    components = part["components"]
    yield from (entry for entry in components["synchronizations"].parts.values() if entry.is_object)
    yield from (entry for entry in components["objects"].entries() if _schema(entry) == "synchronization")
    if part["@type"].peek().lower() == "synchronization":
        yield part


def _schema(entry: Node) -> str:
    return entry["@self"]["schema"].peek().lower()


def _names(source: Node) -> Iterator[str]:
    """All that other entities may call a source by."""
    own = source["@self"]
    for node in (
        source["slug"],
        source["uuid"],
        source["id"],
        source["reference"],
        source["@id"],
        own["slug"],
        own["id"],
    ):
        if node.peek():
            yield node.peek()
    yield source.name
