# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A watched source is looked at, and whoever wants to know is told when it fails and when it is well again."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
import trustme
from sqlalchemy import select, text, update

from ex_app.environment import PROJECT
from openconnector.app import create_app, engine
from openconnector.core.clock import now
from openconnector.core.database import Database
from openconnector.core.http import ASGITransport, AsyncClient
from openconnector.core.languages import Languages
from openconnector.core.phrases import Phrase
from openconnector.core.principal import SCOPE_KEY
from openconnector.core.settings import Settings
from openconnector.monitoring import checks as monitoring_checks
from openconnector.monitoring.models import WatchNotification
from openconnector.monitoring.notifier import NobodyListens, NobodyThere, NotDelivered, Notification
from openconnector.monitoring.repository import claim_due
from openconnector.sources.models import Watch
from tests.conftest import ADMIN
from tests.factories import create_source
from tests.upstream import hang, serve

QUICK = {"degradedAfter": 1, "failingAfter": 2, "recoveredAfter": 1}


@dataclass
class Upstream:
    """A server that answers as it is told to, in the order of what it is asked."""

    status: str = "200 OK"
    asked: list[str] = field(default_factory=list)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := (await reader.readuntil(b"\r\n\r\n")).decode():
            self.asked.append(" ".join(head.split(" ")[:2]))
            writer.write(f"HTTP/1.1 {self.status}\r\nContent-Length: 2\r\n\r\n{{}}".encode())
            await writer.drain()


