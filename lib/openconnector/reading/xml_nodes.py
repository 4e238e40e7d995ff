# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The nodes of an XML tree as the API gives them.

Below an element are its attributes, then its elements, texts, comments and instructions in their order. Text that is
only white space between them is left out. The value of an element without elements in it is its text; without
attributes it is a leaf.
"""

from collections.abc import Iterator
from itertools import islice

from lxml import etree

from openconnector.reading.schemas import Node, NodeKind, NodePage
from openconnector.reading.xml_events import WHITE_SPACE
from openconnector.reading.xml_places import Element, Places, Spot, find, text_in
from openconnector.reading.xml_tree import Tree

LONGEST_VALUE = 1000
"""Characters of a value."""

_count_texts = etree.XPath("count(text()[normalize-space()])")


def page_of(tree: Tree, path: str, offset: int, limit: int) -> NodePage:
    """What is below a node.

    Raises:
        NodeNotFound: no node has this path.
    """
    spot = find(tree, path)
    parent, *nodes = nodes_at(tree, [spot, *islice(_below(spot), offset, offset + limit)])
    return NodePage(parent=parent, offset=offset, total=parent.count, nodes=nodes)


def nodes_at(tree: Tree, spots: list[Spot]) -> list[Node]:
    """The nodes at some spots, which may lie anywhere in the tree."""
    places = Places(tree, [spot.element for spot in spots])
    return [_node(tree, spot, places) for spot in spots]


def leaf(kind: NodeKind, name: str, value: str, path: str, location: str) -> Node:
    """A node with a value."""
    is_cut = len(value) > LONGEST_VALUE
    return Node(path=path, location=location, name=name, kind=kind, value=value[:LONGEST_VALUE], is_cut=is_cut)


def _node(tree: Tree, spot: Spot, places: Places) -> Node:
    element = spot.element
    path, location = places.of(element)
    if spot.attribute is not None or spot.slot is not None:
        return _part(tree, spot, places, f"{path}/" if path else "", location)
    if element.tag is etree.Comment:
        return leaf("comment", "#comment", element.text or "", path, location)
    if element.tag is etree.PI:
        return leaf("instruction", element.target, element.text or "", path, location)
    name = f"{element.prefix}:{_local(element.tag)}" if element.prefix else _local(element.tag)
    if _is_leaf(element):
        return leaf("element", name, element.text or "", path, location)
    count = len(element.attrib) + len(element) + int(_count_texts(element))
    if not len(element) and _is_shown(element.text):  # attributes and a text
        return leaf("element", name, element.text, path, location).model_copy(update={"count": count})
    return Node(path=path, location=location, name=name, kind="element", count=count)


def _part(tree: Tree, spot: Spot, places: Places, above: str, location: str) -> Node:
    """An attribute or a text of an element."""
    element = spot.element
    if spot.slot is not None:
        step = places.text_step(element, spot.slot)
        return leaf("text", "#text", text_in(element, spot.slot), f"{above}t{spot.slot}", f"{location}/{step}")
    name, value = element.attrib.items()[spot.attribute]
    prefix = tree.prefixes.get(name[1:].partition("}")[0]) if name.startswith("{") else None
    shown = f"@{prefix}:{_local(name)}" if prefix else f"@{_local(name)}"
    return leaf("attribute", shown, value, f"{above}@{spot.attribute}", f"{location}/@{places.name_test(name)}")


def _is_leaf(element: Element) -> bool:
    return not len(element) and not element.attrib


def _below(spot: Spot) -> Iterator[Spot]:
    element = spot.element
    if spot.attribute is not None or spot.slot is not None or not isinstance(element.tag, str) or _is_leaf(element):
        return
    yield from (Spot(element, attribute=number) for number in range(len(element.attrib)))
    if _is_shown(element.text):
        yield Spot(element, slot=0)
    for number, child in enumerate(element, start=1):
        yield Spot(child)
        if _is_shown(child.tail):
            yield Spot(element, slot=number)


def _is_shown(text: str | None) -> bool:
    return bool(text and text.strip(WHITE_SPACE))


def _local(name: str) -> str:
    return name.rpartition("}")[2]
