# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is stored of a notification, and how it reaches Nextcloud and the API."""

import json
from typing import Any

import pytest

from openconnector.core.clock import now
from openconnector.core.ids import new_id
from openconnector.core.phrases import Phrase, phrase, spoken
from openconnector.monitoring.memory import News
from openconnector.monitoring.models import WatchNotification
from openconnector.monitoring.wording import MAX_REASON, content_of, notification_of, shown

LOG_ID = new_id()
DUTCH = {"{source} is failing": "{source} heeft een storing", "{host} is away": "{host} is weg", "away": "weg"}


def row_of(content: dict[str, Any]) -> WatchNotification:
    """A row as it comes out of the database."""
    return WatchNotification(
        source_id=new_id(), user_id="admin", content=json.loads(json.dumps(content)), created_at=now()
    )


def failing(reason: str) -> WatchNotification:
    return row_of(content_of(News("failing", reason), "Zaken {host}", LOG_ID))


def test_a_reason_with_plain_values_is_a_template() -> None:
    notification = notification_of(failing(phrase("{host} is away", host="api.example")))
    assert notification.message == "{host} is away"
    assert notification.values == {"source": "Zaken {host}", "host": "api.example"}
    assert notification.log_id == LOG_ID


@pytest.mark.parametrize(
    "reason",
    [
        phrase("{state}: 1", state=phrase("away")),
        phrase("{source} is away", source="api.example"),
        phrase("{host} is away", host=""),
        phrase("{host} is away"),
        phrase("Away, 100 %"),
        phrase("{{ {host} }} is away", host="api.example"),
        phrase("{host} is away", host="x" * MAX_REASON),
        "It is away.",
    ],
    ids=["nested", "collision", "empty", "no-value", "percent", "braces", "long", "plain"],
)
def test_any_other_reason_is_a_value(reason: str) -> None:
    notification = notification_of(failing(reason))
    assert notification.message == "{reason}"
    assert notification.values == {"source": "Zaken {host}", "reason": str(reason)}


def test_the_api_shows_it_in_the_language_of_the_reader() -> None:
    row = failing(phrase("{host} is away", host=phrase("away")))
    read = shown(row)
    assert (read.subject, read.message) == ("Zaken {host} is failing", "away is away")
    token = spoken.set(DUTCH)
    try:
        told = read.model_dump(mode="json")
    finally:
        spoken.reset(token)
    assert (told["subject"], told["message"]) == ("Zaken {host} heeft een storing", "weg is weg")


def test_what_an_earlier_version_has_stored_is_read() -> None:
    row = row_of(
        {
            "kind": "failing",
            "subject": "{source} is failing",
            "message": "{reason}",
            "values": {"source": "Zaken", "reason": "It answered 503 {a}."},
            "logId": None,
        }
    )
    notification, read = notification_of(row), shown(row)
    assert Phrase(notification.message, notification.values) == read.message == "It answered 503 {a}."
    assert notification.log_id is read.log_id is None
