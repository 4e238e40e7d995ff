# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Links to the next page, and the requests that follow them."""

import pytest

from openconnector.calls.pages.links import PageElsewhere, next_link, request_of_link, request_with
from openconnector.calls.schemas import CallRequest
from openconnector.core.rows import QueryRow

API = "https://api.example/v1"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ('<https://api.example/v1/items?page=2>; rel="next"', "https://api.example/v1/items?page=2"),
        ("</v1/items?page=2>; rel=next", "/v1/items?page=2"),
        ('<?page=1>; rel="prev", <?page=3>; rel="next", <?page=9>; rel="last"', "?page=3"),
        ('<a>; title="x, <b>; rel=next"; rel=prev, <c>; rel="next"', "c"),
        ('<a>; REL="first Next"', "a"),
        ('<a>; rel="nextish"', None),
        ("no link at all", None),
        ("<" * 50_000, None),
    ],
)
def test_the_next_page_of_a_link_header(value: str, expected: str | None) -> None:
    assert next_link([("link", value)]) == expected


@pytest.mark.parametrize(
    ("link", "path"),
    [
        ("https://api.example/v1/items?page=2", "/items?page=2"),
        ("https://API.example:443/v1/items?page=2", "/items?page=2"),
        ("/v1/items?page=2", "/items?page=2"),
        ("?page=2&q=a%20b", "/items?page=2&q=a%20b"),
        ("items;v=1?page=2", "/items;v=1?page=2"),
    ],
)
def test_a_link_leads_below_the_location(link: str, path: str) -> None:
    wanted = CallRequest(path="/items", query=[QueryRow(name="page", value="1"), QueryRow(name="q", value="x")])
    following = request_of_link(wanted, API, f"{API}/items?page=1", link)
    assert following.path == path
    assert following.query == []


@pytest.mark.parametrize(
    "link",
    ["https://evil.example/v1/items", "http://api.example/v1/items", "//evil.example/v1", "/v2/items", "/v1evil/items"],
)
def test_a_link_that_leads_elsewhere_is_not_followed(link: str) -> None:
    with pytest.raises(PageElsewhere, match="not below the location"):
        request_of_link(CallRequest(path="/items"), API, f"{API}/items", link)


def test_what_the_other_side_writes_is_never_a_placeholder() -> None:
    following = request_of_link(CallRequest(path="/items"), API, f"{API}/items", "?c={{ secret('x') }}")
    assert "{{" not in following.path
    assert "{{" not in request_with(CallRequest(path="/items"), [("cursor", "{{ now() }}")]).path


def test_a_parameter_replaces_the_one_of_its_name() -> None:
    wanted = CallRequest(
        path="/items?page=1&q=a", query=[QueryRow(name="page", value="1"), QueryRow(name="n", value="5")]
    )
    following = request_with(wanted, [("page", "2")])
    assert following.path == "/items?q=a&page=2"
    assert [(row.name, row.value) for row in following.query] == [("n", "5")]


def test_the_query_of_the_location_is_not_asked_for_twice() -> None:
    following = request_of_link(CallRequest(), f"{API}?key=1", f"{API}?key=1", f"{API}?key=1&page=2")
    assert following.path == "?page=2"


def test_what_the_caller_has_written_stays_as_it_is() -> None:
    wanted = CallRequest(path="/items?since={{ now() }}&q=a+b%2Fc&page=1")
    assert request_with(wanted, [("page", "2")]).path == "/items?since={{ now() }}&q=a+b%2Fc&page=2"


def test_the_query_of_a_link_stays_as_it_is() -> None:
    following = request_of_link(CallRequest(), API, f"{API}/items", "?$skip=2&c=%E9+%2B%7C")
    assert following.path == "/items?$skip=2&c=%E9+%2B%7C"
