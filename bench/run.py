# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Measures what the project promises: prints a table, and writes bench/results.json.

    make bench

Everything runs on this machine, over the loopback. What is compared is measured side by side in the same run, turn
and turn about, so that a busy machine slows both.
"""

import asyncio
import gzip
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import timeit
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import uvloop

from bench.calls import measure_calls, side_by_side
from bench.commands import measure_commands
from bench.ftp_listing import measure_ftp_listing
from bench.json_viewer import measure_json_viewer
from bench.log_queries import SMALL, measure_logs
from bench.log_writing import measure_ingestion
from bench.metric import Metric
from bench.peers import measure_peers
from bench.servers import upstream
from bench.tokens import measure_tokens
from bench.transfer import measure_transfer
from bench.xml_records import measure_xml
from ex_app.standalone.host import StandaloneHost
from ex_app.standalone.signing import signed_headers
from openconnector.core.http import AsyncClient, HTTPError

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent
# The app runs with the packages of requirements.lock alone, as in its image: tools for development would add to it.
PYTHON = str(HERE / ".venv" / "bin" / "python")


async def main() -> int:
    """Measure everything; the exit code says whether every limit is met."""
    os.environ["PYTHONPATH"] = str(PROJECT / "lib")
    metrics: dict[str, Metric] = {}

    def keep(measured: dict[str, Metric]) -> None:
        """The whole takes the better part of an hour, so figures are printed as soon as their part has ended."""
        metrics.update(measured)
        for name, metric in measured.items():
            verdict = "" if metric.is_met else "  MISSED"
            line = f"{name:<38} {metric.value:>10.2f} {metric.limit:>8g} {metric.unit:<5} {metric.against}{verdict}"
            print(line, flush=True)

    print(f"{'metric':<38} {'value':>10} {'limit':>8} {'unit':<5} against", flush=True)
    keep({"ui_gzip_kib": measure_ui("script", "style"), "ui_editor_gzip_kib": measure_ui("editor")})
    with tempfile.TemporaryDirectory() as directory:
        data = Path(directory)
        async with StandaloneHost(port=0, data=data, quiet=True, sample_api=False, interpreter=PYTHON) as host:
            # The first start writes the database and the caches of bytecode: what follows is a warm machine.
            keep({"test_call_overhead": await measure_overhead(host)})
        keep({"startup": await measure_startup(data)})
        keep({"idle_rss": await measure_memory(data)})
    keep(await measure_calls())
    keep(await measure_tokens())
    keep(await measure_peers())
    keep({"body_memory_mib": measure_body_memory()})
    keep(await measure_ftp_listing())
    keep(await measure_json_viewer(PYTHON))
    keep(measure_xml())
    keep(await measure_commands())
    keep(await measure_transfer())
    keep(await measure_ingestion())
    keep(await measure_logs(SMALL))
    write(metrics)
    return 0 if all(metric.is_met for metric in metrics.values()) else 1


def measure_ui(*kinds: str) -> Metric:
    """Files of the front end as they travel, compressed by gzip: what the first page needs, and what code needs."""
    manifest = json.loads((PROJECT / "ex_app/js/manifest.json").read_text())
    sizes = [len(gzip.compress((PROJECT / "ex_app" / manifest[kind]).read_bytes(), 9)) for kind in kinds]
    what = f"{' and '.join(kinds)}, gzip -9"
    return Metric(sum(sizes) / 1024, "KiB", what, 160 if kinds == ("editor",) else 400)


async def measure_overhead(host: StandaloneHost) -> Metric:
    """A test call through the API of the app, against the same request with httpx; both over open connections."""
    signature = signed_headers(host.app, uid="admin", request_id="bench")
    headers = dict(signature) | {"X-Requested-With": "bench"}
    async with (
        upstream() as url,
        AsyncClient(base_url=f"http://127.0.0.1:{host.app.port}", headers=headers, timeout=30) as api,
        AsyncClient(timeout=30) as bare,
    ):
        body = {"name": "Benchmark", "location": url, "type": "json"}
        source = (await api.post("/api/sources", json=body)).raise_for_status().json()

        async def through_the_api() -> None:
            call = await api.post(f"/api/sources/{source['id']}/test", json={"path": "/health"})
            assert call.json()["statusCode"] == 200, call.text

        async def with_httpx() -> None:
            (await bare.get(f"{url}/health")).raise_for_status()

        ours, theirs = await side_by_side(through_the_api, with_httpx)
    added = statistics.median(ours) - statistics.median(theirs)
    against = f"httpx {statistics.median(theirs):.2f} ms, test call {statistics.median(ours):.2f} ms, median"
    return Metric(added, "ms", against, 8)


async def measure_startup(data: Path) -> Metric:
    """From the start of the process to the first heartbeat that is answered."""
    seconds = []
    for _ in range(5):
        async with app_process(data) as (_, started, port):
            seconds.append(await first_heartbeat(port) - started)
    return Metric(statistics.median(seconds), "s", "median of 5 starts, database there", 1.5)


def measure_body_memory() -> Metric:
    """How much a process grows that receives a large answer, in a process of its own."""
    command = [sys.executable, "-m", "bench.body_memory"]
    grown = float(subprocess.run(command, cwd=PROJECT, check=True, capture_output=True, text=True).stdout)
    return Metric(grown, "MiB", "1 GiB received, 1 MiB kept; growth of the largest resident set", 32)


async def measure_memory(data: Path) -> Metric:
    """Resident memory of the installed app, some seconds after it has been enabled."""
    async with StandaloneHost(port=0, data=data, quiet=True, sample_api=False, interpreter=PYTHON) as host:
        await asyncio.sleep(8)
        return Metric(resident_mib(process_on(host.app.port)), "MiB", "enabled, engine and schedules running", 120)


@asynccontextmanager
async def app_process(data: Path) -> AsyncIterator[tuple[asyncio.subprocess.Process, float, int]]:
    """The app alone, with the environment that AppAPI gives; with the moment it was started and its port."""
    port = 23999
    environ = {
        "PYTHONPATH": str(PROJECT / "lib"),
        "APP_ID": "open_connector",
        "APP_VERSION": "0.1.0",
        "APP_SECRET": "benchmark",
        "APP_HOST": "127.0.0.1",
        "APP_PORT": str(port),
        "APP_PERSISTENT_STORAGE": str(data / "storage"),
        "NEXTCLOUD_URL": "http://127.0.0.1:9",
    }
    started = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        PYTHON, "-m", "ex_app.main", env=environ, cwd=PROJECT, stderr=subprocess.DEVNULL
    )
    try:
        yield process, started, port
    finally:
        process.terminate()
        await process.wait()


async def first_heartbeat(port: int) -> float:
    """The moment at which the first heartbeat was answered."""
    async with AsyncClient() as client:
        while True:
            try:
                (await client.get(f"http://127.0.0.1:{port}/heartbeat")).raise_for_status()
            except HTTPError:
                await asyncio.sleep(0.005)
            else:
                return time.perf_counter()


def process_on(port: int) -> int:
    """The id of the process that listens on a port, from /proc (Linux)."""
    inodes = {
        line.split()[9]
        for line in Path("/proc/net/tcp").read_text().splitlines()[1:]
        if line.split()[1].endswith(f":{port:04X}") and line.split()[3] == "0A"
    }
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            target = link.readlink().name
        except OSError:
            continue
        if target.startswith("socket:[") and target[8:-1] in inodes:
            return int(link.parts[2])
    raise RuntimeError(f"nothing listens on port {port}")


def resident_mib(process_id: int) -> float:
    """The resident set of a process (VmRSS)."""
    status = Path(f"/proc/{process_id}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def measure_machine() -> float:
    """How long Python takes to count to three millions, in milliseconds: the best of five."""
    return min(timeit.repeat("for _ in range(3_000_000): pass", number=1, repeat=5)) * 1000


def write(metrics: dict[str, Metric]) -> None:
    """Keep the figures for those who compare versions."""
    document = {
        # What depends on the machine alone says how far the figures of two runs can be compared.
        "python_loop_ms": round(measure_machine(), 1),
        "metrics": {
            name: {"value": round(metric.value, 3), "unit": metric.unit, "against": metric.against}
            for name, metric in metrics.items()
        },
    }
    (HERE / "results.json").write_text(json.dumps(document, indent=2) + "\n")


if __name__ == "__main__":
    sys.exit(uvloop.run(main()))  # the loop that the app runs on
