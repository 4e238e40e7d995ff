# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Envelopes have what their schema wants, and zeep would write the same."""

from typing import Any

import pytest
from lxml import etree

from openconnector.core.errors import InvalidInput
from openconnector.transports.soap.documents import read_document
from openconnector.transports.soap.envelopes import Envelope, make_envelope
from openconnector.transports.soap.forms import form_of
from openconnector.transports.soap.operations import ServiceModel
from tests.soap.models import BASE, model_of, model_with, the_operation, wsdl

TO = "http://host.example/service"
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"


def envelope(
    model: ServiceModel,
    values: dict[str, Any],
    headers: dict[str, Any] | None = None,
    *,
    name: str | None = None,
    port: str | None = None,
    with_addressing: bool = False,
) -> Envelope:
    found = the_operation(model, name, port)
    return make_envelope(model, *found, values, headers or {}, address=TO, with_addressing=with_addressing)


def request(schema: str, values: dict[str, Any]) -> Any:
    """The element in the body of a request with this schema."""
    return body_of(envelope(model_with(schema), values))[0]


def in_type(content: str, values: dict[str, Any], more: str = "") -> Any:
    return request(f'<xs:element name="Request"><xs:complexType>{content}</xs:complexType></xs:element>{more}', values)


def body_of(made: Envelope) -> Any:
    return etree.fromstring(made.body.encode()).find("{*}Body")


def problems(schema: str, values: Any) -> dict[str | None, str]:
    with pytest.raises(InvalidInput) as raised:
        envelope(model_with(schema), values)
    return {error.pointer: error.detail for error in raised.value.errors}


def problems_in(content: str, values: Any, more: str = "") -> dict[str | None, str]:
    return problems(f'<xs:element name="Request"><xs:complexType>{content}</xs:complexType></xs:element>{more}', values)


def local(node: Any) -> str:
    return str(etree.QName(node).localname)


def same(one: Any, other: Any) -> bool:
    """Whether two elements are the same XML, whatever their prefixes are."""
    return (
        one.tag == other.tag
        and (one.text or "").strip() == (other.text or "").strip()
        and dict(one.attrib) == dict(other.attrib)
        and len(one) == len(other)
        and all(same(*pair) for pair in zip(one, other, strict=True))
    )


@pytest.mark.parametrize("port", ["CalculatorSoap", "CalculatorSoap12"])
def test_zeep_writes_the_same_for_a_wrapped_message(port: str) -> None:
    model = model_of("calculator")
    found, operation = the_operation(model, "Add", port)
    theirs = operation.binding.create(intA=2, intB=3).content
    assert same(body_of(envelope(model, {"intA": 2, "intB": "3"}, port=port)), theirs.find("{*}Body"))
    assert found.name == port


def test_zeep_writes_the_same_for_rpc() -> None:
    model = model_of("quotes")
    operation = the_operation(model, "GetQuote")[1]
    values = {"symbol": "ACME", "count": 2, "period": {"from": "2026-01-01"}}
    theirs = operation.binding.create(**values).content
    ours = body_of(envelope(model, values, name="GetQuote"))
    assert same(ours, theirs.find("{*}Body"))
    assert etree.QName(ours[0]).namespace == "urn:quotes"
    assert [local(part) for part in ours[0]] == ["symbol", "count", "period"]


def test_zeep_writes_the_same_for_a_message_of_many_schemas() -> None:
    model = model_of("zaken")
    operation = the_operation(model)[1]
    person = model.wsdl.types.get_type("{urn:example:berichten:0301}Persoon")
    theirs = operation.binding.create(
        stuurgegevens={"berichtcode": "Lk01", "zender": {"organisatie": "A&B"}, "referentienummer": "7"},
        object=[
            {
                "identificatie": "Z1",
                "omschrijving": {"_value_1": "Ünïcode", "noValue": "x"},
                "startdatum": "2026-01-01",
                "naam": "Jan",
                "aantal": 3,
                "betrokkene": [person(rol="r", bsn="1")],
                "entiteittype": "ZAK",
            }
        ],
        _soapheaders={"volgnummer": 4},
    ).content
    case = {
        "identificatie": "Z1",
        "omschrijving": {"#text": "Ünïcode", "@noValue": "x"},
        "startdatum": "2026-01-01",
        "#group1": {"naam": "Jan", "geslacht": ""},
        "aantal": "3",
        "betrokkene": [{"(Persoon)": {"rol": "r", "bsn": "1"}}],
        "@entiteittype": "ZAK",
    }
    values = {"stuurgegevens": {"zender": {"organisatie": "A&B"}, "referentienummer": "7"}, "object": [case]}
    made = envelope(model, values, {"volgnummer": "4"})
    ours = etree.fromstring(made.body.encode())
    for node in (ours, theirs):  # names within texts depend on the prefixes
        typed = next(one for one in node.iter() if one.get(f"{XSI}type"))
        prefix, _, name = typed.get(f"{XSI}type").partition(":")
        assert (typed.nsmap[prefix], name) == ("urn:example:berichten:0301", "Persoon")
        del typed.attrib[f"{XSI}type"]
    assert same(ours, theirs)


