# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Authorization code with PKCE as an administrator walks it: through the proxy, at the provider, and back."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.authorization.clients import Client
from tests.authorization.login import log_in_with_browser, without_fonts
from tests.authorization.provider import OidcProvider
from tests.e2e.conftest import Site
from tests.factories import marked

SCOPE = "openid offline_access"
SECRET = marked("web-secret")


@pytest.fixture(scope="module")
def provider(site: Site) -> Iterator[OidcProvider]:
    """A provider (oidc-provider of npm) that knows the page that logins come back to."""
    metadata = {
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "redirect_uris": [site.page("connect")],
        "application_type": "native",
        "scope": SCOPE,
    }
    client = Client("browser", "client_secret_basic", SECRET, metadata=metadata)
    with OidcProvider([client.registration()]) as server:
        yield server


def add_source(page: Page, site: Site, provider: OidcProvider, name: str, **values: Any) -> str:
    """A source that is to be connected, by its slug."""
    authentication = {
        "type": "oauth2",
        "grant": {"type": "authorization_code", "prompt": "consent"},
        "clientId": "browser",
        "client": {"method": "client_secret_basic", "secret": SECRET},
        "issuer": provider.issuer,
        "scope": SCOPE,
    }
    answer = page.request.post(
        site.api("sources"),
        headers={"X-Requested-With": "test"},
        data={
            "name": name,
            "location": provider.url,
            "type": "json",
            "authentication": authentication | values,
        },
    )
    assert answer.status == 201, answer.text()
    slug: str = answer.json()["slug"]
    return slug


def test_connect_log_in_come_back_and_call(page: Page, site: Site, provider: OidcProvider) -> None:
    without_fonts(page)
    slug = add_source(page, site, provider, "Connected")
    page.goto(site.page(f"sources/{slug}/configuration"))
    page.get_by_role("button", name="Connect", exact=True).click()
    log_in_with_browser(page)
    page.wait_for_url(f"**/sources/{slug}/configuration**")
    expect(page.get_by_text("Connected is connected.", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Connect again")).to_be_visible()
    assert "code=" not in page.url
    page.goto(site.page(f"sources/{slug}/test"))
    page.get_by_label("Path").fill("/me")
    page.get_by_label("Path").press("Enter")
    expect(page.get_by_test_id("response-status")).to_contain_text("200")
    assert SECRET not in page.content()


def test_somebody_who_presses_cancel_sees_why_and_finds_the_way_back(
    page: Page, site: Site, provider: OidcProvider
) -> None:
    without_fonts(page)
    slug = add_source(page, site, provider, "Refused")
    page.goto(site.page(f"sources/{slug}/configuration"))
    page.get_by_role("button", name="Connect", exact=True).click()
    page.get_by_text("Cancel").click()
    expect(page.get_by_text("The login was refused")).to_be_visible()
    page.get_by_role("link", name="Back to the source").click()
    page.wait_for_url(f"**/sources/{slug}/configuration**")


def test_a_return_that_nobody_has_begun_is_told(page: Page, site: Site) -> None:
    page.goto(site.page("connect?code=x&state=of-somebody-else"))
    expect(page.get_by_role("alert")).to_contain_text("This login is not known here")
    assert "code=" not in page.url
