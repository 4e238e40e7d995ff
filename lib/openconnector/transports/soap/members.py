# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The members of a message or a type: the elements, attributes and texts that have a value, in the order of the schema.

Forms are made of them, and envelopes are written from values that are named after them:

- `name`: an element; a second one of the same name is `name#2`
- `@name`: an attribute
- `#text`: the text of an element that has attributes, too
- `#any`: XML that the schema leaves open
- `#group1`: elements that come together: a part of a choice, or a part that repeats
- `(Name)`: the content of an abstract type, as one of its concrete ones
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from openconnector.transports.soap.schema_types import is_simple
from openconnector.transports.soap.zeep_names import ns

MAX_DOCUMENTATION = 2000
MAX_NAMED = 3

MemberKind = Literal["element", "attribute", "text", "any", "group", "type"]


@dataclass(frozen=True, slots=True)
class Member:
    """One member.

    Attributes:
        key: its name among the values.
        item: zeep's element or attribute; the type for `type`.
        max: None: as often as one likes.
        one_of: members with the same text exclude each other.
        members: of a `group`.
    """

    key: str
    kind: MemberKind
    item: Any = None
    min: int = 1
    max: int | None = 1
    one_of: str | None = None
    members: "Members | None" = None

    @property
    def is_repeated(self) -> bool:
        return self.max != 1

    @property
    def type(self) -> Any:
        return self.item if self.kind == "type" else getattr(self.item, "type", None)

    @property
    def node(self) -> Any:
        """The XML node that has declared it, where it is known."""
        return getattr(self.item, "node", None) if self.kind != "type" else getattr(type(self.item), "node", None)

    @property
    def reference(self) -> Any:
        """The XML node that refers to the declaration, where that stands elsewhere."""
        return getattr(self.item, "reference", None) if self.kind != "type" else None


@dataclass(slots=True)
class Members:
    """Members in their order.

    Attributes:
        choices: names of the choices of which one part must be there.
    """

    all: list[Member] = field(default_factory=list)
    choices: set[str] = field(default_factory=set)

    def __iter__(self) -> Iterator[Member]:
        return iter(self.all)

    def __len__(self) -> int:
        return len(self.all)


def is_abstract(some_type: Any) -> bool:
    """Whether no element may have this very type."""
    return is_abstract_node(getattr(type(some_type), "node", None))


def label_of(member: Member) -> str:
    """What people call it."""
    match member.kind:
        case "text":
            return "text"
        case "any":
            return "XML"
        case "type":
            return str(member.item.qname.localname)
        case "group" if member.members is not None:
            names = list(dict.fromkeys(label_of(one) for one in member.members))
            return ", ".join(names[:MAX_NAMED]) + (" …" if len(names) > MAX_NAMED else "")
        case _:
            return str(member.item.name)


def is_nillable(member: Member) -> bool:
    return member.kind == "element" and bool(getattr(member.item, "nillable", False))


def fixed_value(member: Member) -> str | None:
    """The only value that the schema allows."""
    found = (node.get("fixed") for node in (member.reference, member.node) if node is not None)
    return next((str(value) for value in found if value is not None), None)


def has_text(member: Member) -> bool:
    """Whether its value is a text."""
    return member.kind in ("attribute", "text") or (member.kind == "element" and is_simple(member.type))


def is_abstract_node(node: Any) -> bool:
    return node is not None and node.get("abstract", "").strip() in ("true", "1")


def documentation_of(node: Any) -> str:
    """The documentation that a node of a schema or a WSDL has, as one line of text."""
    if node is None:
        return ""
    texts = node.xpath(
        "xsd:annotation/xsd:documentation | wsdl:documentation", namespaces={"xsd": ns.XSD, "wsdl": ns.WSDL}
    )
    joined = " ".join("".join(text.itertext()) for text in texts)
    return " ".join(joined.split())[:MAX_DOCUMENTATION]
