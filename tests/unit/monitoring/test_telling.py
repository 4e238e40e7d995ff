# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who watches a source wants to know what has changed, once."""

import json
from datetime import UTC, datetime, timedelta

from openconnector.core.ids import new_id
from openconnector.core.phrases import Phrase, phrase
from openconnector.monitoring.findings import Finding
from openconnector.monitoring.memory import Memory, advance
from openconnector.monitoring.schemas import Check, Expiry, QuietHours, Verdict, WatchSettings

NOON = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
QUICK = WatchSettings(degraded_after=1, failing_after=2, recovered_after=1)
QUIET = QUICK.model_copy(update={"quiet_hours": QuietHours(begin="12:00", end="13:00", time_zone="UTC")})


class Watching:
    """A watch with a clock of its own; `told` is what people were told."""

    def __init__(self, settings: WatchSettings = QUICK) -> None:
        self.settings, self.memory, self.at = settings, Memory(), NOON
        self.told: list[str] = []
        self.tell_at: datetime | None = None

    def see(self, *verdicts: Verdict, times: int = 1, minutes: int = 5, ends: list[Expiry] | None = None) -> list[str]:
        """Check every so many minutes, and return what has been told meanwhile."""
        before = len(self.told)
        for verdict in verdicts * times:
            self.at += timedelta(minutes=minutes)
            check = Check(
                log_id=new_id(), at=self.at, verdict=verdict, status_code=200, outcome="success", duration_ms=1
            )
            step = advance(self.memory, self.settings, Finding(check, "Why.", None), ends or [], self.at)
            # What is stored is what the next check has to go on with.
            self.memory, self.tell_at = Memory.model_validate(step.memory.to_json()), step.tell_at
            self.told += [news.kind if news.expiry is None else news.expiry.type for news in step.news]
        return self.told[before:]


def test_the_first_success_is_no_news() -> None:
    assert Watching().see("passed", "passed") == []


def test_each_change_is_told_once() -> None:
    watching = Watching()
    assert watching.see("passed", "failed", "failed", "failed") == ["degraded", "failing"]
    assert watching.see("passed", "passed") == ["recovered"]


def test_flapping_is_told_once_an_hour_for_each_state() -> None:
    watching = Watching()
    told = watching.see("failed", "failed", "passed", times=20)  # five hours
    assert {kind: told.count(kind) <= 5 for kind in set(told)} == {"degraded": True, "failing": True, "recovered": True}
    assert len(told) >= 9


def test_what_was_held_back_is_told_when_it_still_holds() -> None:
    watching = Watching()
    watching.see("failed", "failed", "passed")
    assert watching.see("failed", "failed") == []
    assert watching.see("failed", times=12) == ["failing"]


def test_in_quiet_hours_nobody_is_told_and_afterwards_once() -> None:
    watching = Watching(QUIET)
    assert watching.see("passed", "failed", "failed") == []
    assert watching.tell_at == NOON + timedelta(hours=1)
    assert watching.see("failed", minutes=45) == ["failing"]
    assert watching.tell_at is None
    assert watching.see("failed") == []


def test_what_came_and_went_in_quiet_hours_is_never_told() -> None:
    watching = Watching(QUIET)
    watching.see("passed", "failed", "failed", "passed")
    assert watching.tell_at is None
    assert watching.see("passed", minutes=45) == []


def test_an_end_is_told_when_its_time_comes_and_on_its_last_day() -> None:
    ends = [Expiry(type="client_certificate", expires_at=NOON + timedelta(days=15))]
    watching, day = Watching(), 24 * 60
    assert watching.see("passed", minutes=day // 2, ends=ends) == []
    assert watching.see("passed", "passed", minutes=day, ends=ends) == ["client_certificate"]
    assert watching.see("passed", times=11, minutes=day, ends=ends) == []
    assert watching.see("passed", "passed", minutes=day, ends=ends) == ["client_certificate"]
    renewed = [Expiry(type="client_certificate", expires_at=watching.at + timedelta(days=10))]
    assert watching.see("passed", "passed", ends=renewed) == ["client_certificate"]


def test_an_end_that_quiet_hours_hold_back_is_told_after_them() -> None:
    watching = Watching(QUIET)
    ends = [Expiry(type="client_certificate", expires_at=NOON + timedelta(days=5))]
    assert watching.see("passed", ends=ends) == []
    assert watching.tell_at == NOON + timedelta(hours=1)
    assert watching.see("passed", minutes=60, ends=ends) == ["client_certificate"]
    assert watching.tell_at is None


def test_servers_behind_one_name_are_told_once_each() -> None:
    watching = Watching()
    one, other = ([Expiry(type="server_certificate", expires_at=NOON + timedelta(days=days))] for days in (2, 10))
    told = [watching.see("passed", ends=ends) for _ in range(5) for ends in (one, other)]
    assert told == [["server_certificate"], ["server_certificate"], *[[]] * 8]


def test_what_is_renewed_by_itself_all_the_time_is_told_once() -> None:
    watching = Watching()
    told = []
    for _ in range(48):
        ends = [Expiry(type="refresh_token", expires_at=watching.at + timedelta(hours=20))]
        told += watching.see("passed", minutes=60, ends=ends)
    assert told == ["refresh_token"]
    # A login that nothing renews any more ends, and the next one is another.
    login = [Expiry(type="refresh_token", expires_at=watching.at + timedelta(days=6))]
    assert watching.see("passed", minutes=19 * 60, ends=login) == ["refresh_token"]


def test_a_clock_that_is_put_back_holds_no_news_back() -> None:
    watching = Watching()
    assert watching.see("passed", "failed", "failed", "passed") == ["degraded", "failing", "recovered"]
    watching.at -= timedelta(days=30)
    assert watching.see("failed", "failed") == ["degraded", "failing"]


def test_who_answers_without_tls_has_no_certificate_any_more() -> None:
    seen = Expiry(type="server_certificate", expires_at=NOON + timedelta(days=20))
    check = Check(log_id=new_id(), at=NOON, verdict="passed", status_code=200, outcome="success", duration_ms=1)
    first = advance(Memory(), QUICK, Finding(check, "", seen), [], NOON)
    assert advance(first.memory, QUICK, Finding(check, "", None, is_plain=True), [], NOON).memory.expiries == []


def test_whoever_wants_no_warnings_gets_none() -> None:
    watching = Watching(QUICK.model_copy(update={"expiry_days": 0}))
    assert watching.see("passed", ends=[Expiry(type="refresh_token", expires_at=NOON)]) == []


def test_the_certificate_that_was_seen_last_counts_where_a_check_saw_none() -> None:
    seen = Expiry(type="server_certificate", expires_at=NOON + timedelta(days=20))
    check = Check(log_id=new_id(), at=NOON, verdict="passed", status_code=200, outcome="success", duration_ms=1)
    first = advance(Memory(), QUICK, Finding(check, "", seen), [], NOON)
    second = advance(first.memory, QUICK, Finding(check, "", None), [], NOON)
    assert second.memory.expiries == [seen]


def test_a_memory_keeps_what_its_reason_is_made_of() -> None:
    memory = Memory(reason=phrase("{host} is away", host=phrase("nobody")))
    stored = json.loads(json.dumps(memory.to_json()))
    read = Memory.model_validate(stored).reason
    assert (read, Memory.model_validate(stored | {"reason": "Plain."}).reason) == ("nobody is away", "Plain.")
    assert isinstance(read, Phrase)
    assert read.said_in({"{host} is away": "{host} is weg", "nobody": "niemand"}) == "niemand is weg"
