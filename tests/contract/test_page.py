# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The page around the app, as the browser gets it."""

import json
import re
from base64 import b64decode
from collections.abc import AsyncIterator

import pytest

from ex_app.standalone.registry import MenuEntry
from openconnector.core.http import AsyncClient
from tests.contract.conftest import Nextcloud

PAGE = "/index.php/apps/app_api/embedded/open_connector/main"


@pytest.fixture
async def browser(nextcloud: Nextcloud) -> AsyncIterator[AsyncClient]:
    app, page = nextcloud.app, ("top_menu", "main")
    app.menu["main"] = MenuEntry("main", "OpenConnector", "img/app.svg", admin_required=True)
    app.scripts[page] = ["js/open_connector-main-Ab12Cd34"]
    app.styles[page] = ["css/open_connector-main-Ef56Gh78"]
    app.states[page] = {"open_connector-config": {"version": "0.1.0"}}
    async with AsyncClient(base_url=nextcloud.url, follow_redirects=True) as client:
        yield client


async def test_the_administrator_lands_on_the_app(browser: AsyncClient) -> None:
    response = await browser.get("/")
    assert response.url.path == PAGE
    assert response.status_code == 200
    assert "<span>OpenConnector</span>" in response.text
    assert 'src="/index.php/apps/app_api/proxy/open_connector/img/app.svg"' in response.text


@pytest.mark.parametrize("path", ["", "/", "/sources", "/sources/a-slug/test", "/logs?status=4xx"])
async def test_every_deep_link_is_the_same_page(browser: AsyncClient, path: str) -> None:
    response = await browser.get(PAGE + path)
    assert response.status_code == 200
    assert response.text.count('id="content"') == 2
    assert '<main id="content" class="app-app_api">' in response.text


async def test_the_page_has_what_nextclouds_packages_read(browser: AsyncClient) -> None:
    text = (await browser.get(PAGE)).text
    token = (await browser.get("/index.php/csrftoken")).json()["token"]

    assert f'<head data-requesttoken="{token}" data-user="admin" data-user-displayname="Administrator">' in text
    assert '<body id="body-user" data-themes="default" data-theme-default>' in text
    names = ("_oc_webroot", "_oc_appswebroots", "_oc_config", "oc_appconfig", "_theme", "_oc_isadmin", "dayNames")
    values = re.search(r"Object\.assign\(window, (\{.*\})\)</script>", text)
    assert values is not None
    assert set(names) <= set(json.loads(values[1]))


async def test_the_state_is_json_in_a_json_string(browser: AsyncClient) -> None:
    text = (await browser.get(PAGE)).text
    state = re.search(r'id="initial-state-app_api-open_connector-config" value="([^"]+)"', text)
    assert state is not None
    assert json.loads(json.loads(b64decode(state[1]))) == {"version": "0.1.0"}


async def test_script_and_style_are_classic_and_allowed_by_the_policy(browser: AsyncClient) -> None:
    response = await browser.get(PAGE)
    policy = response.headers["content-security-policy"]
    nonce = re.search(r"script-src-elem 'strict-dynamic' 'nonce-([^']+)'", policy)
    assert nonce is not None
    base = "/index.php/apps/app_api/proxy/open_connector"
    script = f'<script nonce="{nonce[1]}" defer src="{base}/js/open_connector-main-Ab12Cd34.js?v='
    assert script in response.text
    assert f'<link rel="stylesheet" href="{base}/css/open_connector-main-Ef56Gh78.css?v=' in response.text
    assert "connect-src 'self'" in policy
    assert "default-src 'none'" in policy


async def test_the_ordinary_user_is_offered_nothing(browser: AsyncClient) -> None:
    home = await browser.get("/?user=alice")
    page = await browser.get(PAGE)
    api = await browser.get("/index.php/apps/app_api/proxy/open_connector/api/sources")

    assert "There is nothing here for you" in home.text
    assert "app-menu-entry" not in home.text
    assert "js/open_connector" not in home.text
    for answer in (page, api):
        assert answer.status_code == 404
        assert answer.headers["content-type"].startswith("text/html")
    assert (await browser.get("/?user=admin")).url.path == PAGE


async def test_a_disabled_app_has_no_page(nextcloud: Nextcloud, browser: AsyncClient) -> None:
    nextcloud.app.enabled = False
    assert (await browser.get(PAGE)).status_code == 404
    home = (await browser.get("/")).text
    assert "app-menu-entry" not in home
    assert "OpenConnector is not enabled" in home


async def test_the_theme_follows_the_switch(browser: AsyncClient) -> None:
    dark = (await browser.get("/?theme=dark")).text
    assert '<body id="body-user" data-themes="dark" data-theme-dark>' in dark
    variables = await browser.get("/core/variables.css")
    assert "[data-theme-dark]" in variables.text
    assert "--color-main-background: #171717" in variables.text


async def test_the_translations_are_loaded_behind_the_app_as_appapi_does(browser: AsyncClient) -> None:
    response = await browser.get("/?lang=nl")
    assert response.url.path == PAGE
    assert 'lang="nl" data-locale="nl"' in response.text
    head = response.text.partition("</head>")[0]
    script = re.search(
        r'<script nonce="[^"]+" defer src="(/custom_apps/open_connector/l10n/nl\.js)"></script>\s*$', head
    )
    assert script is not None
    assert head.index("js/open_connector-main-") < script.start()

    translations = (await browser.get(script[1])).text
    assert translations.startswith('OC.L10N.register(\n    "open_connector",')
    assert '"Sources" : "Bronnen"' in translations
    assert "Meldingen" in response.text


async def test_the_language_is_kept_and_can_be_put_back(browser: AsyncClient) -> None:
    await browser.get("/?lang=nl")
    assert 'lang="nl"' in (await browser.get(PAGE + "/sources")).text
    assert 'lang="nl"' in (await browser.get("/?lang=xx")).text
    english = (await browser.get("/?lang=en")).text
    assert 'lang="en" data-locale="en"' in english
    assert "/l10n/" not in english


async def test_without_a_choice_the_language_is_that_of_the_browser(browser: AsyncClient) -> None:
    for accept_language, language in (("nl-NL,nl;q=0.9", "nl"), ("en-GB,nl;q=0.5", "en"), ("it", "en")):
        page = await browser.get(PAGE, headers={"Accept-Language": accept_language})
        assert f'lang="{language}" data-locale="{language}"' in page.text