@pytest.mark.parametrize(("wsdl", "name"), [("calculator", "Add"), ("calculator", "Divide"), ("quotes", "GetQuote")])
def test_the_example_of_a_form_makes_an_envelope(wsdl: str, name: str) -> None:
    model = model_of(wsdl)
    example = form_of(model, the_operation(model, name)[1]).example
    assert len(body_of(envelope(model, example, name=name))[0])


def test_soap_1_1_has_its_action_beside_the_envelope() -> None:
    made = envelope(model_of("calculator"), {"intA": 1, "intB": 2})
    assert made.headers == [
        ("Content-Type", "text/xml; charset=utf-8"),
        ("SOAPAction", '"http://calculator.example/Add"'),
    ]
    assert "http://schemas.xmlsoap.org/soap/envelope/" in made.body


def test_soap_1_2_has_its_action_in_the_content_type() -> None:
    made = envelope(model_of("calculator"), {"intA": 1, "intB": 2}, port="CalculatorSoap12")
    assert made.headers == [
        ("Content-Type", 'application/soap+xml; charset=utf-8; action="http://calculator.example/Add"')
    ]
    assert "http://www.w3.org/2003/05/soap-envelope" in made.body


def test_without_an_action_soap_1_1_has_an_empty_one() -> None:
    assert envelope(model_of("quotes"), {}, name="Ping").headers[1] == ("SOAPAction", '""')


def test_an_envelope_is_pretty_and_has_the_prefixes_of_the_wsdl() -> None:
    made = envelope(model_of("calculator"), {"intA": 1, "intB": 2})
    assert made.body == (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:tns="http://calculator.example/">\n'
        "  <soap:Body>\n    <tns:Add>\n      <tns:intA>1</tns:intA>\n      <tns:intB>2</tns:intB>\n    </tns:Add>\n"
        "  </soap:Body>\n</soap:Envelope>\n"
    )


def test_addressing_says_what_where_and_which() -> None:
    model = model_of("zaken")
    example = form_of(model, the_operation(model)[1]).example
    example["object"][0]["medewerker"] = "M1"
    headers = [
        etree.fromstring(envelope(model, example, with_addressing=True).body.encode()).find("{*}Header")
        for _ in range(2)
    ]
    texts = {local(node): "".join(node.itertext()).strip() for node in headers[0]}
    assert texts["Action"] == "urn:example:zaken:0310/creeerZaak"
    assert texts["To"] == TO
    assert texts["ReplyTo"] == "http://www.w3.org/2005/08/addressing/anonymous"
    assert texts["MessageID"].startswith("urn:uuid:")
    assert texts["MessageID"] != headers[1].findtext("{*}MessageID")


def test_without_headers_there_is_no_header() -> None:
    assert "Header" not in envelope(model_of("calculator"), {"intA": 1, "intB": 2}).body


SEQUENCE = "<xs:sequence>{}</xs:sequence>"
ITEMS = SEQUENCE.format(
    '<xs:element name="order"><xs:complexType><xs:sequence><xs:element name="quantity" type="xs:int"/>'
    '<xs:element name="note" type="xs:string" minOccurs="0"/><xs:element name="tag" type="xs:string" minOccurs="0" '
    'maxOccurs="2"/></xs:sequence><xs:attribute name="id" type="xs:int"/></xs:complexType></xs:element>'
)


