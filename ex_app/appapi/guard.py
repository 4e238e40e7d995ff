# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Lets through what comes from this Nextcloud, and nothing else.

The app's port can be reached by whatever shares its network. AppAPI signs each request with the app's secret;
this middleware checks it before anything else looks at the request. It does not use the check that `nc_py_api`
offers, which compares in variable time and prints the secret when it fails.
"""

import hmac
from base64 import b64decode
from dataclasses import dataclass, field
from typing import NamedTuple

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ex_app.appapi.client import request_id
from ex_app.appapi.errors import NextcloudError
from ex_app.appapi.refusals import (
    AdministratorsOnlyError,
    ForbiddenError,
    MissingCsrfHeaderError,
    NotFromNextcloudError,
    RequestRefusedError,
    RoleUnknownError,
    UnknownPathError,
    VerbNotAllowedError,
    refusal_response,
)
from ex_app.appapi.roles import AdminRoles
from ex_app.appapi.routes import API, Access, Route, route_for
from openconnector.core.principal import SCOPE_KEY, Principal

log = structlog.get_logger(__name__)

HEARTBEAT = "/heartbeat"
LIFECYCLE = {"/init": "POST", "/enabled": "PUT"}
"""What only Nextcloud itself calls, never for a user; so are its commands (`/occ/…`)."""

_OCC = "/occ/"
_LONGEST_UID = 255
_SAFE_VERBS = frozenset({"GET", "HEAD", "OPTIONS"})
_PRIVATE_HEADERS = frozenset(
    {
        b"aa-version",
        b"aa-request-id",
        b"authorization",
        b"authorization-app-api",
        b"cookie",
        b"ex-app-host",
        b"ex-app-id",
        b"ex-app-port",
        b"ex-app-version",
        b"harp-shared-key",
        b"proxy-authorization",
        b"requesttoken",
    }
)
"""Headers that prove who somebody is. They end here, so that nothing behind the guard can log or forward them."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a request must show to count as one of this Nextcloud."""

    app_id: str
    secret: str = field(repr=False)


class Admission(NamedTuple):
    """What the guard found out about a request that may pass."""

    principal: Principal | None
    keeps_cache_header: bool


class Guard:
    """ASGI middleware: authenticates, authorises, and strips what nobody behind it needs."""

    def __init__(self, app: ASGIApp, *, credentials: Credentials, roles: AdminRoles) -> None:
        self._app = app
        self._credentials = credentials
        self._roles = roles

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._serve(scope, receive, send)
        elif scope["type"] == "websocket":
            # Nothing here speaks WebSocket, and Nextcloud's proxy cannot carry it.
            await send({"type": "websocket.close", "code": 1008, "reason": ""})
        else:
            await self._app(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        token = request_id.set(headers.get("aa-request-id", ""))
        try:
            admission = await self._admit(scope["method"], scope["path"], headers)
        except RequestRefusedError as refusal:
            log.warning("request refused", method=scope["method"], path=scope["path"], reason=refusal.slug)
            await refusal_response(refusal, scope)(scope, receive, send)
        else:
            inner = dict(scope)
            inner["headers"] = [pair for pair in scope["headers"] if pair[0].lower() not in _PRIVATE_HEADERS]
            inner.pop(SCOPE_KEY, None)
            if admission.principal is not None:
                inner[SCOPE_KEY] = admission.principal
            await self._app(inner, receive, send if admission.keeps_cache_header else _never_stored(send))
        finally:
            request_id.reset(token)

    async def _admit(self, method: str, path: str, headers: Headers) -> Admission:
        if path == HEARTBEAT and method == "GET":
            return Admission(None, keeps_cache_header=False)
        uid = self._authenticate(headers)
        if path in LIFECYCLE or path.startswith(_OCC):
            _check_lifecycle(method, path, uid)
            return Admission(None, keeps_cache_header=False)
        route = route_for(path)
        if route is None:
            raise UnknownPathError
        _check_verb(method, route)
        if not uid and route.access is not Access.PUBLIC:
            raise NotFromNextcloudError("Nobody is signed in")
        if route is API and method not in _SAFE_VERBS:
            _check_csrf(headers)
        principal = await self._principal(uid) if route.access is Access.ADMIN else None
        return Admission(principal, keeps_cache_header=route is not API)

    def _authenticate(self, headers: Headers) -> str:
        """The uid that Nextcloud speaks for; empty when it speaks for itself."""
        proofs = headers.getlist("authorization-app-api")
        if len(proofs) != 1 or not headers.get("ex-app-version", "").strip():
            raise NotFromNextcloudError
        if headers.getlist("ex-app-id") != [self._credentials.app_id]:
            raise NotFromNextcloudError
        try:
            uid, separator, secret = b64decode(proofs[0], validate=True).partition(b":")
            name = uid.decode()
        except ValueError:
            raise NotFromNextcloudError from None
        if not separator or not hmac.compare_digest(secret, self._credentials.secret.encode()):
            raise NotFromNextcloudError
        if len(name) > _LONGEST_UID:
            raise NotFromNextcloudError
        return name

    async def _principal(self, uid: str) -> Principal:
        try:
            is_admin = await self._roles.is_admin(uid)
        except NextcloudError as error:
            log.warning("role of the user is unknown", error=str(error))
            raise RoleUnknownError from None
        if not is_admin:
            raise AdministratorsOnlyError
        return Principal(uid, is_admin=True)


def _check_lifecycle(method: str, path: str, uid: str) -> None:
    if uid:
        raise ForbiddenError("Only Nextcloud itself may call this")
    expected = LIFECYCLE.get(path, "POST")
    if method != expected:
        raise VerbNotAllowedError([expected])


def _check_verb(method: str, route: Route) -> None:
    if method not in route.verbs:
        raise VerbNotAllowedError(route.verbs)


def _check_csrf(headers: Headers) -> None:
    """Refuse writes that a form or an image of another site could have caused.

    Nextcloud's proxy checks no CSRF token and forwards the user's session. A header outside of the CORS safelist
    cannot be set across origins without a preflight, which the proxy answers with 405.
    """
    if not (headers.get("requesttoken") or headers.get("x-requested-with")):
        raise MissingCsrfHeaderError


def _never_stored(send: Send) -> Send:
    async def send_without_storing(message: Message) -> None:
        if message["type"] == "http.response.start":
            message.setdefault("headers", [])
            MutableHeaders(scope=message)["Cache-Control"] = "no-store"
        await send(message)

    return send_without_storing
