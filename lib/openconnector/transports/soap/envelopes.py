# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The request of an operation: its envelope and what belongs beside it (SOAP 1.1, section 6; SOAP 1.2, part 2).

zeep's model says which elements there are, in which order, namespace and type; `ValueWriter` writes them. zeep's own
serialisation of the same message is the same XML: tests compare the two. It is not used itself, since it takes values
under names that it makes up, cannot name the field of a wrong one, and loses an empty part of a choice.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from lxml import etree

from openconnector.core.errors import InvalidInput
from openconnector.transports.soap.members import Member, Members
from openconnector.transports.soap.operations import Operation, Port, ServiceModel
from openconnector.transports.soap.schema_types import body_of, is_complex
from openconnector.transports.soap.values import XSI_TYPE, ValueWriter
from openconnector.transports.soap.well_known import SOAP_ENCODING
from openconnector.transports.soap.zeep_names import ns

ANONYMOUS = "http://www.w3.org/2005/08/addressing/anonymous"
_ENVELOPES = {"1.1": ns.SOAP_ENV_11, "1.2": ns.SOAP_ENV_12}
_UNFIT = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Envelope:
    """A request that can be sent: its headers, and its body as text in UTF-8."""

    headers: list[tuple[str, str]]
    body: str


@dataclass(frozen=True, slots=True)
class MessageParts:
    """What a request consists of.

    Attributes:
        wrapper: the one element in the body that has the members; None: they stand in the body themselves.
    """

    wrapper: Any
    body: Members
    headers: Members


def parts_of(model: ServiceModel, operation: Operation) -> MessageParts:
    """What the request of an operation consists of.

    Of a body with one element that has a complex type, the members are those of the element: a wrapped message.
    """
    message = operation.binding.input
    header = message.header.type if message.header is not None else None
    elements = [element for _, element in header.elements] if header is not None else []
    # A header is optional: a service that needs one says so with a fault.
    headers = Members([Member(one.key, one.kind, one.item, min=0) for one in model.members.of_elements(elements)])
    body, parts = body_of(message)
    if parts is not None:
        return MessageParts(None, model.members.of_elements(parts), headers)
    if body is None:
        return MessageParts(None, Members(), headers)
    if is_complex(body.type) or operation.style == "rpc":
        return MessageParts(body, model.members.of_type(body.type), headers)
    return MessageParts(None, model.members.of_elements([body]), headers)


def make_envelope(
    model: ServiceModel,
    port: Port,
    operation: Operation,
    values: Mapping[str, Any],
    header_values: Mapping[str, Any],
    *,
    address: str,
    with_addressing: bool,
) -> Envelope:
    """The request of an operation with these values.

    Args:
        address: where it goes, for WS-Addressing.

    Raises:
        InvalidInput: values are missing, unknown or of another type. Each error names the field, such as
            `/values/order/quantity`.
    """
    namespace = _ENVELOPES[port.version]
    parts, writer = parts_of(model, operation), ValueWriter(model.members, operation.is_encoded)
    nsmap = _nsmap(model, namespace, parts.wrapper, is_encoded=operation.is_encoded)
    root = etree.Element(f"{{{namespace}}}Envelope", nsmap=nsmap)
    header = etree.SubElement(root, f"{{{namespace}}}Header")
    if with_addressing:
        _add_addressing(header, operation, address)
    writer.write(header, parts.headers, header_values, "/headerValues")
    body = etree.SubElement(root, f"{{{namespace}}}Body")
    if parts.wrapper is not None:
        content = etree.SubElement(body, parts.wrapper.qname.text)
        if operation.is_encoded:
            content.set(f"{{{namespace}}}encodingStyle", SOAP_ENCODING)
        writer.write(content, parts.body, values, "/values")
    else:
        writer.write(body, parts.body, values, "/values")
    if writer.errors:
        raise InvalidInput(errors=writer.errors)
    if not len(header):
        root.remove(header)
    return Envelope(_http_headers(port, operation), _written(root))


def _add_addressing(header: Any, operation: Operation, address: str) -> None:
    """WS-Addressing 1.0, SOAP Binding; the answer comes over the same connection (Core, section 3.2.1)."""
    for name, text in (("Action", operation.action), ("To", address), ("MessageID", uuid4().urn)):
        etree.SubElement(header, f"{{{ns.WSA}}}{name}").text = _UNFIT.sub("", text)
    if not operation.is_one_way:
        reply = etree.SubElement(header, f"{{{ns.WSA}}}ReplyTo")
        etree.SubElement(reply, f"{{{ns.WSA}}}Address").text = ANONYMOUS


def _http_headers(port: Port, operation: Operation) -> list[tuple[str, str]]:
    action = _UNFIT.sub("", operation.soap_action).replace("\\", "\\\\").replace('"', '\\"')
    if port.version == "1.1":
        return [("Content-Type", "text/xml; charset=utf-8"), ("SOAPAction", f'"{action}"')]
    parameter = f'; action="{action}"' if action else ""
    return [("Content-Type", f"application/soap+xml; charset=utf-8{parameter}")]


def _nsmap(model: ServiceModel, envelope: str, wrapper: Any, *, is_encoded: bool) -> dict[str, str]:
    found = {"soap": envelope, "wsa": ns.WSA, "xsi": ns.XSI, "xsd": ns.XSD}
    found |= {prefix: namespace for namespace, prefix in model.prefixes.items() if namespace != SOAP_ENCODING}
    called = wrapper.qname.namespace if wrapper is not None else None
    if called and called not in found.values():  # of a call in rpc style: no schema has it
        found["call"] = called
    if is_encoded:
        found["enc"] = SOAP_ENCODING
    return found


def _written(root: Any) -> str:
    """The envelope as text, with the namespaces that it uses, and on lines of its own each element."""
    named = {(node.get(XSI_TYPE) or "").partition(":")[0] for node in root.iter()}
    named |= {(node.get(f"{{{SOAP_ENCODING}}}arrayType") or "").partition(":")[0] for node in root.iter()}
    etree.cleanup_namespaces(root, keep_ns_prefixes=sorted(named - {""}))
    text = etree.tostring(root, encoding="unicode", pretty_print=True)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}'