def test_each_wrong_value_names_its_field() -> None:
    assert problems_in(ITEMS, {"order": {"quantity": "two", "colour": "red", "@id": True, "tag": ["a", "b", "c"]}}) == {
        "/values/order/quantity": "This must be a whole number.",
        "/values/order/colour": "“colour” is no field here.",
        "/values/order/@id": "This must be a whole number.",
        "/values/order/tag": "At most 2 of these are allowed.",
    }


def test_what_is_missing_is_named_also_within_a_group_that_is_missing() -> None:
    assert problems_in(ITEMS, {}) == {"/values/order/quantity": "This is needed."}


def test_values_of_the_wrong_shape_are_named() -> None:
    assert problems_in(ITEMS, {"order": "x"}) == {
        "/values/order": "An object with the fields of this element is expected."
    }
    wrong = problems_in(ITEMS, {"order": {"quantity": {"a": 1}, "tag": [["a"], {"b": "c"}]}})
    assert wrong == {
        "/values/order/quantity": "A text is expected.",
        "/values/order/tag/0": "A text is expected.",
        "/values/order/tag/1": "A text is expected.",
    }


def test_empty_optional_values_are_left_out() -> None:
    made = in_type(ITEMS, {"order": {"quantity": 1, "note": "", "tag": ["", "a", None], "@id": ""}})
    assert [local(node) for node in made[0]] == ["quantity", "tag"]
    assert not made[0].attrib


def test_a_required_text_may_be_empty_and_a_required_number_may_not() -> None:
    content = SEQUENCE.format('<xs:element name="a" type="xs:string"/>')
    assert in_type(content, {"a": ""})[0].text is None
    assert problems_in(content, {}) == {"/values/a": "This is needed."}
    number = SEQUENCE.format('<xs:element name="a" type="xs:int"/>')
    assert problems_in(number, {"a": ""}) == {"/values/a": "This is needed."}


def test_null_is_nil_where_that_is_allowed() -> None:
    content = SEQUENCE.format(
        '<xs:element name="a" type="xs:int" nillable="true"/><xs:element name="b" nillable="true" minOccurs="0" '
        'type="xs:int"/>'
    )
    made = in_type(content, {"a": None, "b": None})
    assert [(local(node), node.get(f"{XSI}nil")) for node in made] == [("a", "true"), ("b", "true")]


def test_only_one_part_of_a_choice_is_written() -> None:
    choice = (
        '<xs:choice><xs:element name="a" type="xs:int"/><xs:sequence><xs:element name="b" type="xs:int"/>'
        '<xs:element name="c" type="xs:int"/></xs:sequence></xs:choice>'
    )
    assert [local(node) for node in in_type(choice, {"a": "", "#group1": {"b": 1, "c": 2}})] == ["b", "c"]
    assert problems_in(choice, {"a": 1, "#group1": {"b": 1, "c": 2}}) == {
        "/values/#group1": "Only one of a and b, c may be there."
    }
    assert problems_in(choice, {}) == {"/values": "One of these is needed: a, b, c."}
    assert problems_in(choice, {"#group1": {"b": 1}}) == {"/values/#group1/c": "This is needed."}


def test_an_empty_element_can_be_chosen() -> None:
    choice = (
        '<xs:choice><xs:element name="yes"><xs:complexType/></xs:element><xs:element name="no"><xs:complexType/>'
        "</xs:element></xs:choice>"
    )
    assert [local(node) for node in in_type(choice, {"no": {}})] == ["no"]


def test_what_repeats_together_keeps_its_order() -> None:
    content = (
        '<xs:choice maxOccurs="unbounded"><xs:element name="a" type="xs:int"/><xs:element name="b" '
        'type="xs:int"/></xs:choice>'
    )
    made = in_type(content, {"#group1": [{"b": 1}, {"a": 2}, {"b": 3}]})
    assert [(local(node), node.text) for node in made] == [("b", "1"), ("a", "2"), ("b", "3")]


def test_two_elements_of_one_name_have_their_places() -> None:
    content = SEQUENCE.format(
        '<xs:element name="a" type="xs:int"/><xs:element name="b" type="xs:int"/><xs:element name="a" type="xs:int"/>'
    )
    made = in_type(content, {"a": 1, "b": 2, "a#2": 3})
    assert [(local(node), node.text) for node in made] == [("a", "1"), ("b", "2"), ("a", "3")]


