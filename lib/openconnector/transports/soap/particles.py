# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads the members of types from their content models (XML Schema Part 1, section 3.8)."""

from typing import Any

from openconnector.transports.soap.members import Member, MemberKind, Members, is_abstract, is_abstract_node
from openconnector.transports.soap.schema_model import AnnotatedSchema
from openconnector.transports.soap.schema_types import array_item_of, attributes_of, content_of, is_simple
from openconnector.transports.soap.zeep_names import (
    AnyElement,
    Attribute,
    Choice,
    ComplexType,
    Element,
    Group,
    SchemaElement,
)

MAX_PARTICLES = 5000
"""Of one type: elements, groups and the like. What is beyond them is left out."""

MAX_NESTED = 50
"""Groups within groups."""


class MemberReader:
    """Reads the members of types, each once."""

    def __init__(self, schema: AnnotatedSchema) -> None:
        self._schema = schema
        self._known: dict[int, tuple[Any, Members]] = {}

    def of_type(self, some_type: Any) -> Members:
        """The members of a complex type; none where it has a text alone."""
        known = self._known.get(id(some_type))
        if known is None:
            known = self._known[id(some_type)] = (some_type, self._read(some_type))
        return known[1]

    def of_elements(self, elements: list[Any]) -> Members:
        """The members that stand for these elements."""
        reading = _Reading(self._schema)
        for element in elements:
            reading.element(element, None, is_optional=False)
        return reading.found

    def concrete_types(self, some_type: Any) -> list[Any]:
        """The types that an abstract type can be, or that extend it."""
        found, waiting, seen = [], [some_type.qname], set()
        while waiting:
            name = waiting.pop(0)
            for derived in self._schema.derived.get(name.text, ()) if name is not None else ():
                if derived.text not in seen:
                    seen.add(derived.text)
                    waiting.append(derived)
                    resolved = self._schema.get_type(derived).resolve()
                    if not is_abstract(resolved):
                        found.append(resolved)
        return found

    def _read(self, some_type: Any) -> Members:
        reading = _Reading(self._schema)
        concrete = self.concrete_types(some_type) if is_abstract(some_type) else []
        if concrete:
            for one in concrete:
                reading.add(f"({one.qname.localname})", "type", one, min=0, one_of="type")
            reading.found.choices.add("type")
        elif isinstance(some_type, ComplexType):
            self._read_complex(some_type, reading)
        return reading.found

    def _read_complex(self, some_type: Any, reading: "_Reading") -> None:
        item, content = array_item_of(some_type), content_of(some_type)
        if item is not None:
            reading.element(Element("item", item, min_occurs=0, max_occurs="unbounded"), None, is_optional=True)
            return
        for attribute in attributes_of(some_type):
            if isinstance(attribute, Attribute):
                reading.attribute(attribute)
        if isinstance(content, Element):
            if is_simple(content.type):  # else zeep has put it there, for an extension of nothing by nothing
                reading.add("#text", "text", content)
        elif content is not None:
            reading.particle(content, None, is_optional=False)


