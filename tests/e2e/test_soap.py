# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A SOAP service by its WSDL: from Add Source to the result of a generated form, and the call in the logs."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Site
from tests.e2e.test_mission import open_dialog
from tests.soap.server import WSDLS, SoapServer, wsdl


@pytest.fixture(scope="module")
def soap() -> Iterator[SoapServer]:
    with SoapServer() as server:
        yield server


def create(page: Page, site: Site, name: str, location: str) -> str:
    """The slug of a new source."""
    body = {"type": "soap", "name": name, "location": location}
    response = page.request.post(site.api("sources"), data=body, headers={"X-Requested-With": "test"})
    assert response.status == 201, response.text()
    return str(response.json()["slug"])


def test_the_calculator_is_called_through_its_form_and_found_in_the_logs(
    page: Page, site: Site, soap: SoapServer
) -> None:
    dialog = open_dialog(page, site)
    dialog.get_by_label("Name").fill("Calculator")
    dialog.get_by_label("Location").fill(f"{soap.url}/calculator.asmx")
    dialog.get_by_label("Type").select_option("soap")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()
    page.goto(site.page("sources/calculator/test"))
    request = page.get_by_role("region", name="Request", exact=True)
    request.get_by_label("Operation").select_option("Add")
    expect(request).to_contain_text("Adds two integers.")
    request.get_by_label("intA").fill("20")
    request.get_by_label("intB").fill("22")
    # At once, before the envelope of the last key can be there.
    request.get_by_label("intB").press("Control+Enter")
    expect(page.get_by_test_id("response-status")).to_contain_text("200")
    response = page.get_by_role("region", name="Response", exact=True)
    expect(response).to_contain_text("<AddResult>42</AddResult>")
    page.get_by_role("link", name="Log entry").click()
    entry = page.get_by_role("complementary", name="Log entry")
    expect(entry).to_contain_text("200")
    expect(entry).to_contain_text("/calculator.asmx")
    page.goto(site.page("logs"))
    calls = page.get_by_role("table", name="Logs").get_by_role("row").filter(has_text="/calculator.asmx")
    expect(calls.filter(has_text="POST").first).to_contain_text("200")


def test_a_wrong_value_is_told_at_its_field_and_nothing_is_sent(page: Page, site: Site, soap: SoapServer) -> None:
    slug = create(page, site, "Careful", f"{soap.url}/calculator.asmx")
    page.goto(site.page(f"sources/{slug}/test"))
    page.get_by_label("intA").fill("twenty")
    page.get_by_role("tab", name="Envelope").click()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_label("intA")).to_be_focused()
    expect(page.get_by_text("whole number")).to_be_visible()
    expect(page.get_by_text("No answer yet")).to_be_visible()


def test_an_envelope_that_was_edited_by_hand_is_sent_as_it_is(page: Page, site: Site, soap: SoapServer) -> None:
    slug = create(page, site, "By hand", f"{soap.url}/calculator.asmx")
    page.goto(site.page(f"sources/{slug}/test"))
    page.get_by_label("intA").fill("1")
    page.get_by_role("tab", name="Envelope").click()
    editor = page.get_by_role("textbox", name="Envelope")
    expect(editor).to_contain_text(":intA>1</")
    editor.fill(editor.inner_text().replace(":intA>1</", ":intA>400</"))
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("region", name="Response", exact=True)).to_contain_text("<AddResult>400</AddResult>")
    page.get_by_role("tab", name="Form").click()
    expect(page.get_by_text("The envelope was edited by hand.")).to_be_visible()
    # What was sent is there again after the page was left, and the form can have its way.
    page.reload()
    expect(page.get_by_text("The envelope was edited by hand.")).to_be_visible()
    page.get_by_role("button", name="Make it from the form again").click()
    page.get_by_role("tab", name="Envelope").click()
    expect(editor).to_contain_text(":intA>1</")


def test_a_fault_is_said_in_words(page: Page, site: Site, soap: SoapServer) -> None:
    slug = create(page, site, "Dividing", f"{soap.url}/calculator.asmx")
    page.goto(site.page(f"sources/{slug}/test"))
    page.get_by_label("Operation").select_option("Divide")
    page.get_by_label("intB").fill("0")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_test_id("diagnosis")).to_contain_text("One cannot divide by zero.")


def test_a_wsdl_is_uploaded_with_its_schemas(page: Page, site: Site, soap: SoapServer, tmp_path: Path) -> None:
    slug = create(page, site, "Uploaded", f"{soap.url}/nothing-here")
    page.goto(site.page(f"sources/{slug}/test"))
    expect(page.get_by_text("There is no WSDL that can be used")).to_be_visible()
    main = tmp_path / "zaken.wsdl"
    main.write_text(wsdl("zaken", soap.url))
    page.goto(site.page(f"sources/{slug}/configuration#soap"))
    section = page.get_by_role("region", name="SOAP")
    expect(section.get_by_text("There is no WSDL that can be used")).to_be_visible()
    with page.expect_file_chooser() as choosing:
        section.get_by_role("button", name="Upload a WSDL").click()
    choosing.value.set_files([main, *sorted((WSDLS / "schemas").glob("*.xsd"))])
    expect(section).to_contain_text("1 service, 1 operation")
    page.get_by_role("tab", name="Test").click()
    expect(page.get_by_text(f"The WSDL names {soap.url}/zaken; calls go to {soap.url}/nothing-here.")).to_be_visible()
    page.get_by_role("button", name="Use that address").click()
    expect(page.get_by_text("The WSDL names")).to_be_hidden()
    assert page.request.get(site.api(f"sources/{slug}")).json()["location"] == f"{soap.url}/zaken"
