# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where nodes of an XML tree are: as a path for the API, and as an XPath for people.

A path has a step for each level below the root element, joined by `/`: `3` is the fourth child that is no text, `@0`
the first attribute, `t2` the text before child 2. The empty path is the root element. `^0` is the first comment or
instruction outside of it.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from itertools import chain
from typing import Any, NamedTuple

from lxml import etree

from openconnector.reading.document import NodeNotFound
from openconnector.reading.xml_events import MAX_DEPTH
from openconnector.reading.xml_tree import Tree, is_name

Element = Any
"""An element, a comment or a processing instruction: the stubs of lxml call them by the names of their classes."""


class Spot(NamedTuple):
    """An element, a comment or an instruction; or of an element, an attribute, or the text before a child."""

    element: Element
    attribute: int | None = None
    slot: int | None = None


class Places:
    """Paths and locations of some elements, found in one pass over each element above them.

    Args:
        elements: those that are asked for.
    """

    def __init__(self, tree: Tree, elements: Iterable[Element]) -> None:
        self._tree = tree
        self._steps: dict[Element, tuple[str, str]] = {}
        self._texts: dict[Element, list[int]] = {}
        for parent, children in _by_parent(elements).items():
            self._number(outside_of(tree) if parent is None else parent, children, "^" if parent is None else "")
        self._steps[tree.root] = ("", self.name_test(tree.root.tag))

    def of(self, element: Element) -> tuple[str, str]:
        """The path and the location of an element."""
        path, location = [], []
        while element is not None:
            steps = self._steps[element]
            path.append(steps[0])
            location.append(steps[1])
            element = element.getparent()
        # The root element has no step in a path.
        return "/".join(step for step in reversed(path) if step), "/" + "/".join(reversed(location))

    def text_step(self, element: Element, slot: int) -> str:
        """The step to one of the texts of an element."""
        texts = self._texts.get(element)
        if texts is None:
            texts = self._texts[element] = [number for number, text in enumerate(texts_of(element)) if text]
        return "text()" if len(texts) == 1 else f"text()[{bisect_left(texts, slot) + 1}]"

    def name_test(self, name: str) -> str:
        """What finds an element or attribute by its name; `name` is in the notation of lxml."""
        qualified = etree.QName(name) if name.startswith("{") else None
        uri, local = (qualified.namespace or "", qualified.localname) if qualified else ("", name)
        prefix = self._tree.prefixes.get(uri)
        # There are namespaces without a prefix, prefixes that were not declared, and names that XPath does not know.
        if (uri and not prefix) or not is_name(local):
            return f"*[local-name()='{local}' and namespace-uri()={_literal(uri)}]"
        return f"{prefix}:{local}" if prefix else local

    def _number(self, siblings: Iterable[Element], wanted: set[Element], mark: str) -> None:
        counts: Counter[Any] = Counter()
        found: list[tuple[Element, int, int]] = []
        alone: set[Any] = set()
        for index, sibling in enumerate(siblings):
            tag = sibling.tag
            counts[tag] += 1
            if sibling in wanted:
                found.append((sibling, index, counts[tag]))
                alone.add(tag)
            if tag in alone and counts[tag] > 1:
                alone.discard(tag)
            if not alone and len(found) == len(wanted):
                break
        for element, index, number in found:
            test = self._test(element.tag)
            self._steps[element] = (f"{mark}{index}", test if counts[element.tag] == 1 else f"{test}[{number}]")

    def _test(self, tag: Any) -> str:
        if tag is etree.Comment:
            return "comment()"
        return "processing-instruction()" if tag is etree.PI else self.name_test(tag)


def find(tree: Tree, path: str) -> Spot:
    """What is at a path.

    Raises:
        NodeNotFound: nothing is.
    """
    *above, last = path.split("/")
    if len(above) > MAX_DEPTH:
        raise NodeNotFound(path)
    if last.startswith("^"):
        if above:
            raise NodeNotFound(path)
        return Spot(outside_of(tree)[_index(last[1:], len(outside_of(tree)))])
    element = tree.root
    for step in above:
        element = element[_index(step, len(element))]
    if last.startswith("@"):
        return Spot(element, attribute=_index(last[1:], len(element.attrib)))
    if last.startswith("t"):
        slot = _index(last[1:], len(element) + 1)
        if not text_in(element, slot):
            raise NodeNotFound(path)
        return Spot(element, slot=slot)
    return Spot(element[_index(last, len(element))] if path else element)


def texts_of(element: Element) -> Iterable[str | None]:
    """The text before each child, and that after the last."""
    return chain([element.text], (child.tail for child in element))


def text_in(element: Element, slot: int) -> str:
    """The text before a child."""
    text: str | None = element[slot - 1].tail if slot else element.text
    return text or ""


def outside_of(tree: Tree) -> list[Element]:
    """Comments and instructions before and after the root element."""
    return [*reversed(list(tree.root.itersiblings(preceding=True))), *tree.root.itersiblings()]


def _index(step: str, count: int) -> int:
    if not (step.isascii() and step.isdigit() and len(step) < 10 and int(step) < count):  # noqa: PLR2004
        raise NodeNotFound(step)
    return int(step)


def _by_parent(elements: Iterable[Element]) -> dict[Element | None, set[Element]]:
    """The elements and all that are above them, by their parents."""
    wanted: dict[Element | None, set[Element]] = {}
    for start in elements:
        element = start
        while element is not None:
            parent = element.getparent()
            children = wanted.setdefault(parent, set())
            if element in children:
                break
            children.add(element)
            element = parent
    return wanted


def _literal(text: str) -> str:
    """A text in quotation marks for XPath, which has no escapes. A text that has both kinds matches nothing."""
    return f'"{text}"' if "'" in text else f"'{text}'"