def test_an_element_may_stand_for_another() -> None:
    made = in_type(
        SEQUENCE.format('<xs:element ref="Shape" maxOccurs="3"/>'),
        {"#group1": [{"Point": "1"}, {"Shape": "2"}]},
        '<xs:element name="Shape" type="xs:string"/>'
        '<xs:element name="Point" type="xs:string" substitutionGroup="Shape"/>',
    )
    assert [local(node) for node in made] == ["Point", "Shape"]


def test_open_content_is_taken_as_xml() -> None:
    content = SEQUENCE.format('<xs:any minOccurs="0" maxOccurs="2"/>')
    made = in_type(content, {"#any": ['<a xmlns="urn:a">1</a><b/>']})
    assert [node.tag for node in made] == ["{urn:a}a", "b"]
    for wrong in ("text", "<a>", "<a></b>", "<p:a/>", '<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>', "<a>&e;</a>", 5):
        assert list(problems_in(content, {"#any": [wrong]})) == ["/values/#any/0"], wrong


def test_an_element_without_a_type_takes_text_or_xml() -> None:
    content = SEQUENCE.format('<xs:element name="a"/>')
    assert in_type(content, {"a": "text"})[0].text == "text"
    assert in_type(content, {"a": "<b>1</b>"})[0][0].tag == "b"


def test_characters_that_xml_does_not_know_are_refused() -> None:
    content = SEQUENCE.format('<xs:element name="a" type="xs:string"/>') + '<xs:attribute name="b" type="xs:string"/>'
    for character in ("\x00", "\x0b", "\ud800", "\uffff"):
        wrong = problems_in(content, {"a": f"x{character}", "@b": f"x{character}"})
        assert set(wrong) == {"/values/a", "/values/@b"}
    assert in_type(content, {"a": "<&>\t\"'é😀"})[0].text == "<&>\t\"'é😀"


def test_a_placeholder_is_checked_when_it_is_filled_in() -> None:
    content = SEQUENCE.format('<xs:element name="a" type="xs:dateTime"/>')
    assert in_type(content, {"a": "{{ now }}"})[0].text == "{{ now }}"


def test_values_that_are_nested_without_end_are_refused() -> None:
    schema = (
        '<xs:element name="Request" type="A"/><xs:complexType name="A"><xs:sequence><xs:element name="a" type="A" '
        'minOccurs="0"/><xs:element name="t" type="xs:string" minOccurs="0"/></xs:sequence></xs:complexType>'
    )
    deep: dict[str, Any] = {"t": "x"}
    for _ in range(300):
        deep = {"a": deep}
    assert list(problems(schema, deep).values()) == ["This is nested too deeply."]
    shallow: dict[str, Any] = {"t": "x"}
    for _ in range(40):  # deeper than a form shows
        shallow = {"a": shallow}
    assert len(list(request(schema, shallow).iter())) == 42


def test_arrays_of_the_encoding_of_soap_are_announced() -> None:
    model = model_with(
        """<xs:import namespace="http://schemas.xmlsoap.org/soap/encoding/"/>
        <xs:element name="Request"><xs:complexType><xs:sequence><xs:element name="list" type="Ints"/></xs:sequence>
        </xs:complexType></xs:element><xs:complexType name="Ints"><xs:complexContent>
        <xs:restriction base="enc:Array" xmlns:enc="http://schemas.xmlsoap.org/soap/encoding/">
        <xs:attribute ref="enc:arrayType" wsdl:arrayType="xs:int[]"/></xs:restriction></xs:complexContent>
        </xs:complexType>"""
    )
    made = body_of(envelope(model, {"list": {"item": [1, 2]}}))[0][0]
    assert [node.text for node in made] == ["1", "2"]
    name = made.get("{http://schemas.xmlsoap.org/soap/encoding/}arrayType")
    assert name == "xsd:int[2]"
    assert made.nsmap["xsd"] == "http://www.w3.org/2001/XMLSchema"


def test_a_list_of_values_is_one_text() -> None:
    schema = '<xs:element name="Request" type="L"/><xs:simpleType name="L"><xs:list itemType="xs:int"/></xs:simpleType>'
    assert request(schema, {"Request": " 1 2 3"}).text == "1 2 3"
    assert problems(schema, {"Request": "1 x"}) == {"/values/Request": "This must be a whole number."}


