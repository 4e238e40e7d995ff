# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""One viewer for answers: as text, as a tree, asked by JSONPath and XPath, as a picture, in hexadecimal digits."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Site
from tests.e2e.test_mission import add_source, open_dialog, open_tab, send


def test_json_is_walked_as_a_tree_and_asked_by_jsonpath(page: Page, site: Site) -> None:
    add_source(page, site, "Tree")
    open_tab(page, site, "tree", "test")
    send(page, "/json")
    page.get_by_role("radiogroup", name="Show the body as").get_by_text("Tree").click()
    tree = page.get_by_role("tree")
    expect(tree.get_by_role("treeitem").filter(has_text="slideshow").first).to_be_visible()
    box = page.get_by_role("textbox", name="JSONPath").or_(page.get_by_role("combobox", name="JSONPath"))
    box.fill("$..slides[*].title")
    box.press("Enter")
    expect(page.get_by_text("Wake up to WonderWidgets!").first).to_be_visible()
    box.fill("$..[")
    box.press("Enter")
    expect(page.get_by_role("alert").or_(page.locator("[aria-invalid=true]")).first).to_be_visible()


def test_an_xml_source_is_added_asked_by_xpath_and_found_in_the_logs(page: Page, site: Site) -> None:
    dialog = open_dialog(page, site)
    dialog.get_by_label("Name").fill("Slides")
    dialog.get_by_label("Location").fill(site.sample)
    dialog.get_by_label("Type").select_option("xml")
    dialog.get_by_label("Location").press("Enter")
    expect(dialog).to_be_hidden()
    open_tab(page, site, "slides", "test")
    send(page, "/xml")
    expect(page.get_by_test_id("response-status")).to_contain_text("200")
    page.get_by_role("button", name="Query with XPath").click()
    box = page.get_by_role("textbox", name="XPath").or_(page.get_by_role("combobox", name="XPath"))
    box.fill("//slide/title")
    box.press("Enter")
    expect(page.get_by_text("Wake up to WonderWidgets!").first).to_be_visible()
    page.goto(site.page("logs?source=slides"))
    logs = page.get_by_role("table", name="Logs")
    expect(logs.get_by_role("row").filter(has_text="/xml").first).to_contain_text("200")


def test_pictures_and_bytes_are_shown_in_the_log_as_well(page: Page, site: Site) -> None:
    add_source(page, site, "Pictures")
    open_tab(page, site, "pictures", "test")
    send(page, "/image/png")
    expect(page.get_by_role("img", name=re.compile("body", re.IGNORECASE))).to_be_visible()
    page.get_by_role("link", name="Log entry").click()
    entry = page.get_by_role("complementary", name="Log entry")
    entry.get_by_text("Hex", exact=True).click()
    expect(entry.get_by_text("89 50 4e 47").first).to_be_visible()


def test_a_web_page_runs_nothing(page: Page, site: Site) -> None:
    add_source(page, site, "Web")
    open_tab(page, site, "web", "test")
    send(page, "/html")
    page.get_by_text("Preview", exact=True).click()
    frame = page.locator("iframe")
    expect(frame).to_have_attribute("sandbox", "")
    expect(frame.content_frame.get_by_text("Herman Melville").first).to_be_visible()
