# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""WSDLs as the tests of SOAP need them, understood without a server."""

from typing import Any

from openconnector.transports.soap.documents import read_document
from openconnector.transports.soap.operations import Operation, Port, ServiceModel
from tests.soap.server import WSDLS, wsdl

BASE = "http://127.0.0.1:1/"


def model_of(name: str) -> ServiceModel:
    """The WSDL beside this file with that name, and what it imports."""
    documents: dict[str, str] = {}
    waiting = [f"{BASE}{name}.wsdl"]
    while waiting:
        address = waiting.pop()
        path = WSDLS / address.removeprefix(BASE)
        read = read_document(path.read_bytes().replace(b"@URL@", BASE[:-1].encode()), address)
        documents[address] = read.text
        waiting += [one.address for one in read.references if one.address not in documents]
    return ServiceModel(documents)


def model_with(schema: str, *, element: str = "Request", **texts: str) -> ServiceModel:
    """A WSDL of one operation whose request is the element with that name in this schema.

    Args:
        texts: further documents: what stands in `schemaLocation` is `{name}.xsd`.
    """
    content = f"""<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:tns="urn:test"
        xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" targetNamespace="urn:test"
        xmlns:wsaw="http://www.w3.org/2006/05/addressing/wsdl">
      <wsdl:types><xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="urn:test" targetNamespace="urn:test"
        elementFormDefault="qualified">{schema}</xs:schema></wsdl:types>
      <wsdl:message name="In"><wsdl:part name="parameters" element="tns:{element}"/></wsdl:message>
      <wsdl:portType name="PortType"><wsdl:operation name="Do"><wsdl:input message="tns:In"/></wsdl:operation>
      </wsdl:portType>
      <wsdl:binding name="Binding" type="tns:PortType"><soap:binding transport="http://schemas.xmlsoap.org/soap/http"/>
        <wsdl:operation name="Do"><soap:operation soapAction="urn:do"/>
          <wsdl:input><soap:body use="literal"/></wsdl:input></wsdl:operation></wsdl:binding>
      <wsdl:service name="Service"><wsdl:port name="Port" binding="tns:Binding">
        <soap:address location="{BASE}service"/></wsdl:port></wsdl:service></wsdl:definitions>"""
    documents = {f"{BASE}service.wsdl": read_document(content, f"{BASE}service.wsdl").text}
    for name, text in texts.items():
        documents[f"{BASE}{name}.xsd"] = read_document(text, f"{BASE}{name}.xsd").text
    return ServiceModel(documents)


def the_operation(model: ServiceModel, name: str | None = None, port: str | None = None) -> tuple[Port, Operation]:
    """The operation with that name, or the first one."""
    ports = [one for service in model.services.values() for one in service.ports.values()]
    found = next(one for one in ports if port in (None, one.name))
    return found, next(one for one in found.operations.values() if name in (None, one.name))


def fields_of(fields: Any) -> dict[str, Any]:
    """Fields by their key among the values."""
    return {field.path[-1]: field for field in fields}


__all__ = ["fields_of", "model_of", "model_with", "the_operation", "wsdl"]