def test_an_empty_one_is_better_than_none_where_some_are_needed() -> None:
    content = SEQUENCE.format('<xs:element name="a" type="xs:string" maxOccurs="3"/>')
    assert [node.text for node in in_type(content, {"a": [""]})] == [None]
    assert [node.text for node in in_type(content, {"a": ["", "x", ""]})] == ["x"]
    assert problems_in(content, {"a": []}) == {"/values/a": "At least 1 of these is needed."}
    number = SEQUENCE.format('<xs:element name="a" type="xs:int" maxOccurs="3"/>')
    assert problems_in(number, {"a": [""]}) == {"/values/a/0": "This is needed."}


def changed(name: str, *replacements: tuple[str, str]) -> ServiceModel:
    """A WSDL beside the tests with some of its text replaced."""
    text = wsdl(name)
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new)
    return ServiceModel({f"{BASE}a.wsdl": read_document(text, f"{BASE}a.wsdl").text})


def test_with_the_encoding_of_soap_each_element_tells_its_type() -> None:
    model = changed(
        "quotes", ('use="literal"', 'use="encoded" encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"')
    )
    made = envelope(model, {"symbol": "A", "count": 1, "period": {"from": "2026-01-01"}}, name="GetQuote")
    (call,) = body_of(made)
    assert call.get("{http://schemas.xmlsoap.org/soap/envelope/}encodingStyle").endswith("/soap/encoding/")
    assert [node.get(f"{XSI}type") for node in call] == ["xsd:string", "xsd:int", "t:Period"]
    assert call.nsmap["t"] == "urn:quotes:types"


def test_a_part_that_goes_into_the_header_is_not_in_the_body() -> None:
    model = changed(
        "calculator",
        (
            '<wsdl:part name="parameters" element="tns:Add"/>',
            (
                '<wsdl:part name="parameters" element="tns:Add"/><wsdl:part name="extra" element="tns:Divide"/>'
                '<wsdl:part name="unused" element="tns:AddResponse"/>'
            ),
        ),
        (
            '<wsdl:input><soap:body use="literal"/></wsdl:input>',
            (
                '<wsdl:input><soap:body use="literal" parts="parameters"/><soap:header use="literal" part="extra" '
                'message="tns:AddSoapIn"/></wsdl:input>'
            ),
        ),
        ('<wsdl:operation name="Divide"><soap:operation', '<wsdl:operation name="None"><soap:operation'),
    )
    made = envelope(model, {"intA": 1, "intB": 2}, {"Divide": {"intA": 3, "intB": 4}}, name="Add")
    assert [local(node) for node in body_of(made)] == ["Add"]
    assert [local(node) for node in etree.fromstring(made.body.encode()).find("{*}Header")] == ["Divide"]
    with pytest.raises(InvalidInput) as raised:
        envelope(model, {"intA": 1, "intB": 2}, {"Divide": {"intA": "x", "intB": 4}}, name="Add")
    assert [error.pointer for error in raised.value.errors] == ["/headerValues/Divide/intA"]


def test_a_message_of_several_parts_has_them_all_in_the_body() -> None:
    model = changed(
        "calculator",
        (
            '<wsdl:part name="parameters" element="tns:Add"/>',
            '<wsdl:part name="one" element="tns:Add"/><wsdl:part name="two" element="tns:Divide"/>',
        ),
    )
    made = envelope(model, {"Add": {"intA": 1, "intB": 2}, "Divide": {"intA": 3, "intB": 4}}, name="Add")
    assert [local(node) for node in body_of(made)] == ["Add", "Divide"]


def test_an_action_cannot_end_its_header() -> None:
    model = changed("calculator", ('http://calculator.example/Add"', 'urn:a&quot;&#10;X-Evil: 1\\"'))
    ((_, of_old),) = [row for row in envelope(model, {"intA": 1, "intB": 2}).headers if row[0] == "SOAPAction"]
    assert of_old == '"urn:a\\"X-Evil: 1\\\\"'
    ((_, of_new),) = envelope(model, {"intA": 1, "intB": 2}, port="CalculatorSoap12").headers
    assert of_new.endswith('; action="urn:a\\"X-Evil: 1\\\\"')
