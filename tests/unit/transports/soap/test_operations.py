# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a WSDL offers."""

import pytest

from openconnector.transports.soap.documents import UnusableDocument, read_document
from openconnector.transports.soap.operations import ServiceModel
from tests.soap.models import BASE, model_of, model_with, the_operation
from tests.soap.server import wsdl


def test_the_ports_of_soap_are_listed_and_those_of_http_are_not() -> None:
    service = model_of("calculator").services["Calculator"]
    assert service.documentation == "A calculator, as ASP.NET describes it."
    assert [(port.name, port.version) for port in service.ports.values()] == [
        ("CalculatorSoap", "1.1"),
        ("CalculatorSoap12", "1.2"),
    ]
    add = service.ports["CalculatorSoap"].operations["Add"]
    assert add.documentation == "Adds two integers. This is a test web service."
    assert (add.style, add.soap_action, add.is_one_way) == ("document", "http://calculator.example/Add", False)
    assert service.ports["CalculatorSoap"].address == f"{BASE}calculator.asmx"


def test_rpc_and_one_way_operations_are_told() -> None:
    port, quote = the_operation(model_of("quotes"), "GetQuote")
    assert (quote.style, quote.is_one_way) == ("rpc", False)
    assert port.operations["Ping"].is_one_way


def test_schemas_in_other_files_are_followed_also_in_circles() -> None:
    model = model_of("zaken")
    assert len(model.documents) == 4
    port, operation = the_operation(model)
    assert port.wants_addressing
    assert operation.action == "urn:example:zaken:0310/creeerZaak"


POLICY = """<wsp:Policy xmlns:wsp="http://www.w3.org/ns/ws-policy" wsu:Id="p"
  xmlns:wsu="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd">
  <wsam:Addressing {} xmlns:wsam="http://www.w3.org/2007/05/addressing/metadata"/></wsp:Policy>"""
REFERENCE = '<wsp:PolicyReference xmlns:wsp="http://www.w3.org/ns/ws-policy" URI="#p"/>'
USING = '<w:UsingAddressing xmlns:w="http://www.w3.org/2006/05/addressing/wsdl" {}/>'


@pytest.mark.parametrize(
    ("within", "beside", "wants"),
    [
        (USING.format(""), "", True),
        (USING.format('wsdl:required="false"'), "", False),
        (REFERENCE, POLICY.format(""), True),
        (REFERENCE, POLICY.format('wsp:Optional="true"'), False),
        (REFERENCE, "", False),
        (POLICY.format(""), "", True),
        ("", POLICY.format(""), False),
    ],
)
def test_a_binding_says_whether_it_wants_addressing(within: str, beside: str, wants: bool) -> None:
    text = (
        wsdl("calculator")
        .replace("<soap:binding", f"{within}<soap:binding")
        .replace("<wsdl:types>", f"{beside}<wsdl:types>")
    )
    model = ServiceModel({f"{BASE}a.wsdl": read_document(text, f"{BASE}a.wsdl").text})
    assert the_operation(model, port="CalculatorSoap")[0].wants_addressing is wants


def test_an_operation_without_any_action_has_the_default_one() -> None:
    text = wsdl("quotes").replace('soapAction="urn:quotes#GetQuote"', "")
    model = ServiceModel({f"{BASE}a.wsdl": read_document(text, f"{BASE}a.wsdl").text})
    port, _ = the_operation(model)
    assert port.operations["GetQuote"].action == "urn:quotes:QuotesPort:GetQuoteRequest"
    assert port.operations["Ping"].action == "urn:quotes:QuotesPort:Ping"


def test_services_and_bindings_may_stand_in_different_documents() -> None:
    """As WCF writes it: the service in one namespace, its binding in another."""
    inner = wsdl("quotes")
    service = inner[inner.index("<service") : inner.index("</definitions>")]
    outer = f"""<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"
      xmlns:tns="urn:quotes" targetNamespace="urn:outer"><import namespace="urn:quotes" location="b.wsdl"/>
      {service}</definitions>"""
    texts = {f"{BASE}a.wsdl": outer, f"{BASE}b.wsdl": inner.replace(service, "")}
    model = ServiceModel({address: read_document(text, address).text for address, text in texts.items()})
    assert list(the_operation(model)[0].operations) == ["GetQuote", "Ping"]


def test_a_wsdl_that_imports_itself_is_read() -> None:
    text = wsdl("calculator").replace(
        "<wsdl:types>", '<wsdl:import namespace="http://calculator.example/" location="a.wsdl"/><wsdl:types>'
    )
    model = ServiceModel({f"{BASE}a.wsdl": read_document(text, f"{BASE}a.wsdl").text})
    assert list(model.services) == ["Calculator"]


