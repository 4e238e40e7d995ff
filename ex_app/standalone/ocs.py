# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The OCS calls that an external app makes, answered as AppAPI answers them."""

import hmac
import json
import re
from base64 import b64decode
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ex_app.standalone import notifications
from ex_app.standalone.envelopes import (
    NOT_LOGGED_IN,
    UNKNOWN_CALL,
    OcsFailure,
    ocs_failure,
    ocs_success,
)
from ex_app.standalone.registrations import Registrations
from ex_app.standalone.registry import APPAPI_VERSION, USERS, VERSION, InstalledApp, User
from ex_app.standalone.session import session_user

_API = "apps/app_api/api/v1/"
_STATUS = "apps/app_api/ex-app/status"
_STATE = "apps/app_api/ex-app/state"
_LOG_LEVELS = range(5)


class OcsApi:
    """`/ocs/v1.php/…` and `/ocs/v2.php/…` for one app."""

    def __init__(self, app: InstalledApp, on_initialised: Callable[[], Awaitable[object]]) -> None:
        """`on_initialised` enables the app; as in AppAPI, the report of 100 % is answered after it."""
        self._app = app
        self._on_initialised = on_initialised
        self._registrations = Registrations(app)

    def routes(self) -> list[Route]:
        """The routes to serve."""
        return [Route(r"/ocs/v{version:int}.php/{call:path}", self.answer, methods=["GET", "POST", "PUT", "DELETE"])]

    async def answer(self, request: Request) -> Response:
        """Answer one call."""
        version = 2 if request.path_params["version"] == 2 else 1  # noqa: PLR2004
        try:
            return ocs_success(version, await self._data(request, request.path_params["call"]))
        except OcsFailure as failure:
            return ocs_failure(version, failure)

    async def _data(self, request: Request, call: str) -> Any:
        if request.headers.get("ocs-apirequest", "").lower() != "true":
            raise OcsFailure(412, "CSRF check failed")
        if call == "cloud/capabilities":
            return _capabilities()
        if call.startswith("cloud/user"):
            return _user(self._caller(request), call)
        if call == notifications.LIST and request.method == "GET":
            return notifications.of_user(self._app, session_user(request))
        if not call.startswith("apps/app_api/"):
            raise OcsFailure(UNKNOWN_CALL, "Invalid query, please check the syntax.")
        user = self._caller(request)
        if user is None or not (self._app.enabled or call in {_STATE, _STATUS}):
            raise OcsFailure(NOT_LOGGED_IN, "AppAPI authentication failed")
        if call == notifications.MAKE and request.method == "POST":
            return notifications.make(self._app, user, await _body(request))
        return await self._app_api(request, call)

    def _caller(self, request: Request) -> User | None:
        """The user that a correctly signed call speaks for; a nameless one for the app itself, None for nobody."""
        try:
            proof = b64decode(request.headers.get("authorization-app-api", ""), validate=True)
            uid, _, secret = proof.decode().partition(":")
        except ValueError:
            return None
        genuine = (
            request.headers.get("ex-app-id") == self._app.app_id
            and bool(request.headers.get("ex-app-version"))
            and hmac.compare_digest(secret.encode(), self._app.secret.encode())
        )
        if not genuine:
            return None
        return USERS.get(uid) if uid else User("", "")

    async def _app_api(self, request: Request, call: str) -> Any:
        if call == _STATE and request.method == "GET":
            return int(self._app.enabled)
        body = await _body(request)
        if call == _STATUS and request.method == "PUT":
            await self._progress(body)
            return []
        if call == notifications.ABSOLUTE_URL and request.method == "GET":
            return {"absolute_url": str(request.base_url).rstrip("/") + request.query_params.get("url", "")}
        if call == f"{_API}users" and request.method == "GET":
            return list(USERS)
        if call == f"{_API}log" and request.method == "POST":
            _check_log(body)
            return []
        if call.startswith(_API):
            return self._registrations.answer(request.method, call.removeprefix(_API), body, request.query_params)
        raise OcsFailure(UNKNOWN_CALL, "Invalid query, please check the syntax.")

    async def _progress(self, body: dict[str, Any]) -> None:
        progress, error = body.get("progress"), body.get("error", "")
        if not isinstance(progress, int) or not isinstance(error, str):
            raise OcsFailure(400, "progress and error are needed")
        if self._app.progress == 100:  # noqa: PLR2004
            return
        self._app.error = error
        if not error:
            self._app.progress = min(max(progress, 0), 100)
            if self._app.progress < 100:  # noqa: PLR2004
                return
            await self._on_initialised()
        self._app.settled.set()


async def _body(request: Request) -> dict[str, Any]:
    raw = await request.body()
    if not raw:
        return {}
    try:
        body = json.loads(raw)
    except ValueError:
        raise OcsFailure(400, "The body is no JSON") from None
    if not isinstance(body, dict):
        raise OcsFailure(400, "The body is no JSON object")
    return body


def _check_log(body: dict[str, Any]) -> None:
    if body.get("level") not in _LOG_LEVELS or not isinstance(body.get("message"), str):
        raise OcsFailure(400, "Invalid log level")


def _capabilities() -> dict[str, Any]:
    major, minor, micro = (int(part) for part in re.findall(r"\d+", VERSION))
    return {
        "version": {
            "major": major,
            "minor": minor,
            "micro": micro,
            "string": VERSION,
            "edition": "",
            "extendedSupport": False,
        },
        "capabilities": {"app_api": {"version": APPAPI_VERSION}, "theming": {"name": "Nextcloud"}},
    }


def _user(caller: User | None, call: str) -> dict[str, Any]:
    if caller is None or not caller.uid:
        raise OcsFailure(NOT_LOGGED_IN, "Current user is not logged in")
    wanted = caller.uid if call == "cloud/user" else call.removeprefix("cloud/users/")
    user = USERS.get(wanted)
    if user is None or (user.uid != caller.uid and not caller.is_admin):
        raise OcsFailure(404, "User does not exist")
    return {
        "enabled": True,
        "id": user.uid,
        "displayname": user.display_name,
        "display-name": user.display_name,
        "email": None,
        "groups": list(user.groups),
        "language": "en",
        "locale": "",
    }
