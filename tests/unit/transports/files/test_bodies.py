# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Bodies of answers about files, and the trace."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openconnector.core.clock import stopwatch
from openconnector.transports.exchange import TraceEntry
from openconnector.transports.files.bodies import ListingBody, json_of, media_type_of
from openconnector.transports.files.session import RemoteEntry
from openconnector.transports.files.trace import Trace
from tests.exchanges import LIMITS

TEXT = st.text(st.characters(codec="utf-8"))
ENTRIES = st.builds(
    RemoteEntry,
    TEXT,
    st.sampled_from(["file", "directory", "link", "other"]),
    st.none() | st.integers(0, 2**63),
    st.none() | st.datetimes(datetime(1900, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001  # the bound is naive
    st.none() | TEXT,
)


@given(ENTRIES)
def test_an_entry_is_valid_json(entry: RemoteEntry) -> None:
    read = json.loads(json_of(entry))

    assert list(read) == ["name", "type", "size", "modifiedAt", "permissions"]
    assert (read["name"], read["type"], read["size"], read["permissions"]) == (
        entry.name, entry.type, entry.size, entry.permissions,
    )  # fmt: skip
    assert entry.modified_at is None or datetime.fromisoformat(read["modifiedAt"]) == entry.modified_at


@given(st.lists(ENTRIES), st.integers(2, 500))
def test_a_listing_is_cut_behind_a_whole_entry(entries: list[RemoteEntry], bound: int) -> None:
    body, whole = ListingBody(replace(LIMITS, body_bytes=bound)), ListingBody(replace(LIMITS, body_bytes=10**9))
    for entry in entries:
        body.add(entry)
        whole.add(entry)

    read = json.loads(body.kept)
    assert len(body.kept) <= bound
    assert read == json.loads(whole.kept)[: len(read)]
    assert body.size == whole.size == len(whole.kept)


@pytest.mark.parametrize(
    ("name", "media_type"),
    [("a.csv", "text/csv"), ("A.PDF", "application/pdf"), ("x", "application/octet-stream"),
     ("a.tar.gz", "application/gzip"),     ("data:text/html,x", "application/octet-stream"),
     (".json", "application/octet-stream"), ("a.json", "application/json")],
)  # fmt: skip
def test_the_media_type_goes_with_the_name(name: str, media_type: str) -> None:
    assert media_type_of(name) == media_type


def traced(*lines: tuple[bool, str], secret: str = "") -> list[TraceEntry]:
    entries: list[TraceEntry] = []
    trace = Trace(entries, stopwatch(), secret)
    for is_sent, text in lines:
        trace.note(is_sent, text)
    return entries


class TestTrace:
    @pytest.mark.parametrize("command", ["PASS x", "pass x", "ACCT x", "Pass  x y"])
    def test_hides_credentials(self, command: str) -> None:
        assert traced((True, command))[0].text == command[:5] + "••••••••"

    def test_hides_what_the_server_repeats(self) -> None:
        entry, *_ = traced((False, "530 Wrong password: hunter2!"), secret="hunter2")

        assert entry.text == "530 Wrong password: ••••••••!"
        assert (entry.is_sent, entry.at_ms >= 0) == (False, True)

    def test_is_bounded(self) -> None:
        entries = traced(*[(False, "x" * 5000)] * 2000)

        assert len(entries) == 501
        assert entries[-1].text == "What followed is not kept."
        assert len(entries[0].text) == 1000

    def test_shows_no_control_characters(self) -> None:
        assert traced((False, "a\x1b[31m\tb"))[0].text == "a\ufffd[31m\ufffdb"
