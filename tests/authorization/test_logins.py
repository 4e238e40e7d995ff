# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A person logs in at npm's oidc-provider: by its forms, and in a browser."""

import secrets
import shutil
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import pytest
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from playwright.sync_api import sync_playwright

from openconnector.core.http import AsyncClient
from tests.authorization.asking import ask, fetch
from tests.authorization.clients import USER, Client, Clients
from tests.authorization.conftest import REDIRECT_URI
from tests.authorization.login import log_in, log_in_with_browser, without_fonts
from tests.authorization.provider import OidcProvider

VERIFIER = secrets.token_urlsafe(48)


@pytest.fixture
async def http(oidc: OidcProvider) -> AsyncIterator[AsyncClient]:
    async with oidc.http() as client:
        yield client


def request_of(oidc: OidcProvider, client: Client, redirect_uri: str = REDIRECT_URI) -> str:
    """An authorization request (RFC 6749, section 4.1.1; RFC 7636, section 4.3)."""
    return f"{oidc.authorization_url}?" + urlencode(
        {
            "client_id": client.id,
            "response_type": "code",
            "redirect_uri": redirect_uri,
            "scope": "openid api:read",
            "state": "state-1",
            "code_challenge": create_s256_code_challenge(VERIFIER),
            "code_challenge_method": "S256",
        }
    )


@pytest.mark.parametrize("name", ["web", "public"])
async def test_a_login_gives_a_code_and_the_code_gives_tokens(
    http: AsyncClient, oidc: OidcProvider, clients: Clients, name: str
) -> None:
    client = getattr(clients, name)
    redirect_uri = REDIRECT_URI.replace("127.0.0.1", "127.0.0.1:8765")

    returned = await log_in(http, request_of(oidc, client, redirect_uri))

    assert returned.startswith(f"{redirect_uri}?")
    query = dict(parse_qsl(urlsplit(returned).query))
    assert (query["state"], query["iss"]) == ("state-1", oidc.issuer)
    form: dict[str, Any] = {"grant_type": "authorization_code", "code": query["code"], "redirect_uri": redirect_uri}
    answer = (await ask(http, client, code_verifier=VERIFIER, **form)).json()
    for path in ("/me", "/resource"):
        told = await fetch(http, answer["access_token"], path)
        assert (told.status_code, told.json()["sub"]) == (200, USER)


async def test_a_code_is_refused_with_another_verifier(http: AsyncClient, oidc: OidcProvider, clients: Clients) -> None:
    returned = await log_in(http, request_of(oidc, clients.public))
    code = parse_qs(urlsplit(returned).query)["code"][0]
    form: dict[str, Any] = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT_URI}
    answer = await ask(http, clients.public, code_verifier=secrets.token_urlsafe(48), **form)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


async def test_who_does_not_consent_is_sent_back_with_an_error(
    http: AsyncClient, oidc: OidcProvider, clients: Clients
) -> None:
    returned = await log_in(http, request_of(oidc, clients.public), consents=False)
    assert parse_qs(urlsplit(returned).query)["error"] == ["access_denied"]


async def test_a_refresh_token_is_good_for_one_use(http: AsyncClient, oidc: OidcProvider, clients: Clients) -> None:
    returned = await log_in(http, request_of(oidc, clients.web))
    code = parse_qs(urlsplit(returned).query)["code"][0]
    form: dict[str, Any] = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT_URI}
    first = (await ask(http, clients.web, code_verifier=VERIFIER, **form)).json()

    async def refresh(token: str) -> tuple[int, dict[str, str]]:
        answer = await ask(http, clients.web, grant_type="refresh_token", refresh_token=token)
        return answer.status_code, answer.json()

    status, second = await refresh(first["refresh_token"])
    assert status == 200
    assert second["refresh_token"] != first["refresh_token"]
    assert (await fetch(http, second["access_token"])).status_code == 200

    status, refused = await refresh(first["refresh_token"])
    assert (status, refused["error"]) == (400, "invalid_grant")
    assert (await refresh(second["refresh_token"]))[0] == 400, "all that came of it is revoked"
    assert (await fetch(http, second["access_token"])).status_code == 401


def test_a_browser_walks_through_the_login(oidc: OidcProvider, clients: Clients) -> None:
    with sync_playwright() as playwright:
        executable = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        without_fonts(page)
        page.route(f"{REDIRECT_URI}?**", lambda route: route.fulfill(body="You are back."))

        page.goto(request_of(oidc, clients.public))
        log_in_with_browser(page)

        page.get_by_text("You are back.").wait_for()
        query = parse_qs(urlsplit(page.url).query)
        browser.close()
    assert query["state"] == ["state-1"]
    assert query["code"]
