# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""An export of the log comes through the proxy, and Chromium reads it as its own."""

import json
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page

from tests.e2e.conftest import Site
from tests.unit.logs.exports.har_schema import check

WRITES = {"X-Requested-With": "OpenConnector"}


def log_calls(page: Page, site: Site) -> str:
    """The id of a source that was called with `/json`, `/image/png`, `/status/404` and `/post`."""
    source = {"name": "Recorded", "location": site.sample, "type": "json"}
    created = page.request.post(site.api("sources"), data=source, headers=WRITES)
    assert created.status == 201, created.text()
    source_id: str = created.json()["id"]
    for wanted in (
        {"path": "/json"},
        {"path": "/image/png"},
        {"path": "/status/404"},
        {"path": "/post", "method": "POST", "body": '{"a": "ñ"}'},
    ):
        made = page.request.post(site.api(f"sources/{source_id}/test"), data=wanted, headers=WRITES)
        assert made.status == 200, made.text()
    return source_id


def test_an_export_comes_through_the_proxy_as_a_download_with_its_length(page: Page, site: Site) -> None:
    source_id = log_calls(page, site)
    page.goto(site.page("logs"))
    with page.expect_download() as waiting:
        page.evaluate("address => location.assign(address)", site.api(f"logs/export?format=har&source={source_id}"))
    download = waiting.value
    assert download.suggested_filename.startswith("openconnector-logs-")
    assert download.suggested_filename.endswith("Z.har")
    assert download.failure() is None
    entries = check(json.loads(Path(download.path()).read_text("utf-8")))
    assert [entry["response"]["status"] for entry in entries] == [200, 404, 200, 200]
    answered = page.request.get(site.api(f"logs/export?format=csv&source={source_id}"))
    assert int(answered.headers["content-length"]) == len(answered.body())


def test_chromium_answers_requests_with_what_was_exported(
    page: Page, context: BrowserContext, site: Site, tmp_path: Path
) -> None:
    """Playwright's replay gives each entry to the browser in the place of the server's answer."""
    source_id = log_calls(page, site)
    exported = page.request.get(site.api(f"logs/export?format=har&source={source_id}"))
    recording = tmp_path / "recorded.har"
    recording.write_bytes(exported.body())
    context.route_from_har(recording, not_found="abort")
    replayed, sample = context.new_page(), site.sample.rstrip("/")
    replayed.goto(f"{sample}/json")
    slides: dict[str, Any] = json.loads(replayed.locator("pre").inner_text())
    assert slides["slideshow"]["title"] == "Sample Slide Show"
    width = replayed.evaluate(
        "async address => (await createImageBitmap(await (await fetch(address)).blob())).width",
        f"{sample}/image/png",
    )
    assert width == 100
    status = replayed.evaluate("async address => (await fetch(address)).status", f"{sample}/status/404")
    assert status == 404
    refused = "async address => fetch(address).then(() => 'answered', () => 'refused')"
    assert replayed.evaluate(refused, f"{sample}/uuid") == "refused"
    replayed.close()
