# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What AppAPI does to an app: wait for its heartbeat, initialise it, enable it, disable it."""

import asyncio
import time

from ex_app.standalone.registry import InstalledApp
from ex_app.standalone.signing import COMMAND_LINE_ID, signed_headers
from openconnector.core.http import AsyncClient, HTTPError, Request, Response, Timeout

INIT_SECONDS = 30.0
ENABLED_SECONDS = 60.0
HEARTBEAT_PAUSE_SECONDS = 0.05
"""AppAPI asks once a second; nobody who starts a local host wants to wait for that."""

_USER_AGENT = ("User-Agent", "Nextcloud Server Crawler")
_GZIP = ("Accept-Encoding", "gzip")


class DriverError(Exception):
    """The app did not do what AppAPI asks of it; `str()` is one line."""


class Driver:
    """AppAPI's side of the life of one app."""

    def __init__(self, app: InstalledApp, client: AsyncClient) -> None:
        self._app = app
        self._client = client

    async def wait_for_heartbeat(self, seconds: float) -> None:
        """Ask for the heartbeat until it comes.

        Raises:
            DriverError: it did not come in time.
        """
        deadline = time.monotonic() + seconds
        while not await self._beats():
            if time.monotonic() > deadline:
                raise DriverError(f"the app gave no heartbeat within {seconds:g} s")
            await asyncio.sleep(HEARTBEAT_PAUSE_SECONDS)

    async def init(self) -> None:
        """Start the initialisation. The app reports its progress by itself; one without `/init` is done at once.

        Raises:
            DriverError: the app did not accept it.
        """
        self._app.enabled = True  # AppAPI does so before it calls, or the app could not report
        self._app.progress, self._app.error = 0, ""
        self._app.settled.clear()
        try:
            response = await self._system_call("POST", "/init", INIT_SECONDS)
        except HTTPError as error:
            raise DriverError(f"/init failed: {type(error).__name__}") from None
        if response.status_code in {404, 501}:
            self._app.progress = 100
            await self.enable()
            self._app.settled.set()
        elif response.status_code >= 400:  # noqa: PLR2004
            raise DriverError(f"/init answered {response.status_code}")

    async def settled(self, seconds: float) -> None:
        """Wait until the initialisation has ended and the app is enabled.

        Raises:
            DriverError: it did not end in time, or with an error.
        """
        try:
            await asyncio.wait_for(self._app.settled.wait(), seconds)
        except TimeoutError:
            raise DriverError(f"the app did not finish its initialisation within {seconds:g} s") from None
        if self._app.error:
            raise DriverError(self._app.error)

    async def enable(self) -> str:
        """Enable the app. A text is the reason why it is not enabled."""
        return await self._switch(on=True)

    async def disable(self) -> str:
        """Disable the app. A text is the complaint of the app, which is disabled all the same."""
        return await self._switch(on=False)

    async def _switch(self, *, on: bool) -> str:
        try:
            response = await self._system_call("PUT", f"/enabled?enabled={int(on)}", ENABLED_SECONDS)
        except HTTPError as error:
            problem = f"/enabled failed: {type(error).__name__}"
        else:
            problem = _complaint(response)
        self._app.enabled = on and not problem
        self._app.error = problem
        return problem

    async def _beats(self) -> bool:
        headers = [("Accept", "application/json"), ("Content-Type", "application/json"), _USER_AGENT, _GZIP]
        try:
            response = await self._client.send(self._request("GET", "/heartbeat", headers, 5.0))
            return response.is_success and bool(response.json().get("status") == "ok")
        except (HTTPError, ValueError, AttributeError):
            return False

    async def _system_call(self, method: str, path: str, seconds: float) -> Response:
        signature = signed_headers(self._app, uid="", request_id=COMMAND_LINE_ID)
        headers = [("Content-Length", "0"), *signature, ("Accept-Language", "en"), _USER_AGENT, _GZIP]
        return await self._client.send(self._request(method, path, headers, seconds))

    def _request(self, method: str, path: str, headers: list[tuple[str, str]], seconds: float) -> Request:
        timeout = Timeout(seconds, connect=2.0).as_dict()
        return Request(method, self._app.address + path, headers=headers, extensions={"timeout": timeout})


def _complaint(response: Response) -> str:
    """The text in `error`. AppAPI does not look at the status: an answer that is no JSON counts as success."""
    try:
        answer = response.json()
    except ValueError:
        return ""
    return str(answer.get("error") or "") if isinstance(answer, dict) else ""