class _Reading:
    """Collects the members of one type."""

    def __init__(self, schema: AnnotatedSchema) -> None:
        self._schema = schema
        self._numbers: dict[str, int] = {}
        self._budget = [MAX_PARTICLES]
        self._depth = 0
        self.found = Members()

    def add(self, key: str, kind: MemberKind, item: Any, **rest: Any) -> None:
        number = self._numbers[key] = self._numbers.get(key, 0) + 1
        unique = f"{key}{number}" if key == "#group" else key if number == 1 else f"{key}#{number}"
        self.found.all.append(Member(unique, kind, item, **rest))

    def attribute(self, attribute: Any) -> None:
        node = getattr(attribute, "reference", getattr(attribute, "node", None))
        if node is not None and node.get("use") == "prohibited":
            return
        self.add(f"@{attribute.name}", "attribute", attribute, min=int(bool(attribute.required)))

    def particle(self, particle: Any, choice: str | None, *, is_optional: bool) -> None:
        """Add what a part of a content model holds.

        Args:
            choice: the choice that it is an alternative of.
            is_optional: whether what stands around it may be left out.
        """
        self._budget[0] -= 1
        if self._budget[0] < 0 or self._depth >= MAX_NESTED:
            return
        self._depth += 1
        self._particle(particle, choice, is_optional=is_optional)
        self._depth -= 1

    def _particle(self, particle: Any, choice: str | None, *, is_optional: bool) -> None:
        if isinstance(particle, Element):
            self.element(particle, choice, is_optional=is_optional)
        elif isinstance(particle, (AnyElement, SchemaElement)):
            least, most = _occurs(particle)
            least = 0 if is_optional or choice else least
            self.add("#any", "any", particle, min=least, max=most, one_of=choice)
        elif _occurs(particle)[1] != 1:
            self._group(particle, choice, is_optional=is_optional)
        else:
            self._inline(particle, choice, is_optional=is_optional or _occurs(particle)[0] == 0)

    def element(self, element: Any, choice: str | None, *, is_optional: bool) -> None:
        least, most = _occurs(element)
        if most == 0:
            return
        substitutes = self._substitutes(element)
        least = 0 if is_optional or choice else least
        if not substitutes:
            self.add(element.name, "element", element, min=least, max=most, one_of=choice)
        elif most != 1:
            inner = self._within()
            for substitute in substitutes:
                inner.element_itself(substitute, "choice1")
            inner.found.choices.add("choice1")
            self.add("#group", "group", None, min=least, max=most, one_of=choice, members=inner.found)
        else:
            name = choice or self._new_choice()
            for substitute in substitutes:
                self.element_itself(substitute, name)
            if least and not choice:
                self.found.choices.add(name)

    def element_itself(self, element: Any, choice: str) -> None:
        self.add(element.name, "element", element, min=0, max=1, one_of=choice)

    def _inline(self, particle: Any, choice: str | None, *, is_optional: bool) -> None:
        """A part that comes once: its members stand among those around it."""
        content = particle.child if isinstance(particle, Group) else particle
        if isinstance(particle, Group) and _occurs(content) != (1, 1):
            self.particle(content, choice, is_optional=is_optional)
        elif isinstance(content, Choice):
            self.choice(content, choice, is_optional=is_optional)
        elif choice and len(content) > 1:  # several elements are one alternative
            inner = self._within()
            inner.sequence(content, is_optional=False)
            self.add("#group", "group", None, min=0, one_of=choice, members=inner.found)
        else:
            self.sequence(content, is_optional=is_optional, choice=choice)

    def sequence(self, content: Any, *, is_optional: bool, choice: str | None = None) -> None:
        for item in content:
            self.particle(item, choice, is_optional=is_optional)

    def choice(self, content: Any, outer: str | None, *, is_optional: bool) -> None:
        name = outer or self._new_choice()
        for item in content:
            self.particle(item, name, is_optional=False)
        if not outer and not is_optional and not _may_be_empty(content):
            self.found.choices.add(name)

    def _group(self, particle: Any, choice: str | None, *, is_optional: bool) -> None:
        """A part that repeats: a list of groups."""
        least, most = _occurs(particle)
        inner = self._within()
        content = particle.child if isinstance(particle, Group) else particle
        if isinstance(content, Choice):
            inner.choice(content, None, is_optional=False)
        else:
            inner.sequence(content, is_optional=False)
        least = 0 if is_optional or choice else least
        self.add("#group", "group", None, min=least, max=most, one_of=choice, members=inner.found)

    def _within(self) -> "_Reading":
        inner = _Reading(self._schema)
        inner._budget, inner._depth = self._budget, self._depth
        return inner

    def _new_choice(self) -> str:
        self._numbers["choice"] = number = self._numbers.get("choice", 0) + 1
        return f"choice{number}"

    def _substitutes(self, element: Any) -> list[Any]:
        """The elements that may stand in place of this one, with itself unless it is abstract; none: only itself."""
        found: dict[str, Any] = {}
        waiting = [element.qname]
        while waiting:
            for name in self._schema.substitutes.get(waiting.pop(0).text, ()):
                if name.text not in found:
                    found[name.text] = self._schema.get_element(name)
                    waiting.append(name)
        if not found:
            return []
        return [one for one in (element, *found.values()) if not is_abstract_node(getattr(one, "node", None))]


def _occurs(particle: Any) -> tuple[int, int | None]:
    least, most = getattr(particle, "min_occurs", 1), getattr(particle, "max_occurs", 1)
    return int(least), None if most == "unbounded" else int(most)


def _may_be_empty(choice: Any) -> bool:
    """Whether a choice is made when nothing is there: an alternative of it may be left out."""
    nodes = [getattr(item, "reference", getattr(item, "node", None)) for item in choice]
    return any(node is not None and node.get("minOccurs", "1").strip() == "0" for node in nodes)
