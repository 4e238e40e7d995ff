# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the texts of the form in Nextcloud's settings mean."""

import json
from typing import Any

import pytest

from ex_app.settings_field import Field, Unusable, content_of, with_text
from ex_app.settings_form import FIELDS, FORM
from openconnector.administration.schemas import SettingsRead, SettingsUpdate
from openconnector.core.retention import Retention


def settings(**values: Any) -> SettingsRead:
    wanted = SettingsUpdate.model_validate({"version": 1} | values)
    shown = wanted.model_dump(by_alias=True)
    return SettingsRead.model_validate(
        shown | {"egressAllowEnvironment": [], "retentionEnvironment": Retention(), "updatedAt": None}
    )


def field(name: str) -> Field:
    return next(each for each in FIELDS if each.id == name)


FULL = {
    "retention_success_days": "7",
    "retention_error_days": "0",
    "retention_success_body_days": "3",
    "retention_error_body_days": "5",
    "retention_max_calls": "1000000",
    "retention_max_mebibytes": "2048",
    "bodies_policy": "errors",
    "egress_allow": "10.1.0.0/16, *.intranet.example",
    "redaction_names": "citizen_number, X-Case",
    "timeout_connect_seconds": "2.5",
    "timeout_read_seconds": "20",
    "timeout_total_seconds": "600",
    "limit_requests_per_minute": "60",
    "limit_concurrent_calls": "4",
}


def test_every_text_becomes_a_setting_that_shows_the_same_text() -> None:
    content = content_of(settings())
    for name, text in FULL.items():
        content = with_text(content, field(name), text)
    assert content == {
        "egressAllow": ["10.1.0.0/16", "*.intranet.example"],
        "redactionNames": ["citizen_number", "X-Case"],
        "retention": {
            "successDays": 7,
            "errorDays": 0,
            "successBodyDays": 3,
            "errorBodyDays": 5,
            "maxCalls": 1_000_000,
            "maxBytes": 2 * 2**30,
        },
        "bodies": {"policy": "errors", "until": None},
        "timeouts": {"connectMs": 2500, "readMs": 20_000, "totalMs": 600_000},
        "limits": {"requestsPerMinute": 60, "concurrentCalls": 4},
    }
    assert {each.id: each.text_of(content) for each in FIELDS} == FULL


def test_an_emptied_field_takes_its_setting_back() -> None:
    content = content_of(settings())
    for name, text in FULL.items():
        full = with_text(content, field(name), text)
        assert full != content
        assert with_text(full, field(name), field(name).default) == content


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("retention_success_days", "a week", "Enter a number."),
        ("retention_success_days", "-1", "Enter a number from 0 to 36500."),
        ("retention_success_days", "1.5", "Enter a whole number."),
        ("retention_error_days", "1e9", "Enter a number from 0 to 36500."),
        ("retention_error_days", "NaN", "Enter a number from 0 to 36500."),
        ("retention_error_days", "1e9999999", "Enter a number."),
        ("retention_max_calls", "10,000", "Enter a whole number."),
        ("retention_max_calls", "10.000", "Enter a whole number."),
        ("timeout_total_seconds", "0", "Enter a number from 0.001 to 600."),
        ("timeout_total_seconds", "601", "Enter a number from 0.001 to 600."),
        ("limit_concurrent_calls", "0", "Enter a number from 1 to 10000."),
        ("bodies_policy", "sometimes", "Choose one of default, always, errors or never."),
        ("redaction_names", "good, not good", "Entry 2: A name has letters, digits and - _ . only, and no spaces."),
        ("egress_allow", "x" * 300_001, "Use at most 300000 characters."),
        ("egress_allow", ",".join(f"h{number}.example" for number in range(1001)), "Enter at most 1000 entries."),
    ],
)
def test_what_cannot_be_used_says_why(name: str, text: str, reason: str) -> None:
    with pytest.raises(Unusable) as refused:
        with_text(content_of(settings()), field(name), text)
    assert str(refused.value) == reason


@pytest.mark.parametrize(("text", "stored"), [("2,5", 2500), (" 1 ", 1000), ("0.001", 1), ("1e1", 10_000)])
def test_numbers_are_taken_as_people_write_them(text: str, stored: int) -> None:
    content = with_text(content_of(settings()), field("timeout_read_seconds"), text)
    assert content["timeouts"]["readMs"] == stored


def test_the_time_of_a_body_policy_goes_with_it_and_stays_while_it_does() -> None:
    content = content_of(settings(bodies={"policy": "always", "until": "2027-01-01T00:00:00Z"}))
    assert with_text(content, field("bodies_policy"), "always") == content
    assert with_text(content, field("bodies_policy"), "never")["bodies"] == {"policy": "never", "until": None}


def test_the_form_is_what_nextcloud_can_draw() -> None:
    assert json.loads(json.dumps(FORM)) == FORM
    assert (FORM["section_type"], FORM["section_id"]) == ("admin", "declarative_settings")
    for scheme in FORM["fields"]:
        assert scheme["type"] in {"number", "text", "radio"}
        assert isinstance(scheme["default"], str)
        assert not scheme.get("sensitive")
    assert len({each.id for each in FIELDS}) == len(FIELDS)


def test_the_form_has_every_setting() -> None:
    def leaves(value: Any, pointer: str = "") -> set[str]:
        if not isinstance(value, dict):
            return {pointer}
        return {leaf for name, part in value.items() for leaf in leaves(part, f"{pointer}/{name}")}

    # The end of a body policy is for the page: Nextcloud's form knows no times.
    assert {each.pointer for each in FIELDS} | {"/bodies/until"} == leaves(content_of(settings()))
