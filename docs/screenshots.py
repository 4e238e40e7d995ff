# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The pictures of `docs/tutorial.md`, taken of the running app: `.venv/bin/python docs/screenshots.py`.

It starts what `make run` starts, on the same ports but with an empty database of its own, and walks the way of the
tutorial in Chromium. Each picture is what the reader sees at that step. What differs from one run to the next are
durations and times of the day.
"""

# ruff: noqa: INP001  # documents are no package

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from ex_app.standalone.host import DEFAULT_PORT
from tests.e2e.conftest import ARGUMENTS, PROJECT, Site

IMAGES = PROJECT / "docs/images"
MAX_BYTES = 120 * 1024
STOP_SECONDS = 20
FIRST = "tutorial-empty"

NAME, SLUG, PATH, TOKEN = "Parcels", "parcels", "/bearer", "the-token-of-the-tutorial"
"""What the reader types. httpbin's `/bearer` wants a token, and takes any."""


def main() -> int:
    """Take all pictures; 1 when one of them is larger than a page of documents should load."""
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as data, _site(Path(data)) as site, _browser() as browser:
        context = browser.new_context(
            viewport={"width": 1280, "height": 800},
            locale="en-GB",
            timezone_id="UTC",
            color_scheme="light",
            reduced_motion="reduce",
        )
        page = context.new_page()
        page.goto(f"{site.url}?lang=en")
        page.goto(f"{site.url}?theme=light")
        _add(page, site)
        _fail(page)
        _mend(page)
        _look_it_up(page, site)
        _watch(page, site)
        context.close()
    large = [path for path in sorted(IMAGES.glob("*.png")) if path.stat().st_size > MAX_BYTES]
    for path in large:
        sys.stderr.write(f"{path.name} has {path.stat().st_size / 1024:.0f} KiB, and {MAX_BYTES // 1024} are allowed\n")
    return 1 if large else 0


def _add(page: Page, site: Site) -> None:
    expect(page.get_by_role("button", name="Add your first source")).to_be_visible()
    _shoot(page, FIRST)
    page.get_by_role("button", name="Add Source", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Name")).to_be_focused()
    dialog.get_by_label("Name").fill(NAME)
    dialog.get_by_label("Location").fill(site.sample)
    _shoot(page, "tutorial-add")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()


def _fail(page: Page) -> None:
    page.get_by_role("table", name="Sources").get_by_text(NAME).click()
    page.get_by_role("tab", name="Test").click()
    _send(page, "401", calls=1)
    expect(page.get_by_test_id("diagnosis")).to_be_visible()
    _shoot(page, "tutorial-failure")


def _mend(page: Page) -> None:
    page.get_by_role("link", name="Open Authentication").click()
    page.get_by_label("Scheme").select_option("bearer")
    page.get_by_label("Token").fill(TOKEN)
    _shoot(page, "tutorial-authentication")
    page.get_by_role("button", name="Save and test").click()
    _send(page, "200", calls=2)
    expect(page.get_by_text("authenticated")).to_be_visible()
    _shoot(page, "tutorial-success")


def _look_it_up(page: Page, site: Site) -> None:
    page.goto(site.page("logs"))
    page.get_by_role("combobox", name="Search the log").fill(f"source:{SLUG} status:4xx")
    page.get_by_role("combobox", name="Search the log").press("Enter")
    expect(page.get_by_text("1 call", exact=True)).to_be_visible()
    page.get_by_role("table", name="Logs").get_by_text(PATH).first.click()
    expect(page.get_by_role("complementary", name="Log entry").get_by_test_id("diagnosis")).to_be_visible()
    _shoot(page, "tutorial-log")


def _watch(page: Page, site: Site) -> None:
    page.goto(site.page(f"sources/{SLUG}/monitoring"))
    page.get_by_text("Watch this source").click()
    page.get_by_label("Path").fill(PATH)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("button", name="Save", exact=True)).to_be_hidden()
    expect(page.get_by_test_id("watch-state")).to_contain_text("Healthy", timeout=40_000)
    _shoot(page, "tutorial-watch")
    page.goto(site.page("sources"))
    expect(page.get_by_test_id(f"source-{SLUG}")).to_contain_text("Healthy")
    _shoot(page, "tutorial-list")


def _send(page: Page, status: str, *, calls: int) -> None:
    page.get_by_label("Path").fill(PATH)
    page.get_by_label("Path").press("Enter")
    expect(page.get_by_test_id("response-status")).to_contain_text(status)
    expect(page.get_by_role("tab", name="Logs")).to_contain_text(str(calls))


def _shoot(page: Page, name: str) -> None:
    """Take a picture without what comes and goes: toasts, marks below the pointer, the text cursor.

    The bar at the top is that of the standalone host, so only the first picture has it.
    """
    toasts = page.locator("[class*=toastClose]")
    while toasts.count() > 0:
        toasts.first.click()
        page.wait_for_timeout(500)  # it fades
    page.mouse.move(0, 0)
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready")
    path = IMAGES / f"{name}.png"
    if name == FIRST:
        page.screenshot(path=path, animations="disabled", caret="hide")
    else:
        page.locator("main#content").screenshot(path=path, animations="disabled", caret="hide")


@contextmanager
def _site(data: Path) -> Iterator[Site]:
    """The app as `make run` starts it, and as the browser tests do."""
    command = [sys.executable, "-m", "ex_app.standalone", "--port", str(DEFAULT_PORT), "--data", str(data), "--quiet"]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603  # our own
        try:
            said = ""
            while "is ready at" not in said:
                line = process.stdout.readline() if process.stdout is not None else ""
                if not line:
                    raise RuntimeError("The app did not start.")
                said += line
            sample, ready = re.findall(r"(?:Sample API|ready) at (\S+)", said)
            if f":{DEFAULT_PORT + 1}/" not in sample:
                raise RuntimeError(f"Another program has the port {DEFAULT_PORT + 1}, which is in the pictures.")
            yield Site(ready, sample)
        finally:
            process.terminate()
            process.wait(timeout=STOP_SECONDS)


@contextmanager
def _browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        executable = shutil.which("chromium") or shutil.which("google-chrome")
        running = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        try:
            yield running
        finally:
            running.close()


if __name__ == "__main__":
    sys.exit(main())
