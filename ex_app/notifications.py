# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Tells users of Nextcloud what the engine has to tell, as notifications with a link into the app."""

from collections.abc import Iterable
from typing import Any

from ex_app.appapi.client import NextcloudClient
from ex_app.appapi.errors import (
    NextcloudError,
    NextcloudRefusedError,
    NextcloudTimeoutError,
    NextcloudUnreachableError,
)
from ex_app.navigation import ENTRY
from openconnector.core.clock import stopwatch
from openconnector.monitoring.notifier import NobodyListens, NobodyThere, NotDelivered, Notification

SUBJECT_TYPE = "watch"
MAX_VALUE = 500
"""Characters of a value: Nextcloud keeps all of a notification in one column of 4,000 bytes."""

GONE_MS = 3_600_000.0
"""For which Nextcloud is not asked again about a user whom it did not know: it counts that as wrong passwords."""


class NextcloudNotifier:
    """The engine's `Notifier` in Nextcloud."""

    def __init__(self, client: NextcloudClient, app_id: str) -> None:
        self._client = client
        self._page = f"/index.php/apps/app_api/embedded/{app_id}/{ENTRY}"
        self._is_enabled: bool | None = None
        self._gone: dict[str, float] = {}

    @property
    def is_paused(self) -> bool:
        """Whether the app is known to be disabled: Nextcloud would refuse it, and count that as wrong passwords."""
        return self._is_enabled is False

    def switch(self, *, is_enabled: bool) -> None:
        """Note what an administrator has switched to."""
        self._is_enabled = is_enabled

    def assume(self, *, is_enabled: bool) -> None:
        """Note what Nextcloud says at the start, unless an administrator has switched since."""
        if self._is_enabled is None:
            self._is_enabled = is_enabled

    async def notify(self, user_id: str, notification: Notification) -> None:
        """Tell one user; AppAPI notifies the user that the call speaks for.

        Raises:
            NotDelivered: Nextcloud did not take it.
            NobodyThere: Nextcloud does not know the user.
            NobodyListens: Nextcloud is away, or does not accept the app.
        """
        if stopwatch() - self._gone.get(user_id, -GONE_MS) < GONE_MS:
            raise _nobody(user_id)
        try:
            link = await self._client.absolute_url(self._page + _path_of(notification))
        except NextcloudError as error:
            raise NobodyListens(str(error)) from None
        try:
            await self._client.notify(user_id, params_of(notification, link))
        except NextcloudRefusedError as error:
            if await self.unknown([user_id]):
                self._gone[user_id] = stopwatch()
                raise _nobody(user_id) from None
            raise NotDelivered(str(error)) from None
        except (NextcloudUnreachableError, NextcloudTimeoutError) as error:
            raise NobodyListens(str(error)) from None
        except NextcloudError as error:
            raise NotDelivered(str(error)) from None

    async def unknown(self, user_ids: Iterable[str]) -> list[str]:
        """Those of the users whom Nextcloud does not know.

        Raises:
            NotDelivered: Nextcloud did not say.
        """
        try:
            known = set(await self._client.users())
        except NextcloudError as error:
            raise NotDelivered(str(error)) from None
        return [user_id for user_id in user_ids if user_id not in known]


def params_of(notification: Notification, link: str) -> dict[str, Any]:
    """A notification as AppAPI takes it. Nextcloud refuses empty texts, so none is sent.

    The texts are translated on the way to the user, with the `l10n` of the app. Values are rich objects, so that
    braces in the name of a source are no placeholders.
    """
    values = {name: value[:MAX_VALUE] for name, value in notification.values.items() if value}
    objects = {
        name: {"type": "highlight", "id": f"{notification.source_id}", "name": value} for name, value in values.items()
    }
    return {
        "object": "source",
        "object_id": str(notification.source_id),
        "subject_type": SUBJECT_TYPE,
        "subject_params": {
            "rich_subject": notification.subject,
            "rich_subject_params": _used(notification.subject, objects),
            "rich_message": notification.message,
            "rich_message_params": _used(notification.message, objects),
            "link": link,
        },
    }


def _used(text: str, objects: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    return {name: value for name, value in objects.items() if f"{{{name}}}" in text}


def _path_of(notification: Notification) -> str:
    if notification.log_id is None:
        return f"/sources/{notification.source_id}/monitoring"
    return f"/logs/{notification.log_id}"


def _nobody(user_id: str) -> NobodyThere:
    return NobodyThere(f"There is no user “{user_id}” in Nextcloud any more.")
