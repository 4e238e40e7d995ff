# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The headers by which AppAPI proves to the app that a request comes from Nextcloud."""

import secrets
import string
from base64 import b64encode

from ex_app.standalone.registry import APPAPI_VERSION, InstalledApp

_ALPHABET = string.ascii_letters + string.digits

COMMAND_LINE_ID = "CLI"
"""The request id of what AppAPI calls outside of a browser request."""


def new_request_id() -> str:
    """An id in the form of Nextcloud's."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(20))


def signed_headers(app: InstalledApp, *, uid: str, request_id: str) -> list[tuple[str, str]]:
    """The signature for a request that speaks for `uid`; the empty uid is Nextcloud itself."""
    return [
        ("AA-VERSION", APPAPI_VERSION),
        ("EX-APP-ID", app.app_id),
        ("EX-APP-VERSION", app.manifest.version),
        ("AUTHORIZATION-APP-API", b64encode(f"{uid}:{app.secret}".encode()).decode()),
        ("AA-REQUEST-ID", request_id),
    ]
