# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""From one page to the next."""

import json
from typing import Any

import pytest

from openconnector.calls.pages.following import Follower
from openconnector.calls.schemas import CallRequest
from openconnector.core.clock import now
from openconnector.sources.pagination import Pagination
from openconnector.transports.exchange import Exchange, Failure, Headers, ReceivedResponse, SentRequest

API = "https://api.example/v1"
TEXT = '{"items": [1, 2], "next": "/v1/items?q=é"}'
XML = "<a><items><i/><i/></items><next>/v1/items?q=é</next></a>"


def page(
    value: Any,
    path: str = "/items",
    *,
    status: int = 200,
    headers: Headers = (),  # type: ignore[assignment]
    content_type: str = "application/json",
) -> Exchange:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    fields = [("Content-Type", content_type), *headers]
    response = ReceivedResponse(status, "OK", "HTTP/1.1", fields, body, len(body), len(body))
    return Exchange("request", now(), SentRequest("GET", f"{API}{path}", []), response)


def follower(records: str = "", *, wanted: CallRequest | None = None, **pagination: Any) -> Follower:
    return Follower(Pagination(**pagination), wanted or CallRequest(path="/items"), API, records)


def test_pages_are_counted_until_one_is_empty() -> None:
    pages = follower(type="page", parameter="page")
    assert pages.first().path == "/items"
    assert [pages.next(page({"items": [number, 0]})) for number in (1, 2)][1].path == "/items?page=3"  # type: ignore[union-attr]
    assert pages.next(page({"items": []})) is None
    assert (pages.report.pages, pages.report.records, pages.report.ended_by) == (3, 4, "last_page")


def test_a_page_that_is_not_full_is_the_last_one() -> None:
    pages = follower(type="page", parameter="page", size_parameter="limit", size=2)
    assert pages.first().path == "/items?limit=2"
    second = pages.next(page({"items": [1, 2]}))
    assert second is not None
    assert second.path == "/items?limit=2&page=2"
    assert pages.next(page({"items": [3]})) is None
    assert pages.report.ended_by == "last_page"


def test_counting_goes_on_where_the_request_began() -> None:
    pages = follower(type="page", parameter="page", wanted=CallRequest(path="/items?page=7"))
    following = pages.next(page({"items": [1]}))
    assert following is not None
    assert following.path == "/items?page=8"


def test_an_offset_grows_by_what_came() -> None:
    pages = follower(type="offset", parameter="skip")
    first = pages.next(page({"items": [1, 2, 3]}))
    second = pages.next(page({"items": [4, 5]}))
    assert [first and first.path, second and second.path] == ["/items?skip=3", "/items?skip=5"]


def test_without_records_nothing_can_be_counted() -> None:
    pages = follower("data.items", type="page", parameter="page")
    assert pages.next(page({"items": [1]})) is None
    assert pages.report.ended_by == "no_records"


def test_a_server_that_ignores_the_page_ends_it() -> None:
    pages = follower(type="page", parameter="page")
    assert pages.next(page({"items": [1], "at": 1})) is not None
    assert pages.next(page({"items": [1], "at": 2})) is None
    assert pages.report.ended_by == "loop"


def test_links_in_the_body() -> None:
    pages = follower(type="next_link", position="links.next")
    following = pages.next(page({"items": [1], "links": {"next": {"href": "/v1/items?after=1"}}}))
    assert following is not None
    assert following.path == "/items?after=1"
    assert pages.next(page({"items": [2], "links": {"next": None}})) is None
    assert pages.report.ended_by == "last_page"


def test_links_that_go_round_end_it() -> None:
    pages = follower(type="next_link", position="next")
    assert pages.next(page({"items": [1], "next": "?p=2"})) is not None
    assert pages.next(page({"items": [2], "next": "?p=1"})) is not None
    assert pages.next(page({"items": [3], "next": "?p=2"})) is None
    assert pages.report.ended_by == "loop"


def test_link_headers() -> None:
    pages = follower(type="link_header")
    following = pages.next(page([1], headers=[("Link", '<?page=2>; rel="next"')]))
    assert following is not None
    assert following.path == "/items?page=2"
    assert pages.next(page([2])) is None
    assert pages.report.pages == 2


