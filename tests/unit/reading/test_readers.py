# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Children that read: they end when they take too long, when nobody asks, and when they are told to."""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import uvloop

from openconnector.core.errors import InvalidInput
from openconnector.reading.body import PartMissing
from openconnector.reading.document import ExpressionInvalid, NodeNotFound, Unreadable
from openconnector.reading.frames import frame
from openconnector.reading.reader import Reader
from openconnector.reading.readers import PIECE, Readers, pieces_of
from openconnector.reading.view import BodyFacts
from tests.faults.memory import growth_of

ENDLESS = "$[?match(@.text, '(a+)+b')]"
"""A regular expression that tries all ways to split a run of letters."""

RECORDS = [{"id": number, "text": "a" * 40 + "c"} for number in range(10)]


class Kept:
    """A body in a file."""

    def __init__(self, path: Path, value: Any = RECORDS, *, raw: bytes | None = None, **facts: Any) -> None:
        path.write_bytes(json.dumps(value).encode() if raw is None else raw)
        self.path = path
        self.key = str(path)
        size = path.stat().st_size
        values: dict[str, Any] = {
            "content_type": "application/json",
            "media_type": "application/json",
            "charset": "utf-8",
            "charset_from": "detected",
            "is_text": True,
            "is_truncated": False,
            "size": size,
            "kept_size": size,
        }
        self.facts = BodyFacts(**(values | facts))

    async def read(self, offset: int, length: int) -> bytes:
        with self.path.open("rb") as file:
            file.seek(offset)
            return file.read(length)


@pytest.fixture
async def readers() -> AsyncIterator[Readers]:
    readers = Readers(request_seconds=30)
    yield readers
    await readers.close()


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept(tmp_path / "body")


async def query(readers: Readers, body: Kept, expression: str) -> Any:
    return json.loads(await readers.ask(body, None, "query", expression=expression, limit=10))


async def until(condition: Callable[[], bool]) -> None:
    """Wait for something that nobody tells."""
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110  # there is no event: it happens in another process
            await asyncio.sleep(0.01)


