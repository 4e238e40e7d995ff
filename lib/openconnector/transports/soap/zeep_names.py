# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The one import of zeep. Half of it has no types, and some of the others are wrong: here all are `Any`.

Importing it takes a quarter of a second and some 36 MiB, so that only what has to do with a WSDL may do it.
"""

from typing import Any

import zeep.ns
import zeep.utils
import zeep.wsdl
import zeep.wsdl.bindings
import zeep.xsd
import zeep.xsd.elements
import zeep.xsd.elements.builtins
import zeep.xsd.elements.indicators
import zeep.xsd.schema
import zeep.xsd.types.collection
import zeep.xsd.types.simple
import zeep.xsd.types.unresolved
import zeep.xsd.visitor

ns: Any = zeep.ns
Settings: Any = zeep.Settings
Document: Any = zeep.wsdl.Document
Soap11Binding: Any = zeep.wsdl.bindings.Soap11Binding
Soap12Binding: Any = zeep.wsdl.bindings.Soap12Binding

Schema: Any = zeep.xsd.Schema
SchemaDocument: Any = zeep.xsd.schema.SchemaDocument
SchemaVisitor: Any = zeep.xsd.visitor.SchemaVisitor
tags: Any = zeep.xsd.visitor.tags
qname_attr: Any = zeep.utils.qname_attr

ComplexType: Any = zeep.xsd.ComplexType
AnySimpleType: Any = zeep.xsd.types.simple.AnySimpleType
ListType: Any = zeep.xsd.types.collection.ListType
UnionType: Any = zeep.xsd.types.collection.UnionType
UnresolvedCustomType: Any = zeep.xsd.types.unresolved.UnresolvedCustomType

AnyElement: Any = zeep.xsd.elements.Any
Attribute: Any = zeep.xsd.elements.Attribute
Choice: Any = zeep.xsd.elements.Choice
Element: Any = zeep.xsd.elements.Element
Group: Any = zeep.xsd.elements.Group
SchemaElement: Any = zeep.xsd.elements.builtins.Schema
"""`<xsd:element ref="xsd:schema"/>`, which DataSets of .NET have."""
