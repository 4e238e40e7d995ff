# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The whole app in a process of its own, and a real browser in front of it."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

PROJECT = Path(__file__).parents[2]
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

expect.set_options(timeout=30_000)


@dataclass(frozen=True)
class Site:
    """Where the app and the sample API are."""

    url: str
    sample: str

    def page(self, path: str) -> str:
        """The address of a page of the app, such as `logs`."""
        return f"{self.url}index.php/apps/app_api/embedded/open_connector/main/{path}"

    def api(self, path: str) -> str:
        """The address of a part of the API, such as `sources`."""
        return f"{self.url}index.php/apps/app_api/proxy/open_connector/api/{path}"


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The app as `make run` starts it, for all tests."""
    with running_site(tmp_path_factory.mktemp("site")) as running:
        yield running


@contextmanager
def running_site(data: Path) -> Iterator[Site]:
    """The app with data of its own."""
    command = [sys.executable, "-m", "ex_app.standalone", "--port", "0", "--data", str(data)]
    with subprocess.Popen(
        command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        said = ""
        while "is ready at" not in said:
            line = process.stdout.readline()
            assert line, f"the app did not start: {said}"
            said += line
        sample = re.search(r"Sample API at (\S+)", said)
        ready = re.search(r"OpenConnector is ready at (\S+)", said)
        assert sample
        assert ready
        try:
            yield Site(ready[1], sample[1])
        finally:
            process.terminate()
            process.wait(timeout=20)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium of the machine, or the one that Playwright has installed.

    It is closed with its module: while Playwright runs, its event loop is the thread's, and no other can run there.
    """
    with sync_playwright() as playwright:
        executable = shutil.which("chromium") or shutil.which("google-chrome")
        running = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser of somebody who has not been here before."""
    fresh = browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB", reduced_motion="reduce")
    yield fresh
    fresh.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page on which no script may fail. Set `OPENCONNECTOR_SCREENSHOTS` to a directory to see how each test ended."""
    fresh = context.new_page()
    problems: list[str] = []
    fresh.on("pageerror", lambda error: problems.append(str(error)))
    fresh.on("console", lambda message: problems.append(message.text) if _is_problem(message.text) else None)
    yield fresh
    directory = os.environ.get("OPENCONNECTOR_SCREENSHOTS")
    if directory:
        name = os.environ["PYTEST_CURRENT_TEST"].split("::")[-1].split(" ")[0]
        fresh.screenshot(path=Path(directory) / f"{name}.png")
    assert problems == []


def _is_problem(text: str) -> bool:
    """Chromium tells of every answer above 399, which is no problem of a script."""
    return "Error" in text and "Failed to load resource" not in text
