# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The interface in the language of the user. Nextcloud loads the translations behind the script of the app."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import PROJECT, Site, running_site

DUTCH = json.loads((PROJECT / "l10n/nl.json").read_text("utf-8"))["translations"]


def test_an_administrator_reads_dutch_until_english_is_chosen(page: Page, site: Site) -> None:
    page.goto(f"{site.url}?lang=nl")
    expect(page.get_by_role("heading", name="Bronnen")).to_be_visible()
    expect(page.get_by_role("link", name="Logboek")).to_be_visible()
    expect(page.get_by_role("link", name="Instellingen")).to_be_visible()

    page.get_by_role("button", name="Bron toevoegen", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Naam").fill("Gemeente")
    dialog.get_by_label("Locatie").fill(site.sample)
    dialog.get_by_label("Locatie").press("Enter")
    expect(dialog).to_be_hidden()

    page.goto(site.page("sources/gemeente/test"))
    page.get_by_label("Pad", exact=True).fill("/json")
    page.get_by_role("button", name="Verzenden").click()
    expect(page.get_by_test_id("response-status")).to_contain_text("200")
    page.get_by_role("tab", name="Logboek").click()
    # A text that depends on a number.
    expect(page.get_by_text("1 aanroep", exact=True)).to_be_visible()

    page.get_by_label("Taal").select_option("en")
    expect(page.get_by_text("1 call", exact=True)).to_be_visible()


COPY, OWN = "**/custom_apps/open_connector/l10n/*", "**/proxy/open_connector/l10n/*"
"""Where Nextcloud has the translations once they were copied into it, and where the app itself has them."""


def test_a_nextcloud_that_has_no_translations_of_the_app_gets_them_from_the_app(page: Page, site: Site) -> None:
    page.route(COPY, lambda route: route.fulfill(status=404))
    page.goto(f"{site.url}?lang=nl")
    expect(page.get_by_role("heading", name="Bronnen")).to_be_visible()


def test_where_there_are_no_translations_or_they_do_not_come_the_page_is_english(page: Page, site: Site) -> None:
    page.route("**/l10n/*", lambda route: route.fulfill(status=404))
    page.goto(f"{site.url}?lang=nl")
    expect(page.get_by_role("heading", name="Sources")).to_be_visible()
    page.route(OWN, lambda _route: None)  # it is never answered
    page.goto(f"{site.url}?lang=nl", wait_until="commit")
    expect(page.get_by_role("heading", name="Sources")).to_be_visible()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """An app of this module's own: the names that other tests give to their sources are English."""
    with running_site(tmp_path_factory.mktemp("site")) as running:
        yield running


def english_on(page: Page) -> set[str]:
    """The English texts that are shown, labels and titles included, and have a Dutch translation that is another."""
    shown = page.evaluate(
        """() => [
            ...document.querySelector('#content').innerText.split('\\n'),
            ...[...document.querySelectorAll('#content *')].flatMap(
                (one) => ['aria-label', 'title', 'placeholder'].map((name) => one.getAttribute(name) ?? '')),
        ].map((line) => line.trim())"""
    )
    return {line for line in shown if DUTCH.get(line, line) != line and line not in DUTCH.values()}


@pytest.fixture
def failed(page: Page, site: Site) -> str:
    """The page of a call that failed, in Dutch; a source named Vertaald made it."""
    headers = {"X-Requested-With": "OpenConnector"}
    source = {"name": "Vertaald", "slug": "vertaald", "location": site.sample, "type": "json"}
    page.goto(f"{site.url}?lang=nl")
    page.request.post(site.api("sources"), data=source, headers=headers)
    test = page.request.post(site.api("sources/vertaald/test"), data={"path": "/nowhere"}, headers=headers)
    assert test.json()["statusCode"] == 404
    return f"logs/{test.json()['id']}"


def test_no_english_is_left_in_dutch(page: Page, site: Site, failed: str) -> None:
    page.goto(site.page(failed))
    expect(page.get_by_text("Er is niets op dit pad")).to_be_visible()
    expect(page.get_by_text("Controleer het pad.")).to_be_visible()
    assert english_on(page) == set()
    of_source = [f"sources/vertaald/{tab}" for tab in ("configuration", "test", "logs", "monitoring")]
    for path in ("sources", *of_source, "logs", "settings"):
        page.goto(site.page(path))
        page.wait_for_load_state("networkidle")
        assert english_on(page) == set(), path
    page.goto(f"{site.url}?lang=en")
    page.goto(site.page(failed))
    expect(page.get_by_text("There is nothing at this path")).to_be_visible()
    assert "There is nothing at this path" in english_on(page)
