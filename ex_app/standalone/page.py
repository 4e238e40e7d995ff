# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The pages around the app: the shell with header and menu, and the embedded page of the app in it."""

import json
import secrets
from base64 import b64encode
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from ex_app.standalone.envelopes import NO_STORE, not_found_page, server_headers
from ex_app.standalone.languages import L10N, L10N_URL, NAMES, available, word
from ex_app.standalone.notifications import bell
from ex_app.standalone.registry import APPAPI_VERSION, USERS, VERSION, InstalledApp, PageKey, User
from ex_app.standalone.session import (
    LANGUAGE_COOKIE,
    THEME_COOKIE,
    THEMES,
    USER_COOKIE,
    RequestTokens,
    remember,
    session_language,
    session_theme,
    session_user,
)
from openconnector.core.languages import ENGLISH

SHELL = Path(__file__).parent / "shell"
CACHE_BUSTER = "?v=7b33535c-0"

_EMBEDDED = "/index.php/apps/app_api/embedded"
_PROXY = "/index.php/apps/app_api/proxy"
_FRAME_WORDS = {
    "applications_word": "Applications menu",
    "theme_word": "Theme",
    "system_word": "System",
    "light_word": "Light",
    "dark_word": "Dark",
    "language_word": "Language",
    "users_word": "Users",
}


class Pages:
    """The pages of this Nextcloud, for one app."""

    def __init__(self, app: InstalledApp) -> None:
        self._app = app
        self._tokens = RequestTokens()
        self._template = Template((SHELL / "page.html").read_text("utf-8"))

    def routes(self) -> list[Route | Mount]:
        """The routes to serve."""
        return [
            Route("/", self.home),
            Route("/index.php/csrftoken", self.csrf_token),
            Route(f"{_EMBEDDED}/{{app_id}}/{{name}}", self.embedded),
            Route(f"{_EMBEDDED}/{{app_id}}/{{name}}/{{other:path}}", self.embedded),
            Mount("/core", StaticFiles(directory=SHELL)),
            Mount(L10N_URL, StaticFiles(directory=L10N, check_dir=False)),
        ]

    async def home(self, request: Request) -> Response:
        """The first page of a user: the app, or the sentence that there is nothing. Switches user, theme, language."""
        switches = (
            ("user", USER_COOKIE, USERS),
            ("theme", THEME_COOKIE, THEMES),
            ("lang", LANGUAGE_COOKIE, available()),
        )
        wanted = [
            (cookie, value)
            for name, cookie, known in switches
            if (value := request.query_params.get(name, "")) in known
        ]
        if wanted:
            response = RedirectResponse("/", 303)
            for cookie, value in wanted:
                remember(response, cookie, value)
            return response
        user = session_user(request)
        entry = next((entry for entry in self._app.menu.values() if entry.visible_to(user)), None)
        if self._app.enabled and entry is not None:
            return RedirectResponse(f"{_EMBEDDED}/{self._app.app_id}/{entry.name}", 303)
        return self._render(request, user, page=None)

    async def csrf_token(self, request: Request) -> Response:
        """The token that a page sends with its writes."""
        token = self._tokens.token(session_user(request))
        return JSONResponse({"token": token}, headers={**server_headers(), "Cache-Control": NO_STORE})

    async def embedded(self, request: Request) -> Response:
        """The page of the app, the same for each path below it."""
        user = session_user(request)
        name = request.path_params["name"]
        entry = self._app.menu.get(name) if request.path_params["app_id"] == self._app.app_id else None
        if not self._app.enabled or entry is None or not entry.visible_to(user):
            return not_found_page()
        return self._render(request, user, page=("top_menu", name))

    def _render(self, request: Request, user: User, *, page: PageKey | None) -> Response:
        nonce = secrets.token_urlsafe(24)
        theme, language = session_theme(request), session_language(request)
        html = self._template.substitute(
            nonce=nonce,
            lang=language.replace("_", "-"),
            locale=language,
            token=escape(self._tokens.token(user)),
            uid=escape(user.uid),
            display_name=escape(user.display_name),
            theme_attributes=f'data-themes="{theme}" data-theme-{theme}',
            globals=_script_json(_globals(user)),
            states=self._states(user, page),
            assets=self._assets(page, nonce),
            translations=_translations(language, nonce),
            menu=self._menu(user, page),
            users=_users(user),
            bell=bell(self._app, user, language),
            languages=_languages(language),
            **{name: word(text, language) for name, text in _FRAME_WORDS.items()},
            content=_content(page, user),
        )
        headers = {
            **server_headers(),
            "Cache-Control": NO_STORE,
            "Content-Security-Policy": _page_csp(nonce, request.url.netloc),
        }
        return HTMLResponse(html, headers=headers)

    def _menu(self, user: User, page: PageKey | None) -> str:
        if not self._app.enabled:
            return ""
        return "\n".join(
            f'<li><a class="app-menu-entry" href="{_EMBEDDED}/{self._app.app_id}/{escape(entry.name)}"'
            f"{' aria-current=page' if page == ('top_menu', entry.name) else ''}>"
            f'<img src="{_PROXY}/{self._app.app_id}/{escape(entry.icon)}" alt="" width="20" height="20">'
            f"<span>{escape(entry.display_name)}</span></a></li>"
            for entry in self._app.menu.values()
            if entry.visible_to(user)
        )

    def _assets(self, page: PageKey | None, nonce: str) -> str:
        if page is None:
            return ""
        base = f"{_PROXY}/{self._app.app_id}"
        styles = [
            f'<link rel="stylesheet" href="{base}/{escape(path)}.css{CACHE_BUSTER}">'
            for path in self._app.styles.get(page, [])
        ]
        scripts = [
            f'<script nonce="{nonce}" defer src="{base}/{escape(path)}.js{CACHE_BUSTER}"></script>'
            for path in self._app.scripts.get(page, [])
        ]
        return "\n".join(styles + scripts)

    def _states(self, user: User, page: PageKey | None) -> str:
        entries = [
            {
                "id": f"app_api_{self._app.app_id}_{entry.name}",
                "name": entry.display_name,
                "href": f"{_EMBEDDED}/{self._app.app_id}/{entry.name}",
                "icon": f"{_PROXY}/{self._app.app_id}/{entry.icon}",
                "active": page == ("top_menu", entry.name),
                "order": 10,
                "type": "link",
                "unread": 0,
            }
            for entry in self._app.menu.values()
            if self._app.enabled and entry.visible_to(user)
        ]
        states: dict[str, Any] = {
            "core-apps": entries,
            "core-active-app": "app_api" if page else "",
            "core-capabilities": {"app_api": {"version": APPAPI_VERSION}, "theming": {"name": "Nextcloud"}},
            "core-config": {"version": VERSION, "versionstring": VERSION},
        }
        if page is not None:
            # AppAPI stores the state as JSON and hands it on as a text, so that it arrives encoded twice.
            own = self._app.states.get(page, {})
            states |= {f"app_api-{key}": json.dumps(value) for key, value in own.items()}
        return "\n".join(
            f'<input type="hidden" id="initial-state-{escape(key)}" value="{_state(value)}">'
            for key, value in states.items()
        )


