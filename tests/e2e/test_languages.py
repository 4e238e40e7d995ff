# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The interface in the language of the user. Nextcloud loads the translations behind the script of the app."""

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Site


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
