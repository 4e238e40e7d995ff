# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""SFTP servers for tests: OpenSSH, and that of asyncssh where a server has to misbehave or to know a password.

Where OpenSSH is not installed, asyncssh stands in for it: nothing is skipped.
"""

import asyncio
import getpass
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Self

import asyncssh

SSHD = shutil.which("sshd", path=os.environ.get("PATH", "") + os.pathsep + "/usr/sbin")
"""OpenSSH's server; None where it is not installed."""

_CONFIGURATION = """
ListenAddress 127.0.0.1
HostKey {directory}/host_key
PidFile none
AuthorizedKeysFile {directory}/authorized_keys
AuthenticationMethods publickey
PermitRootLogin yes
StrictModes no
UsePAM no
Subsystem sftp {subsystem}
"""


def new_key(kind: str = "ssh-ed25519", **options: Any) -> asyncssh.SSHKey:
    """A new private key."""
    return asyncssh.generate_private_key(kind, **options)


def text_of(key: asyncssh.SSHKey) -> str:
    """A private key in PEM, as it is stored."""
    return key.export_private_key("pkcs8-pem").decode()


@dataclass
class FileServer:
    """A server that runs, and who may log in to it with which key.

    Attributes:
        log: what an OpenSSH server writes; None where asyncssh stands in for it.
    """

    port: int
    username: str
    key: asyncssh.SSHKey
    host_key: asyncssh.SSHKey
    log: Path | None = None

    @property
    def fingerprint(self) -> str:
        """Of the host key, as `ssh-keygen -l` shows it."""
        return self.host_key.get_fingerprint()


@contextmanager
def openssh(directory: Path, subsystem: str = "internal-sftp") -> Iterator[FileServer]:
    """OpenSSH's server, in which the user of the tests can log in with a key.

    Args:
        subsystem: what serves the files, for example `internal-sftp -R`, with which nothing may be changed.
    """
    directory.mkdir(parents=True, exist_ok=True)
    if SSHD is None:
        with _stand_in(subsystem) as server:
            yield server
        return
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    key, host_key = new_key(), new_key()
    host_key.write_private_key(str(directory / "host_key"))
    (directory / "host_key").chmod(0o600)
    (directory / "authorized_keys").write_bytes(key.export_public_key())
    configuration, log = directory / "sshd_config", directory / "sshd.log"
    configuration.write_text(_CONFIGURATION.format(directory=directory, subsystem=subsystem))
    port = free_port()
    with log.open("wb") as output:
        process = subprocess.Popen([SSHD, "-D", "-e", "-f", configuration, "-p", str(port)], stderr=output)
    try:
        _wait(port, process, log)
        yield FileServer(port, getpass.getuser(), key, host_key, log)
    finally:
        process.terminate()
        process.wait(10)


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(200):
        assert process.poll() is None, log.read_text()
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise AssertionError(f"sshd does not listen: {log.read_text()}")


