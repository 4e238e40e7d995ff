# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""An envelope around the records: found, kept on the source, shown as a table; and the pages behind it."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Site
from tests.e2e.test_mission import add_source, open_tab, send

PARCELS = [{"id": number, "street": f"Street {number}"} for number in range(1, 26)]


class Parcels(BaseHTTPRequestHandler):
    """25 records, ten to a page: in an envelope or, at `/linked`, without one. The last page names no next one."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:  # http.server finds it by its name
        asked = urlsplit(self.path)
        page = int(parse_qs(asked.query).get("page", ["1"])[0])
        following = f"{asked.path}?page={page + 1}" if page * 10 < len(PARCELS) else None
        found = PARCELS[page * 10 - 10 : page * 10]
        is_linked = asked.path == "/linked"
        links = {"next": following} if following else {}
        body = json.dumps(found if is_linked else {"data": {"items": found}, "links": links}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if is_linked and following:
            self.send_header("Link", f'<{following}>; rel="next"')
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def parcels() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Parcels)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_an_envelope_leads_to_the_position_of_its_records(page: Page, site: Site, parcels: str) -> None:
    add_source(page, site, "Envelope", parcels)
    open_tab(page, site, "envelope", "test")
    send(page, "/parcels")
    expect(page.get_by_test_id("response-status")).to_contain_text("200")
    expect(page.get_by_text("10 objects at data.items").first).to_be_visible()
    page.get_by_role("radiogroup").get_by_text("Records", exact=True).click()
    page.get_by_role("button", name="Use this: data.items").click()
    expect(page.get_by_text("Street 10")).to_be_visible()
    page.reload()
    open_tab(page, site, "envelope", "configuration")
    expect(page.get_by_label("Position of the records")).to_have_value("data.items")


@pytest.mark.parametrize(
    ("name", "path", "evidence", "position", "kind"),
    [
        ("Paging", "/parcels", "There is a link to the next page at links.next.", "data.items", "next_link"),
        ("Linking", "/linked", "The header Link names the next page: /linked?page=2", "_root", "link_header"),
    ],
)
def test_the_pages_behind_an_answer_are_followed_and_kept(
    page: Page, site: Site, parcels: str, name: str, path: str, evidence: str, position: str, kind: str
) -> None:
    add_source(page, site, name, parcels)
    open_tab(page, site, name.lower(), "test")
    send(page, path)
    page.get_by_role("tab", name="Pages").click()
    expect(page.get_by_text(evidence)).to_be_visible()

    page.get_by_label("Pages at most").fill("")
    page.get_by_role("button", name="Follow the pages").click()
    expect(page.get_by_label("Pages at most")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_text(evidence)).to_be_visible()
    page.get_by_label("Pages at most").fill("50")

    page.get_by_role("button", name="Follow the pages").click()
    expect(page.get_by_test_id("pages-count")).to_have_text("3 pages, no records found")
    page.get_by_role("list", name="Places with records").get_by_role("button", name="Use this").first.click()
    expect(page.get_by_role("list", name="Places with records")).to_have_count(0)
    page.get_by_role("button", name="Follow the pages").click()
    expect(page.get_by_test_id("pages-count")).to_have_text("3 pages, 25 records")

    expect(page.get_by_text(evidence)).to_be_visible()
    page.get_by_role("button", name="Keep on the source").click()
    expect(page.get_by_role("button", name="Kept on the source")).to_be_disabled()
    page.get_by_role("link", name="Log entry").click()
    expect(page.get_by_text("next page: 200 OK").first).to_be_visible()
    open_tab(page, site, name.lower(), "configuration")
    expect(page.get_by_label("Position of the records")).to_have_value(position)
    expect(page.get_by_label("Pages", exact=True)).to_have_value(kind)
    if path == "/parcels":
        expect(page.get_by_label("Where in the answer")).to_have_value("links.next")
