# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Finding a call among others, and what can be done with it."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Site

WRITES = {"X-Requested-With": "OpenConnector"}


@pytest.fixture
def slug(page: Page, site: Site, request: pytest.FixtureRequest) -> str:
    """A source that was called a few times."""
    name = re.sub(r"[^a-z]+", "-", request.node.name)
    source = {"name": name, "slug": name, "location": site.sample, "type": "json"}
    assert page.request.post(site.api("sources"), data=source, headers=WRITES).status == 201
    for path in ("/anything/alpha", "/anything/beta?n=1", "/anything/beta?n=2", "/status/503", "/status/404"):
        call = page.request.post(site.api(f"sources/{name}/test"), data={"path": path}, headers=WRITES)
        assert call.status == 200
    return name


def rows(page: Page) -> Locator:
    """The calls of the list, as their links."""
    return page.get_by_role("table", name="Logs").get_by_role("link")


def ask(page: Page, text: str) -> None:
    """Type a question, and ask it."""
    box = page.get_by_role("combobox", name="Search the log")
    box.fill(text)
    box.press("Enter")


def test_a_question_is_in_the_address_and_its_parts_can_be_taken_out(page: Page, site: Site, slug: str) -> None:
    page.goto(site.page("logs"))
    ask(page, f"source:{slug} status:5xx")
    expect(page).to_have_url(re.compile(r"query=.*5xx"))
    expect(page.get_by_text("1 call", exact=True)).to_be_visible()
    page.get_by_role("button", name=re.compile("Remove.*5xx|5xx")).first.click()
    expect(page.get_by_text("5 calls", exact=True)).to_be_visible()
    page.go_back()
    expect(page.get_by_text("1 call", exact=True)).to_be_visible()
    page.reload()
    expect(page.get_by_text("1 call", exact=True)).to_be_visible()


def test_a_mistake_is_told_with_what_was_meant(page: Page, site: Site, slug: str) -> None:
    page.goto(site.page("logs"))
    ask(page, f"source:{slug} statsu:404")
    page.get_by_role("button", name=re.compile("status:404")).click()
    expect(page.get_by_text("1 call", exact=True)).to_be_visible()


def test_a_word_of_an_answer_is_found_and_marked(page: Page, site: Site, slug: str) -> None:
    page.goto(site.page("logs"))
    ask(page, f"source:{slug} beta")
    expect(page.get_by_text("2 calls", exact=True)).to_be_visible()
    expect(page.locator("mark").first).to_have_text("beta")


def test_a_call_is_run_again_and_compared(page: Page, site: Site, slug: str) -> None:
    page.goto(site.page("logs"))
    ask(page, f"source:{slug} path:/anything/beta")
    page.get_by_role("table", name="Logs").get_by_text("/anything/beta?n=2").first.click()
    entry = page.get_by_role("complementary", name="Log entry")
    expect(entry).to_contain_text("n=2")
    entry.get_by_role("button", name="Compare", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("$.args.n")
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_be_hidden()
    entry.get_by_role("button", name="Run again").click()
    page.get_by_role("menuitem", name="Send as it was").click()
    expect(entry.get_by_role("button", name="Open the new entry")).to_be_visible()
    entry.get_by_role("button", name="Copy as cURL").click()
    expect(page.get_by_role("dialog")).to_contain_text("curl ")


def test_two_calls_that_are_ticked_are_compared(page: Page, site: Site, slug: str) -> None:
    page.goto(site.page("logs"))
    ask(page, f"source:{slug} path:/anything")
    expect(page.get_by_text("3 calls", exact=True)).to_be_visible()  # of this source alone
    table = page.get_by_role("table", name="Logs")
    for path in ("/anything/alpha", "/anything/beta?n=2"):
        table.get_by_role("row").filter(has_text=path).get_by_role("checkbox").check()
    page.get_by_role("toolbar", name="Selected calls").get_by_role("link", name="Compare").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("$.args.n")
    expect(dialog).to_contain_text("/anything/alpha")
    expect(page).to_have_url(re.compile("compare="))
    page.reload()
    expect(dialog).to_contain_text("$.args.n")
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_be_hidden()
    expect(page).not_to_have_url(re.compile("compare="))
    expect(page.get_by_role("complementary", name="Log entry")).to_contain_text("n=2")


def test_a_base_that_is_gone_to_leaves_the_comparison(page: Page, site: Site, slug: str) -> None:
    found = page.request.get(site.api("logs"), params={"source": slug, "path": "/anything"}).json()["results"]
    beta, _, alpha = [row["id"] for row in found]
    page.goto(site.page(f"logs/{beta}?compare={alpha}"))
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("link").first.click()
    expect(dialog).to_be_hidden()
    expect(page).to_have_url(re.compile(f"logs/{alpha}$"))
    expect(page.get_by_role("complementary", name="Log entry")).to_contain_text("/anything/alpha")
    page.go_back()
    expect(dialog).to_contain_text("$.args.n")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page).to_have_url(re.compile(f"logs/{beta}$"))


def test_new_calls_come_by_themselves_while_live(page: Page, site: Site, slug: str) -> None:
    page.goto(site.page("logs"))
    ask(page, f"source:{slug}")
    expect(page.get_by_text("5 calls", exact=True)).to_be_visible()
    page.get_by_text("Live", exact=True).click()
    page.mouse.move(0, 0)
    made = page.request.post(site.api(f"sources/{slug}/test"), data={"path": "/anything/fresh"}, headers=WRITES)
    assert made.status == 200
    expect(page.get_by_role("table", name="Logs").get_by_text("/anything/fresh").first).to_be_visible()


def test_a_question_is_kept_as_a_view(page: Page, site: Site, slug: str) -> None:
    page.goto(site.page("logs"))
    ask(page, f"source:{slug} status:404")
    page.get_by_role("button", name="Views").click()
    page.get_by_role("menuitem", name=re.compile("Save")).first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("textbox").first).to_be_focused()
    dialog.get_by_role("textbox").first.fill(f"Missing {slug}")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()
    page.goto(site.page("logs"))
    page.get_by_role("button", name="Views").click()
    page.get_by_role("menuitemradio", name=f"Missing {slug}").click()
    expect(page.get_by_text("1 call", exact=True)).to_be_visible()


def test_all_that_was_found_is_deleted_after_a_question(page: Page, site: Site, slug: str) -> None:
    page.goto(site.page("logs"))
    ask(page, f"source:{slug} -status:404")
    page.get_by_role("button", name="Delete filtered").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("4")
    dialog.get_by_role("button", name=re.compile("Delete")).click()
    ask(page, f"source:{slug}")
    expect(page.get_by_text("1 call", exact=True)).to_be_visible()
