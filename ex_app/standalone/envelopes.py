# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Answers in the shapes of Nextcloud: OCS envelopes and error pages, with the headers that it sets on everything."""

import json
from typing import Any

from starlette.responses import HTMLResponse, Response

from ex_app.standalone.signing import new_request_id

DEFAULT_CSP = "default-src 'none';base-uri 'none';manifest-src 'self';frame-ancestors 'none'"
NO_STORE = "no-cache, no-store, must-revalidate"

NOT_LOGGED_IN = 997
UNKNOWN_CALL = 998

_OK = {1: 100, 2: 200}
_FEATURES = ("autoplay", "camera", "fullscreen", "geolocation", "microphone", "payment")


class OcsFailure(Exception):
    """An OCS call that is answered with a failure."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


def server_headers() -> dict[str, str]:
    """What Nextcloud puts on every answer."""
    return {
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "SAMEORIGIN",
        "X-Permitted-Cross-Domain-Policies": "none",
        "X-XSS-Protection": "1; mode=block",
        "X-Robots-Tag": "noindex, nofollow",
        "Feature-Policy": ";".join(f"{feature} 'none'" for feature in _FEATURES),
        "X-Request-Id": new_request_id(),
    }


def php_json(value: object) -> bytes:
    """JSON as PHP writes it: ASCII, no spaces, slashes escaped."""
    return json.dumps(value, separators=(",", ":")).replace("/", "\\/").encode()


def ocs_success(version: int, data: Any) -> Response:
    """The answer to an OCS call that worked."""
    return _ocs(version, 200, "ok", _OK[version], "OK", data)


def ocs_failure(version: int, failure: OcsFailure) -> Response:
    """The answer to an OCS call that failed.

    Version 1 of OCS says so in the envelope only, with HTTP 200, but for a caller who is not logged in and a call
    that does not exist. Version 2 has the same in the HTTP status.
    """
    http = {NOT_LOGGED_IN: 401, UNKNOWN_CALL: 404}.get(failure.code, failure.code if version > 1 else 200)
    return _ocs(version, http, "failure", failure.code, str(failure), [])


def _ocs(version: int, http: int, status: str, code: int, message: str, data: Any) -> Response:
    meta: dict[str, Any] = {"status": status, "statuscode": code, "message": message}
    if version == 1 or status == "failure":
        meta |= {"totalitems": "", "itemsperpage": ""}
    return Response(
        php_json({"ocs": {"meta": meta, "data": data}}),
        http,
        headers={
            **server_headers(),
            "Cache-Control": NO_STORE,
            "Content-Security-Policy": DEFAULT_CSP,
            "Content-Type": "application/json; charset=utf-8",
        },
    )


def not_found_page() -> Response:
    """Nextcloud's answer to whatever does not exist or is not for this user. It never says which of the two."""
    return HTMLResponse(
        "<!DOCTYPE html>\n<html lang=en><head><meta charset=utf-8><title>Nextcloud</title></head><body>"
        "<main><h2>Page not found</h2><p>The page could not be found on the server or you may not be allowed to "
        'view it.</p><p><a href="/">Back to Nextcloud</a></p></main></body></html>\n',
        404,
        headers={
            **server_headers(),
            "Cache-Control": NO_STORE,
            "Content-Security-Policy": DEFAULT_CSP,
        },
    )
