# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the app asks of Nextcloud, one method for each OCS call of AppAPI that it needs."""

import asyncio
import importlib
import json
from collections.abc import Sequence
from contextvars import ContextVar
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from ex_app.appapi.errors import NextcloudAnswerError, NextcloudNotFoundError, NextcloudTimeoutError
from ex_app.environment import Environment

if TYPE_CHECKING:
    from ex_app.appapi.connection import Connection

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""Nextcloud's id of the request being served; calls made for it carry it, so that logs can be joined."""

READ_SECONDS = 30.0
ENABLING_READ_SECONDS = 120.0
"""On progress 100 Nextcloud enables the app before it answers, which takes as long as that takes."""

FINISHED = 100

_STATUS = "/ocs/v1.php/apps/app_api/ex-app/status"
_STATE = "/ocs/v1.php/apps/app_api/ex-app/state"
_API = "/ocs/v1.php/apps/app_api/api/v1"
_USER = "/ocs/v2.php/cloud/user"
_CAPABILITIES = "/ocs/v2.php/cloud/capabilities"

_PAGE = {"type": "top_menu"}


class LogLevel(IntEnum):
    """The levels of Nextcloud's own log."""

    DEBUG = 0
    INFO = 1
    WARNING = 2
    ERROR = 3
    FATAL = 4


