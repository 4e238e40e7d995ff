# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The operations of a description: parameters, examples of bodies, and where the records of answers are."""

import json
from typing import Any

import pytest

from openconnector.transfer.formats.parsing import document_of
from openconnector.transfer.openapi.document import Document
from openconnector.transfer.openapi.operations import MAX_OPERATIONS, Operation, Parameter, operations_of
from tests.unit.transfer.openapi.descriptions import PETSTORE, SWAGGER


def operations(document: dict[str, Any]) -> dict[str, Operation]:
    return {f"{one.method} {one.path}": one for one in operations_of(Document.of(document))}


def parameter(operation: Operation, name: str) -> Parameter:
    return next(one for one in operation.parameters if one.name == name)


def example(schema: dict[str, Any], **components: Any) -> str:
    """The example body for a schema."""
    body = {"content": {"application/json": {"schema": schema}}}
    document = {
        "openapi": "3.1.0",
        "paths": {"/a": {"post": {"requestBody": body}}},
        "components": {"schemas": components},
    }
    (made,) = operations(document)["POST /a"].bodies
    return made.example


def answer(schema: dict[str, Any], **components: Any) -> str | None:
    """The guess where the records of an answer are."""
    responses = {"200": {"content": {"application/json": {"schema": schema}}}}
    document = {
        "openapi": "3.1.0",
        "paths": {"/a": {"get": {"responses": responses}}},
        "components": {"schemas": components},
    }
    return operations(document)["GET /a"].results_position


class TestPetstore:
    def test_operations_stand_in_the_order_of_the_document(self) -> None:
        assert list(operations(PETSTORE)) == ["GET /pets", "POST /pets", "GET /pets/{petId}", "DELETE /pets/{petId}"]
        assert operations(PETSTORE)["DELETE /pets/{petId}"].is_deprecated

    def test_keys_stay_and_hold_nothing_that_means_something_in_a_url(self) -> None:
        keys = [one.key for one in operations(PETSTORE).values()]
        assert keys == [one.key for one in operations(PETSTORE).values()]
        assert len(set(keys)) == 4
        assert all(not set(key) & set("/?#%=+") for key in keys)

    def test_parameters_of_the_path_and_of_the_operation_are_offered(self) -> None:
        found = operations(PETSTORE)["GET /pets"]
        assert [(one.place, one.name) for one in found.parameters] == [
            ("query", "limit"),
            ("query", "status"),
            ("query", "ids"),
            ("header", "X-Trace"),
        ]
        assert found.summary == "List pets"
        assert parameter(found, "limit").type == "integer (int32)"
        assert parameter(found, "limit").example == "20"
        assert parameter(found, "ids").type == "list of integer"
        status = parameter(found, "status")
        assert status.is_required
        assert status.description == "Only pets with this status."
        assert status.choices == ["available", "sold"]
        assert status.default == "available"

    def test_an_example_has_what_a_client_may_send_and_cycles_end(self) -> None:
        (body,) = operations(PETSTORE)["POST /pets"].bodies
        assert json.loads(body.example) == {
            "name": "Rex",
            "kind": "dog",
            "born": "2026-01-31",
            "weight": 0.5,
            "parents": [],
            "owner": {"name": "string"},
            "place": {"city": "Utrecht"},
        }

    def test_records_are_found_in_their_envelope(self) -> None:
        assert operations(PETSTORE)["GET /pets"].results_position == "data.items"


