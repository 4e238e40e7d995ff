# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What of a description is kept, and how its paths fit the location of a source."""

import json

import pytest

from openconnector.transfer.openapi.described import prefix_of, understand
from tests.unit.transfer.openapi.descriptions import PETSTORE


@pytest.mark.parametrize(
    ("location", "server", "prefix"),
    [
        ("https://api.example/v2", "https://api.example/v2", ""),
        ("https://api.example", "https://api.example/v2/", "/v2"),
        ("https://api.example/v2", "https://api.example/v2/pets", "/pets"),
        ("https://test.example/proxy/v2", "https://api.example/v2", ""),
        ("https://test.example", "/rest/v1", "/rest/v1"),
        ("https://api.example/v1", "https://api.example/v10", ""),
        ("https://api.example/v1", "https://api.example", ""),
        ("https://api.example", "https://{tenant}.example/{version}", ""),
        ("https://api.example", "http://[", ""),
    ],
)
def test_paths_begin_with_what_the_location_does_not_say(location: str, server: str, prefix: str) -> None:
    assert prefix_of(location, server) == prefix


def test_operations_are_kept_with_their_details_and_the_document_is_not() -> None:
    understood = understand(json.dumps(PETSTORE), "https://api.example/openapi.json")
    assert [one["key"] for one in understood.api.operations] == list(understood.details)
    assert understood.api.server == "https://eu.pets.example/v2"
    assert "securitySchemes" not in json.dumps(understood.details)
