# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""`GET /metrics`, for whoever has the token and reaches the app itself.

It stands before the guard, because Prometheus cannot sign as Nextcloud does. Nextcloud's proxy does not offer the path,
and what comes signed by Nextcloud is not answered here either: a user has no way to it.
"""

import hmac
from collections.abc import Awaitable, Callable

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from ex_app.observability.metrics import CONTENT_TYPE, Metrics
from openconnector.core.telemetry import VitalSigns

PATH = "/metrics"

_NO_STORE = {"Cache-Control": "no-store"}
_CHALLENGE = {**_NO_STORE, "WWW-Authenticate": 'Bearer realm="metrics"'}


class MetricsEndpoint:
    """ASGI middleware around everything.

    Args:
        signs: reads how the engine is; None where it does not serve.
        port: where nothing but the metrics is served; None: there is no such port.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        metrics: Metrics,
        token: str,
        signs: Callable[[], Awaitable[VitalSigns | None]],
        port: int | None = None,
    ) -> None:
        self._app = app
        self._metrics = metrics
        self._token = token.encode()
        self._signs = signs
        self._port = port

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        is_asked_for = scope["path"] == PATH and "authorization-app-api" not in headers
        answer: ASGIApp = self._app
        if is_asked_for:
            answer = await self._answer(scope["method"], headers)
        elif self._port is not None and scope["server"][1] == self._port:
            answer = PlainTextResponse("There is only /metrics here.\n", 404, _NO_STORE)
        await answer(scope, receive, send)

    async def _answer(self, method: str, headers: Headers) -> Response:
        given = headers.get("authorization", "").encode()
        scheme, _, token = given.partition(b" ")
        if scheme.lower() != b"bearer" or not hmac.compare_digest(token.strip(), self._token):
            return PlainTextResponse("Show the token of the metrics.\n", 401, _CHALLENGE)
        if method not in ("GET", "HEAD"):
            return PlainTextResponse("Metrics are read.\n", 405, {**_NO_STORE, "Allow": "GET, HEAD"})
        return Response(self._metrics.exposition(await self._signs()), 200, _NO_STORE, CONTENT_TYPE)
