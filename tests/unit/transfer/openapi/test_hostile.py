# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Whatever stands in a description, it is understood or refused with a sentence."""

import json
from copy import deepcopy
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openconnector.sources.schemas import SourceCreate
from openconnector.transfer.drafts import Unreadable
from openconnector.transfer.openapi import read
from openconnector.transfer.openapi.described import understand
from openconnector.transfer.openapi.schemas import OperationRead
from tests.unit.transfer.openapi.descriptions import PETSTORE, SWAGGER

REFERENCES = st.sampled_from(
    [
        "#",
        "#/",
        "#/components/schemas/Pet",
        "#/paths/~1pets",
        "#/info/title",
        "other.json",
        "",
        "#/paths/~1pets/get/parameters/0",
    ]
).map(lambda reference: {"$ref": reference})
WORDS = (
    "type properties items allOf oneOf anyOf enum example examples default format name in schema content get post "
    "parameters requestBody responses 200 $ref servers url variables security flows scheme xml additionalProperties"
)
NAMES = st.sampled_from(WORDS.split())
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | REFERENCES
    | st.sampled_from(["object", "array", "string", "http://[", "//", "{a}", "apiKey", "oauth2", "path", "\ud800"])
)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=5), max_leaves=20
)


def places(node: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """The paths of all values below a node."""
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [place for key, child in children for place in [(*path, key), *places(child, (*path, key))]]


PLACES = [place for place in places(PETSTORE) if place != ("openapi",)]


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.sampled_from(PLACES), VALUES), min_size=1, max_size=4))
def test_a_description_with_anything_anywhere_is_read(changes: list[tuple[tuple[str | int, ...], Any]]) -> None:
    document = deepcopy(PETSTORE)
    for (*path, last), value in changes:
        node: Any = document
        for step in path:
            node = node[step] if _has(node, step) else None
        if _has(node, last):
            node[last] = value
    for draft in read(document, origin="https://api.example/openapi.json"):
        assert draft.definition["name"]
        assert "location" not in draft.definition or "://" in draft.definition["location"]
        assert set(draft.definition) <= {field.alias or "" for field in SourceCreate.model_fields.values()}
    try:
        understood = understand(json.dumps(document), None)
    except Unreadable as error:
        assert str(error).endswith(".")  # noqa: PT017  # either is fine
    else:
        for details in understood.details.values():
            OperationRead.model_validate(details)


def _has(node: Any, step: Any) -> bool:
    if isinstance(node, list):
        return isinstance(step, int) and step < len(node)
    return isinstance(node, dict) and step in node


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200) | st.binary(max_size=200) | st.integers(0, len(SWAGGER)).map(lambda end: SWAGGER[:end]))
def test_any_text_is_a_description_or_refused_with_a_sentence(content: str | bytes) -> None:
    try:
        understand(content, None)
    except Unreadable as error:
        assert str(error).endswith(".")  # noqa: PT017  # either is fine


def test_operations_that_share_long_parameters_do_not_multiply_them() -> None:
    choices = [f"{'x' * 490}{number}" for number in range(50)]
    parameters = [{"name": f"p{n}", "in": "query", "schema": {"$ref": "#/components/schemas/long"}} for n in range(100)]
    description = {
        "openapi": "3.1.0",
        "paths": {f"/{number}": {"$ref": "#/components/pathItems/all"} for number in range(1000)},
        "components": {
            "pathItems": {"all": {"parameters": parameters, "get": {}}},
            "schemas": {"long": {"enum": choices}},
        },
    }
    understood = understand(json.dumps(description), None)
    assert 0 < len(understood.details) < 50
    assert [note["text"] for note in understood.api.notes] == [
        f"Only the first {len(understood.details)} operations are used."
    ]
