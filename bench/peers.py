# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The test tools that people use beside OpenConnector, calling the same server: newman (Postman) and bru (Bruno).

They are fetched from npm when the benchmark runs, and are no dependency of the project. Each works as fast as it can:
bru and OpenConnector make calls at the same time, newman knows one after the other only. Start-up does not count: what
many calls take is compared with what one takes.
"""

import asyncio
import json
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.calls import open_bench, per_second
from bench.metric import Metric

TOOLS = Path(__file__).resolve().parent / ".node"
PACKAGES = {"newman": "newman@6.2.2", "bru": "@usebruno/cli@4.1.0"}
CALLS = {"newman": 400, "bru": 2000}
"""Of each tool: enough that what they take is long beside the start-up, which differs from run to run."""

ROUNDS = 3


async def measure_peers() -> dict[str, Metric]:
    """Calls per second, ours with their durable log."""
    await asyncio.to_thread(_install)
    async with open_bench() as bench:
        with tempfile.TemporaryDirectory() as directory:
            url = f"{bench.url}/health"
            commands = {
                "newman": _newman(Path(directory), url),
                "bru": _bru(Path(directory), url),
            }
            rates: dict[str, list[float]] = {"ours": [], "newman": [], "bru": []}
            await per_second(bench.call, 300)
            for _ in range(ROUNDS):
                rates["ours"].append(await per_second(bench.call, 2000))
                for name, command in commands.items():
                    rates[name].append(await asyncio.to_thread(_rate, command, CALLS[name]))
    ours = statistics.median(rates["ours"])
    return {
        metric: _ratio(ours, name, statistics.median(rates[name]))
        for metric, name in (("newman_ratio", "newman"), ("bruno_ratio", "bru"))
    }


def _ratio(ours: float, name: str, theirs: float) -> Metric:
    shown = f"logged calls {ours:,.0f}/s, {name} {theirs:,.0f}/s, without start-up"
    return Metric(ours / theirs, "x", shown, 5, more_is_better=True)


def _install() -> None:
    if all((TOOLS / "node_modules" / ".bin" / name).exists() for name in PACKAGES):
        return
    TOOLS.mkdir(exist_ok=True)
    quiet = ["--silent", "--no-fund", "--no-audit", "--no-update-notifier", "--no-package-lock"]
    subprocess.run(["npm", "install", "--prefix", TOOLS, *quiet, *PACKAGES.values()], check=True)


def _newman(directory: Path, url: str) -> Callable[[int], list[str]]:
    collection = directory / "collection.json"
    schema = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
    item = {"name": "health", "request": {"method": "GET", "url": url}}
    collection.write_text(json.dumps({"info": {"name": "bench", "schema": schema}, "item": [item]}))
    return lambda count: ["newman", "run", str(collection), "--silent", "-n", str(count)]


def _bru(directory: Path, url: str) -> Callable[[int], list[str]]:
    folder = directory / "bruno"
    folder.mkdir()
    (folder / "bruno.json").write_text(json.dumps({"version": "1", "name": "bench", "type": "collection"}))
    (folder / "health.bru").write_text(
        f"meta {{\n  name: health\n  type: http\n  seq: 1\n}}\n\nget {{\n  url: {url}\n  body: none\n  auth: none\n}}\n"
    )
    return lambda count: ["bru", "run", str(folder), "--parallel", "--iteration-count", str(count)]


def _rate(command: Callable[[int], list[str]], calls: int) -> float:
    """Calls per second beyond the first."""
    one, many = _seconds(command(1)), _seconds(command(calls + 1))
    return calls / (many - one)


def _seconds(command: list[str]) -> float:
    path = TOOLS / "node_modules" / ".bin" / command[0]
    # Bruno looks for its collection in the working directory.
    folder = Path(command[2]) if command[0] == "bru" else TOOLS
    arguments = ["run", *command[3:]] if command[0] == "bru" else command[1:]
    started = time.perf_counter()
    done = subprocess.run(
        [path, *arguments], cwd=folder, env=os.environ | {"NO_COLOR": "1"}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return time.perf_counter() - started
