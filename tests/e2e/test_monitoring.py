# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""An administrator lets a source be watched, and is told when it fails."""

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Site

HEADERS = {"X-Requested-With": "XMLHttpRequest"}


def test_a_source_is_watched_with_one_switch_and_fails(page: Page, site: Site) -> None:
    body = {"name": "Watched", "location": site.sample, "type": "json"}
    assert page.request.post(site.api("sources"), data=body, headers=HEADERS).ok

    page.goto(site.page("sources/watched/monitoring"))
    page.get_by_text("Watch this source").click()
    state = page.get_by_test_id("watch-state")
    expect(state).to_contain_text("Not known yet")

    page.get_by_label("Path").fill("status/503")
    page.get_by_label("Degraded after").fill("1")
    page.get_by_label("Failing after").fill("1")
    page.get_by_label("Expected status").fill("fine")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Write status codes or classes")).to_be_visible()
    page.get_by_label("Expected status").fill("2xx")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved")).to_be_visible()

    # The first check is made by itself, as soon as the background has its turn.
    expect(state).to_contain_text("Failing", timeout=40_000)
    expect(page.get_by_text("It answered 503")).to_be_visible()
    expect(page.get_by_text("told to admin")).to_be_visible()
    page.get_by_role("link", name="failed, 503").last.click()
    expect(page.get_by_test_id("log-details").or_(page.get_by_text("status/503").first)).to_be_visible()

    page.goto(site.page("sources"))
    expect(page.get_by_test_id("source-watched")).to_contain_text("Failing")
    page.get_by_text("Notifications (1)").click()
    page.get_by_role("link", name="Watched is failing").click()
    expect(page).to_have_url(site.page("logs/") + page.url.rpartition("/")[2])