def _state(value: Any) -> str:
    return b64encode(json.dumps(value).encode()).decode()


def _script_json(value: Any) -> str:
    return json.dumps(value).replace("<", "\\u003c")


def _content(page: PageKey | None, user: User) -> str:
    if page is not None:
        return '<main id="content" class="app-app_api">\n<div id="content"></div>\n</main>'
    if user.is_admin:
        title, text = "OpenConnector is not enabled", "It has not been enabled yet, or it has been disabled."
    else:
        title = "There is nothing here for you"
        text = f"{escape(user.display_name)} may not use OpenConnector: it is for administrators."
    return f'<main id="content" class="app-core"><div class="nothing-here"><h2>{title}</h2><p>{text}</p></div></main>'


def _translations(language: str, nonce: str) -> str:
    """The script with the translations. AppAPI puts it in at the end of the head, so it runs after that of the app."""
    return "" if language == ENGLISH else f'<script nonce="{nonce}" defer src="{L10N_URL}/{language}.js"></script>'


def _languages(current: str) -> str:
    return "\n".join(
        f'<option value="{code}"{" selected" if code == current else ""}>{escape(NAMES.get(code, code))}</option>'
        for code in available()
    )


def _users(current: User) -> str:
    return "\n".join(
        f'<a href="/?user={user.uid}"{" aria-current=true" if user == current else ""}>{escape(user.display_name)}</a>'
        for user in USERS.values()
    )


def _page_csp(nonce: str, host: str) -> str:
    return ";".join(
        (
            "default-src 'none'",
            "base-uri 'none'",
            "manifest-src 'self'",
            f"script-src 'nonce-{nonce}' {host} 'unsafe-eval' 'unsafe-inline'",
            f"script-src-elem 'strict-dynamic' 'nonce-{nonce}'",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            f"frame-src {host}",
            "frame-ancestors 'self'",
            "form-action 'self'",
        )
    )


def _globals(user: User) -> dict[str, Any]:
    """The global variables that Nextcloud's pages have always had, and that its packages still read."""
    days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
    months = [
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ]
    return {
        "_oc_webroot": "",
        "_oc_appswebroots": {"app_api": "/apps/app_api"},
        "_oc_isadmin": user.is_admin,
        "_oc_debug": False,
        "_oc_config": {
            "version": VERSION,
            "versionstring": VERSION,
            "modRewriteWorking": False,
            "session_lifetime": 1440,
            "session_keepalive": False,
            "auto_logout": False,
            "enable_avatars": False,
            "sharing.maxAutocompleteResults": 25,
        },
        "oc_appconfig": {"core": {"defaultExpireDateEnabled": False, "remoteShareAllowed": False}},
        "oc_userconfig": {},
        "_theme": {"name": "Nextcloud", "title": "Nextcloud", "entity": "Nextcloud", "slogan": ""},
        "firstDay": 1,
        "dayNames": days,
        "dayNamesShort": [f"{day[:3]}." for day in days],
        "dayNamesMin": [day[:2] for day in days],
        "monthNames": months,
        "monthNamesShort": [month if month == "May" else f"{month[:3]}." for month in months],
        "datepickerFormatDate": "M/D/YY",
    }
