# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The words of notifications. Values stand in braces, so that each text is one that can be translated."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from openconnector.core.phrases import Phrase, from_stored, phrase, to_stored
from openconnector.monitoring.memory import News
from openconnector.monitoring.models import WatchNotification
from openconnector.monitoring.notifier import Notification
from openconnector.monitoring.schemas import Expiring, Kind, NotificationRead

_NAME = re.compile(r"\{(\w+)\}")

_SUBJECTS: dict[Kind, str] = {
    "failing": phrase("{source} is failing"),
    "degraded": phrase("{source} is degraded"),
    "recovered": phrase("{source} has recovered"),
}
_ENDING: dict[Expiring, tuple[str, str]] = {
    "server_certificate": (
        phrase("The certificate of {source} ends on {day}"),
        phrase("After that, calls fail until the other side has renewed it."),
    ),
    "client_certificate": (
        phrase("The client certificate for {source} ends on {day}"),
        phrase("After that, calls fail. Enter a new one in the configuration of the source."),
    ),
    "signing_certificate": (
        phrase("The signing certificate for {source} ends on {day}"),
        phrase("After that, calls fail. Enter a new one in the configuration of the source."),
    ),
    "refresh_token": (
        phrase("The login at {source} ends on {day}"),
        phrase("After that, calls fail until an administrator logs in again."),
    ),
}


MAX_REASON = 500
"""Characters of a reason whose values are sent one by one: all of a notification has to fit into one column."""


def content_of(news: News, source_name: str, log_id: UUID) -> dict[str, Any]:
    """What is stored of a notification."""
    values = {"source": source_name}
    if news.expiry is not None:
        subject, message = _ENDING[news.expiry.type]
        values["day"] = _day(news.expiry.expires_at)
    else:
        subject, message = _SUBJECTS[news.kind], "{reason}"
        values["reason"] = news.reason
    return {
        "kind": news.kind,
        "subject": str(subject),
        "message": str(message),
        "values": to_stored(values),
        "logId": str(log_id),
    }


def notification_of(row: WatchNotification) -> Notification:
    """A stored notification. A reason becomes its message where Nextcloud can translate it."""
    content, values = row.content, _values_of(row)
    message, reason, log_id = content["message"], values.get("reason"), content.get("logId")
    if isinstance(reason, Phrase) and _is_template(reason, values):
        del values["reason"]
        message, values = reason.template, {**values, **reason.values}
    return Notification(content["subject"], message, values, row.source_id, UUID(log_id) if log_id else None)


def shown(row: WatchNotification) -> NotificationRead:
    """A stored notification as the API shows it."""
    content, values = row.content, _values_of(row)
    log_id = content.get("logId")
    return NotificationRead(
        kind=content["kind"],
        user_id=row.user_id,
        subject=Phrase(content["subject"], values),
        message=Phrase(content["message"], values),
        log_id=UUID(log_id) if log_id else None,
        created_at=row.created_at,
        delivered_at=row.delivered_at,
        error=row.error,
    )


def _values_of(row: WatchNotification) -> dict[str, str]:
    values: dict[str, str] = from_stored(row.content["values"])
    return values


def _is_template(reason: Phrase, taken: Mapping[str, str]) -> bool:
    """Whether a reason can stand as a template with values of its own beside those that are taken.

    Nextcloud refuses empty values and placeholders without any, has no values that are phrases themselves, and takes
    a percent sign for the beginning of a format.
    """
    values = reason.values
    words = _NAME.sub(lambda match: "" if match[1] in values else match[0], reason.template)
    return (
        len(reason) <= MAX_REASON
        and not set("{}%") & set(words)
        and taken.keys().isdisjoint(values)
        and all(value and not isinstance(value, Phrase) for value in values.values())
    )


def _day(at: datetime) -> str:
    return f"{at:%Y-%m-%d}"
