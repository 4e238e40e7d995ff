# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the form in Nextcloud's settings asks for, by what was seen of it last."""

from typing import Any

from ex_app.settings_field import content_of
from ex_app.settings_form import FIELDS
from ex_app.settings_reading import Reading, Seen, read_form
from openconnector.administration.schemas import SettingsRead
from tests.unit.ex_app.test_settings_form import settings

ID = "retention_success_days"


def read(
    typed: dict[str, str], stored: SettingsRead, before: dict[str, str] | None = None, *, version: int = 1
) -> Reading:
    """Reads a form that showed the settings and `before`, and into which something was typed since."""
    shown = {each.id: each.text_of(content_of(stored)) for each in FIELDS} | (before or {})
    return read_form(stored, shown | typed, Seen(version, shown))


def days(reading: Reading) -> Any:
    return reading.content["retention"]["successDays"]


def test_what_was_typed_since_is_taken_over() -> None:
    reading = read({ID: "7", "egress_allow": "10.0.0.1"}, settings())
    assert reading.is_changed
    assert (days(reading), reading.content["egressAllow"]) == (7, ["10.0.0.1"])
    assert reading.refused == {}


def test_what_was_changed_elsewhere_stays_though_the_form_shows_less() -> None:
    reading = read({}, settings(retention={"successDays": 7}), {ID: "3"})
    assert not reading.is_changed
    assert days(reading) == 7


def test_nothing_is_taken_over_where_nobody_knows_what_was_seen() -> None:
    reading = read_form(settings(), {ID: "7"}, None)
    assert (reading.is_changed, days(reading), reading.refused) == (False, None, {})


def test_one_bad_text_does_not_hinder_the_others() -> None:
    reading = read({ID: "soon", "redaction_names": "bsn"}, settings())
    assert (days(reading), reading.content["redactionNames"]) == (None, ["bsn"])
    assert reading.fresh == {ID}
    refused = reading.refused[ID]
    assert (refused.field, refused.pointer) == ("Keep successful calls (days)", "/retention/successDays")
    assert (refused.value, refused.reason) == ("soon", "Enter a number.")


def test_a_bad_text_is_told_once_and_shown_until_it_is_mended() -> None:
    reading = read({}, settings(), {ID: "soon"})
    assert (set(reading.refused), reading.fresh) == ({ID}, set())
    mended = read({ID: "5"}, settings(), {ID: "soon"})
    assert (days(mended), mended.refused) == (5, {})


def test_a_bad_text_is_over_when_the_settings_were_saved_elsewhere() -> None:
    assert read({}, settings(), {ID: "soon"}, version=0).refused == {}
    assert set(read({ID: "later"}, settings(), {ID: "soon"}, version=0).refused) == {ID}


def test_only_the_beginning_of_a_long_text_is_shown() -> None:
    assert len(read({"egress_allow": "?" * 5000}, settings()).refused["egress_allow"].value) == 200


def test_our_own_text_is_typed_by_nobody_though_the_look_that_wrote_it_was_broken_off() -> None:
    stored = settings(retention={"successDays": 30})
    shown = {each.id: each.text_of(content_of(stored)) for each in FIELDS}
    for there in ("10", "20"):
        reading = read_form(stored, shown | {ID: there}, Seen(1, shown | {ID: "10"}, {ID: "20"}))
        assert (reading.is_changed, days(reading)) == (False, 30)
    assert days(read_form(stored, shown | {ID: "15"}, Seen(1, shown | {ID: "10"}, {ID: "20"}))) == 15


def test_what_was_seen_survives_its_json_and_a_damaged_one_is_none() -> None:
    seen = Seen(3, {ID: "7", "egress_allow": "*.bücher.example"})
    assert Seen.parse(seen.to_json()) == seen
    coming = Seen(3, {ID: "7"}, {ID: "8"})
    assert Seen.parse(coming.to_json()) == coming
    for text in (None, "", "{", "[]", '{"version": 1}', '{"version": "x", "texts": {}}', '{"version": 1, "texts": 2}'):
        assert Seen.parse(text) is None
