# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How answers go on, by their looks."""

from typing import Any

import pytest

from openconnector.calls.pages.detection import proposals_for
from openconnector.transports.exchange import Headers

URL = "https://api.example/v1/items"


def first(value: Any, *, url: str = URL, headers: Headers = (), records: int | None = 2) -> dict[str, Any]:  # type: ignore[assignment]
    proposals = proposals_for(url, headers, value, records)
    return proposals[0].pagination.model_dump(exclude_defaults=True) if proposals else {}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"next": "https://api.example/v1/items?page=2"}, {"type": "next_link", "position": "next"}),
        ({"links": {"next": "/items?page=2"}}, {"type": "next_link", "position": "links.next"}),
        ({"_links": {"next": {"href": "?page=2"}}}, {"type": "next_link", "position": "_links.next"}),
        ({"paging": {"next_url": "/x?a=1"}}, {"type": "next_link", "position": "paging.next_url"}),
        ({"a.b": {"next": "/x"}}, {"type": "next_link", "position": "a&#46;b.next"}),
        ({"results": [], "next": None}, {"type": "next_link", "position": "next"}),
        ({"value": [], "@odata.nextLink": "x?$skip=2"}, {"type": "odata"}),
        ({"d": {"__next": "x?$skip=2"}}, {"type": "odata"}),
        ({"nextPageToken": "abc"}, {"type": "cursor", "position": "nextPageToken", "parameter": "pageToken"}),
        ({"next_page_token": "abc"}, {"type": "cursor", "position": "next_page_token", "parameter": "page_token"}),
        (
            {"response_metadata": {"next_cursor": "dXNlcg=="}},
            {"type": "cursor", "position": "response_metadata.next_cursor", "parameter": "cursor"},
        ),
        ({"page": 1, "totalPages": 4}, {"type": "page", "parameter": "page"}),
        ({"number": 0, "totalPages": 4}, {"type": "page", "parameter": "page"}),
        ({"offset": 0, "total": 40}, {"type": "offset", "parameter": "offset"}),
        ({"total": 40, "items": [1, 2]}, {"type": "page", "parameter": "page"}),
        ({"total": 2, "items": [1, 2]}, {}),
        ({"items": [{"next": "https://api.example/x"}]}, {}),
        ([1, 2], {}),
        ("text", {}),
        (None, {}),
    ],
)
def test_by_the_body(value: Any, expected: dict[str, Any]) -> None:
    assert first(value) == expected


def test_by_the_link_header() -> None:
    assert first([1], headers=[("Link", '<?page=2>; rel="next"')]) == {"type": "link_header"}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("page=1&per_page=10", {"type": "page", "parameter": "page", "size_parameter": "per_page", "size": 10}),
        ("page=0", {"type": "page", "parameter": "page", "first": 0}),
        ("skip=20&limit=10", {"type": "offset", "parameter": "skip", "size_parameter": "limit", "size": 10}),
        ("q=page", {}),
        ("page=x&limit=0", {}),
    ],
)
def test_by_what_was_asked(query: str, expected: dict[str, Any]) -> None:
    assert first([1, 2], url=f"{URL}?{query}") == expected


def test_a_cursor_goes_where_it_went_before() -> None:
    found = first({"cursor": "b"}, url=f"{URL}?cursor=a")
    assert found == {"type": "cursor", "position": "cursor", "parameter": "cursor"}


def test_there_are_not_many_proposals_and_none_twice() -> None:
    value = {f"level{number}": {"next": "/x", "nextCursor": "a", "page": 1, "offset": 2} for number in range(50)}
    proposals = proposals_for(URL, [("Link", '<?page=2>; rel="next"')], value, 2)
    assert len(proposals) == 5
    assert len({str(one.pagination) for one in proposals}) == 5


@pytest.mark.parametrize(
    ("value", "query"),
    [
        ({"next" + "1" * 600: "/v1/items?page=2"}, ""),
        ({"next_cursor" + "_" * 600: "a"}, ""),
        ({"next_cursor": "a" * 100_000}, "?cursor" + "1" * 300 + "=a"),
        ({}, "?page=1&limit=²"),
        ({}, "?page=1&limit=" + "0" * 8 + "19999999999"),
        ({}, "?offset=1&limit=" + "0" * 9 + "1" * 5000),
    ],
)
def test_names_and_numbers_that_no_setting_takes_are_passed_over(value: Any, query: str) -> None:
    for proposal in proposals_for(f"{URL}{query}", (), value, 2):  # type: ignore[arg-type]
        assert proposal.pagination.size is None
        assert len(proposal.pagination.parameter) < 20


def test_half_a_character_is_in_no_evidence() -> None:
    proposals = proposals_for(URL, (), {"@odata.nextLink": "\ud800"}, 2)  # type: ignore[arg-type]
    assert proposals[0].model_dump_json()