@pytest.mark.timeout(60)
def test_five_hundred_operations_are_read_in_time() -> None:
    names = [f"Do{number}" for number in range(500)]
    text = wsdl("calculator")
    element = text[text.index('<s:element name="Add">') : text.index('<s:element name="AddResponse">')]
    message = '<wsdl:message name="AddSoapIn"><wsdl:part name="parameters" element="tns:Add"/></wsdl:message>'
    abstract = '<wsdl:operation name="Add"><wsdl:input message="tns:AddSoapIn"/></wsdl:operation>'
    bound = (
        '<wsdl:operation name="Add"><soap:operation soapAction="urn:Add"/>'
        '<wsdl:input><soap:body use="literal"/></wsdl:input></wsdl:operation>'
    )
    for anchor, piece in (
        ('<s:element name="Add">', element),
        ('<wsdl:message name="AddSoapIn">', message),
        ('<wsdl:operation name="Divide"><wsdl:input', abstract),
        ('<wsdl:operation name="Divide"><soap:operation', bound),
    ):
        text = text.replace(anchor, "".join(piece.replace("Add", name) for name in names) + anchor, 1)
    model = ServiceModel({f"{BASE}a.wsdl": read_document(text, f"{BASE}a.wsdl").text})
    assert len(the_operation(model)[0].operations) == 502


def doubling(kind: str, first: str, following: str, levels: int = 60) -> str:
    """Named parts that each refer to the one before twice."""
    parts = [f'<xs:{kind} name="g0">{first}</xs:{kind}>']
    parts += [f'<xs:{kind} name="g{n}">{following.replace("@", f"g{n - 1}")}</xs:{kind}>' for n in range(1, levels)]
    return "".join(parts)


@pytest.mark.parametrize(
    "schema",
    [
        doubling("group", "<xs:sequence/>", '<xs:sequence><xs:group ref="@"/><xs:group ref="@"/></xs:sequence>'),
        doubling("attributeGroup", "", '<xs:attributeGroup ref="@"/><xs:attributeGroup ref="@"/>'),
        doubling("simpleType", '<xs:restriction base="xs:int"/>', '<xs:union memberTypes="@ @"/>'),
    ],
)
@pytest.mark.timeout(60)
def test_a_schema_that_unfolds_to_more_than_there_is_memory_is_refused(schema: str) -> None:
    with pytest.raises(UnusableDocument, match="unfolds to more than"):
        model_with(schema + '<xs:element name="Request" type="xs:string"/>')


@pytest.mark.parametrize(
    "schema",
    [
        '<xs:element name="Request" type="Missing"/>',
        '<xs:complexType name="A"><xs:sequence><xs:nonsense/></xs:sequence></xs:complexType>',
        '<xs:include schemaLocation="missing.xsd"/><xs:element name="Request" type="xs:string"/>',
    ],
)
def test_a_wsdl_that_makes_no_sense_is_refused_with_a_sentence(schema: str) -> None:
    with pytest.raises(UnusableDocument, match=r"^The WSDL cannot be read: .+\.$"):
        model_with(schema)


def test_what_a_schema_redefines_builds_upon_what_it_was() -> None:
    former = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="urn:test" targetNamespace="urn:test"
      elementFormDefault="qualified"><xs:complexType name="T"><xs:sequence><xs:element name="a" type="xs:int"/>
      </xs:sequence></xs:complexType></xs:schema>"""
    model = model_with(
        """<xs:redefine schemaLocation="former.xsd"><xs:complexType name="T"><xs:complexContent><xs:extension base="T">
        <xs:sequence><xs:element name="b" type="xs:int"/></xs:sequence></xs:extension></xs:complexContent>
        </xs:complexType></xs:redefine><xs:element name="Request" type="T"/>""",
        former=former,
    )
    _, operation = the_operation(model)
    assert [member.key for member in model.members.of_type(operation.binding.input.body.type)] == ["a", "b"]


def test_a_thousand_types_in_a_row_are_no_trouble() -> None:
    """Schemas of a few hundred types that refer to each other are common; zeep alone gives up at two hundred."""
    types = "".join(
        f'<xs:complexType name="T{number}"><xs:sequence><xs:element name="e" type="T{number + 1}" minOccurs="0"/>'
        "</xs:sequence></xs:complexType>"
        for number in range(1000)
    )
    model = model_with(f'<xs:element name="Request" type="T0"/>{types}<xs:complexType name="T1000"/>')
    _, operation = the_operation(model)
    assert [member.key for member in model.members.of_type(operation.binding.input.body.type)] == ["e"]
