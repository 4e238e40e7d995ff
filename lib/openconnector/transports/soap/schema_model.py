# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""zeep's model of a WSDL, with what zeep reads over and a form needs.

zeep resolves names, imports, extensions and groups. It drops documentation, facets, abstract types, substitution groups
and `xsd:redefine`: the classes here keep them beside its own, through the places that it leaves for subclasses.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from lxml import etree

from openconnector.core.phrases import phrase
from openconnector.transports.soap.expansions import Expansions
from openconnector.transports.soap.facets import Facets
from openconnector.transports.soap.well_known import well_known
from openconnector.transports.soap.zeep_names import (
    AnySimpleType,
    Document,
    Element,
    ListType,
    Schema,
    SchemaDocument,
    SchemaVisitor,
    Settings,
    UnionType,
    UnresolvedCustomType,
    ns,
    qname_attr,
    tags,
)

_REDEFINE = f"{{{ns.XSD}}}redefine"
_FORMER = ".redefined"
"""Behind the name of a component that `xsd:redefine` has put another one in the place of."""

_CONTAINERS = {
    tags.simpleType: "_types",
    tags.complexType: "_types",
    tags.group: "_groups",
    tags.attributeGroup: "_attribute_groups",
}
"""Where a document of zeep keeps its components."""

_BODIES = (f"{{{ns.SOAP_11}}}body", f"{{{ns.SOAP_12}}}body")


class UnknownDocument(LookupError):
    """zeep has asked for a document that was not loaded before. It never gets it from elsewhere."""


class LoadedDocuments:
    """What zeep takes for its transport: it has the documents that are loaded already, and no way to any other."""

    def __init__(self, documents: Mapping[str, str]) -> None:
        self._documents = documents

    def load(self, url: str) -> bytes:
        text = self._documents.get(url) or well_known(url)
        if text is None:
            raise UnknownDocument(phrase("The WSDL imports {url}, which was not loaded.", url=url))
        return text.encode()


class WsdlModel(Document):  # type: ignore[misc]  # zeep has no types
    """A WSDL with its schemas, as zeep understands it.

    Attributes:
        roots: the root elements of all WSDL documents.
    """

    types: "AnnotatedSchema"

    def __init__(self, address: str, documents: Mapping[str, str]) -> None:
        self.roots: list[Any] = []
        super().__init__(address, LoadedDocuments(documents), settings=Settings(strict=True, force_https=False))

    @property
    def definitions(self) -> list[Any]:
        """The WSDL documents as zeep understands them, the root first."""
        return list(self._definitions.values())

    def load(self, location: str) -> None:
        self.types = AnnotatedSchema(None, self.transport, self.location, self.settings)
        super().load(location)

    def _get_xml_document(self, location: str, *, _initial: bool = False) -> Any:
        root = super()._get_xml_document(location, _initial=_initial)
        if root.tag == f"{{{ns.WSDL}}}definitions":
            self.roots.append(root)
            for body in root.iter(*_BODIES):
                names = (body.get("parts") or "").split()
                if len(names) == 1:
                    body.set("part", names[0])  # what zeep calls it
        return root


class AnnotatedSchema(Schema):  # type: ignore[misc]  # zeep has no types
    """All schemas of a WSDL.

    Attributes:
        unresolved: elements whose type is still to be resolved.
        derived: names of global types by the name of the type that they extend or restrict.
        substitutes: names of global elements by the name of the element that they may stand for.
    """

    def __init__(self, *arguments: Any) -> None:
        self.derived: dict[str, list[etree.QName]] = defaultdict(list)
        self.substitutes: dict[str, list[etree.QName]] = defaultdict(list)
        self.expansions = Expansions()
        self.unresolved: list[_Element] = []
        super().__init__(*arguments)

    def add_documents(self, schema_nodes: list[Any], location: str | None) -> None:
        # As in the base class, with a look at what is going to be unfolded before it is.
        documents = [self.create_new_document(node, location) for node in schema_nodes]
        self.expansions.check()
        for document in documents:
            document.resolve()
        while self.unresolved:
            element = self.unresolved.pop()
            element.type = element.type.resolve()
        self._prefix_map_auto = self._create_prefix_map()

    def create_new_document(
        self, node: Any, url: str | None, base_url: str | None = None, target_namespace: str | None = None
    ) -> Any:
        namespace = (node.get("targetNamespace") if node is not None else None) or target_namespace
        document = _AnnotatedDocument(namespace, url, base_url or url)
        self.documents.add(document)
        document.load(self, node)
        return document


class _AnnotatedDocument(SchemaDocument):  # type: ignore[misc]  # zeep has no types
    def load(self, schema: AnnotatedSchema, node: Any) -> None:
        if node is not None:
            _Visitor(schema, self).visit_schema(node)


class _Element(Element):  # type: ignore[misc]  # zeep has no types
    """An element whose type is resolved later.

    Otherwise each element would resolve its type, which resolves its elements and so on: through a schema of some
    hundred types that refer to each other, that is deeper than Python goes.
    """

    waiting: list["_Element"]

    def resolve_type(self) -> None:
        self.waiting.append(self)