class Nextcloud:
    """Whom the engine tells something: `told` has the user and the subject."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []
        self.links: list[object] = []
        self.is_away = self.is_paused = False
        self.asked = 0

    async def notify(self, user_id: str, notification: Notification) -> None:
        self.asked += 1
        if self.is_away:
            raise NobodyListens("POST notification: no connection within 5 s")
        if user_id not in ("admin", "alice"):
            raise NobodyThere(f"There is no user “{user_id}” in Nextcloud any more.")
        self.told.append((user_id, str(Phrase(notification.subject, notification.values))))
        self.links.append(notification.log_id)

    async def unknown(self, user_ids: Iterable[str]) -> list[str]:
        if self.is_away:
            raise NotDelivered("GET users: no connection within 5 s")
        return [user for user in user_ids if user not in ("admin", "alice")]


@dataclass
class Watching:
    """An engine with a watched source, and both sides of it."""

    api: AsyncClient
    state: Any
    upstream: Upstream
    nextcloud: Nextcloud
    source: dict[str, Any]

    @property
    def database(self) -> Database:
        database: Database = self.state.database
        return database

    async def watch(self, **values: Any) -> dict[str, Any]:
        answer = await self.api.put(f"/api/sources/{self.source['id']}/watch", json=QUICK | values)
        assert answer.status_code == 200, answer.text
        stored: dict[str, Any] = answer.json()
        return stored

    async def check(self, status: str | None = None) -> dict[str, Any]:
        self.upstream.status = status or self.upstream.status
        answer = await self.api.post(f"/api/sources/{self.source['id']}/watch/check")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def health(self) -> dict[str, Any]:
        (listed,) = (await self.api.get("/api/sources")).json()["results"]
        health: dict[str, Any] = listed["health"]
        return health

    async def due(self) -> int:
        """How many checks would be handed out now."""
        at = now()
        claims = await self.database.run(partial(claim_due, at=at, until=at, limit=10), writes=True)
        return len(claims)


@pytest.fixture
async def watching(settings: Settings) -> AsyncIterator[Watching]:
    upstream, nextcloud = Upstream(), Nextcloud()
    async with serve(upstream.answer) as port, _engine(settings, nextcloud) as (api, state):
        source = await create_source(api, location=f"http://127.0.0.1:{port}")
        yield Watching(api, state, upstream, nextcloud, source)


@asynccontextmanager
async def _engine(settings: Settings, nextcloud: Nextcloud) -> AsyncIterator[tuple[AsyncClient, Any]]:
    app = create_app(settings, notifier=nextcloud, languages=Languages(PROJECT / "l10n"))

    async def face(scope: Any, receive: Any, send: Any) -> None:
        scope[SCOPE_KEY] = ADMIN
        await app(scope, receive, send)

    client = AsyncClient(transport=ASGITransport(face), base_url="http://engine", timeout=60)
    async with engine(app, settings), client:
        yield client, app.state


async def test_a_source_that_fails_and_recovers_is_told_with_its_log_entries(watching: Watching) -> None:
    await watching.watch(path="/health", notify=["admin", "alice"])
    assert (await watching.check())["state"] == "healthy"
    assert (await watching.check("503 Service Unavailable"))["state"] == "degraded"
    failing = await watching.check()
    assert (failing["state"], failing["reason"]) == (
        "failing",
        "It answered 503 Service Unavailable; expected is 2xx.",
    )
    assert (await watching.health())["state"] == "failing"
    recovered = await watching.check("200 OK")
    assert [check["verdict"] for check in recovered["checks"]] == ["passed", "failed", "failed", "passed"]
    subjects = [f"Zaaksysteem {news}" for news in ("is degraded", "is failing", "has recovered")]
    assert watching.nextcloud.told == [(user, subject) for subject in subjects for user in ("admin", "alice")]
    assert [str(link) for link in watching.nextcloud.links[::2]] == [
        check["logId"] for check in recovered["checks"][1:]
    ]
    (entry, *_) = (await watching.api.get("/api/logs?trigger=job")).json()["results"]
    assert entry["trigger"] == {"type": "job", "id": watching.source["id"], "userId": "admin"}
    assert set(watching.upstream.asked) == {"GET /health"}


async def test_what_was_found_is_read_in_the_language_of_the_reader(watching: Watching) -> None:
    await watching.watch(failingAfter=1)
    await watching.api.post(f"/api/sources/{watching.source['id']}/watch/check", headers={"Accept-Language": "de"})
    await watching.check("503 Service Unavailable")
    url = f"/api/sources/{watching.source['id']}/watch"
    dutch = (await watching.api.get(url, headers={"Accept-Language": "nl"})).json()
    english = (await watching.api.get(url, headers={"Accept-Language": "en"})).json()
    assert english["reason"] == "It answered 503 Service Unavailable; expected is 2xx."
    assert dutch["reason"] == "De bron antwoordde 503 Service Unavailable; verwacht is 2xx."
    (told,) = dutch["notifications"]
    assert (told["subject"], told["message"]) == ("Zaaksysteem heeft een storing", dutch["reason"])
    old = await watching.api.put(url, json=QUICK | {"version": 99}, headers={"Accept-Language": "nl"})
    assert old.status_code == 409
    assert old.json()["detail"] == "Iemand anders heeft deze bewaking opgeslagen sinds je die hebt geopend."
    assert old.json()["current"]["reason"] == dutch["reason"]


async def test_why_nothing_came_is_read_in_the_language_of_the_reader(watching: Watching) -> None:
    await watching.watch()
    await watching.api.put(f"/api/sources/{watching.source['id']}/enabled", json={"isEnabled": False})
    refused = await watching.check()
    assert refused["checks"][-1]["verdict"] == "skipped"
    url = f"/api/sources/{watching.source['id']}/watch"
    dutch = (await watching.api.get(url, headers={"Accept-Language": "nl"})).json()
    assert dutch["reason"] not in ("", refused["reason"])


async def test_a_certificate_that_ends_soon_is_told_before(sqlite_settings: Settings) -> None:
    authority, ends_at = trustme.CA(), now() + timedelta(days=5)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", not_after=ends_at).configure_cert(tls)
    upstream, nextcloud = Upstream(), Nextcloud()
    async with serve(upstream.answer, tls=tls) as port, _engine(sqlite_settings, nextcloud) as (api, state):
        trusting = {"caCertificates": authority.cert_pem.bytes().decode()}
        source = await create_source(api, location=f"https://127.0.0.1:{port}", connection=trusting)
        watching = Watching(api, state, upstream, nextcloud, source)
        await watching.watch()
        for _ in range(2):
            (expiry,) = (await watching.check())["expiries"]
    assert (expiry["type"], expiry["expiresAt"][:10]) == ("server_certificate", f"{ends_at:%Y-%m-%d}")
    assert nextcloud.told == [("admin", f"The certificate of Zaaksysteem ends on {ends_at:%Y-%m-%d}")]


async def test_what_cannot_be_delivered_is_told_later(watching: Watching) -> None:
    await watching.watch()
    watching.nextcloud.is_away = True
    await watching.check("500 Oops")
    (waiting,) = (await watching.check("200 OK"))["notifications"][1:]
    assert (waiting["deliveredAt"], waiting["error"]) == (None, "POST notification: no connection within 5 s")
    watching.nextcloud.is_away = False
    async with watching.database.write_session() as session:
        await session.execute(update(WatchNotification).values(due_at=now()))
    told = (await watching.check())["notifications"]
    assert all(one["deliveredAt"] and one["error"] is None for one in told)
    assert watching.nextcloud.told == [("admin", "Zaaksysteem is degraded"), ("admin", "Zaaksysteem has recovered")]


async def test_who_does_not_exist_any_more_is_not_told_again_and_again(watching: Watching) -> None:
    await watching.watch(notify=["admin"])
    async with watching.database.write_session() as session:
        await session.execute(update(Watch).values(content=QUICK | {"notify": ["gone", "alice"]}))
    (hers, his) = sorted((await watching.check("500 Oops"))["notifications"], key=lambda one: str(one["userId"]))
    assert (hers["userId"], hers["deliveredAt"] is not None) == ("alice", True)
    assert (his["userId"], his["error"]) == ("gone", "There is no user “gone” in Nextcloud any more.")
    async with watching.database.read_session() as session:
        assert (await session.scalars(select(WatchNotification.due_at))).all() == [None, None]


async def test_while_nobody_listens_one_is_tried_and_after_days_none(watching: Watching) -> None:
    await watching.watch(notify=["admin", "alice"])
    watching.nextcloud.is_away = True
    await watching.check("500 Oops")
    assert watching.nextcloud.asked == 1
    async with watching.database.write_session() as session:
        await session.execute(
            update(WatchNotification).values(due_at=now(), created_at=now() - timedelta(days=3), attempts=20)
        )
    await watching.state.watches._checks.deliver()
    async with watching.database.read_session() as session:
        assert (await session.scalars(select(WatchNotification.due_at))).all() == [None, None]


async def test_nothing_is_checked_or_told_while_the_app_is_switched_off(watching: Watching) -> None:
    checks, handed_out = watching.state.watches._checks, []

    async def enqueue(batch: list[list[str]]) -> None:
        handed_out.append(batch)

    await watching.watch()
    watching.nextcloud.is_paused = True
    await watching.check("500 Oops")
    await checks.hand_out(enqueue)
    assert (handed_out, watching.nextcloud.asked) == ([], 0)
    watching.nextcloud.is_paused = False
    async with watching.database.write_session() as session:
        await session.execute(update(Watch).values(due_at=now()))
    await checks.hand_out(enqueue)
    assert (len(handed_out), watching.nextcloud.asked) == (1, 1)
    watching.nextcloud.is_paused = True
    await checks.run_batch(handed_out[0])
    assert len(watching.upstream.asked) == 1


async def test_a_clock_that_was_ahead_holds_up_no_check(watching: Watching) -> None:
    handed_out = []

    async def enqueue(batch: list[list[str]]) -> None:
        handed_out.append(batch)

    await watching.watch()
    await watching.check()
    ahead = {"checked_at": now() + timedelta(hours=2), "due_at": now() + timedelta(hours=2, minutes=5)}
    async with watching.database.write_session() as session:
        await session.execute(update(Watch).values(ahead | {"claimed_until": now() + timedelta(hours=2)}))
    await watching.state.watches._checks.hand_out(enqueue)
    assert len(handed_out) == 1


async def test_a_source_that_is_disabled_meanwhile_has_not_failed(watching: Watching) -> None:
    await watching.watch()
    await watching.api.put(f"/api/sources/{watching.source['id']}/enabled", json={"isEnabled": False})
    checked = await watching.check()
    assert ([check["verdict"] for check in checked["checks"]], checked["state"]) == (["skipped"], "unknown")


async def test_a_watch_is_due_at_once_and_then_at_its_next_time(watching: Watching) -> None:
    await watching.watch(intervalSeconds=3600)
    assert await watching.due() == 1
    checked = await watching.check()
    assert now() < datetime.fromisoformat(checked["nextCheckAt"]) <= now() + timedelta(hours=1.5)
    assert await watching.due() == 0
    # However long nobody has looked, one check is due.
    async with watching.database.write_session() as session:
        await session.execute(update(Watch).values(due_at=datetime(2020, 1, 1, tzinfo=UTC)))
    assert await watching.due() == 1


async def test_what_is_being_checked_is_not_checked_by_anybody_else(watching: Watching) -> None:
    await watching.watch()
    at = now()
    claims = partial(claim_due, at=at, until=at + timedelta(minutes=1), limit=10)
    assert len(await watching.database.run(claims, writes=True)) == 1
    assert len(await watching.database.run(claims, writes=True)) == 0
    answer = await watching.api.post(f"/api/sources/{watching.source['id']}/watch/check")
    assert answer.status_code == 409
    # A claim of somebody who died ends by itself.
    later = partial(claim_due, at=at + timedelta(minutes=2), until=at + timedelta(minutes=3), limit=10)
    (held,) = await watching.database.run(later, writes=True)
    # Who comes late with an old claim changes nothing.
    late = [[str(held.source_id), (at + timedelta(minutes=1)).isoformat()]]
    await watching.state.watches._checks.run_batch(late)
    assert watching.upstream.asked == []


async def test_slow_checks_hold_up_nobody_until_there_are_too_many(
    watching: Watching, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(monitoring_checks, "PATIENCE_SECONDS", 0.1)
    monkeypatch.setattr(monitoring_checks, "MAX_SLOW", 1)
    checks, arrived, released = watching.state.watches._checks, asyncio.Semaphore(0), asyncio.Event()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        arrived.release()
        await released.wait()
        writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
        await writer.drain()

    async def claimed(reference: str) -> list[str]:
        await watching.api.put(f"/api/sources/{reference}/watch", json=QUICK)
        at = now()
        (held,) = await watching.database.run(
            partial(claim_due, at=at, until=at + timedelta(minutes=1), limit=1), writes=True
        )
        return [str(held.source_id), held.until.isoformat()]

    async def checked(reference: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await watching.api.get(f"/api/sources/{reference}/watch")).json()["checks"]
        return found

    async with serve(answer) as port:
        for slug in ("slow", "slower"):
            await create_source(watching.api, slug=slug, location=f"http://127.0.0.1:{port}")
        quick = str(watching.source["id"])
        await checks.run_batch([await claimed("slow")])
        await arrived.acquire()
        await checks.run_batch([await claimed(quick)])
        assert (await checked("slow"), len(await checked(quick))) == ([], 1)
        assert (await watching.api.post("/api/sources/slow/watch/check")).status_code == 409
        waiting = asyncio.create_task(checks.run_batch([await claimed("slower")]))
        await arrived.acquire()
        done, _ = await asyncio.wait([waiting], timeout=0.5)
        assert not done, "two are slow, where one may be"
        released.set()
        await waiting
        assert len(await checked("slower")) == 1
        await asyncio.gather(*checks._slow)  # it goes on by itself
        assert len(await checked("slow")) == 1


async def test_what_is_checked_when_the_engine_closes_is_stopped(sqlite_settings: Settings) -> None:
    arrived = asyncio.Event()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        arrived.set()
        await hang(reader, writer)

    async with serve(answer) as port:
        async with _engine(sqlite_settings, Nextcloud()) as (api, state):
            source = await create_source(api, location=f"http://127.0.0.1:{port}")
            assert (await api.put(f"/api/sources/{source['id']}/watch", json=QUICK)).status_code == 200
            at, checks = now(), state.watches._checks
            (held,) = await state.database.run(
                partial(claim_due, at=at, until=at + timedelta(minutes=1), limit=1), writes=True
            )
            batch = asyncio.create_task(checks.run_batch([[str(held.source_id), held.until.isoformat()]]))
            await arrived.wait()
        await batch
        assert not checks._running


async def test_a_source_that_is_switched_off_pauses_its_watch(watching: Watching) -> None:
    await watching.watch()
    await watching.check()
    where = f"/api/sources/{watching.source['id']}"
    await watching.api.put(f"{where}/enabled", json={"isEnabled": False})
    async with watching.database.write_session() as session:
        await session.execute(update(Watch).values(due_at=now()))
    assert ((await watching.health())["state"], await watching.due()) == ("paused", 0)
    await watching.api.put(f"{where}/enabled", json={"isEnabled": True})
    assert ((await watching.health())["state"], await watching.due()) == ("healthy", 1)
    await watching.watch(isEnabled=False)
    assert ((await watching.health())["state"], await watching.due()) == ("paused", 0)


async def test_a_deleted_source_takes_its_watch_with_it(watching: Watching) -> None:
    await watching.watch()
    await watching.check("500 Oops")
    assert (await watching.api.delete(f"/api/sources/{watching.source['id']}")).status_code == 204
    async with watching.database.read_session() as session:
        for table in ("source_watches", "watch_notifications"):
            assert await session.scalar(text(f"SELECT count(*) FROM {table}")) == 0


async def test_a_watch_is_read_changed_and_removed(watching: Watching) -> None:
    where = f"/api/sources/{watching.source['slug']}/watch"
    assert (await watching.api.get(where)).json() is None
    assert (await watching.health()) is None
    stored = await watching.watch()
    assert (stored["notify"], stored["version"]) == (["admin"], 1)
    # What was read can be sent back.
    again = await watching.api.put(where, json=stored | {"intervalSeconds": 60})
    assert (again.json()["intervalSeconds"], again.json()["version"]) == (60, 2)
    outdated = await watching.api.put(where, json=stored)
    assert (outdated.status_code, outdated.json()["current"]["version"]) == (409, 2)
    assert (await watching.api.delete(where)).status_code == 204
    for method, path in (("DELETE", where), ("POST", f"{where}/check"), ("GET", "/api/sources/none/watch")):
        assert (await watching.api.request(method, path)).status_code == 404


async def test_what_is_wrong_is_named(watching: Watching) -> None:
    wrong: dict[str, dict[str, Any]] = {
        "/intervalSeconds": {"intervalSeconds": 59},
        "/expectedStatus": {"expectedStatus": "fine"},
        "/failingAfter": {"failingAfter": 1, "degradedAfter": 2},
        "/quietHours/begin": {"quietHours": {"begin": "25:00", "timeZone": "UTC"}},
        "/method": {"method": "LIST"},
        "/path": {"path": "/a\nb"},
        "/notify/1": {"notify": ["admin", "nobody"]},
    }
    for pointer, change in wrong.items():
        answer = await watching.api.put(f"/api/sources/{watching.source['id']}/watch", json=change)
        assert (answer.status_code, [error["pointer"] for error in answer.json()["errors"]]) == (422, [pointer])


async def test_nobody_is_added_while_it_is_not_known_who_there_is(watching: Watching) -> None:
    watching.nextcloud.is_away = True
    answer = await watching.api.put(f"/api/sources/{watching.source['id']}/watch", json={"notify": ["alice"]})
    assert answer.status_code == 422
    assert await watching.watch(notify=["admin"])
