# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a comparison leaves out."""

import pytest

from openconnector.core.errors import InvalidInput
from openconnector.logs.comparison.ignoring import IgnoreList


def test_commas_in_quotes_and_brackets_belong_to_a_path() -> None:
    assert IgnoreList(" dates , $['a,b'].c,X-Request-Id,, ").parts == ["dates", "$['a,b'].c", "X-Request-Id"]


@pytest.mark.parametrize(
    "part",
    ["$", "$.a[?@.b==1]", "$[1:2]", "$.", "$a", "/", "/a[", "a b", "é", "$." + "a." * 100 + "a", "/" + "/a" * 99],
)
def test_what_is_neither_a_name_nor_a_path_is_refused_by_name(part: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        IgnoreList(f"dates,{part}")

    assert refused.value.errors[0].parameter == "ignore"


def test_there_are_not_too_many_parts() -> None:
    with pytest.raises(InvalidInput):
        IgnoreList(",".join(f"x-{number}" for number in range(101)))


@pytest.mark.parametrize("name", ["Date", "AGE", "expires", "Last-Modified"])
def test_headers_with_dates_are_left_out(name: str) -> None:
    assert IgnoreList("dates").has_name(name)
    assert not IgnoreList("ids").has_name(name)


@pytest.mark.parametrize("name", ["X-Request-ID", "request_id", "traceparent", "ETag", "x-amzn-RequestId"])
def test_headers_with_ids_are_left_out(name: str) -> None:
    assert IgnoreList("ids").has_name(name)
    assert not IgnoreList("dates").has_name(name)


def test_a_header_is_left_out_by_its_name() -> None:
    assert IgnoreList("Server").has_name("server")
    assert not IgnoreList("Server").has_name("via")


@pytest.mark.parametrize(
    ("base", "other"),
    [
        ("2026-11-27", "2025-01-01"),
        ("2026-11-27T12:00:00Z", "2026-11-27 12:00"),
        ("20261127T120000Z", "20261128T000000Z"),
        ("Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT"),
        ("Sun Nov  6 08:49:37 1994", "Mon Nov  7 08:49:37 1994"),
        ("from 2026-11-27 to 2026-11-28", "from 2026-12-27 to 2026-12-28"),
    ],
)
def test_texts_that_differ_in_dates_are_alike(base: str, other: str) -> None:
    assert IgnoreList("dates").are_alike(base, other)
    assert not IgnoreList("ids").are_alike(base, other)


@pytest.mark.parametrize(
    ("base", "other"), [("12", "13"), ("v1.2026-11-27x", "v2"), ("2026-11-27", "never"), ("1764241200", "1764241201")]
)
def test_other_texts_are_not(base: str, other: str) -> None:
    assert not IgnoreList("dates,ids").are_alike(base, other)


def test_of_a_cookie_only_its_end_is_a_date() -> None:
    ignore = IgnoreList("dates")

    assert ignore.are_alike(
        "a=1; Max-Age=5; Path=/", "a=1; Path=/; expires=Sun, 06 Nov 1994 08:49:37 GMT", "Set-Cookie"
    )
    assert not ignore.are_alike("a=1; Max-Age=5", "a=2; Max-Age=5", "Set-Cookie")


@pytest.mark.parametrize("text", ["0" * 2_000_000, "ab" * 1_000_000, "2026-" * 400_000, "$['" * 1000, "a1-" * 600_000])
@pytest.mark.timeout(60)
def test_no_text_takes_long(text: str) -> None:
    IgnoreList("dates,ids").are_alike(text, text + "x")