class _SimpleType(UnresolvedCustomType):  # type: ignore[misc]  # zeep has no types
    """A restriction of a simple type, with its facets."""

    def __init__(self, unresolved: Any, node: Any, *, is_named: bool) -> None:
        super().__init__(unresolved.qname, unresolved.base_type, unresolved.schema)
        self._node = node
        self._is_named = is_named
        self._known: Any = None

    def resolve(self) -> Any:
        if self._known is None:
            base = self.base_type.resolve()
            kind = type(self.name, (base.__class__,), {"__module__": "zeep.xsd.dynamic_types"})
            if isinstance(base, UnionType):
                resolved = kind(base.item_types)
                resolved.item_class = base.item_class
            elif isinstance(base, ListType):
                resolved = kind(base.item_type)
            elif isinstance(base, AnySimpleType):
                resolved = kind(self.qname)
            else:  # of a complex type with simple content
                resolved = super().resolve()
            resolved.facets = Facets.of(self._node).over(getattr(base, "facets", None))
            resolved.is_named = self._is_named
            self._known = resolved
        return self._known


class _Visitor(SchemaVisitor):  # type: ignore[misc]  # zeep has no types
    """Keeps the XML node of elements, attributes and types, for what zeep does not take from it."""

    def visit_element(self, node: Any, parent: Any) -> Any:
        element = super().visit_element(node, parent)
        if node.get("ref") is not None and parent.tag != tags.schema:
            return _with_reference(element, node)
        if isinstance(element, Element):
            element.__class__ = _Element  # what is made of it by copying it is one, too
            element.waiting = self.schema.unresolved
        element.node = node
        head = qname_attr(node, "substitutionGroup")
        if head is not None and parent.tag == tags.schema:
            self.schema.substitutes[self._create_qname(head).text].append(element.qname)
        return element

    def visit_attribute(self, node: Any, parent: Any) -> Any:
        attribute = super().visit_attribute(node, parent)
        if node.get("ref") is not None and parent.tag != tags.schema:
            return _with_reference(attribute, node)
        attribute.node = node
        return attribute

    def visit_group(self, node: Any, parent: Any) -> Any:
        if parent.tag == tags.schema:
            self.schema.expansions.note("group", node, self.document.namespace)
        return super().visit_group(node, parent)

    def visit_attribute_group(self, node: Any, parent: Any) -> Any:
        if parent.tag == tags.schema:
            self.schema.expansions.note("attributeGroup", node, self.document.namespace)
        return super().visit_attribute_group(node, parent)

    def visit_simple_type(self, node: Any, parent: Any) -> Any:
        if parent.tag == tags.schema:
            self.schema.expansions.note("simpleType", node, self.document.namespace)
        visited = super().visit_simple_type(node, parent)
        if not isinstance(visited, UnresolvedCustomType):
            return visited
        is_named = parent.tag == tags.schema
        annotated = _SimpleType(visited, node, is_named=is_named)
        if is_named:
            self.register_type(annotated.qname, annotated)
        return annotated

    def visit_complex_type(self, node: Any, parent: Any) -> Any:
        visited = super().visit_complex_type(node, parent)
        type(visited).node = node  # each has a class of its own, and zeep makes further instances of it
        base = getattr(visited, "_extension", None) or getattr(visited, "_restriction", None)
        if parent.tag == tags.schema and base is not None:
            self.schema.derived[base.qname.text].append(visited.qname)
        return visited

    def visit_redefine(self, node: Any, parent: Any) -> None:
        """Include a schema, and put other components in the place of some of its own, which build upon those."""
        self.visit_include(node, parent)
        for child in node:
            if child.tag in _CONTAINERS:
                self._set_aside(child)
                self.process(child, parent=parent)

    def _set_aside(self, node: Any) -> None:
        """Register the former component under another name, and let the new one refer to that."""
        document, name = self.document, node.get("name")
        container = getattr(document, _CONTAINERS[node.tag])
        former = etree.QName(document.namespace, name)
        if former.text not in container:
            return
        container[f"{former.text}{_FORMER}"] = container[former.text]
        for inner in node.iter():
            for attribute in ("base", "ref"):
                if (inner.get(attribute) or "").rpartition(":")[2] == name:
                    inner.set(attribute, f"{inner.get(attribute)}{_FORMER}")

    visitors = {
        **SchemaVisitor.visitors,
        tags.element: visit_element,
        tags.attribute: visit_attribute,
        tags.group: visit_group,
        tags.attributeGroup: visit_attribute_group,
        tags.simpleType: visit_simple_type,
        tags.complexType: visit_complex_type,
        _REDEFINE: visit_redefine,
    }


def _with_reference(reference: Any, node: Any) -> Any:
    """A reference to a global component that gives it the node of the reference, when it is resolved."""
    resolve = reference.resolve

    def resolved() -> Any:
        component = resolve()  # a copy for this place
        component.reference = node
        if node.get("use") == "required":
            component.required = True
        return component

    reference.resolve = resolved
    return reference
