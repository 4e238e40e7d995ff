# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The form of an operation has what its schema says."""

import re
from typing import Any

import pytest

from openconnector.transports.soap.forms import MAX_DEPTH, MAX_FIELDS, Form, form_of
from tests.soap.models import fields_of, model_of, model_with, the_operation


def form_with(schema: str) -> Form:
    model = model_with(schema)
    return form_of(model, the_operation(model)[1])


def request(content: str, more: str = "") -> Form:
    """The form of a request with this content of its type."""
    return form_with(f'<xs:element name="Request"><xs:complexType>{content}</xs:complexType></xs:element>{more}')


def only(form: Form) -> Any:
    (field,) = form.fields
    return field


def test_a_wrapped_message_has_the_fields_within_its_element() -> None:
    model = model_of("calculator")
    form = form_of(model, the_operation(model)[1])
    assert [(field.name, field.kind, field.type, field.is_required) for field in form.fields] == [
        ("intA", "number", "xsd:int", True),
        ("intB", "number", "xsd:int", True),
    ]
    assert (form.fields[0].min, form.fields[0].max) == ("-2147483648", "2147483647")


def test_a_bare_message_is_a_field_itself() -> None:
    assert only(form_with('<xs:element name="Request" type="xs:date"/>')).path == ["Request"]


def test_the_parts_of_a_call_in_rpc_style_are_fields() -> None:
    model = model_of("quotes")
    form = form_of(model, the_operation(model, "GetQuote")[1])
    assert [field.path for field in form.fields] == [["symbol"], ["count"], ["period"]]
    assert [field.path for field in form.fields[2].fields] == [["period", "from"], ["period", "to"]]
    assert form_of(model, the_operation(model, "Ping")[1]).fields == []


def test_a_message_of_many_schemas_has_all_that_they_say() -> None:
    model = model_of("zaken")
    form = form_of(model, the_operation(model)[1])
    case = fields_of(form.fields)["object"]
    assert case.is_repeated
    inner = fields_of(case.fields)
    assert list(inner)[:3] == ["@entiteittype", "@verwerkingssoort", "identificatie"]
    assert inner["@entiteittype"].is_required
    assert inner["@entiteittype"].is_attribute
    assert inner["@verwerkingssoort"].choices == ["T", "W"]
    assert inner["identificatie"].documentation == "Het nummer van de zaak."
    assert (inner["identificatie"].max_length, inner["identificatie"].pattern) == (40, "[A-Z0-9]*")
    assert inner["identificatie"].is_nillable
    assert [field.path[-1] for field in inner["omschrijving"].fields] == ["@noValue", "#text"]
    assert inner["medewerker"].one_of == inner["#group1"].one_of
    assert inner["deelzaak"].is_recursive
    assert inner["deelzaak"].fields == []
    assert (inner["aantal"].min, inner["aantal"].max) == ("1", "9")
    assert [field.name for field in inner["betrokkene"].fields] == ["Persoon", "Bedrijf"]
    person = inner["betrokkene"].fields[0]
    assert [field.path[-2:] for field in person.fields] == [["(Persoon)", "rol"], ["(Persoon)", "bsn"]]
    assert inner["extra"].fields[0].kind == "any"
    assert [field.path for field in form.headers] == [["volgnummer"]]
    assert not form.headers[0].is_required


