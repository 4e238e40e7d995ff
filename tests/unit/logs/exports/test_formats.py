# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Exports in pieces: their bound, and the whole that they make."""

import json

import pytest

from openconnector.logs.entries import CallEntry
from openconnector.logs.exports import formats
from openconnector.logs.exports.formats import MOST_PAGES, PIECE, Format, Har, format_of
from openconnector.logs.exports.schemas import ExportFormat
from tests.unit.logs.exports.entries import answer, call, exchange
from tests.unit.logs.exports.har_schema import check


def written(writer: Format, calls: list[CallEntry]) -> list[bytes]:
    """The pieces of an export."""
    pieces = [writer.head()]
    while calls:
        piece, done = writer.calls(calls)
        assert done > 0
        pieces.append(piece)
        calls = calls[done:]
    return [*pieces, writer.tail()]


@pytest.mark.parametrize("form", ["ndjson", "har"])
def test_pieces_end_soon_after_their_bound(form: ExportFormat) -> None:
    body = b"x" * 100_000
    calls = [call(exchange(response=answer(body), response_body=body)) for _ in range(20)]
    pieces = written(format_of(form, 20), calls)
    assert max(map(len, pieces)) < PIECE + 110_000
    assert len(pieces) > 6


def test_a_har_of_many_calls_has_no_pages() -> None:
    calls = [call(exchange()) for _ in range(3)]
    grouped = json.loads(b"".join(written(format_of("har", MOST_PAGES), calls)))
    alone = json.loads(b"".join(written(format_of("har", MOST_PAGES + 1), calls)))
    assert len(check(grouped)) == len(check(alone)) == 3
    assert len(grouped["log"]["pages"]) == 3
    assert "pages" not in alone["log"]


def test_calls_that_came_meanwhile_are_not_grouped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formats, "MOST_PAGES", 2)
    document = json.loads(b"".join(written(Har(is_paged=True), [call(exchange()) for _ in range(4)])))
    assert ["pageref" in entry for entry in check(document)] == [True, True, False, False]


def test_half_a_pair_is_written_as_json_writes_it() -> None:
    broken = call(exchange(url="https://x.example/\ud800"))
    (line,) = b"".join(written(format_of("ndjson", 1), [broken])).splitlines()
    assert json.loads(line)["url"] == "https://x.example/\ud800"
    check(json.loads(b"".join(written(format_of("har", 1), [broken])).replace(b"\\ud800", b"")))
