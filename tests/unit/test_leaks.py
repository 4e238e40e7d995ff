# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The search for marked secrets finds them: else its silence would mean nothing."""

import base64
import html
import json
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from openconnector.core.http import Request, Response
from tests.factories import marked
from tests.leaks import files_with_mark, is_marked, search_answer

SECRET = marked("pass\"wörd' &<1>/2")


@pytest.fixture
def directory() -> Iterator[Path]:
    """A place that the search at the end of the run does not look into."""
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


@pytest.mark.parametrize(
    "form",
    [
        SECRET.encode(),
        quote(SECRET, safe="").encode(),
        json.dumps(json.dumps(SECRET)).encode(),
        html.escape(SECRET).encode(),
        SECRET.encode("utf-16-le"),
        SECRET.encode("utf-16-be"),
        *(base64.b64encode(b"x" * offset + SECRET.encode()) for offset in range(3)),
        *(base64.urlsafe_b64encode(b"user:" + b"x" * offset + SECRET.encode()) for offset in range(3)),
    ],
)
def test_a_secret_is_found_in_every_form(directory: Path, form: bytes) -> None:
    place = directory / "deep" / "down"
    place.mkdir(parents=True)
    (place / "innocent").write_bytes(b"nothing to see")
    assert list(files_with_mark(directory)) == []
    (place / "file.bin").write_bytes(b"\x00\xff" + form + b"\x00")
    assert list(files_with_mark(directory)) == [place / "file.bin"]


def test_a_secret_is_found_in_a_database_and_in_its_write_ahead_log(directory: Path) -> None:
    connection = sqlite3.connect(directory / "some.sqlite3", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("CREATE TABLE t (x)")
    assert list(files_with_mark(directory)) == []
    connection.execute("INSERT INTO t VALUES (?)", [SECRET])
    assert [path.name for path in files_with_mark(directory)] == ["some.sqlite3-wal"]
    connection.close()
    assert [path.name for path in files_with_mark(directory)] == ["some.sqlite3"]


@pytest.mark.parametrize("answer", [{"content": SECRET.encode()}, {"headers": {"X-Echo": SECRET.encode()}}])
async def test_a_secret_in_an_answer_fails_its_test(answer: dict[str, object]) -> None:
    request = Request("GET", "http://engine/api/sources")
    await search_answer(Response(200, request=request, content=b"innocent"))
    with pytest.raises(AssertionError, match="GET http://engine/api/sources"):
        await search_answer(Response(200, request=request, **answer))  # type: ignore[arg-type]


def test_redacted_text_is_no_find() -> None:
    assert not is_marked(b"Authorization: Bearer REDACTED, MARKED, MarkedSecret")