class TestSwagger:
    def test_bodies_and_parameters_are_those_of_openapi(self) -> None:
        found = operations(document_of(SWAGGER))
        assert list(found) == ["GET /orders", "POST /orders", "POST /orders/{number}/note"]
        size = parameter(found["GET /orders"], "size")
        assert (size.type, size.choices, size.default) == ("list of string", ["no", "yes"], "no")
        assert found["GET /orders"].results_position == "_root"

    def test_an_xml_body_follows_its_xml_objects(self) -> None:
        (body,) = operations(document_of(SWAGGER))["POST /orders"].bodies
        assert body.media_type == "application/xml"
        assert [line.strip() for line in body.example.splitlines()] == [
            '<order number="0">',
            "<lines>",
            "<line>",
            "<article>string</article>",
            "</line>",
            "</lines>",
            "</order>",
        ]

    def test_form_fields_are_a_form(self) -> None:
        found = operations(document_of(SWAGGER))["POST /orders/{number}/note"]
        assert [(one.media_type, one.example) for one in found.bodies] == [
            ("application/x-www-form-urlencoded", "text=two+words&urgent=true")
        ]
        assert [one.name for one in found.parameters] == ["number"]


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "array", "items": {"enum": [None, "a"]}}, ["a"]),
        ({"const": 5}, 5),
        ({"type": "object", "additionalProperties": {"type": "boolean"}}, {"name": True}),
        ({"type": ["null", "string"], "format": "email"}, "name@example.org"),
        ({"anyOf": [{"type": "null"}, {"type": "integer", "exclusiveMinimum": 3}]}, 4),
        (
            {"properties": {"a": {"type": "string"}}, "oneOf": [{"properties": {"b": {"default": 1}}}]},
            {"a": "string", "b": 1},
        ),
        ({"type": "array", "prefixItems": [{"type": "integer", "minimum": 1.0}, {"type": "string"}]}, [1, "string"]),
        ({"example": {"as": "written"}}, {"as": "written"}),
        ({}, None),
    ],
)
def test_an_example_fits_its_schema(schema: dict[str, Any], expected: Any) -> None:
    assert json.loads(example(schema)) == expected


def test_a_schema_that_refers_to_itself_many_times_ends_soon() -> None:
    node = {
        "type": "object",
        "properties": {f"p{index}": {"$ref": f"#/components/schemas/N{index}"} for index in range(30)},
    }
    text = example({"$ref": "#/components/schemas/N0"}, **{f"N{index}": node for index in range(30)})
    assert len(text) <= 32 * 1024


def test_references_that_lead_nowhere_or_elsewhere_are_told_and_not_followed() -> None:
    paths = {
        "/a": {
            "get": {
                "parameters": [
                    {"$ref": "other.yaml#/limit"},
                    {"$ref": "#/nowhere"},
                    {"$ref": "#/paths/~1a/get/parameters/2"},
                ],
            }
        }
    }
    document = Document.of({"openapi": "3.0.0", "paths": paths})
    (found,) = operations_of(document)
    assert found.parameters == []
    assert [(note.pointer, note.text) for note in document.notes] == [
        ("/paths/~1a/get/parameters/0", "“other.yaml#/limit” is outside of this document, and is not fetched."),
        ("/paths/~1a/get/parameters/1", "“#/nowhere” leads nowhere."),
        ("/paths/~1a/get/parameters/2", "References lead from one to the next and never to an end."),
    ]


def test_very_many_operations_are_cut_and_that_is_told() -> None:
    document = Document.of(
        {"openapi": "3.0.0", "paths": {f"/{index}": {"get": {}} for index in range(MAX_OPERATIONS + 1)}}
    )
    assert len(list(operations_of(document))) == MAX_OPERATIONS
    assert "Only the first 2,000" in document.notes[0].text


def test_methods_that_are_not_called_are_told() -> None:
    document = Document.of({"openapi": "3.2.0", "paths": {"/a": {"query": {}, "additionalOperations": {"COPY": {}}}}})
    assert list(operations_of(document)) == []
    assert "cannot be called" in document.notes[0].text


OBJECTS = {"type": "array", "items": {"type": "object"}}


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "array", "items": {"$ref": "#/components/schemas/One"}}, "_root"),
        ({"properties": {"zaken": OBJECTS, "next": {"type": "string"}}}, "zaken"),
        ({"properties": {"errors": OBJECTS, "results": OBJECTS}}, "results"),
        ({"properties": {"errors": OBJECTS, "links": OBJECTS}}, None),
        ({"properties": {"odata.value": OBJECTS}}, "odata&#46;value"),
        (
            {
                "allOf": [
                    {"$ref": "#/components/schemas/Page"},
                    {"properties": {"_embedded": {"properties": {"pets": OBJECTS}}}},
                ]
            },
            "_embedded.pets",
        ),
        ({"properties": {"names": {"type": "array", "items": {"type": "string"}}}}, None),
        ({"properties": {"data": {"anyOf": [OBJECTS, {"type": "null"}]}}}, "data"),
    ],
)
def test_where_records_are_is_guessed_from_the_schema(schema: dict[str, Any], expected: str | None) -> None:
    one, page = {"properties": {"id": {"type": "string"}}}, {"properties": {"page": {"type": "integer"}}}
    assert answer(schema, One=one, Page=page) == expected
