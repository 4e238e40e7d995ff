# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What OpenConnector is for, as an administrator does it: add a source, test it, find the call in the logs."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Site


def open_dialog(page: Page, site: Site) -> Locator:
    """The dialog Add Source, once it has put the focus where it belongs."""
    page.goto(site.page("sources"))
    page.get_by_role("button", name="Add Source", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Name")).to_be_focused()
    return dialog


def add_source(page: Page, site: Site, name: str, location: str | None = None) -> None:
    """Add a source by the dialog, from the list."""
    dialog = open_dialog(page, site)
    dialog.get_by_label("Name").fill(name)
    dialog.get_by_label("Location").fill(location or site.sample)
    dialog.get_by_label("Location").press("Enter")
    expect(dialog).to_be_hidden()


def row_of(page: Page, name: str) -> Locator:
    """The row of a source in the list."""
    return page.get_by_role("table", name="Sources").get_by_role("row").filter(has_text=name)


def open_tab(page: Page, site: Site, slug: str, tab: str) -> None:
    page.goto(site.page(f"sources/{slug}/{tab}"))


def send(page: Page, path: str) -> None:
    page.get_by_label("Path").fill(path)
    page.get_by_label("Path").press("Enter")


def test_from_add_source_to_the_matching_log_entry(page: Page, site: Site) -> None:
    page.goto(site.url)
    expect(page.get_by_role("heading", name="Sources")).to_be_visible()
    add_source(page, site, "Mission")
    row = row_of(page, "Mission")
    expect(row).to_be_visible()
    row.get_by_text("Mission").click()
    page.get_by_role("tab", name="Test").click()
    send(page, "/status/418")
    expect(page.get_by_test_id("response-status")).to_contain_text("418")
    page.get_by_role("link", name="Log entry").click()
    expect(page).to_have_url(re.compile(r"/main/.*logs/"))
    expect(page.get_by_role("complementary", name="Log entry")).to_contain_text("418")
    page.goto(site.page("logs"))
    logs = page.get_by_role("table", name="Logs")
    expect(logs.get_by_role("row").filter(has_text="/status/418").first).to_contain_text("418")
    page.goto(site.page("sources"))
    expect(row_of(page, "Mission")).to_contain_text("418")


def test_the_body_is_shown_pretty_with_headers_and_the_request_as_sent(page: Page, site: Site) -> None:
    add_source(page, site, "Reading")
    open_tab(page, site, "reading", "test")
    send(page, "/json")
    expect(page.get_by_text("Sample Slide Show")).to_be_visible()
    page.get_by_role("tab", name="Headers").last.click()
    expect(page.get_by_text("application/json").first).to_be_visible()
    page.get_by_role("tab", name="Request").click()
    expect(page.get_by_text("OpenConnector/0.1.0")).to_be_visible()


def test_bad_input_is_told_at_its_field_and_nothing_is_lost(page: Page, site: Site) -> None:
    dialog = open_dialog(page, site)
    dialog.get_by_label("Name").fill("Wrong")
    dialog.get_by_label("Location").fill("api.example/v1")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_text("Begin with https://")).to_be_visible()
    expect(dialog.get_by_label("Location")).to_be_focused()
    expect(dialog.get_by_label("Name")).to_have_value("Wrong")


def test_a_secret_is_saved_used_and_not_shown_again(page: Page, site: Site) -> None:
    add_source(page, site, "Guarded")
    open_tab(page, site, "guarded", "configuration")
    page.get_by_label("Scheme").select_option("bearer")
    page.get_by_label("Token").fill("a-token-of-the-browser")
    page.get_by_role("button", name="Save and test").click()
    send(page, "/bearer")
    expect(page.get_by_test_id("response-status")).to_contain_text("200")
    open_tab(page, site, "guarded", "configuration")
    expect(page.get_by_role("button", name="Replace")).to_be_visible()
    assert "a-token-of-the-browser" not in page.content()
    send_as_administrator = page.request.get(site.api("sources/guarded")).text()
    assert "a-token-of-the-browser" not in send_as_administrator


def test_unsaved_changes_are_guarded(page: Page, site: Site) -> None:
    add_source(page, site, "Unsaved")
    open_tab(page, site, "unsaved", "configuration")
    page.get_by_label("Name").first.fill("Changed")
    page.get_by_role("tab", name="Logs").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.get_by_role("dialog").get_by_role("button", name=re.compile("Stay|Keep|Cancel")).first.click()
    expect(page.get_by_label("Name").first).to_have_value("Changed")
    page.get_by_role("button", name="Discard").click()
    expect(page.get_by_label("Name").first).to_have_value("Unsaved")


def test_a_failure_says_what_happened_and_what_to_do(page: Page, site: Site) -> None:
    add_source(page, site, "Closed port", "http://127.0.0.1:9")
    open_tab(page, site, "closed-port", "test")
    send(page, "/health")
    expect(page.get_by_text("The connection was refused")).to_be_visible()
    expect(page.get_by_text("Check the port in the location.")).to_be_visible()


def test_a_running_call_can_be_cancelled(page: Page, site: Site) -> None:
    add_source(page, site, "Slow")
    open_tab(page, site, "slow", "test")
    send(page, "/delay/9")
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_test_id("diagnosis")).to_contain_text("The call was cancelled")


def test_deleting_says_what_stays(page: Page, site: Site) -> None:
    add_source(page, site, "Short-lived")
    open_tab(page, site, "short-lived", "test")
    send(page, "/get")
    expect(page.get_by_test_id("response-status")).to_contain_text("200")
    page.goto(site.page("sources"))
    row_of(page, "Short-lived").get_by_role("button", name=re.compile("Actions")).click()
    page.get_by_role("menuitem", name="Delete").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(re.compile(r"1 log entr", re.IGNORECASE))
    dialog.get_by_role("button", name="Delete").click()
    expect(row_of(page, "Short-lived")).to_have_count(0)


def test_filters_of_the_logs_live_in_the_address(page: Page, site: Site) -> None:
    add_source(page, site, "Filtered")
    for path in ("/status/404", "/status/200"):
        open_tab(page, site, "filtered", "test")
        send(page, path)
        expect(page.get_by_test_id("response-status")).to_contain_text(path[-3:])
    page.goto(site.page("logs?source=filtered&status=4xx"))
    rows = page.get_by_role("table", name="Logs").get_by_role("row").filter(has_text="/status/")
    expect(rows).to_have_count(1)
    expect(rows.first).to_contain_text("404")


def test_an_ordinary_user_sees_nothing(page: Page, site: Site) -> None:
    page.goto(f"{site.url}?user=alice")
    expect(page.get_by_role("link", name="OpenConnector")).to_have_count(0)
    for address in (site.page("sources"), site.api("sources"), site.api("logs")):
        assert page.request.get(address).status == 404


@pytest.mark.parametrize("path", ["sources", "sources/narrow/configuration", "sources/narrow/test", "logs"])
def test_nothing_overflows_on_a_narrow_dark_screen(page: Page, site: Site, path: str) -> None:
    if page.request.get(site.api("sources/narrow")).status == 404:
        page.request.post(
            site.api("sources"),
            headers={"X-Requested-With": "test"},
            data={"name": "Narrow", "location": f"{site.sample}{'a-very-long-path/' * 20}", "type": "json"},
        )
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 400, "height": 800})
    page.goto(site.page(path))
    expect(page.get_by_role("heading").first).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 400
    assert urlsplit(page.url).path.endswith(path)