@contextmanager
def _stand_in(subsystem: str) -> Iterator[FileServer]:
    """A server of asyncssh in a thread, which does what OpenSSH's would do."""
    key, host_key, username = new_key(), new_key(), getpass.getuser()
    command, _, options = subsystem.partition(" ")
    files = _FrozenFiles if "-R" in options else asyncssh.SFTPServer
    serving: dict[str, Any] = {"sftp_factory": files}
    if command != "internal-sftp":
        serving = {"process_factory": partial(_run, subsystem), "encoding": None}
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    authorized = asyncssh.import_authorized_keys(key.export_public_key().decode())
    connections: list[asyncssh.SSHServerConnection] = []

    async def listen() -> asyncssh.SSHAcceptor:
        return await asyncssh.listen(
            "127.0.0.1",
            0,
            server_host_keys=[host_key],
            authorized_client_keys=authorized,
            acceptor=connections.append,
            **serving,
        )

    async def close(acceptor: asyncssh.SSHAcceptor) -> None:
        acceptor.close()
        for connection in connections:
            connection.abort()
            await connection.wait_closed()
        await acceptor.wait_closed()

    acceptor = asyncio.run_coroutine_threadsafe(listen(), loop).result(10)
    try:
        yield FileServer(acceptor.get_port(), username, key, host_key)
    finally:
        asyncio.run_coroutine_threadsafe(close(acceptor), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def _run(subsystem: str, process: asyncssh.SSHServerProcess[bytes]) -> None:
    ran = await asyncio.create_subprocess_exec(*subsystem.split(), stdout=subprocess.PIPE)
    process.stdout.write((await ran.communicate())[0])
    process.exit(ran.returncode or 0)


class _FrozenFiles(asyncssh.SFTPServer):
    """Files that nobody may change."""

    def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> Any:
        if pflags & ~asyncssh.FXF_READ:
            raise asyncssh.SFTPPermissionDenied("Read-only")
        return super().open(path, pflags, attrs)

    def remove(self, path: bytes) -> None:  # noqa: ARG002
        raise asyncssh.SFTPPermissionDenied("Read-only")

    def mkdir(self, path: bytes, attrs: asyncssh.SFTPAttrs) -> None:  # noqa: ARG002
        raise asyncssh.SFTPPermissionDenied("Read-only")

    def rename(self, oldpath: bytes, newpath: bytes) -> None:  # noqa: ARG002
        raise asyncssh.SFTPPermissionDenied("Read-only")


class Files(asyncssh.SFTPServer):
    """The files of a directory, which the client sees as `/`."""

    def __init__(self, channel: asyncssh.SSHServerChannel[bytes], root: Path) -> None:
        super().__init__(channel, chroot=str(root).encode())


@dataclass
class PasswordServer:
    """A server of asyncssh in the loop of the test, and what has been tried to log in to it.

    Attributes:
        files: makes what serves the files of a session.
        methods: `password`, `keyboard-interactive`, `publickey`.
        delay: seconds until a password is found right or wrong.
        questions: of `keyboard-interactive`, and whether the answer may be seen.
        refuse: is done with a password in the place of looking at it.
        options: more of `asyncssh.listen`.
        attempts: the credentials that came: method and user.
    """

    root: Path
    username: str = "alice"
    password: str = "secret"
    key: asyncssh.SSHKey = field(default_factory=new_key)
    host_keys: Sequence[asyncssh.SSHKey] = field(default_factory=lambda: [new_key()])
    files: Callable[..., asyncssh.SFTPServer] = Files
    methods: Sequence[str] = ("password", "publickey")
    banner: str = ""
    delay: float = 0
    questions: Sequence[tuple[str, bool]] = (("Wachtwoord: ", False),)
    refuse: Callable[[asyncssh.SSHServerConnection], None] | None = None
    options: dict[str, Any] = field(default_factory=dict)
    host: str = "127.0.0.1"
    port: int = 0
    attempts: list[tuple[str, str]] = field(default_factory=list)
    connections: list[asyncssh.SSHServerConnection] = field(default_factory=list)

    async def __aenter__(self) -> Self:
        self._acceptor = await asyncssh.listen(
            self.host,
            self.port,
            **{
                "server_factory": lambda: _Gate(self),
                "server_host_keys": list(self.host_keys),
                "sftp_factory": lambda channel: self.files(channel, self.root),
                "login_timeout": 20,
                **self.options,
            },
        )
        self.port = self._acceptor.get_port()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._acceptor.close()
        for connection in self.connections:
            connection.abort()
        await self._acceptor.wait_closed()

    @property
    def authority(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def host_key(self) -> asyncssh.SSHKey:
        return self.host_keys[0]

    @property
    def fingerprint(self) -> str:
        return self.host_key.get_fingerprint()


class _Gate(asyncssh.SSHServer):
    """Lets in who has the password or the key."""

    def __init__(self, server: PasswordServer) -> None:
        self._server = server

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._server.connections.append(conn)
        self._connection = conn

    def begin_auth(self, username: str) -> bool:
        self._server.attempts.append(("none", username))
        if self._server.banner:
            self._connection.send_auth_banner(self._server.banner)
        return True

    def password_auth_supported(self) -> bool:
        return "password" in self._server.methods

    async def validate_password(self, username: str, password: str) -> bool:
        self._server.attempts.append(("password", username))
        await asyncio.sleep(self._server.delay)
        if self._server.refuse is not None:
            self._server.refuse(self._connection)
        return (username, password) == (self._server.username, self._server.password)

    def kbdint_auth_supported(self) -> bool:
        return "keyboard-interactive" in self._server.methods

    def get_kbdint_challenge(self, username: str, lang: str, submethods: str) -> Any:  # noqa: ARG002
        return "", "", "", list(self._server.questions)

    def validate_kbdint_response(self, username: str, responses: Sequence[str]) -> bool:
        self._server.attempts.append(("keyboard-interactive", username))
        return list(responses) == [self._server.password]

    def public_key_auth_supported(self) -> bool:
        return "publickey" in self._server.methods

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        self._server.attempts.append(("publickey", username))
        return (username, key) == (self._server.username, self._server.key.convert_to_public())
