# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Sources leave as a file and come back, and a cURL command becomes a source with its request."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Site


def _add(page: Page, site: Site, name: str) -> None:
    scheme = {"type": "bearer", "token": "token-of-the-browser-test"}
    body = {"name": name, "location": site.sample, "type": "json", "authentication": scheme}
    answer = page.request.post(site.api("sources"), data=body, headers={"X-Requested-With": "OpenConnector"})
    assert answer.ok, answer.text()


def test_sources_are_exported_deleted_and_imported_again(page: Page, site: Site, tmp_path: Path) -> None:
    for name in ("Travelling one", "Travelling two"):
        _add(page, site, name)
    page.goto(site.page("sources?search=Travelling"))
    page.get_by_role("checkbox", name="Travelling one").check(force=True)
    page.get_by_role("checkbox", name="Travelling two").check(force=True)
    bar = page.get_by_role("toolbar", name="Selected sources")
    bar.get_by_role("button", name="Export").click()
    dialog = page.get_by_role("dialog", name="Export 2 sources")
    with page.expect_download() as download:
        dialog.get_by_role("button", name="Export").click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    assert "Travelling two" in file.read_text()
    assert "token-of-the-browser-test" not in file.read_text()

    page.get_by_role("button", name="Actions for Travelling two").click()
    page.get_by_role("menuitem", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_role("link", name="Travelling two")).to_have_count(0)

    page.get_by_role("button", name="Import and export").click()
    page.get_by_role("menuitem", name="Import sources").click()
    page.get_by_test_id("import-file").set_input_files(file)
    preview = page.get_by_role("dialog", name="Preview of the import")
    rows = preview.get_by_test_id("import-rows").get_by_role("listitem")
    expect(rows.filter(has_text="Travelling one").first).to_contain_text("Unchanged")
    expect(rows.filter(has_text="Travelling two").first).to_contain_text("New")
    preview.get_by_role("button", name="Import 1 source").click()
    done = page.get_by_role("dialog", name="Imported")
    expect(done).to_contain_text("Added: 1")
    done.get_by_role("link", name="Travelling two").click()
    expect(page).to_have_url(re.compile("travelling-two/configuration#authentication$"))


def test_a_pasted_command_becomes_a_source_with_its_request(page: Page, site: Site) -> None:
    page.goto(site.page("sources"))
    page.get_by_role("button", name="Add Source").click()
    dialog = page.get_by_role("dialog", name="Add Source")
    dialog.get_by_role("button", name="or paste a cURL command").click()
    command = f"curl '{site.sample}items?page=2' -u 'clerk:pass-of-the-command' -H 'X-Trace: 7' -d '{{\"a\": 1}}'"
    dialog.get_by_role("textbox", name="cURL command").fill(command)
    dialog.get_by_role("button", name="Take over").click()
    expect(dialog.get_by_text("Authentication: basic")).to_be_visible()
    dialog.get_by_role("textbox", name="Name").fill("From a command")
    dialog.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Test it").click()
    expect(page.get_by_role("combobox", name="Method")).to_have_value("POST")
    expect(page.get_by_role("textbox", name="Path")).to_have_value("/items")
    page.get_by_role("textbox", name="Path").press("Enter")
    expect(page.get_by_test_id("response-status")).to_be_visible()
    page.get_by_role("tab", name="Request").click()
    sent = page.get_by_role("tabpanel", name="Request")
    expect(sent).to_contain_text("items?page=2")
    expect(sent).to_contain_text("X-Trace")
    expect(sent).to_contain_text('"a": 1')
