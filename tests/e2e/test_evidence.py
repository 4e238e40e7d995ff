# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What people see when something does not work: each step of the way, the certificate, the time, and the remedy."""

import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import trustme
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Site


@dataclass(frozen=True)
class ExpiredServer:
    """An HTTPS server whose certificate was valid until yesterday, and the authority behind it."""

    location: str
    authority: str
    expired_at: datetime


@pytest.fixture(scope="module")
def expired_server() -> Iterator[ExpiredServer]:
    authority, expired_at = trustme.CA(), datetime.now(UTC) - timedelta(days=3)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    issued = authority.issue_cert("localhost", not_before=expired_at - timedelta(days=90), not_after=expired_at)
    issued.configure_cert(context)
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield ExpiredServer(f"https://localhost:{server.server_port}", authority.cert_pem.bytes().decode(), expired_at)
    server.shutdown()
    server.server_close()
    thread.join(timeout=10)


def create(page: Page, site: Site, **values: Any) -> str:
    """The slug of a new source."""
    body = {"type": "json", "location": site.sample, **values}
    response = page.request.post(site.api("sources"), data=body, headers={"X-Requested-With": "test"})
    assert response.status == 201, response.text()
    return str(response.json()["slug"])


def test_verify_names_the_certificate_that_has_expired_its_date_and_the_remedy(
    page: Page, site: Site, expired_server: ExpiredServer
) -> None:
    connection = {"caCertificates": expired_server.authority}
    slug = create(page, site, name="Expired", location=expired_server.location, connection=connection)
    page.goto(site.page(f"sources/{slug}/test"))
    page.get_by_role("button", name="Verify").click()
    steps = page.get_by_role("list", name="Steps")
    failed = steps.get_by_role("listitem").filter(has_text="TLS").first
    expect(failed).to_contain_text("failed")
    expect(failed).to_contain_text("localhost")
    date = f"{expired_server.expired_at.day} {expired_server.expired_at:%B %Y}"
    expect(failed).to_contain_text(date)
    expect(failed).to_contain_text("Ask whoever runs")
    expect(steps.get_by_role("listitem").filter(has_text="DNS").first).to_contain_text("passed")
    expect(steps.get_by_role("listitem").filter(has_text="Credentials").first).to_contain_text("not reached")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_waterfall_shows_every_exchange(page: Page, site: Site, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme)
    slug = create(page, site, name=f"Waterfall {scheme}")
    page.goto(site.page(f"sources/{slug}/test"))
    page.get_by_label("Path").fill("/redirect/2")
    page.get_by_label("Path").press("Enter")
    expect(page.get_by_test_id("response-status")).to_contain_text("200")
    page.get_by_role("tab", name="Timing").click()
    timing = page.get_by_role("tabpanel", name="Timing")
    expect(timing.get_by_text("Wait").first).to_be_visible()
    expect(timing.get_by_text("connection reused").first).to_be_visible()
    page.get_by_role("tab", name="TLS").click()
    expect(page.get_by_role("tabpanel", name="TLS")).to_contain_text("http")
    page.get_by_role("tab", name="Timing").click()
    expect(timing.get_by_text("Wait").first).to_be_visible()


def test_an_address_that_is_not_allowed_can_be_allowed(page: Page, site: Site) -> None:
    # Nothing answers there: the address is for documentation (RFC 5737), and the policy knows it.
    slug = create(page, site, name="Denied", location="http://192.0.2.1")
    page.goto(site.page(f"sources/{slug}/test"))
    page.get_by_label("Path").fill("/health")
    page.get_by_label("Path").press("Enter")
    page.get_by_role("link", name="Allow this address").click()
    expect(page.get_by_role("heading", name="Settings")).to_be_visible()
    expect(page.get_by_role("textbox").first).to_have_value("192.0.2.1")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("button", name="Save")).to_be_hidden()
    settings = page.request.get(site.api("settings")).json()
    assert settings["egressAllow"] == ["192.0.2.1"]
