# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Notifications: AppAPI's call that makes one, the list that Nextcloud gives to a user, and the bell in the header."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from html import escape
from typing import Any

from ex_app.standalone.envelopes import OcsFailure
from ex_app.standalone.languages import word
from ex_app.standalone.registry import InstalledApp, User

MAKE = "apps/app_api/api/v1/notification"
LIST = "apps/notifications/api/v2/notifications"
ABSOLUTE_URL = "apps/app_api/api/v1/info/nextcloud_url/absolute"

MAX_KEPT = 200
_MAX_SHOWN = 10
_PLACEHOLDER = re.compile(r"\{([^}]+)\}")
_TEXTS = ("object", "object_id", "subject_type")
_SUBJECT_TEXTS = ("rich_subject", "rich_message", "link")


def make(app: InstalledApp, user: User | None, body: Mapping[str, Any]) -> dict[str, Any]:
    """Keep what the app tells a user.

    Raises:
        OcsFailure: there is no user, or something that Nextcloud needs is missing or empty.
    """
    if user is None or not user.uid:
        raise OcsFailure(400, "A notification is for a user")
    params = body.get("params")
    subject = params.get("subject_params") if isinstance(params, dict) else None
    if not isinstance(params, dict) or not isinstance(subject, dict):
        raise OcsFailure(400, "params and subject_params are needed")
    for fields, names in ((params, _TEXTS), (subject, _SUBJECT_TEXTS)):
        for name in names:
            if not isinstance(fields.get(name), str) or not fields[name]:
                raise OcsFailure(400, f"{name} is missing or empty")
    notification = {
        "notification_id": len(app.notifications) + 1,
        "app": app.app_id,
        "user": user.uid,
        "datetime": datetime.now(UTC).isoformat(timespec="seconds"),
        "object_type": params["object"],
        "object_id": params["object_id"],
        "subject": _filled(subject, "rich_subject"),
        "message": _filled(subject, "rich_message"),
        "link": subject["link"],
        "subjectRich": subject["rich_subject"],
        "subjectRichParameters": subject["rich_subject_params"],
    }
    app.notifications.append(notification)
    del app.notifications[:-MAX_KEPT]
    return notification


def of_user(app: InstalledApp, user: User) -> list[dict[str, Any]]:
    """What a user was told, the newest first."""
    return [notification for notification in reversed(app.notifications) if notification["user"] == user.uid]


def bell(app: InstalledApp, user: User, language: str) -> str:
    """The bell of the header, with the latest of what the user was told."""
    mine = of_user(app, user)
    items = "".join(
        f'<li><a href="{escape(one["link"])}"><strong>{escape(one["subject"])}</strong>'
        f"<span>{escape(one['message'])}</span></a></li>"
        for one in mine[:_MAX_SHOWN]
    )
    content = f"<ul>{items}</ul>" if mine else f"<p>{word('Nothing has happened.', language)}</p>"
    title = f"<span>{word('Notifications', language)}</span> ({len(mine)})"
    return f'<details class="bell"><summary>{title}</summary>{content}</details>'


def _filled(subject: Mapping[str, Any], name: str) -> str:
    """A rich text with its values. Nextcloud cannot show one that has no value for a placeholder."""
    values = subject.get(f"{name}_params")
    if not isinstance(values, dict):
        raise OcsFailure(400, f"{name}_params is missing")

    def value_of(match: re.Match[str]) -> str:
        value = values.get(match[1])
        if not isinstance(value, dict) or not all(value.get(key) for key in ("type", "id", "name")):
            raise OcsFailure(400, f"{match[0]} has no value")
        return str(value["name"])

    return _PLACEHOLDER.sub(value_of, subject[name])
