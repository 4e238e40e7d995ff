# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which way two bodies are compared."""

from typing import Any

import pytest

from openconnector.logs.comparison.bodies import KeptBody, compare_bodies
from openconnector.logs.comparison.findings import Deadline
from openconnector.logs.comparison.ignoring import IgnoreList
from openconnector.logs.comparison.schemas import BodyComparison


def body(raw: bytes | None, media_type: str | None = "application/json", **described: Any) -> KeptBody:
    known = {"encoding": "text", "size": len(raw or b"x"), "isTruncated": False, "mediaType": media_type}
    return KeptBody(known | described, raw)


NOTHING = KeptBody(None, None)


def compared(base: KeptBody, other: KeptBody, ignore: str = "dates,ids") -> BodyComparison:
    return compare_bodies(base, other, IgnoreList(ignore), Deadline(5))


@pytest.mark.parametrize(
    ("media_type", "base", "other", "kind"),
    [
        ("application/json", b'{"a":1}', b'{"a":2}', "json"),
        (None, b'{"a":1}', b'{"a":2}', "json"),
        ("application/soap+xml", b"<a>1</a>", b"<a>2</a>", "xml"),
        ("text/plain", b"one", b"two", "text"),
        ("text/html", b"<html><br>1</html>", b"<html><br>2</html>", "text"),
        ("application/json", b'{"a":1}', b"<html>Bad gateway</html>", "text"),
        ("application/json", b'{"a":1}', b'{"a":', "text"),
    ],
)
def test_bodies_are_compared_as_what_they_are(media_type: str | None, base: bytes, other: bytes, kind: str) -> None:
    result = compared(body(base, media_type), body(other, media_type))

    assert (result.kind, result.is_same) == (kind, False)
    assert [one.change for one in result.differences] == ["changed"]


def test_one_that_cannot_be_read_says_why() -> None:
    assert "not JSON" in (compared(body(b'{"a":1}'), body(b'{"a":')).note or "")


def test_bodies_that_differ_in_what_is_left_out_are_the_same() -> None:
    result = compared(body(b'{"at":"2026-11-27"}'), body(b'{"at":"2026-11-28"}'))

    assert result.is_same
    assert [one.change for one in result.differences] == ["ignored"]


def test_fields_of_a_form_are_compared_one_by_one() -> None:
    form = "application/x-www-form-urlencoded"
    result = compared(body(b"a=1&b=2", form), body(b"a=1&b=3", form))

    assert [(one.base, one.other) for one in result.differences if one.change == "changed"] == [("b=2", "b=3")]


def test_bytes_are_the_same_or_not() -> None:
    image = {"media_type": "image/png", "encoding": "base64"}

    assert compared(body(b"\x00\x01", **image), body(b"\x00\x01", **image)).is_same
    result = compared(body(b"\x00\x01", **image), body(b"\x00\x02", **image))
    assert (result.kind, result.is_same, result.differences) == ("binary", False, [])


def test_two_calls_without_bodies_are_the_same() -> None:
    assert compared(NOTHING, NOTHING).is_same
    assert compared(NOTHING, body(b"", size=0)).is_same


def test_a_body_that_was_not_there_is_said_in_words() -> None:
    assert compared(NOTHING, body(b"{}")).note == "The base has no body."
    assert compared(body(b"{}"), NOTHING).note == "Only the base has a body."


def test_a_body_that_was_removed_makes_no_difference_up() -> None:
    result = compared(body(None, size=20), body(b"{}"))

    assert (result.kind, result.is_same, result.differences) == ("none", False, [])
    assert result.note == "The body of the base is not kept any more."
    assert "Neither" in (compared(body(None), body(None)).note or "")


def test_large_bodies_are_the_same_or_not() -> None:
    large = b'{"a":"' + b"x" * (5 * 1024 * 1024) + b'"}'

    assert compared(body(large), body(large)).is_same
    result = compared(body(large), body(large + b" "))
    assert (result.is_same, result.is_truncated, result.differences) == (False, True, [])
    assert "5 MiB" in (result.note or "")


def test_of_cut_bodies_only_the_beginning_is_compared() -> None:
    result = compared(
        body(b'{"a":1,"b":"xx', isTruncated=True, size=100), body(b'{"a":2,"b":"xx', isTruncated=True, size=100)
    )

    assert [(one.path, one.change) for one in result.differences] == [("$.a", "changed")]
    assert (result.is_same, result.is_truncated) == (False, True)