def test_the_example_has_what_is_required_and_no_more() -> None:
    model = model_of("zaken")
    form = form_of(model, the_operation(model)[1])
    assert form.example["stuurgegevens"] == {"berichtcode": "Lk01", "referentienummer": ""}
    (case,) = form.example["object"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", case.pop("startdatum"))
    assert case == {"@entiteittype": "", "identificatie": "", "medewerker": ""}


RESTRICTED = '<xs:simpleType name="{}"><xs:restriction base="xs:string">{}</xs:restriction></xs:simpleType>'
SIMPLE = '<xs:element name="Request" type="{}"/>'


@pytest.mark.parametrize(
    ("builtin", "kind", "sample"),
    [
        ("string", "text", ""),
        ("boolean", "boolean", "false"),
        ("decimal", "number", "0"),
        ("positiveInteger", "number", "1"),
        ("date", "date", r"\d{4}-\d\d-\d\d"),
        ("dateTime", "datetime", r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"),
        ("time", "time", r"\d\d:\d\d:\d\d"),
        ("base64Binary", "multiline", ""),
        ("anyURI", "text", ""),
    ],
)
def test_each_type_has_its_kind_and_a_value_to_begin_with(builtin: str, kind: str, sample: str) -> None:
    form = form_with(SIMPLE.format(f"xs:{builtin}"))
    assert (only(form).kind, only(form).type) == (kind, f"xsd:{builtin}")
    assert re.fullmatch(sample, form.example["Request"])


def test_facets_are_those_of_the_type_and_of_what_it_restricts() -> None:
    form = form_with(
        SIMPLE.format("B") + '<xs:simpleType name="A"><xs:restriction base="xs:int"><xs:minInclusive value="3"/>'
        '<xs:maxExclusive value="9"/></xs:restriction></xs:simpleType><xs:simpleType name="B"><xs:restriction base="A">'
        '<xs:maxInclusive value="7"/></xs:restriction></xs:simpleType>'
    )
    assert (only(form).min, only(form).max, only(form).type) == ("3", "7", "B")
    assert form.example == {"Request": "3"}


def test_a_union_of_enumerations_offers_the_values_of_all() -> None:
    one = RESTRICTED.format("{0}", '<xs:enumeration value="{0}"/>')
    union = '<xs:simpleType name="U"><xs:union memberTypes="A B"/></xs:simpleType>'
    field = only(form_with(SIMPLE.format("U") + one.format("A") + one.format("B") + union))
    assert (field.kind, field.choices) == ("choice", ["A", "B"])


def test_long_texts_have_several_lines() -> None:
    limited = RESTRICTED.format("T", '<xs:maxLength value="{}"/>')
    assert only(form_with(SIMPLE.format("T") + limited.format(2000))).kind == "multiline"
    assert only(form_with(SIMPLE.format("T") + limited.format(20))).kind == "text"


def test_fixed_and_default_values_are_filled_in() -> None:
    form = request(
        '<xs:sequence><xs:element name="f" type="xs:string" fixed="F"/><xs:element name="d" type="xs:int" default="4"/>'
        '</xs:sequence><xs:attribute name="v" type="xs:string" fixed="1.0" use="required"/>'
    )
    fields = fields_of(form.fields)
    assert (fields["f"].default, fields["f"].choices, fields["d"].default) == ("F", ["F"], "4")
    assert form.example == {"@v": "1.0", "f": "F", "d": "4"}


def test_the_parts_of_a_choice_exclude_each_other() -> None:
    form = request(
        """<xs:sequence><xs:choice><xs:element name="a" type="xs:int"/><xs:choice><xs:element name="b" type="xs:int"/>
        <xs:element name="c" type="xs:int"/></xs:choice></xs:choice><xs:choice minOccurs="0">
        <xs:element name="d" type="xs:int"/><xs:element name="e" type="xs:int"/></xs:choice></xs:sequence>"""
    )
    assert [(field.name, field.one_of, field.is_required) for field in form.fields] == [
        ("a", "choice1", False),
        ("b", "choice1", False),
        ("c", "choice1", False),
        ("d", "choice2", False),
        ("e", "choice2", False),
    ]
    assert form.example == {"a": "0"}


def test_what_repeats_together_is_a_list_of_groups() -> None:
    form = request(
        '<xs:sequence maxOccurs="unbounded"><xs:element name="key" type="xs:string"/>'
        '<xs:element name="value" type="xs:string"/></xs:sequence>'
    )
    group = only(form)
    assert (group.name, group.path, group.kind, group.is_repeated) == ("key, value", ["#group1"], "group", True)
    assert [field.path for field in group.fields] == [["#group1", "key"], ["#group1", "value"]]
    assert form.example == {"#group1": [{"key": "", "value": ""}]}


def test_an_optional_sequence_makes_nothing_required() -> None:
    form = request('<xs:sequence minOccurs="0"><xs:element name="a" type="xs:int"/></xs:sequence>')
    assert not only(form).is_required
    assert form.example == {}


def test_groups_and_attribute_groups_are_unfolded() -> None:
    form = request(
        '<xs:sequence><xs:group ref="G"/><xs:element name="z" type="xs:int"/></xs:sequence>'
        '<xs:attributeGroup ref="AG"/>',
        '<xs:group name="G"><xs:choice><xs:element name="a" type="xs:int"/><xs:element name="b" type="xs:int"/>'
        '</xs:choice></xs:group><xs:attributeGroup name="AG"><xs:attribute name="id" type="xs:ID" use="required"/>'
        '<xs:attribute name="old" type="xs:string" use="prohibited"/></xs:attributeGroup>',
    )
    assert [(field.path, field.one_of) for field in form.fields] == [
        (["@id"], None),
        (["a"], "choice1"),
        (["b"], "choice1"),
        (["z"], None),
    ]


def test_the_fields_of_a_base_type_come_first() -> None:
    form = form_with(
        SIMPLE.format("B") + '<xs:complexType name="A"><xs:sequence><xs:element name="a" type="xs:int"/></xs:sequence>'
        '</xs:complexType><xs:complexType name="B"><xs:complexContent><xs:extension base="A"><xs:sequence>'
        '<xs:element name="b" type="xs:int"/></xs:sequence></xs:extension></xs:complexContent></xs:complexType>'
    )
    assert [field.name for field in form.fields] == ["a", "b"]


def test_an_abstract_element_offers_those_that_may_stand_for_it() -> None:
    form = request(
        '<xs:sequence><xs:element ref="Shape"/></xs:sequence>',
        '<xs:element name="Shape" abstract="true" type="xs:anyType"/>'
        '<xs:element name="Point" type="xs:string" substitutionGroup="Shape"/>'
        '<xs:element name="Line" type="xs:string" substitutionGroup="Shape"/>',
    )
    assert [(field.name, field.one_of) for field in form.fields] == [("Point", "choice1"), ("Line", "choice1")]
    assert form.example == {"Point": ""}


def test_two_elements_of_one_name_are_two_fields() -> None:
    form = request(
        '<xs:sequence><xs:element name="a" type="xs:int"/><xs:element name="b" type="xs:int"/>'
        '<xs:element name="a" type="xs:int"/></xs:sequence>'
    )
    assert [(field.name, field.path) for field in form.fields] == [("a", ["a"]), ("b", ["b"]), ("a", ["a#2"])]


def test_types_that_contain_each_other_are_cut() -> None:
    form = form_with(
        SIMPLE.format("A") + '<xs:complexType name="A"><xs:sequence><xs:element name="b" type="B" minOccurs="0"/>'
        '</xs:sequence></xs:complexType><xs:complexType name="B"><xs:sequence><xs:element name="a" type="A" '
        'minOccurs="0"/></xs:sequence></xs:complexType>'
    )
    again = only(form).fields[0].fields[0]
    assert (again.path, again.is_recursive, again.fields) == (["b", "a", "b"], True, [])


def test_a_type_that_requires_itself_has_an_example_that_ends() -> None:
    form = form_with(
        SIMPLE.format("A") + '<xs:complexType name="A"><xs:sequence><xs:element name="a" type="A"/></xs:sequence>'
        "</xs:complexType>"
    )
    assert form.example == {"a": {"a": {}}}


def test_a_type_that_extends_itself_has_a_form() -> None:
    schema = '<xs:complexType name="A"><xs:complexContent><xs:extension base="A"/></xs:complexContent></xs:complexType>'
    assert form_with(SIMPLE.format("A") + schema).fields == []


def count(fields: Any) -> int:
    return sum(1 + count(field.fields) for field in fields)


def depth(fields: Any) -> int:
    return max((1 + depth(field.fields) for field in fields), default=0)


def test_a_large_schema_makes_no_endless_form() -> None:
    levels = 30
    types = "".join(
        f'<xs:complexType name="T{number}"><xs:sequence>'
        + "".join(f'<xs:element name="e{one}" type="T{number + 1}"/>' for one in range(3))
        + "</xs:sequence></xs:complexType>"
        for number in range(levels)
    )
    form = form_with(SIMPLE.format("T0") + types + f'<xs:complexType name="T{levels}"/>')
    assert count(form.fields) <= MAX_FIELDS
    assert depth(form.fields) <= MAX_DEPTH
