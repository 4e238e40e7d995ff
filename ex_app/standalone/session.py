# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which user a browser is, and what it likes to see.

There are no passwords: whoever reaches the loopback interface may be anybody. A request without a cookie is the
administrator's, so that `curl` needs none.
"""

import secrets
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import Response

from ex_app.standalone.languages import available
from ex_app.standalone.registry import USERS, User
from openconnector.core.languages import preferred

USER_COOKIE = "standalone_user"
THEME_COOKIE = "standalone_theme"
LANGUAGE_COOKIE = "standalone_language"
THEMES = ("default", "light", "dark")
DEFAULT_USER = "admin"


def session_user(request: Request) -> User:
    """The user of this browser."""
    return USERS.get(request.cookies.get(USER_COOKIE, ""), USERS[DEFAULT_USER])


def session_theme(request: Request) -> str:
    """The theme of this browser; `default` follows the system."""
    theme = request.cookies.get(THEME_COOKIE, "")
    return theme if theme in THEMES else THEMES[0]


def session_language(request: Request) -> str:
    """The language of this browser: the one that was chosen, or what it says that it likes."""
    languages = available()
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    return chosen if chosen in languages else preferred(request.headers.get("accept-language", ""), languages)


def remember(response: Response, cookie: str, value: str) -> None:
    """Set a cookie for the life of the browser session."""
    response.set_cookie(cookie, value, samesite="lax", httponly=cookie == USER_COOKIE)


@dataclass(frozen=True, slots=True)
class RequestTokens:
    """One CSRF token for each user, as long as the host runs."""

    _tokens: dict[str, str] = field(default_factory=dict)

    def token(self, user: User) -> str:
        """The token that pages of `user` send as `requesttoken`."""
        return self._tokens.setdefault(user.uid, secrets.token_urlsafe(32))