@pytest.mark.parametrize(
    "value",
    [
        {"value": [1], "@odata.nextLink": f"{API}/items?$skiptoken=2"},
        {"value": [1], "odata.nextLink": "items?$skiptoken=2"},
        {"d": {"results": [1], "__next": f"{API}/items?$skiptoken=2"}},
    ],
)
def test_odata(value: Any) -> None:
    following = follower(type="odata").next(page(value))
    assert following is not None
    assert following.path == "/items?$skiptoken=2"


def test_cursors_go_into_their_parameter() -> None:
    pages = follower(type="cursor", position="meta.next_cursor", parameter="cursor")
    following = pages.next(page({"items": [1], "meta": {"next_cursor": "a+b/=="}}))
    assert following is not None
    assert following.path == "/items?cursor=a%2Bb%2F%3D%3D"
    assert pages.next(page({"items": [2], "meta": {"next_cursor": ""}})) is None
    assert pages.report.ended_by == "last_page"


def test_the_limit_of_pages_holds() -> None:
    pages = follower(type="page", parameter="page", max_pages=2)
    assert pages.next(page({"items": [1]})) is not None
    assert pages.next(page({"items": [2]})) is None
    assert pages.report.ended_by == "page_limit"


def test_a_link_to_another_host_ends_it_with_an_error() -> None:
    pages = follower(type="next_link", position="next")
    assert pages.next(page({"items": [1], "next": "https://evil.example/"})) is None
    assert (pages.report.ended_by, "evil.example" in pages.report.detail) == ("error", True)


@pytest.mark.parametrize("status", [404, 500])
def test_a_page_that_fails_ends_it(status: int) -> None:
    pages = follower(type="page", parameter="page")
    assert pages.next(page({"items": [1]}, status=status)) is None
    assert (pages.report.pages, pages.report.ended_by) == (0, "error")


def test_a_page_that_breaks_off_ends_it() -> None:
    exchange = page({"items": [1]})
    exchange.failure = Failure("incomplete_body", "It broke off.")
    assert follower(type="link_header").next(exchange) is None


def test_pages_of_xml() -> None:
    pages = follower("items.item", type="page", parameter="page")
    body = b"<answer><items><item>1</item><item>2</item></items></answer>"
    assert pages.next(page(body, content_type="application/xml")) is not None
    assert pages.records == 2


@pytest.mark.parametrize(
    ("body", "content_type", "position"),
    [
        (TEXT.encode("latin-1"), "application/json; charset=iso-8859-1", ""),
        (TEXT.encode("utf-16"), "application/json", ""),
        (TEXT.encode("utf-16-le"), "application/json; charset=utf-16le", ""),
        (TEXT.encode("utf-8-sig"), "application/json", ""),
        (XML.encode("cp1252"), "text/xml; charset=cp1252", "items.i"),
        (XML.encode("utf-16"), "application/xml", "items.i"),
        (XML.encode(), "text/plain", "items.i"),
        (XML.encode(), "", "items.i"),
    ],
)
def test_pages_are_read_as_the_viewer_reads_them(body: bytes, content_type: str, position: str) -> None:
    pages = follower(position, type="next_link", position="next")
    following = pages.next(page(body, content_type=content_type))
    assert following is not None
    assert following.path == "/items?q=%C3%A9"
    assert pages.records == 2


@pytest.mark.parametrize(
    ("body", "content_type", "position"),
    [
        (b'{"id": 1}\n{"id": 2}\n', "application/x-ndjson", "_root"),
        (b'{"id": 1}\n{"id": 2}\n', "text/plain", "_root"),
        ("id;name\n1;Zoë\n2;Ann\n".encode("latin-1"), "text/csv; charset=iso-8859-1", ""),
        ("id;name\n1;Zoë\n2;Ann\n".encode("utf-16"), "text/csv", "_root"),
    ],
)
def test_lines_and_tables_are_followed_by_their_headers(body: bytes, content_type: str, position: str) -> None:
    pages = follower(position, type="link_header")
    headers = [("Link", '<?page=2>; rel="next"')]
    assert pages.next(page(body, content_type=content_type, headers=headers)) is not None
    assert (pages.records, pages.report.records_problem) == (2, None)


def test_a_table_without_rows_is_an_empty_page() -> None:
    pages = follower(type="page", parameter="page")
    assert pages.next(page(b"id;name\n1;Ann\n", content_type="text/csv")) is not None
    assert pages.next(page(b"id;name\n", content_type="text/csv")) is None
    assert (pages.report.records, pages.report.ended_by) == (1, "last_page")


