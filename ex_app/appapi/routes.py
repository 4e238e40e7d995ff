# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which paths the app offers through Nextcloud's proxy, with which verbs and to whom.

Nextcloud enforces `appinfo/info.xml` before it forwards a request. The app enforces the same table again:
some releases of AppAPI let a broad route override a strict one, and HaRP does not look at the verb.
"""

import re
from dataclasses import dataclass
from enum import StrEnum


class Access(StrEnum):
    """Who may use a route, in the words of `info.xml`."""

    PUBLIC = "PUBLIC"
    USER = "USER"
    ADMIN = "ADMIN"


@dataclass(frozen=True, slots=True)
class Route:
    """One `<route>` of `info.xml`."""

    url: str
    verbs: tuple[str, ...]
    access: Access

    def matches(self, path: str) -> bool:
        """Whether `path`, with its leading slash, belongs to this route."""
        return re.match(self.url, path) is not None


INTERFACE = Route(r"^\/?(js|css)\/.+", ("GET",), Access.ADMIN)
IMAGES = Route(r"^\/?(img|l10n)\/.+", ("GET",), Access.USER)
API = Route(r"^\/?api\/.+", ("GET", "POST", "PUT", "DELETE"), Access.ADMIN)

ROUTES = (INTERFACE, IMAGES, API)
"""The same routes as in `appinfo/info.xml`; their patterns exclude each other."""


def route_for(path: str) -> Route | None:
    """The route that `path` belongs to. A path that climbs (`..`) belongs to none."""
    if ".." in path.split("/"):
        return None
    return next((route for route in ROUTES if route.matches(path)), None)