def runs(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def read_of(pid: int, name: str) -> bytes:
    return Path(f"/proc/{pid}/{name}").read_bytes()


def children(readers: Readers) -> list[int]:
    return [seat.reader._process.pid for seat in readers._seats.values() if seat.reader is not None]


async def test_an_expression_is_evaluated_in_a_child(readers: Readers, kept: Kept) -> None:
    found = await query(readers, kept, "$[?@.id > 7].id")
    assert [match["value"] for match in found["matches"]] == ["8", "9"]
    (pid,) = children(readers)
    assert pid != os.getpid()


async def test_an_expression_that_runs_for_ever_is_stopped_and_the_next_one_works(kept: Kept) -> None:
    readers = Readers(request_seconds=1)
    with pytest.raises(InvalidInput) as raised:
        await query(readers, kept, ENDLESS)
    assert [(error.pointer, error.code) for error in raised.value.errors] == [("/expression", "too_slow")]
    assert "longer than 1 seconds" in str(raised.value)
    assert children(readers) == []
    readers._request_seconds = 30
    assert (await query(readers, kept, "$[0].id"))["total"] == 1
    await readers.close()


async def test_questions_to_one_child_wait_for_each_other(readers: Readers, kept: Kept) -> None:
    answers = await asyncio.gather(*(query(readers, kept, f"$[{number}].id") for number in range(10)))
    assert [answer["matches"][0]["value"] for answer in answers] == [str(number) for number in range(10)]
    assert len(children(readers)) == 1


async def test_a_third_body_takes_the_place_of_the_one_that_was_not_asked_for_longest(
    readers: Readers, tmp_path: Path
) -> None:
    bodies = [Kept(tmp_path / str(number), [number]) for number in range(3)]
    await query(readers, bodies[0], "$[0]")
    await query(readers, bodies[1], "$[0]")
    await query(readers, bodies[0], "$[0]")
    await query(readers, bodies[2], "$[0]")
    assert set(readers._seats) == {(bodies[0].key, None), (bodies[2].key, None)}


async def test_more_bodies_than_children_at_the_same_time_are_all_answered(readers: Readers, tmp_path: Path) -> None:
    bodies = [Kept(tmp_path / str(number), [number]) for number in range(5)]
    answers = await asyncio.gather(*(query(readers, body, "$[0]") for body in bodies))
    assert [answer["matches"][0]["value"] for answer in answers] == ["0", "1", "2", "3", "4"]
    assert len(readers._seats) <= 2


async def test_a_child_that_nobody_asks_ends(kept: Kept) -> None:
    readers = Readers(request_seconds=30, idle_seconds=0.1)
    await query(readers, kept, "$[0]")
    (pid,) = children(readers)
    await until(lambda: not runs(pid))
    assert readers._seats == {}
    await readers.close()


async def test_a_child_that_was_ended_from_outside_is_replaced(readers: Readers, kept: Kept) -> None:
    await query(readers, kept, "$[0]")
    (pid,) = children(readers)
    os.kill(pid, signal.SIGKILL)
    await until(lambda: not runs(pid))
    await asyncio.sleep(0.05)
    assert (await query(readers, kept, "$[0]"))["total"] == 1


async def test_a_question_that_is_given_up_ends_its_child(readers: Readers, kept: Kept) -> None:
    asking = asyncio.ensure_future(query(readers, kept, ENDLESS))
    await until(lambda: bool(children(readers)))
    await asyncio.sleep(0.3)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert children(readers) == []
    assert (await query(readers, kept, "$[0]"))["total"] == 1


async def test_closing_ends_what_runs(kept: Kept) -> None:
    readers = Readers(request_seconds=30)
    await query(readers, kept, "$[0]")
    (pid,) = children(readers)
    await readers.close()
    assert not runs(pid)


async def test_a_child_has_nothing_of_our_environment(
    readers: Readers, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENCONNECTOR_SECRET_KEY", "a-key-that-no-child-needs")
    await query(readers, kept, "$[0]")
    (pid,) = children(readers)
    environment = read_of(pid, "environ")
    assert b"PYTHONPATH" in environment
    assert b"OPENCONNECTOR" not in environment


async def test_a_child_has_limits(readers: Readers, kept: Kept) -> None:
    await query(readers, kept, "$[0]")
    (pid,) = children(readers)
    limits = read_of(pid, "limits").decode()
    assert str(3 * 1024**3) in limits
    cpu = next(line for line in limits.splitlines() if line.startswith("Max cpu time"))
    assert "unlimited" not in cpu.split("seconds")[0].split()[3]


async def test_errors_come_back_as_what_they_are(readers: Readers, kept: Kept, tmp_path: Path) -> None:
    with pytest.raises(ExpressionInvalid, match="begins with"):
        await query(readers, kept, "id")
    with pytest.raises(PartMissing):
        await readers.ask(kept, 3, "query", expression="$", limit=1)
    with pytest.raises(NodeNotFound):
        await readers.ask(kept, None, "nodes", path="/x", offset=0, limit=1)
    with pytest.raises(Unreadable):
        await query(readers, Kept(tmp_path / "broken", raw=b"{broken"), "$")


async def test_a_small_body_needs_no_child(readers: Readers, kept: Kept) -> None:
    page = json.loads(await readers.ask(kept, None, "nodes", path="", offset=0, limit=5))
    assert (page["total"], children(readers)) == (10, [])


async def test_fifty_mebibytes_do_not_come_into_this_process(tmp_path: Path) -> None:
    record = {"name": "x" * 400, "tags": ["a", "b"], "at": {"x": 1.5}}
    value = {"data": {"items": [{"id": number, **record} for number in range(113_000)]}}
    body = Kept(tmp_path / "large", value)
    del value
    assert body.facts.kept_size > 50 * PIECE
    readers = Readers(request_seconds=60)

    async def look() -> list[Any]:
        page = await readers.ask(body, None, "nodes", path="/data/items", offset=109_990, limit=200)
        table = await readers.ask(body, None, "records", position="data.items", offset=109_000, limit=100)
        found = await readers.ask(body, None, "query", expression="$..items[?@.id == 109999].at.x", limit=10)
        text = await readers.ask(body, None, "search", text='"ID": 109999', is_case_sensitive=False, limit=10)
        return [json.loads(answer) for answer in (page, table, found, text)]

    (page, table, found, text), growth = await growth_of(look())
    assert (page["total"], len(page["nodes"]), page["nodes"][9]["name"]) == (113_000, 200, "109999")
    assert (table["total"], table["rows"][0][0]["text"]) == (113_000, "109000")
    assert [match["location"] for match in found["matches"]] == ["$['data']['items'][109999]['at']['x']"]
    assert text["total"] == 1
    assert growth < body.facts.kept_size / 3
    await readers.close()


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])
def test_an_answer_that_is_given_up_in_the_middle_keeps_nothing_open(run: Callable[..., None], tmp_path: Path) -> None:
    letters = Kept(tmp_path / "letters", raw=b"x" * 1_000_000, content_type="text/plain", media_type="text/plain")

    async def give_up() -> None:
        reader = await Reader.start()
        await reader.open(letters.facts, None, pieces_of(letters, 0, letters.facts.kept_size))
        pipe = reader._process._transport.get_pipe_transport(1)  # type: ignore[attr-defined]
        await reader._send(frame({"op": "content", "arguments": {"offset": 0, "length": 1_000_000}}))
        await until(lambda: not pipe.is_reading())  # nobody has read what has come
        async with asyncio.timeout(5):
            await reader.close()
        assert pipe.is_closing()

    run(give_up())
