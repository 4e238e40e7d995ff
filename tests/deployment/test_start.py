# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the container does when it starts, with a tunnel that only says that it was called."""

import os
import signal
import stat
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from ex_app.environment import PROJECT
from tests.contract.serving import free_port

KEY = 'a "key" with \\ in it'
PYTHON = (sys.executable, "-m", "ex_app.main")

FRPC = '#!/bin/sh\necho "$@" >> "$CALLS"\nsleep 60\n'
SETPRIV = '#!/bin/sh\necho "$@" >> "$RIGHTS"\nwhile [ "$1" != -- ]; do shift; done\nshift\nexec "$@"\n'
CHOWN = '#!/bin/sh\necho "$@" >> "$OWNED"\n'


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """What AppAPI sets, and programs that stand for those of the container."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, text in (("frpc", FRPC), ("setpriv", SETPRIV), ("chown", CHOWN)):
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
    storage = tmp_path / "storage"
    storage.mkdir()
    return {
        "PATH": f"{programs}:{os.environ['PATH']}",
        "CALLS": str(tmp_path / "calls"),
        "RIGHTS": str(tmp_path / "rights"),
        "OWNED": str(tmp_path / "owned"),
        "FRPC_CONFIG": str(tmp_path / "frpc.toml"),
        "FRPC_CERTIFICATES": str(tmp_path / "certs"),
        "HP_EXAPP_SOCK": str(tmp_path / "exapp.sock"),
        "AA_VERSION": "32.0.0",
        "APP_ID": "open_connector",
        "APP_SECRET": "12345secret",
        "APP_VERSION": "0.1.0",
        "APP_HOST": "0.0.0.0",
        "APP_PORT": str(free_port()),
        "APP_PERSISTENT_STORAGE": str(storage),
        "NEXTCLOUD_URL": "http://127.0.0.1:9/index.php/",
        "OPENCONNECTOR_BACKGROUND_WORK": "false",
        "OPENCONNECTOR_NEXTCLOUD_LOG": "off",
        "PYTHONPATH": f"{PROJECT / 'lib'}:{PROJECT}",
    }


@pytest.fixture
def harp(environ: dict[str, str]) -> dict[str, str]:
    return environ | {"HP_SHARED_KEY": KEY, "HP_FRP_ADDRESS": "appapi-harp", "HP_FRP_PORT": "8782"}


@contextmanager
def started(environ: dict[str, str], command: Sequence[str] = PYTHON) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [PROJECT / "start.sh", *command], env=environ, cwd=PROJECT, start_new_session=True, stderr=subprocess.PIPE
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # the tunnel; in a container it goes with the first process
        if process.stderr is not None:
            process.stderr.close()


def health(environ: dict[str, str]) -> int:
    return subprocess.run([PROJECT / "healthcheck.sh"], env=environ, check=False, stderr=subprocess.DEVNULL).returncode


def wait_for_health(environ: dict[str, str]) -> None:
    until = time.monotonic() + 30
    while health(environ):
        assert time.monotonic() < until, "the app does not answer"
        time.sleep(0.1)


def test_behind_harp_the_app_listens_on_a_socket_at_the_end_of_a_tunnel(harp: dict[str, str]) -> None:
    assert health(harp) != 0
    Path(harp["HP_EXAPP_SOCK"]).touch()  # left by a process that was killed
    with started(harp):
        wait_for_health(harp)
        socket, config = Path(harp["HP_EXAPP_SOCK"]), Path(harp["FRPC_CONFIG"])
        assert socket.is_socket()
        beat = subprocess.run(
            ["curl", "-sf", "--unix-socket", socket, "http://localhost/heartbeat"], check=True, capture_output=True
        )
        assert beat.stdout == b'{"status":"ok"}'
        refused = subprocess.run(["curl", "-s", f"http://127.0.0.1:{harp['APP_PORT']}/heartbeat"], check=False)
        assert refused.returncode == 7, "nothing may listen on the port: the tunnel has it"
        assert Path(harp["CALLS"]).read_text() == f"-c {config}\n"
        assert stat.S_IMODE(config.stat().st_mode) == 0o600
    assert tomllib.loads(config.read_text()) == {
        "serverAddr": "appapi-harp",
        "serverPort": 8782,
        "loginFailExit": False,
        "metadatas": {"token": KEY},
        "transport": {"tls": {"enable": False}},
        "proxies": [
            {
                "name": "open_connector",
                "type": "tcp",
                "remotePort": int(harp["APP_PORT"]),
                "plugin": {"type": "unix_domain_socket", "unixPath": str(socket)},
            }
        ],
    }


def test_with_certificates_the_tunnel_is_encrypted(harp: dict[str, str]) -> None:
    certificates = Path(harp["FRPC_CERTIFICATES"])
    certificates.mkdir()
    with started(harp, ["true"]) as process:
        assert process.wait(10) == 0
    assert tomllib.loads(Path(harp["FRPC_CONFIG"]).read_text())["transport"]["tls"] == {
        "enable": True,
        "certFile": f"{certificates}/client.crt",
        "keyFile": f"{certificates}/client.key",
        "trustedCaFile": f"{certificates}/ca.crt",
        "serverName": "harp.nc",
    }


def test_without_harp_the_app_listens_on_its_port(environ: dict[str, str]) -> None:
    with started(environ) as process:
        wait_for_health(environ)
        assert process.poll() is None
    assert process.returncode == 0, "the signal reaches the app, which ends in good order"
    assert not Path(environ["CALLS"]).exists()
    assert not Path(environ["HP_EXAPP_SOCK"]).exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="whoever has no rights gives none up")
def test_the_app_runs_without_rights_on_storage_that_is_its_own(environ: dict[str, str]) -> None:
    with started(environ, ["sh", "-c", "exit 7"]) as process:
        assert process.wait(10) == 7, "the exit code is that of the command"
    rights = Path(environ["RIGHTS"]).read_text()
    assert rights.startswith("--reuid=openconnector --regid=openconnector --init-groups --no-new-privs")
    assert Path(environ["OWNED"]).read_text() == f"-R openconnector:openconnector {environ['APP_PERSISTENT_STORAGE']}\n"


@pytest.mark.parametrize("name", ["HP_FRP_ADDRESS", "HP_FRP_PORT", "APP_ID", "APP_PORT"])
def test_what_the_tunnel_needs_and_is_not_there_is_named(harp: dict[str, str], name: str) -> None:
    del harp[name]
    with started(harp, ["true"]) as process:
        assert process.wait(10) != 0
        assert process.stderr is not None
        assert name.encode() in process.stderr.read()


@pytest.mark.skipif(os.geteuid() != 0, reason="whoever has no rights gives none up")
def test_commands_run_without_rights_too(environ: dict[str, str]) -> None:
    environ["PATH"] = f"{environ['PATH'].partition(':')[0]}:{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        [PROJECT / "command.sh", "--version"], env=environ, cwd=PROJECT, check=True, capture_output=True, text=True
    )
    assert done.stdout.strip() == environ["APP_VERSION"]
    assert Path(environ["RIGHTS"]).read_text().startswith("--reuid=openconnector ")


@pytest.mark.parametrize("script", ["start.sh", "healthcheck.sh", "command.sh"])
def test_the_scripts_are_sound(script: str) -> None:
    assert os.access(PROJECT / script, os.X_OK)
    subprocess.run(["sh", "-n", PROJECT / script], check=True)
    found = subprocess.run(
        [Path(sys.executable).parent / "shellcheck", PROJECT / script], check=False, capture_output=True, text=True
    )
    assert found.stdout == ""