class NextcloudClient:
    """The app's voice in Nextcloud.

    One session speaks for the app during the whole life of the process; a question about a user gets a session
    of its own, which closes with the answer. Every method raises `NextcloudError` when Nextcloud refuses.
    """

    def __init__(
        self,
        environment: Environment,
        *,
        read_seconds: float = READ_SECONDS,
        enabling_read_seconds: float = ENABLING_READ_SECONDS,
    ) -> None:
        self._environment = environment
        self._read_seconds = read_seconds
        self._enabling_read_seconds = enabling_read_seconds
        self._system: Connection | None = None
        self._opening = asyncio.Lock()

    async def warm_up(self) -> None:
        """Import the library and open the session now; the first call need not wait."""
        await self._connection()

    async def aclose(self) -> None:
        """Close the session."""
        async with self._opening:
            connection, self._system = self._system, None
        if connection is not None:
            await connection.aclose()

    async def report_progress(self, percent: int, error: str = "") -> bool:
        """Tell Nextcloud how far the initialisation is; 100 makes it enable the app.

        Returns:
            Whether Nextcloud confirmed it. Enabling may take Nextcloud longer than any sensible timeout, so a
            timeout on 100 means that the result is not known, and is no error.
        """
        body = {"progress": percent, "error": error}
        finished = percent >= FINISHED
        try:
            await self._call("PUT", _STATUS, body, patient=finished)
        except NextcloudTimeoutError:
            if not finished:
                raise
            return False
        return True

    async def register_top_menu(self, name: str, display_name: str, icon: str, *, admin_required: bool) -> None:
        """Register the entry in Nextcloud's top menu, or change it."""
        body = {"name": name, "displayName": display_name, "icon": icon, "adminRequired": int(admin_required)}
        await self._call("POST", f"{_API}/ui/top-menu", body)

    async def set_initial_state(self, name: str, key: str, value: dict[str, Any]) -> None:
        """Set what the page finds as initial state `key`."""
        await self._call("POST", f"{_API}/ui/initial-state", {**_PAGE, "name": name, "key": key, "value": value})

    async def register_script(self, name: str, path: str) -> None:
        """Add a script to the page; `path` is relative to the app and has no extension."""
        await self._call("POST", f"{_API}/ui/script", {**_PAGE, "name": name, "path": path, "afterAppId": ""})

    async def remove_script(self, name: str, path: str) -> None:
        """Remove a script from the page."""
        await self._call("DELETE", f"{_API}/ui/script", params={**_PAGE, "name": name, "path": path})

    async def register_style(self, name: str, path: str) -> None:
        """Add a style sheet to the page; `path` is relative to the app and has no extension."""
        await self._call("POST", f"{_API}/ui/style", {**_PAGE, "name": name, "path": path})

    async def remove_style(self, name: str, path: str) -> None:
        """Remove a style sheet from the page."""
        await self._call("DELETE", f"{_API}/ui/style", params={**_PAGE, "name": name, "path": path})

    async def register_settings_form(self, form: dict[str, Any]) -> None:
        """Add a form to Nextcloud's settings, or change it; Nextcloud before 29 answers with a failure."""
        await self._call("POST", f"{_API}/ui/settings", {"formScheme": form})

    async def read_config(self, keys: Sequence[str]) -> dict[str, str]:
        """What Nextcloud keeps for the app under these keys; one without a value is absent."""
        rows = await self._call("POST", f"{_API}/ex-app/config/get-values", {"configKeys": list(keys)})
        if not isinstance(rows, list):
            raise NextcloudAnswerError("POST ex-app/config/get-values: the answer is no list")
        pairs = [(row.get("configkey"), row.get("configvalue")) for row in rows if isinstance(row, dict)]
        return {str(key): _text(value) for key, value in pairs}

    async def write_config(self, key: str, value: str) -> None:
        """Let Nextcloud keep a value, which is no secret, for the app."""
        body = {"configKey": key, "configValue": value, "sensitive": 0}
        await self._call("POST", f"{_API}/ex-app/config", body)

    async def register_command(self, command: dict[str, Any]) -> None:
        """Add a command to occ, or change it. See `ex_app/occ.py` for what Nextcloud makes of it."""
        await self._call("POST", f"{_API}/occ_command", command)

    async def remove_command(self, name: str) -> None:
        """Remove a command from occ."""
        await self._call("DELETE", f"{_API}/occ_command", params={"name": name})

    async def versions(self) -> tuple[str, str]:
        """The versions of Nextcloud and of AppAPI; empty where it does not tell them."""
        data = await self._call("GET", _CAPABILITIES)
        server = data.get("version", {}) if isinstance(data, dict) else {}
        appapi = data.get("capabilities", {}).get("app_api", {}) if isinstance(data, dict) else {}
        return str(server.get("string", "")), str(appapi.get("version", ""))

    async def is_enabled(self) -> bool:
        """Whether an administrator has enabled the app."""
        return bool(await self._call("GET", _STATE))

    async def is_admin(self, uid: str) -> bool:
        """Whether `uid` is in Nextcloud's group `admin`, asked in the name of `uid`.

        Only a uid that Nextcloud itself has sent may be asked for: the app's secret speaks for any user.
        """
        await self._connection()
        connection = self._new_connection(uid)
        try:
            data = await connection.call("GET", _USER, read_seconds=self._read_seconds, request_id=request_id.get())
        finally:
            await connection.aclose()
        groups = data.get("groups") if isinstance(data, dict) else None
        # PHP writes a list with gaps in its keys as an object.
        names = list(groups.values()) if isinstance(groups, dict) else groups
        if not isinstance(names, list):
            raise NextcloudAnswerError(f"GET {_USER}: the answer names no groups")
        return "admin" in names

    async def users(self) -> list[str]:
        """The ids of all users."""
        uids = await self._call("GET", f"{_API}/users")
        if not isinstance(uids, list):
            raise NextcloudAnswerError(f"GET {_API}/users: the answer is no list")
        return [str(uid) for uid in uids]

    async def absolute_url(self, path: str) -> str:
        """The URL of a path of Nextcloud as users open it; the path where Nextcloud does not know its own address."""
        try:
            data = await self._call("GET", f"{_API}/info/nextcloud_url/absolute", params={"url": path})
        except NextcloudNotFoundError:  # earlier versions of AppAPI do not tell
            return path
        url = data.get("absolute_url") if isinstance(data, dict) else None
        return url if isinstance(url, str) and url.startswith(("https://", "http://")) else path

    async def notify(self, uid: str, params: dict[str, Any]) -> None:
        """Make a notification for `uid`, in the name of `uid`: AppAPI knows no other way.

        Only a uid that Nextcloud itself has sent, or lists, may be named: the app's secret speaks for any user.
        """
        await self._connection()
        connection = self._new_connection(uid)
        body = {"params": params}
        try:
            await connection.call(
                "POST", f"{_API}/notification", json=body, read_seconds=self._read_seconds, request_id=request_id.get()
            )
        finally:
            await connection.aclose()

    async def log(self, level: LogLevel, message: str) -> None:
        """Write a line into Nextcloud's own log."""
        await self._call("POST", f"{_API}/log", {"level": int(level), "message": message})

    async def _call(
        self,
        method: str,
        path: str,
        json: dict[str, Any] | None = None,
        *,
        params: dict[str, str] | None = None,
        patient: bool = False,
    ) -> Any:
        connection = await self._connection()
        return await connection.call(
            method,
            path,
            json=json,
            params=params,
            read_seconds=self._enabling_read_seconds if patient else self._read_seconds,
            request_id=request_id.get(),
        )

    async def _connection(self) -> "Connection":
        async with self._opening:
            if self._system is None:
                await asyncio.to_thread(importlib.import_module, "ex_app.appapi.connection")
                self._system = self._new_connection("")
            return self._system

    def _new_connection(self, uid: str) -> "Connection":
        from ex_app.appapi.connection import Connection  # noqa: PLC0415  it has been imported in a thread by now

        return Connection(self._environment, user=uid)


def _text(value: object) -> str:
    """A value of the configuration as text: later versions of Nextcloud keep numbers and lists as such."""
    return "" if value is None else value if isinstance(value, str) else json.dumps(value)
