# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""`/index.php/apps/app_api/proxy/{app}/{path}`: how browser requests reach the app, with all the proxy's habits.

The path is decoded once and sent again, so an encoded slash becomes a slash; double slashes collapse; of repeated
query keys the last one stays; only the first of repeated answer headers comes back; what is not allowed is a 404 page.
"""

import re
from collections.abc import AsyncIterator
from urllib.parse import parse_qsl, quote, urlencode

import structlog
from starlette.requests import ClientDisconnect
from starlette.requests import Request as BrowserRequest
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from ex_app.appapi.routes import Access
from ex_app.standalone.envelopes import DEFAULT_CSP, NO_STORE, not_found_page, server_headers
from ex_app.standalone.registry import InstalledApp, User
from ex_app.standalone.session import session_language, session_user
from ex_app.standalone.signing import new_request_id, signed_headers
from openconnector.core.http import AsyncClient, HTTPError, Request, Timeout
from openconnector.core.http import Response as AppResponse

log = structlog.get_logger(__name__)

VERBS = ("GET", "POST", "PUT", "DELETE")

_TIMEOUT = Timeout(None, connect=5.0).as_dict()
"""AppAPI's proxy waits for the app as long as it takes."""

_OVERWRITTEN = frozenset(
    {
        "aa-request-id",
        "aa-version",
        "authorization-app-api",
        "ex-app-id",
        "ex-app-version",
        "transfer-encoding",
        "x-origin-ip",
    }
)
_NOT_RETURNED = frozenset(
    {
        "aa-request-id",
        "aa-version",
        "authorization-app-api",
        "connection",
        "date",
        "ex-app-id",
        "ex-app-version",
        "keep-alive",
        "transfer-encoding",
    }
)
_PATH_SAFE = "-._~!$&'()*+,;=:@/%?#"
_BARE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


class Proxy:
    """An ASGI application that passes what it may to one app."""

    def __init__(self, app: InstalledApp, client: AsyncClient) -> None:
        self._app = app
        self._client = client

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = BrowserRequest(scope, receive)
        params = scope["path_params"]
        refusal = self._refusal(request, params["app_id"], params["other"])
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        try:
            answer = await self._client.send(self._forwarded(request, params["other"]), stream=True)
        except ClientDisconnect:
            return
        except HTTPError as error:
            log.warning("app not reached", error=type(error).__name__)
            await Response(status_code=500, headers=server_headers())(scope, receive, send)
            return
        # Also when the browser goes away in the middle, which ends the streaming: the connection must not stay.
        try:
            await _returned(answer)(scope, receive, send)
        except ClientDisconnect:
            return
        finally:
            await answer.aclose()

    def _refusal(self, request: BrowserRequest, app_id: str, path: str) -> Response | None:
        if request.method not in (*VERBS, "HEAD"):
            return Response(status_code=405, headers={**server_headers(), "Allow": ", ".join(VERBS)})
        known = app_id == self._app.app_id and self._app.enabled
        access = self._app.manifest.access_for(_collapsed(path), request.method) if known else None
        if access is None or ".." in path.split("/") or not _may(session_user(request), access):
            return not_found_page()
        return None

    def _forwarded(self, request: BrowserRequest, path: str) -> Request:
        user = session_user(request)
        client_host = request.client.host if request.client else ""
        headers = [(name, value) for name, value in request.headers.items() if name not in _OVERWRITTEN]
        headers += [
            ("X-Origin-IP", client_host),
            *signed_headers(self._app, uid=user.uid, request_id=new_request_id()),
        ]
        if "accept-language" not in request.headers:  # what browsers ask for goes before the language of the user
            headers.append(("Accept-Language", session_language(request)))
        return Request(
            request.method,
            self._app.address + resent_path(path, request.scope["query_string"].decode("latin-1")),
            headers=headers,
            content=_body(request),
            extensions={"timeout": _TIMEOUT},
        )


def _may(user: User, access: Access) -> bool:
    return user.is_admin or access is not Access.ADMIN


def _collapsed(path: str) -> str:
    return re.sub("/{2,}", "/", path)


def resent_path(path: str, query: str) -> str:
    """Path and query as the app receives them.

    Args:
        path: the path below the app's proxy address, percent-decoded once.
        query: the raw query of the browser.
    """
    encoded = quote(_BARE_PERCENT.sub("%25", "/" + _collapsed(path)), safe=_PATH_SAFE).partition("#")[0]
    bare, _, query_in_path = encoded.partition("?")
    resent = php_query(query) or query_in_path
    return f"{bare}?{resent}" if resent else bare


def php_query(query: str) -> str:
    """A query after it went through PHP's `$_GET`: the last value of a name stays, odd names change."""
    values: dict[str, str] = {}
    counters: dict[str, int] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        key = re.sub(r"[ .]", "_", name)
        if key.endswith("[]"):
            index = counters.get(key, 0)
            counters[key] = index + 1
            key = f"{key[:-2]}[{index}]"
        values[key] = value
    return urlencode(values, quote_via=quote)


def _body(request: BrowserRequest) -> AsyncIterator[bytes] | bytes | None:
    """The body, streamed. A body of unknown length stays chunked."""
    if "transfer-encoding" in request.headers or request.headers.get("content-length", "0") != "0":
        return request.stream()
    return None if request.method in {"GET", "HEAD", "DELETE"} else b""


def _returned(answer: AppResponse) -> Response:
    """The answer of the app as the browser gets it."""
    headers = server_headers() | {"Content-Security-Policy": DEFAULT_CSP}
    first: dict[str, str] = {}
    for name, value in answer.headers.multi_items():
        if name.lower() not in _NOT_RETURNED:
            first.setdefault(name.lower(), value)
    headers = {name: value for name, value in headers.items() if name.lower() not in first} | first
    if "cache-control" not in first:
        headers["Cache-Control"] = _default_caching(first.get("content-type", ""))
    return StreamingResponse(answer.aiter_raw(), answer.status_code, headers=headers)


def _default_caching(content_type: str) -> str:
    # Literally so: a charset behind it, or problem+json, is cached.
    return NO_STORE if content_type == "application/json" else "private, max-age=3600, must-revalidate"
