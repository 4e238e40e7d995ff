# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A JSON body of 50 MiB in the response viewer, in Chromium: how soon it shows, and whether the page stays fluent.

python -m bench.json_viewer
"""

import asyncio
import json
import shutil
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Page, async_playwright

from bench.metric import Metric
from ex_app.standalone.host import StandaloneHost
from openconnector.core.http import AsyncClient

SIZE = 50 * 1024 * 1024
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PAGE = "index.php/apps/app_api/embedded/open_connector/main"
API = "index.php/apps/app_api/proxy/open_connector/api"
ROUNDS = 3
STEPS = 13
"""Turns of the mouse wheel in each round, each of most of a screen."""

# Long tasks are those above 50 ms (W3C Long Tasks); shorter ones count as 0. A screen is there when its frame has been
# drawn, which the second animation frame after it knows.
_SCRIPT = """
(() => {
    const bench = { answered: 0, shown: 0, tasks: [] }
    window.bench = bench
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) {
            bench.tasks.push(entry.duration)
        }
    }).observe({ type: 'longtask' })
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) {
            if (entry.name.endsWith('/test')) {
                bench.answered = entry.responseEnd
            }
        }
    }).observe({ type: 'resource' })
    const look = () => {
        if (document.querySelector('.cm-content')?.textContent.includes('"items"')) {
            requestAnimationFrame(() => requestAnimationFrame(() => { bench.shown = performance.now() }))
        } else {
            requestAnimationFrame(look)
        }
    }
    look()
})()
"""


async def measure_json_viewer(interpreter: str = sys.executable) -> dict[str, Metric]:
    """Both figures, with an app and a browser of their own.

    Args:
        interpreter: runs the app.
    """
    with tempfile.TemporaryDirectory() as directory:
        async with (
            _upstream() as location,
            StandaloneHost(port=0, data=Path(directory), quiet=True, sample_api=False, interpreter=interpreter) as host,
            async_playwright() as playwright,
        ):
            await _add_source(host.url, location)
            executable = shutil.which("chromium") or shutil.which("google-chrome")
            browser = await playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
            page = await browser.new_page(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
            await page.add_init_script(_SCRIPT)
            try:
                return await _measure(page, f"{host.url}{PAGE}/sources/large/test")
            finally:
                await browser.close()


async def _measure(page: Page, url: str) -> dict[str, Metric]:
    await page.goto(url)
    await page.get_by_role("button", name="Send", exact=True).click()
    await page.wait_for_function("bench.shown > 0 && bench.answered > 0", timeout=120_000)
    first = float(await page.evaluate("bench.shown - bench.answered"))
    longest = {name: await _longest_task(page, open_list) for name, open_list in _LISTS.items()}
    told = ", ".join(f"{name} {milliseconds:.0f}" for name, milliseconds in longest.items())
    return {
        "json_viewer_ms": Metric(first, "ms", "50 MiB of JSON: from the answer to the first screen", 1500),
        "json_viewer_task_ms": Metric(max(longest.values()), "ms", f"longest task while scrolling: {told}", 100),
    }


async def _longest_task(page: Page, open_list: Callable[[Page], Awaitable[str]]) -> float:
    """Scroll a list, round after round, and give the longest task of the median round.

    What it takes to open the list does not count. A machine that does something else for a moment spoils one round.
    """
    selector = await open_list(page)
    await page.locator(selector).hover()
    await page.wait_for_timeout(1500)
    before = await page.locator(selector).evaluate("element => element.scrollTop")
    rounds = [await _scroll(page) for _ in range(ROUNDS)]
    assert await page.locator(selector).evaluate("element => element.scrollTop") > before, f"{selector} did not scroll"
    return statistics.median(rounds)


async def _scroll(page: Page) -> float:
    """Turn the wheel, and give the longest task meanwhile."""
    await page.evaluate("bench.tasks.length = 0")
    for _ in range(STEPS):
        await page.mouse.wheel(0, 500)
        await page.wait_for_timeout(30)
    await page.wait_for_timeout(300)
    return max([float(task) for task in await page.evaluate("bench.tasks")], default=0.0)


async def _open_text(_: Page) -> str:
    return ".cm-scroller"


async def _open_more_text(page: Page) -> str:
    """Two megabytes of it, of which the end is in sight."""
    for _ in range(4):
        await page.get_by_role("button", name="Load more").click()
        await page.get_by_role("button", name="Load more").wait_for()
        await page.wait_for_timeout(500)
    await page.locator(".cm-scroller").evaluate("element => { element.scrollTop = element.scrollHeight * 0.9 }")
    return ".cm-scroller"


async def _open_tree(page: Page) -> str:
    """The list in it, with a thousand of its items."""
    await page.locator(".way-switch").get_by_text("Tree").click()
    tree = page.get_by_role("tree")
    await tree.focus()
    for key in ("ArrowDown", "ArrowRight", "ArrowDown", "ArrowRight"):
        await tree.press(key)
        await page.wait_for_timeout(500)
    for _ in range(4):
        await tree.press("End")
        await tree.press("Enter")
        await page.wait_for_timeout(500)
    await tree.press("Home")
    return "[role=tree]"


async def _open_table(page: Page) -> str:
    await page.locator(".way-switch").get_by_text("Records").click()
    await page.locator(".records-table").wait_for(timeout=60_000)
    return ".records-table"


async def _open_bytes(page: Page) -> str:
    await page.locator(".way-switch").get_by_text("Hex").click()
    return ".hex-view__lines"


_LISTS = {
    "text": _open_text,
    "2 MiB of text": _open_more_text,
    "tree": _open_tree,
    "table": _open_table,
    "hex": _open_bytes,
}


async def _add_source(url: str, location: str) -> None:
    """A source that keeps bodies of 50 MiB."""
    source = {
        "name": "Large",
        "location": location,
        "type": "json",
        "connection": {"maxBodyBytes": SIZE, "totalTimeoutMs": 120_000},
    }
    async with AsyncClient(timeout=30) as client:
        headers = {"X-Requested-With": "bench"}
        (await client.post(f"{url}{API}/sources", json=source, headers=headers)).raise_for_status()


@asynccontextmanager
async def _upstream() -> AsyncIterator[str]:
    """The URL of a server that answers with 50 MiB of JSON on one line."""
    body = _large_json()
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                await reader.readuntil(b"\r\n\r\n")
                writer.write(answer)
                writer.write(body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


def _large_json() -> bytes:
    """`{"items": […]}` of at most 50 MiB, with values of every kind."""
    items: list[bytes] = []
    left = SIZE - len('{"items":[]}')
    while True:
        number = len(items)
        item = {
            "id": number,
            "name": f"Parcel {number}",
            "area": number * 1.25,
            "isOpen": number % 2 == 0,
            "owner": {"name": "Stichting Voorbeeld", "city": "Zaltbommel (Gelderland) é"} if number % 3 else None,
            "tags": ["public", "surveyed"],
        }
        text = json.dumps(item, separators=(",", ":"), ensure_ascii=False).encode()
        left -= len(text) + 1
        if left < 0:
            return b'{"items":[%s]}' % b",".join(items)
        items.append(text)


if __name__ == "__main__":
    for name, metric in asyncio.run(measure_json_viewer()).items():
        print(f"{name:<22} {metric.value:>10.2f} {metric.limit:>8g} {metric.unit:<5} {metric.against}")
