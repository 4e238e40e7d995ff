# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What zeep's types and messages are, in the words of XML Schema. Some of it zeep has under private names alone."""

from typing import Any

from lxml import etree

from openconnector.transports.soap.zeep_names import AnySimpleType, ComplexType, ListType, UnionType, ns


def builtin_of(simple_type: Any) -> str:
    """The built-in type of XML Schema that a simple type is based on, for example `int`; `string` where it is none."""
    if isinstance(simple_type, (ListType, UnionType)):
        return "string"
    name = getattr(type(simple_type), "_default_qname", None)
    return "string" if name is None or name.namespace != ns.XSD else str(name.localname)


def name_of(some_type: Any) -> etree.QName | None:
    """The name that a type has in the schemas: of a simple type without a name, that of the built-in one behind it."""
    if isinstance(some_type, (ListType, UnionType)) and not getattr(some_type, "is_named", False):
        return None
    if isinstance(some_type, AnySimpleType) and not getattr(some_type, "is_named", False):
        return etree.QName(ns.XSD, builtin_of(some_type))
    return some_type.qname if some_type.is_global or is_simple(some_type) else None


def is_simple(some_type: Any) -> bool:
    """Whether the type has text and nothing else."""
    return isinstance(some_type, AnySimpleType)


def array_item_of(some_type: Any) -> Any:
    """The type of the items of an array of SOAP's encoding (SOAP 1.1, section 5.4.2); None: it is no such array."""
    attribute = getattr(some_type, "_array_type", None)
    return None if attribute is None else attribute.array_type


def content_of(some_type: Any) -> Any:
    """The content of a complex type: a sequence, a choice or the like, or an element for its text; None: none."""
    content = getattr(some_type, "_element", None)
    return None if content == [] else content


def attributes_of(some_type: Any) -> list[Any]:
    """The attributes of a complex type, with those of its groups. zeep's `attributes` would unfold all elements."""
    return list(getattr(some_type, "_attributes_unwrapped", ()))


def body_of(message: Any) -> tuple[Any, list[Any] | None]:
    """The element in the body of a message; or None and the elements, where it has several parts."""
    if message.body is not None and getattr(message, "_is_body_wrapped", False):
        return None, list(content_of(message.body.type))
    return message.body, None


def is_complex(some_type: Any) -> bool:
    """Whether the type has elements or attributes, or could have."""
    return isinstance(some_type, ComplexType)
