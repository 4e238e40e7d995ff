# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What comes late finds its place kept: a button that moves between press and release is not clicked."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.conftest import Site

HEADERS = {"X-Requested-With": "OpenConnector"}


@pytest.fixture(params=["en", "nl"])
def tabs(request: pytest.FixtureRequest, page: Page, site: Site) -> Iterator[str]:
    """Where the tabs of a source with one call are. The words of the other language are longer."""
    page.goto(f"{site.url}?lang={request.param}")
    source = {"name": "Steady", "slug": "steady", "location": site.sample, "type": "json"}
    page.request.post(site.api("sources"), data=source, headers=HEADERS)
    page.request.post(site.api("sources/steady/test"), data={"path": "/json"}, headers=HEADERS)
    yield site.page("sources/steady")
    page.request.delete(site.api("sources/steady"), headers=HEADERS)


@pytest.mark.parametrize(
    ("tab", "answer", "late", "steady"),
    [
        ("test", "**/operations?*", ".description-line__load", ".send-bar"),
        ("logs", "**/logs/uptime?*", ".source-uptime__link", ".log-filters"),
    ],
)
def test_nothing_moves_when_the_rest_of_the_page_comes(
    page: Page, tabs: str, tab: str, answer: str, late: str, steady: str
) -> None:
    held: list[Route] = []
    page.route(answer, lambda route: held.append(route))  # noqa: PLW0108 (Playwright takes functions, no methods of lists)
    with page.expect_request(answer):
        page.goto(f"{tabs}/{tab}")
    expect(page.locator(steady)).to_be_visible()
    expect(page.locator(late).first).not_to_be_visible()
    before = page.locator(steady).bounding_box()
    for route in held:
        route.continue_()
    expect(page.locator(late).first).to_be_visible()
    assert before
    assert page.locator(steady).bounding_box() == before
