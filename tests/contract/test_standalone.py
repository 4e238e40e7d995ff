# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""`python -m ex_app.standalone` as a user starts it."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ex_app.environment import PROJECT
from openconnector.core.http import AsyncClient

PROXY = "/index.php/apps/app_api/proxy/open_connector"
TOKEN = "a-token-that-must-not-be-seen"


def command(data: Path, *more: str) -> list[str]:
    return [sys.executable, "-m", "ex_app.standalone", "--port", "0", "--data", str(data), *more]


def clean_environment(assets: Path) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith(("OPENCONNECTOR_", "APP_"))}
    return {**own, "OPENCONNECTOR_ASSETS": str(assets)}


@dataclass
class Running:
    process: subprocess.Popen[str]
    url: str
    sample_url: str
    data: Path
    log: Path


@pytest.fixture
def standalone(assets: Path, tmp_path: Path) -> Iterator[Running]:
    data, log = tmp_path / "data", tmp_path / "log"
    with log.open("w") as stderr:
        process = subprocess.Popen(
            command(data), env=clean_environment(assets), cwd=PROJECT, stdout=subprocess.PIPE, stderr=stderr, text=True
        )
    assert process.stdout is not None
    with process, process.stdout:
        sample = process.stdout.readline()
        ready = process.stdout.readline()
        try:
            assert sample.startswith("Sample API at http://127.0.0.1:"), log.read_text()
            assert ready.startswith("OpenConnector is ready at http://127.0.0.1:")
            yield Running(process, ready.split()[-1], sample.split()[-1], data, log)
        finally:
            process.terminate()
            process.wait(10)


async def test_the_whole_way_from_the_ready_line_to_the_log(standalone: Running) -> None:
    async with AsyncClient(base_url=standalone.url, timeout=30) as browser:
        token = (await browser.get("/index.php/csrftoken")).json()["token"]
        headers = {"requesttoken": token}
        created = await browser.post(
            PROXY + "/api/sources",
            headers=headers,
            json={
                "name": "Sample",
                "location": standalone.sample_url,
                "type": "json",
                "authentication": {"type": "bearer", "token": TOKEN},
            },
        )
        assert created.status_code == 201, created.text
        source = created.json()["id"]
        call = await browser.post(
            f"{PROXY}/api/sources/{source}/test", headers=headers, json={"method": "GET", "path": "/status/418"}
        )
        assert call.json()["statusCode"] == 418
        found = (await browser.get(f"{PROXY}/api/logs", params={"source": source})).json()
        assert [entry["statusCode"] for entry in found["results"]] == [418]
        refused = await browser.get(f"{PROXY}/api/logs", headers={"cookie": "standalone_user=alice"})
        assert refused.status_code == 404

    assert TOKEN not in standalone.log.read_text()
    stored = b"".join(file.read_bytes() for file in standalone.data.rglob("*") if file.is_file())
    assert TOKEN.encode() not in stored


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_ends_everything_in_order(standalone: Running, number: int) -> None:
    standalone.process.send_signal(number)
    assert standalone.process.wait(8) == 0
    assert "Traceback" not in standalone.log.read_text()
    for url in (standalone.url, standalone.sample_url):
        port = int(url.rstrip("/").rpartition(":")[2])
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), timeout=1)


def test_what_is_stored_is_for_the_owner_only(standalone: Running) -> None:
    storage = standalone.data / "storage"
    assert storage.stat().st_mode & 0o077 == 0
    for key in storage.glob("*key*"):
        assert key.stat().st_mode & 0o077 == 0


def test_the_death_of_the_app_ends_the_host_with_one_line(standalone: Running) -> None:
    children = Path(f"/proc/{standalone.process.pid}/task/{standalone.process.pid}/children").read_text().split()
    app = next(pid for pid in children if b"ex_app.main" in Path(f"/proc/{pid}/cmdline").read_bytes())
    os.kill(int(app), signal.SIGKILL)
    assert standalone.process.wait(10) == 1
    assert standalone.log.read_text().splitlines()[-1] == "OpenConnector was ended by SIGKILL"


def failing(arguments: list[str], environ: dict[str, str]) -> str:
    done = subprocess.run(arguments, env=environ, cwd=PROJECT, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert len(done.stderr.splitlines()) == 1
    return done.stderr


def test_a_port_in_use_gives_one_clear_line(assets: Path, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        line = failing(command(tmp_path, "--port", str(port)), clean_environment(assets))
    assert line == f"Port {port} on 127.0.0.1 cannot be used: Address already in use. Choose another one.\n"


def test_a_missing_interface_gives_one_clear_line(tmp_path: Path) -> None:
    line = failing(command(tmp_path, "--quiet"), clean_environment(tmp_path / "nothing"))
    assert line == "The interface is not built: js/manifest.json is missing; build it with `make ui`\n"


def test_a_wrong_setting_gives_one_clear_line(assets: Path, tmp_path: Path) -> None:
    environ = {**clean_environment(assets), "OPENCONNECTOR_LOG_LEVEL": "loud"}
    line = failing(command(tmp_path, "--quiet"), environ)
    assert "OPENCONNECTOR_LOG_LEVEL cannot be used" in line