@pytest.mark.parametrize(
    ("position", "why"),
    [
        ("data.items", "There is no `data`: the body is an object with `list`, `next`."),
        ("list.0", "What is at `list.0` is not a list: it is a number."),
    ],
)
def test_a_position_that_finds_nothing_is_told_though_the_pages_end_well(position: str, why: str) -> None:
    pages = follower(position, type="next_link", position="next")
    assert pages.next(page({"list": [1], "next": "?p=2"})) is not None
    assert pages.next(page({"list": [2]})) is None
    report = pages.report
    assert (report.pages, report.records, report.ended_by) == (2, None, "last_page")
    assert report.records_problem == why


def test_an_empty_list_is_no_problem() -> None:
    pages = follower(type="link_header")
    assert pages.next(page({"items": []})) is None
    assert (pages.report.records, pages.report.records_problem) == (0, None)


def test_one_page_with_records_is_enough() -> None:
    pages = follower(type="next_link", position="next")
    assert pages.next(page({"items": [1], "next": "?p=2"})) is not None
    assert pages.next(page({"done": True})) is None
    assert (pages.report.records, pages.report.records_problem) == (1, None)


def test_pages_too_deep_to_be_told_apart_by_their_records_are_by_their_bodies() -> None:
    pages = follower(type="page", parameter="page")
    deep = [b'{"items": [' + b"[" * 5000 + number + b"]" * 5000 + b"]}" for number in (b"1", b"2")]
    assert [pages.next(page(body)) is None for body in [*deep, deep[1]]] == [False, False, True]
    assert (pages.report.ended_by, pages.report.records) == ("loop", 2)


def test_a_page_of_which_not_all_is_kept_is_not_taken_for_the_last_one() -> None:
    pages = follower(type="next_link", position="next")
    cut = page({"items": [1, 2], "next": "/v1/items?page=2"})
    assert cut.response is not None
    cut.response.body = cut.response.body[:10]
    assert pages.next(cut) is None
    assert pages.report.ended_by == "size_limit"
    assert "larger than what is kept" in pages.report.detail


def test_a_page_that_cannot_be_read_is_not_taken_for_the_last_one() -> None:
    pages = follower(type="cursor", position="next", parameter="c")
    assert pages.next(page(b'{"items": [1')) is None
    assert (pages.report.ended_by, pages.report.records) == ("error", None)
    assert (pages.report.records_problem or "").startswith("This is not JSON: ")
    assert "no JSON or XML that can be read" in pages.report.detail


def test_a_report_before_the_end_tells_which_page_did_not_come() -> None:
    pages = follower(type="page", parameter="page")
    assert pages.report.detail == "No page came."
    pages.next(page({"items": [1]}))
    assert (pages.report.ended_by, pages.report.detail) == ("error", "Page 2 did not come.")


@pytest.mark.parametrize("position", ["items.²", "items." + "1" * 400, "items.0"])
def test_a_position_that_leads_nowhere_is_no_failure(position: str) -> None:
    pages = follower(type="cursor", position=position, parameter="c")
    assert pages.next(page({"items": [{"a": 1}]})) is None
    assert pages.report.ended_by == "last_page"


def test_a_number_that_python_alone_takes_for_one_is_not_counted_with() -> None:
    pages = follower(type="page", parameter="page", wanted=CallRequest(path="/items?page=²"))
    following = pages.next(page({"items": [1]}))
    assert following is not None
    assert following.path == "/items?page=2"


def test_half_a_character_is_no_cursor() -> None:
    large = [{"text": "x" * 1000}] * 300
    pages = follower(type="cursor", position="next", parameter="c")
    assert pages.next(page({"items": large, "next": "\ud800"})) is None
    assert pages.report.ended_by == "last_page"


def test_pages_with_many_records_are_told_apart_by_some_of_them() -> None:
    pages = follower(type="page", parameter="page")
    assert pages.next(page({"at": 1, "items": list(range(5000))})) is not None
    assert pages.next(page({"at": 2, "items": list(range(1, 5001))})) is not None
    assert pages.next(page({"at": 3, "items": list(range(5000))})) is None
    assert (pages.report.ended_by, pages.report.records) == ("loop", 10_000)


def test_a_large_page_that_is_nested_without_end_is_told() -> None:
    pages = follower(type="next_link", position="next")
    assert pages.next(page(b"[" * 300_000)) is None
    assert pages.report.ended_by == "error"
