# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a WSDL offers, and the forms and envelopes of its operations."""

from typing import Annotated, Any, Literal

from pydantic import Field

from openconnector.core.phrases import Spoken
from openconnector.core.rows import HeaderRow
from openconnector.core.schema import Schema, UtcTime
from openconnector.logs.schemas import CallRead

MAX_WSDL = 5 * 1024 * 1024
"""Characters of a WSDL that is uploaded."""

SoapVersion = Literal["1.1", "1.2"]


class SoapOperation(Schema):
    """An operation of a port."""

    name: str
    documentation: str
    style: Literal["document", "rpc"]
    soap_action: str
    is_one_way: bool


class SoapPort(Schema):
    """A port: a binding at an address."""

    name: str
    version: SoapVersion
    address: Annotated[str, Field(description="As the WSDL says. Calls go to the location of the source.")]
    is_location: Annotated[bool, Field(description="Whether that is where calls go.")]
    wants_addressing: bool
    operations: list[SoapOperation]


class SoapService(Schema):
    """A service of a WSDL."""

    name: str
    documentation: str
    ports: list[SoapPort]


class ServiceRead(Schema):
    """What the WSDL of a source offers. `services` is empty where it could not be had: `problem` says why."""

    url: str
    is_uploaded: bool
    fetched_at: UtcTime | None
    documents: Annotated[list[str], Field(description="Addresses of the WSDL and of all that it imports.")]
    services: list[SoapService]
    problem: Annotated[Spoken | None, Field(description="One sentence.")]
    call: Annotated[CallRead | None, Field(description="The call that has fetched it just now.")]


class WsdlUpload(Schema):
    """A WSDL as a file. What it imports is fetched, unless it comes along."""

    content: Annotated[str, Field(min_length=1, max_length=MAX_WSDL)]
    imports: Annotated[
        dict[str, Annotated[str, Field(max_length=MAX_WSDL)]],
        Field(max_length=100, description="Texts by the `location` or `schemaLocation` that asks for them."),
    ] = {}


FormKind = Literal["text", "multiline", "number", "boolean", "date", "datetime", "time", "choice", "group", "any"]


class FormField(Schema):
    """One element or attribute of a message, as a field of a form.

    `path` names it within the values: the names that lead there, for example `["order", "line", "@id"]`. Its value is
    a text, an object for a group, and a list of them where it `isRepeated`.
    """

    name: str
    path: list[str]
    kind: FormKind
    type: Annotated[str, Field(description="Of XML Schema, for example `xsd:int`.")]
    documentation: str
    is_required: bool
    is_repeated: bool
    is_attribute: bool
    is_nillable: bool
    default: str | None
    choices: Annotated[list[str], Field(description="Of an enumeration.")]
    pattern: str | None
    min: str | None
    max: str | None
    max_length: int | None
    one_of: Annotated[str | None, Field(description="Fields of a group with the same text exclude each other.")]
    is_recursive: Annotated[bool, Field(description="It contains itself; deeper levels are left out.")]
    fields: list["FormField"]


class OperationForm(Schema):
    """The form of one operation."""

    service: str
    port: str
    operation: str
    fields: list[FormField]
    headers: Annotated[list[FormField], Field(description="Parts that go into the header of the envelope.")]
    example: Annotated[dict[str, Any], Field(description="Values that the form can begin with.")]


class OperationName(Schema):
    """Which operation."""

    service: Annotated[str, Field(max_length=500)]
    port: Annotated[str, Field(max_length=500)]
    operation: Annotated[str, Field(max_length=500)]


class EnvelopeRequest(OperationName):
    """Which operation, with which values."""

    values: dict[str, Any] = {}
    header_values: dict[str, Any] = {}


class EnvelopeRead(Schema):
    """A request that can be sent as it is. What WS-Security asks for is added when it is sent."""

    method: Literal["POST"]
    path: str
    headers: list[HeaderRow]
    body: str
