# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The words of notifications. Values stand in braces, so that each text is one that can be translated."""

from datetime import datetime
from typing import Any
from uuid import UUID

from openconnector.monitoring.memory import News
from openconnector.monitoring.models import WatchNotification
from openconnector.monitoring.notifier import Notification
from openconnector.monitoring.schemas import Expiring, Kind, NotificationRead

_SUBJECTS: dict[Kind, str] = {
    "failing": "{source} is failing",
    "degraded": "{source} is degraded",
    "recovered": "{source} has recovered",
}
_ENDING: dict[Expiring, tuple[str, str]] = {
    "server_certificate": (
        "The certificate of {source} ends on {day}",
        "After that, calls fail until the other side has renewed it.",
    ),
    "client_certificate": (
        "The client certificate for {source} ends on {day}",
        "After that, calls fail. Enter a new one in the configuration of the source.",
    ),
    "signing_certificate": (
        "The signing certificate for {source} ends on {day}",
        "After that, calls fail. Enter a new one in the configuration of the source.",
    ),
    "refresh_token": (
        "The login at {source} ends on {day}",
        "After that, calls fail until an administrator logs in again.",
    ),
}


def content_of(news: News, source_name: str, log_id: UUID) -> dict[str, Any]:
    """What is stored of a notification."""
    values = {"source": source_name}
    if news.expiry is not None:
        subject, message = _ENDING[news.expiry.type]
        values["day"] = _day(news.expiry.expires_at)
    else:
        subject, message = _SUBJECTS[news.kind], "{reason}"
        values["reason"] = news.reason
    return {"kind": news.kind, "subject": subject, "message": message, "values": values, "logId": str(log_id)}


def notification_of(row: WatchNotification) -> Notification:
    """A stored notification."""
    content = row.content
    log_id = content.get("logId")
    return Notification(
        content["subject"], content["message"], content["values"], row.source_id, UUID(log_id) if log_id else None
    )


def shown(row: WatchNotification) -> NotificationRead:
    """A stored notification as the API shows it."""
    notification = notification_of(row)
    return NotificationRead(
        kind=row.content["kind"],
        user_id=row.user_id,
        subject=notification.plain(notification.subject),
        message=notification.plain(notification.message),
        log_id=notification.log_id,
        created_at=row.created_at,
        delivered_at=row.delivered_at,
        error=row.error,
    )


def _day(at: datetime) -> str:
    return f"{at:%Y-%m-%d}"
