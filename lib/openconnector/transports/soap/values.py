# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Writes the values of a form as XML, in the order and the namespaces of the schema. What is wrong names its field."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from openconnector.core.errors import FieldError
from openconnector.core.phrases import phrase, told
from openconnector.transports.soap.documents import UnusableDocument, parse_safely
from openconnector.transports.soap.lexical import TEXTS, as_written, first_of, problem_of
from openconnector.transports.soap.members import Member, Members, fixed_value, has_text, is_nillable, label_of
from openconnector.transports.soap.particles import MemberReader
from openconnector.transports.soap.schema_types import array_item_of, builtin_of, name_of
from openconnector.transports.soap.well_known import SOAP_ENCODING
from openconnector.transports.soap.zeep_names import ns

_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
MAX_DEPTH = 100
MAX_ERRORS = 50
XSI_TYPE = f"{{{ns.XSI}}}type"
XSI_NIL = f"{{{ns.XSI}}}nil"
PLACEHOLDER = "{{"
"""Where a text has it, it is filled in when the request is sent: what comes of it is not known yet."""


@dataclass(slots=True)
class ValueWriter:
    """Writes values below a node, and collects what is wrong with them.

    Attributes:
        is_encoded: each element tells its type, as SOAP's encoding wants it.
    """

    members: MemberReader
    is_encoded: bool = False
    errors: list[FieldError] = field(default_factory=list)

    def write(self, node: Any, members: Members, values: Any, pointer: str, depth: int = 0) -> None:
        """Write the values of these members below `node`.

        Args:
            pointer: the JSON pointer of `values`.
        """
        if depth > MAX_DEPTH:
            self._wrong(pointer, phrase("This is nested too deeply."))
            return
        if not isinstance(values, Mapping):
            self._wrong(pointer, phrase("An object with the fields of this element is expected."), "type")
            return
        known = {member.key for member in members}
        for name in values:
            if name not in known:
                self._wrong(_below(pointer, name), phrase("“{name}” is no field here.", name=name), "unknown")
        self._check_choices(members, values, pointer)
        for member in members:
            self._member(node, member, values, pointer, depth)

    def _member(self, node: Any, member: Member, values: Mapping[str, Any], pointer: str, depth: int) -> None:
        is_given = self.is_given(member, values.get(member.key)) if member.key in values else False
        if not is_given and member.min == 0:
            return
        where, value = _below(pointer, member.key), values.get(member.key)
        if not member.is_repeated:
            self._one(node, member, value, where, depth, is_named=member.key in values)
            return
        items = value if isinstance(value, list) else [] if value is None or value == "" else [value]
        numbered = [(number, item) for number, item in enumerate(items) if self.is_given(member, item)]
        if len(numbered) < member.min:  # then an empty one is better than none
            numbered = [(number, item) for number, item in enumerate(items) if item is not None]
        if len(numbered) < member.min:
            needed = (
                phrase("At least 1 of these is needed.")
                if member.min == 1
                else phrase("At least {count} of these are needed.", count=member.min)
            )
            self._wrong(where, needed, "missing")
        if member.max is not None and len(numbered) > member.max:
            allowed = phrase("At most {count} of these are allowed.", count=member.max)
            self._wrong(where, allowed, "too_many")
        for number, item in numbered:
            self._one(node, member, item, f"{where}/{number}" if isinstance(value, list) else where, depth)

    def _one(self, node: Any, member: Member, value: Any, pointer: str, depth: int, *, is_named: bool = True) -> None:
        match member.kind:
            case "attribute":
                text = self._text(member, value, pointer, is_named=is_named)
                if text is not None:
                    self._set(node, member.item.qname.text, text, pointer)
            case "text":
                self._put_text(node, self._text(member, value, pointer, is_named=is_named), pointer)
            case "any":
                self._any(node, value, pointer)
            case "group":
                assert member.members is not None  # noqa: S101  # a group has them
                self.write(node, member.members, {} if value is None else value, pointer, depth + 1)
            case "type":
                node.set(XSI_TYPE, etree.QName(member.item.qname))
                self._content(node, member.item, value, pointer, depth)
            case _:
                self._element(node, member, value, pointer, depth, is_named=is_named)

    def _element(self, node: Any, member: Member, value: Any, pointer: str, depth: int, *, is_named: bool) -> None:
        child = etree.SubElement(node, member.item.qname.text)
        if is_nillable(member) and (is_named or not has_text(member)) and self._is_nil(member, value):
            child.set(XSI_NIL, "true")
            return
        type_name = name_of(member.type) if self.is_encoded else None
        if type_name is not None:
            child.set(XSI_TYPE, type_name)
        if has_text(member):
            self._put_text(child, self._text(member, value, pointer, is_named=is_named), pointer)
        else:
            self._content(child, member.type, value, pointer, depth)

    def _content(self, node: Any, some_type: Any, value: Any, pointer: str, depth: int) -> None:
        members = self.members.of_type(some_type)
        item = array_item_of(some_type)
        if item is not None:
            _announce_array(node, item, value)
        if members:
            self.write(node, members, {} if value is None or value == "" else value, pointer, depth + 1)
        elif isinstance(value, str):  # anyType
            if value.lstrip().startswith("<"):
                self._any(node, value, pointer)
            else:
                self._put_text(node, value, pointer)
        elif value not in (None, {}):
            self._wrong(pointer, phrase("A text or nothing is expected."), "type")

    def _any(self, node: Any, value: Any, pointer: str) -> None:
        if not self._is_text(value):
            self._wrong(pointer, phrase("Enter XML here."), "missing" if value is None else "type")
            return
        try:
            root = parse_safely(f"<any>{value}</any>", "")
        except UnusableDocument as error:
            self._wrong(pointer, told(error))
            return
        if (root.text and root.text.strip()) or not len(root):
            self._wrong(pointer, phrase("Enter XML elements here, such as <name>value</name>."))
            return
        node.extend(list(root))

    def _text(self, member: Member, value: Any, pointer: str, *, is_named: bool) -> str | None:
        """The text of a value. None: there is none, or it is wrong."""
        fixed = fixed_value(member)
        value = _as_text(value)
        if not value and isinstance(value, str | None):
            value = fixed if fixed is not None else getattr(member.item, "default", None) or value
        if value is not None and not isinstance(value, str):
            self._wrong(pointer, phrase("A text is expected."), "type")
            return None
        if not value:
            return self._empty(member, value, pointer, is_named=is_named)
        if PLACEHOLDER in value:
            return value
        text = as_written(value, member.type)
        problem = problem_of(text, member.type)
        if problem is None and fixed is not None and text != fixed:
            problem = phrase("The only value that is allowed is {value}.", value=fixed)
        if problem is not None:
            self._wrong(pointer, problem)
            return None
        return text

    def _empty(self, member: Member, value: str | None, pointer: str, *, is_named: bool) -> str | None:
        """An empty text is a value of some types; of others it is none."""
        is_text = builtin_of(member.type) in TEXTS and problem_of("", member.type) is None
        if is_text and (is_named and value is not None):
            return ""
        self._wrong(pointer, phrase("This is needed."), "missing")
        return None

    def _check_choices(self, members: Members, values: Mapping[str, Any], pointer: str) -> None:
        parts: dict[str, list[Member]] = {}
        for member in members:
            if member.one_of is not None:
                parts.setdefault(member.one_of, []).append(member)
        for name, alternatives in parts.items():
            given = [one for one in alternatives if one.key in values and self.is_given(one, values[one.key])]
            for second in given[1:]:
                self._wrong(
                    _below(pointer, second.key),
                    phrase(
                        "Only one of {first} and {second} may be there.",
                        first=label_of(given[0]),
                        second=label_of(second),
                    ),
                    "choice",
                )
            if not given and name in members.choices:
                names = first_of([label_of(one) for one in alternatives])
                self._wrong(pointer, phrase("One of these is needed: {names}.", names=names), "choice")

    def is_given(self, member: Member, value: Any) -> bool:
        """Whether there is something to write: empty texts, and groups of nothing but those, are left out."""
        if _is_filled(value) or (value is None and is_nillable(member)):
            return True
        if value != {} or member.kind == "any" or has_text(member):
            return False
        # An element that has no content by its schema is there, or not.
        return member.kind in ("element", "type") and len(self.members.of_type(member.type)) == 0

    def _is_nil(self, member: Member, value: Any) -> bool:
        if value is None:
            return True
        return value == "" and has_text(member) and builtin_of(member.type) not in TEXTS

    def _put_text(self, node: Any, text: str | None, pointer: str) -> None:
        if text and self._is_storable(text, pointer):
            node.text = text

    def _set(self, node: Any, name: str, text: str, pointer: str) -> None:
        if self._is_storable(text, pointer):
            node.set(name, text)

    def _is_storable(self, text: str, pointer: str) -> bool:
        if _is_xml(text):
            return True
        self._wrong(pointer, phrase("This has a control character, which XML does not allow."))
        return False

    def _is_text(self, value: Any) -> bool:
        return isinstance(value, str) and bool(value.strip()) and _is_xml(value)

    def _wrong(self, pointer: str, detail: str, code: str = "invalid") -> None:
        if len(self.errors) < MAX_ERRORS:
            self.errors.append(FieldError(pointer, detail, code))


def _as_text(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else value


def _announce_array(node: Any, item: Any, value: Any) -> None:
    """The attributes of an array of SOAP's encoding."""
    items = value.get("item") if isinstance(value, Mapping) else None
    count = len(items) if isinstance(items, list) else int(items is not None)
    # The name of a type within a text needs a prefix: an attribute with that name makes lxml choose it.
    node.set(XSI_TYPE, name_of(item) or etree.QName(ns.XSD, "anyType"))
    node.set(f"{{{SOAP_ENCODING}}}arrayType", f"{node.get(XSI_TYPE)}[{count}]")
    node.set(XSI_TYPE, etree.QName(SOAP_ENCODING, "Array"))


def _is_filled(value: Any) -> bool:
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Mapping):
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
        elif one is not None and one != "":
            return True
    return False


def _is_xml(text: str) -> bool:
    """Whether XML 1.0 allows all characters (section 2.2)."""
    return _NO_XML.search(text) is None


def _below(pointer: str, name: str) -> str:
    return f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}"
