# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What FTP and SFTP have in common: an open connection to a file server, and what is done with it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from openconnector.egress.connection import ProxyServer, Target
from openconnector.egress.policy import EgressPolicy
from openconnector.egress.tls import TlsOptions
from openconnector.transports.exchange import Limits

EntryType = Literal["file", "directory", "link", "other"]
FileMethod = Literal["GET", "HEAD", "PUT", "DELETE", "LIST", "MKCOL", "MOVE"]
Sink = Callable[[bytes], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class RemoteEntry:
    """One entry of a directory, as the server describes it.

    Attributes:
        size: bytes; None where the server does not say.
        modified_at: in UTC; None where the server does not say.
        permissions: as the server shows them.
    """

    name: str
    type: EntryType
    size: int | None = None
    modified_at: datetime | None = None
    permissions: str | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server said last: its own code (FTP: RFC 959, section 4.2; SFTP: the status of the draft, section 7)."""

    code: int
    text: str


class FileProblem(Exception):
    """The server has refused an operation, or we have; `str()` says why.

    Attributes:
        type: a stable `error.type`: `login_refused`, `file_not_found`, `file_permission_denied`, `file_exists`,
            `file_not_a_directory`, `file_is_a_directory`, `file_directory_not_empty`, `file_no_space`,
            `file_path_leaves_root`, `file_operation_unsupported`, `file_error`, `host_key_changed`, `tls_required`,
            `data_connection_failed`, `transfer_aborted`.
        reply: what the server said; None where it was not asked.
    """

    def __init__(self, type_: str, message: str, reply: Reply | None = None) -> None:
        super().__init__(message)
        self.type = type_
        self.reply = reply


@dataclass(frozen=True, slots=True)
class HostKeyPin:
    """The key of an SSH server."""

    host: str
    algorithm: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class FileAccess:
    """How a file server is reached, and who asks.

    Attributes:
        target: `scheme` is one of `FILE_SCHEMES`.
        root: absolute path on the server that nothing may leave, without a slash at its end; empty is `/`.
        username: empty: `anonymous` with FTP.
        private_key: in PEM or as OpenSSH writes it, without encryption; empty: the password is used.
        pin: the key that the server has shown before; None: it is seen for the first time.
    """

    target: Target
    limits: Limits
    policy: EgressPolicy
    root: str = ""
    tls: TlsOptions = field(default_factory=TlsOptions)
    proxy: ProxyServer | None = None
    username: str = ""
    password: str = field(default="", repr=False)
    private_key: str = field(default="", repr=False)
    pin: HostKeyPin | None = None
    mode: Literal["passive", "active"] = "passive"
    encoding: Literal["utf-8", "latin-1"] = "utf-8"


class FileSession(Protocol):
    """An open connection to a file server, after the login. One operation at a time.

    Paths are absolute on the server. Every wait is bounded by the limits of the access. Every method raises
    `FileProblem` where the server refuses, `ConnectionFailed` or `OSError` where the connection breaks, and
    `TimeoutError` where nothing comes.
    """

    @property
    def reply(self) -> Reply | None:
        """What the server said last."""

    @property
    def protocol(self) -> str:
        """`FTP` or `SFTP/3`."""

    def entries(self, path: str) -> AsyncIterator[RemoteEntry]:
        """The entries of a directory, as they come, without `.` and `..`."""

    async def stat(self, path: str) -> RemoteEntry:
        """One file or directory; links are followed."""

    async def real_path(self, path: str) -> str:
        """Where a path leads to when links are followed, absolute; `path` itself where the server cannot tell."""

    async def read(self, path: str, offset: int, sink: Sink) -> None:
        """Give the bytes of a file from `offset` on to `sink`, piece by piece."""

    async def write(self, path: str, content: bytes) -> None:
        """Put a file, in place of the one that may be there."""

    async def delete(self, path: str) -> None:
        """Remove a file, or an empty directory."""

    async def make_directory(self, path: str) -> None:
        """Make a directory."""

    async def rename(self, path: str, destination: str) -> None:
        """Give a file or directory another path. What is there already is not replaced."""

    async def close(self) -> None:
        """Say goodbye, and close. It does not raise, and does not wait long."""
