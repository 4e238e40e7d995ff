# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Nextcloud's administration settings, as far as the app has registered a form there.

Nextcloud draws such forms itself, and keeps what is entered as configuration of the app, without asking the app.
"""

import hmac
from collections.abc import Mapping
from html import escape
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from ex_app.standalone.envelopes import NO_STORE, not_found_page, server_headers
from ex_app.standalone.registry import InstalledApp
from ex_app.standalone.session import RequestTokens, session_theme, session_user

PATH = "/index.php/settings/admin/declarative_settings"

_LARGEST_BODY = 1024 * 1024
_CSP = "default-src 'none';base-uri 'none';style-src 'self' 'unsafe-inline';form-action 'self';frame-ancestors 'none'"
_STYLE = """
body { background: var(--color-main-background); color: var(--color-main-text); padding: 24px; overflow: auto;
  font-family: var(--font-face, sans-serif); }
form { max-width: 44em; display: flex; flex-direction: column; gap: 16px; }
label, legend { font-weight: bold; display: block; }
fieldset label { font-weight: normal; }
small { display: block; color: var(--color-text-maxcontrast); }
input:not([type=radio]) { width: 100%; box-sizing: border-box; padding: 8px; border-radius: 8px;
  border: 2px solid var(--color-border-maxcontrast); background: inherit; color: inherit; }
button { align-self: start; padding: 8px 16px; border-radius: 8px; border: 0;
  background: var(--color-primary-element); color: var(--color-primary-element-text); }
"""


class SettingsPage:
    """The page of the forms of one app. Only administrators see it."""

    def __init__(self, app: InstalledApp) -> None:
        self._app = app
        self._tokens = RequestTokens()

    def routes(self) -> list[Route]:
        """The routes to serve."""
        return [Route(PATH, self.show), Route(PATH, self.save, methods=["POST"])]

    async def show(self, request: Request) -> Response:
        """The forms with what is kept."""
        user = session_user(request)
        if not user.is_admin:
            return not_found_page()
        # As in AppAPI, those of a disabled app are left out.
        forms = [form for form in self._app.forms.values() if self._app.enabled and form["section_type"] == "admin"]
        theme = session_theme(request)
        html = (
            f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Administration settings</title>'
            f'<meta name="viewport" content="width=device-width, initial-scale=1.0">'
            f'<link rel="stylesheet" href="/core/variables.css"><style>{_STYLE}</style></head>'
            f'<body data-themes="{theme}" data-theme-{theme}><p><a href="/">Back</a></p>'
            f"{''.join(_form(form, self._app.config, self._tokens.token(user)) for form in forms) or 'No forms.'}"
            f"</body></html>"
        )
        headers = {**server_headers(), "Cache-Control": NO_STORE, "Content-Security-Policy": _CSP}
        return HTMLResponse(html, headers=headers)

    async def save(self, request: Request) -> Response:
        """Keep what was entered, whatever it is."""
        user = session_user(request)
        body = await request.body()
        entered = dict(parse_qsl(body[:_LARGEST_BODY].decode("utf-8", "replace"), keep_blank_values=True))
        form = self._app.forms.get(entered.get("formId", ""))
        is_genuine = hmac.compare_digest(entered.get("requesttoken", "").encode(), self._tokens.token(user).encode())
        if not user.is_admin or not is_genuine or form is None or not self._app.enabled:
            return not_found_page()
        for field in form["fields"]:
            if field["id"] in entered:
                self._app.config[field["id"]] = entered[field["id"]]
        return RedirectResponse(PATH, 303)


def _form(form: Mapping[str, Any], config: Mapping[str, str], token: str) -> str:
    fields = "".join(_field(field, config.get(field["id"], str(field.get("default", "")))) for field in form["fields"])
    return (
        f'<form method="post"><h2>{escape(form["title"])}</h2><p>{escape(form.get("description", ""))} '
        f'<a href="{escape(form.get("doc_url", ""))}">More</a></p>'
        f'<input type="hidden" name="formId" value="{escape(form["id"])}">'
        f'<input type="hidden" name="requesttoken" value="{escape(token)}">{fields}<button>Save</button></form>'
    )


def _field(field: Mapping[str, Any], value: str) -> str:
    name, title = escape(field["id"]), escape(field["title"])
    help_text = f"<small>{escape(field.get('description', ''))}</small>"
    if field["type"] == "radio":
        options = "".join(
            f'<label><input type="radio" name="{name}" value="{escape(option["value"])}"'
            f"{' checked' if option['value'] == value else ''}> {escape(option['name'])}</label>"
            for option in field["options"]
        )
        return f"<fieldset><legend>{title}</legend>{options}{help_text}</fieldset>"
    # Not as a number, so that a browser lets through what Nextcloud's own field lets through.
    return (
        f'<div><label for="{name}">{title}</label><input id="{name}" name="{name}" value="{escape(value)}" '
        f'placeholder="{escape(field.get("placeholder", ""))}">{help_text}</div>'
    )
