# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A person at the login page of npm's oidc-provider: by its forms, or in a real browser."""

from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from openconnector.core.http import AsyncClient, Response
from tests.authorization.clients import PASSWORD, USER

if TYPE_CHECKING:
    from playwright.sync_api import Page

STEPS = 12


class _Form(HTMLParser):
    """The form of a page: where it goes, and its fields."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.action = ""
        self.fields: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "form":
            self.action = values["action"] or ""
        elif tag == "input":
            self.fields[values["name"] or ""] = values.get("value") or ""


async def log_in(http: AsyncClient, url: str, *, account: str = USER, consents: bool = True) -> str:
    """Log in, consent, and return the address that the browser is sent back to.

    Args:
        http: whose cookies are those of the person.
        url: the authorization request.
        consents: else the person presses *Cancel*.
    """
    at, response = url, await http.get(url)
    for _ in range(STEPS):
        if response.is_redirect:
            at = urljoin(at, response.headers["Location"])
            if urlsplit(at).netloc != urlsplit(url).netloc:
                return at
            response = await http.get(at)
        else:
            response = await _answer(http, response, at, account) if consents else await http.get(f"{at}/abort")
    raise AssertionError(f"the login does not end: {at}")


async def _answer(http: AsyncClient, page: Response, at: str, account: str) -> Response:
    assert page.status_code == 200, page.text
    form = _Form(page.text)
    known = {"login": account, "password": PASSWORD}
    return await http.post(
        urljoin(at, form.action), data={name: known.get(name, value) for name, value in form.fields.items()}
    )


def log_in_with_browser(page: "Page", *, account: str = USER) -> None:
    """Log in and consent on the page that the browser shows. It is sent back by that."""
    page.locator("input[name=login]").fill(account)
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign-in").click()
    page.get_by_role("button", name="Continue").click()


def without_fonts(page: "Page") -> None:
    """Do not ask for the fonts that the login page has on another server."""
    page.route("https://fonts.googleapis.com/**", lambda route: route.abort())
