# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a WSDL offers: services, their ports with SOAP, and the operations of those."""

import re
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from openconnector.core.phrases import Phrase, phrase, told
from openconnector.transports.soap.documents import UnusableDocument
from openconnector.transports.soap.members import documentation_of
from openconnector.transports.soap.particles import MemberReader
from openconnector.transports.soap.schema_model import WsdlModel
from openconnector.transports.soap.zeep_names import Soap11Binding, Soap12Binding, ns

_WSDL = {"wsdl": ns.WSDL, "soap11": ns.SOAP_11, "soap12": ns.SOAP_12}
_ADDRESSING = (
    "{http://www.w3.org/2006/05/addressing/wsdl}UsingAddressing",
    "{http://www.w3.org/2007/05/addressing/metadata}Addressing",
)
_POLICIES = ("http://schemas.xmlsoap.org/ws/2004/09/policy", "http://www.w3.org/ns/ws-policy")
_ID = "{http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd}Id"
_PREFIX = re.compile(r"[A-Za-z][\w.-]{0,30}")
_OWN_PREFIXES = frozenset({"soap", "wsa", "wsse", "wsu", "xsi", "xsd", "xml", "xmlns", "ds", "enc", "call"})
_OWN_NAMESPACES = (
    *(ns.XSD, ns.XSI, ns.WSDL, ns.SOAP_ENV_11, ns.SOAP_ENV_12, ns.SOAP_11, ns.SOAP_12, ns.WSA),
    "http://www.w3.org/XML/1998/namespace",
)


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation of a port.

    Attributes:
        action: what WS-Addressing calls it (WS-Addressing 1.0, Metadata, section 4.4).
        is_encoded: it wants SOAP's encoding (SOAP 1.1, section 5).
        binding: zeep's operation.
    """

    name: str
    documentation: str
    style: Literal["document", "rpc"]
    soap_action: str
    action: str
    is_one_way: bool
    is_encoded: bool
    binding: Any


@dataclass(frozen=True, slots=True)
class Port:
    """A port with its operations by their names."""

    name: str
    version: Literal["1.1", "1.2"]
    address: str
    wants_addressing: bool
    operations: Mapping[str, Operation]


@dataclass(frozen=True, slots=True)
class Service:
    """A service with its ports by their names."""

    name: str
    documentation: str
    ports: Mapping[str, Port]


class ServiceModel:
    """A WSDL that is understood. Threads may use it, one at a time.

    Attributes:
        documents: the addresses that it was read from.
        size: characters of the documents.
        prefixes: what namespaces are called in envelopes: a prefix for each.
    """

    def __init__(self, documents: Mapping[str, str]) -> None:
        """Read a WSDL and the schemas that it imports.

        Args:
            documents: all of them by their addresses, as `read_document` has written them, the WSDL first.

        Raises:
            UnusableDocument: zeep cannot make sense of it.
        """
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # what is incomplete is left out
                self.wsdl = WsdlModel(next(iter(documents)), documents)
                self._nodes = _Nodes(self.wsdl.roots)
                self.services = {service.name: service for service in self._read()}
        except RecursionError:
            raise UnusableDocument(phrase("The WSDL cannot be read: it is nested too deeply.")) from None
        except Exception as error:  # zeep meets what it does not expect with all kinds of exceptions
            raise UnusableDocument(phrase("The WSDL cannot be read: {reason}", reason=_words_of(error))) from error
        self.documents = list(documents)
        self.size = sum(map(len, documents.values()))
        self.members = MemberReader(self.wsdl.types)
        self.prefixes = _prefixes(self.wsdl)

    def find(self, service: str, port: str, operation: str) -> tuple[Port, Operation] | None:
        """The operation with these names, and its port."""
        found = self.services[service].ports.get(port) if service in self.services else None
        known = found.operations.get(operation) if found else None
        return (found, known) if found and known else None

    def _read(self) -> Iterator[Service]:
        seen: set[str] = set()
        for definition in self.wsdl.definitions:
            for name, service in definition.services.items():
                if name in seen:
                    continue
                seen.add(name)
                node = self._nodes.find("service", name)
                ports = (self._port(port, node) for port in service.ports.values())
                yield Service(name, documentation_of(node), {port.name: port for port in ports if port})

    def _port(self, port: Any, service: Any) -> Port | None:
        binding = port.binding
        if not isinstance(binding, (Soap11Binding, Soap12Binding)):
            return None
        nodes = [self._nodes.find("binding", binding.name.localname)]
        if service is not None:
            nodes += [node for node in service.findall("wsdl:port", _WSDL) if node.get("name") == port.name]
        operations = (self._operation(binding, operation) for operation in binding.all().values())
        return Port(
            name=port.name,
            version="1.1" if isinstance(binding, Soap11Binding) else "1.2",
            address=((port.binding_options or {}).get("address") or "").strip(),
            wants_addressing=any(self._nodes.wants_addressing(node) for node in nodes if node is not None),
            operations={operation.name: operation for operation in operations if operation},
        )

    def _operation(self, binding: Any, operation: Any) -> Operation | None:
        if operation.abstract is None or operation.input is None:
            return None  # it is the server that would call
        port_type = self._nodes.operation("portType", binding.port_name, operation.name)
        bound = self._nodes.operation("binding", binding.name, operation.name)
        soap_action = (operation.soapaction or "").strip()
        return Operation(
            name=operation.name,
            documentation=documentation_of(port_type) or documentation_of(bound),
            style="rpc" if operation.style == "rpc" else "document",
            soap_action=soap_action,
            action=operation.abstract.wsa_action or soap_action or _default_action(binding, operation, port_type),
            is_one_way=operation.abstract.output_message is None,
            is_encoded=bound is not None
            and any(
                body.get("use") == "encoded"
                for kind in ("soap11", "soap12")
                for body in bound.findall(f"wsdl:input/{kind}:body", _WSDL)
            ),
            binding=operation,
        )


class _Nodes:
    """Finds what zeep does not keep in the WSDL itself."""

    def __init__(self, roots: list[Any]) -> None:
        self._named: dict[tuple[str, str], Any] = {}
        self._operations: dict[tuple[str, str, str], Any] = {}
        self._policies: dict[str, Any] = {}
        for root in roots:
            for kind in ("service", "binding", "portType"):
                for node in root.findall(f"wsdl:{kind}", _WSDL):
                    self._named.setdefault((kind, node.get("name", "")), node)
                    for operation in node.findall("wsdl:operation", _WSDL):
                        key = (kind, node.get("name", ""), operation.get("name", ""))
                        self._operations.setdefault(key, operation)
            for namespace in _POLICIES:
                for policy in root.iter(f"{{{namespace}}}Policy"):
                    if policy.get(_ID):
                        self._policies[policy.get(_ID)] = policy

    def find(self, kind: str, name: str) -> Any:
        return self._named.get((kind, name))

    def operation(self, kind: str, owner: Any, name: str) -> Any:
        return self._operations.get((kind, owner.localname, name))

    def wants_addressing(self, node: Any) -> bool:
        """Whether a binding or a port asks for WS-Addressing, itself or by its policies."""
        if any(_is_wanted(child) for child in node.iterchildren(*_ADDRESSING)):
            return True
        policies = [child for namespace in _POLICIES for child in node.iterchildren(f"{{{namespace}}}Policy")]
        for namespace in _POLICIES:
            names = (reference.get("URI") or "" for reference in node.iterchildren(f"{{{namespace}}}PolicyReference"))
            policies += [self._policies[name[1:]] for name in names if name[1:] in self._policies]
        return any(_is_wanted(found) for policy in policies for found in policy.iter(*_ADDRESSING))


def _is_wanted(node: Any) -> bool:
    optional = [node.get(f"{{{namespace}}}Optional") for namespace in _POLICIES]
    return node.get(f"{{{ns.WSDL}}}required") not in ("false", "0") and not {"true", "1"}.intersection(
        value for value in optional if value
    )


def _default_action(binding: Any, operation: Any, port_type: Any) -> str:
    """The action of an operation that names none."""
    message = port_type.find("wsdl:input", _WSDL) if port_type is not None else None
    name = message.get("name") if message is not None else None
    is_one_way = operation.abstract.output_message is None
    name = name or (operation.name if is_one_way else f"{operation.name}Request")
    namespace = binding.port_name.namespace or ""
    delimiter = ":" if namespace.startswith("urn:") else "/"
    return delimiter.join((namespace.rstrip(delimiter), binding.port_name.localname, name))


def _prefixes(wsdl: WsdlModel) -> dict[str, str]:
    """A prefix for each namespace of the schemas: that of the WSDL where it has one."""
    nodes = [node for root in wsdl.roots for node in (root, *root.iterfind("wsdl:types/*", _WSDL))]
    written = {uri: prefix for node in reversed(nodes) for prefix, uri in node.nsmap.items() if prefix}
    wanted = [definition.target_namespace for definition in wsdl.definitions]
    found: dict[str, str] = {}
    for namespace in dict.fromkeys([*wanted, *wsdl.types.namespaces, *written]):
        prefix = written.get(namespace, "")
        if not namespace or namespace in _OWN_NAMESPACES:
            continue
        if not _PREFIX.fullmatch(prefix) or prefix in _OWN_PREFIXES or re.fullmatch(r"ns\d+", prefix):
            prefix = f"ns{len(found) + 1}"
        while prefix in found.values():
            prefix += "x"
        found[namespace] = prefix
    return found


def _words_of(error: Exception) -> str:
    if isinstance(ours := told(error), Phrase):
        return ours
    words = str(getattr(error, "message", None) or error).strip().partition("\n")[0]
    return (words or type(error).__name__)[:500].rstrip(".") + "."
