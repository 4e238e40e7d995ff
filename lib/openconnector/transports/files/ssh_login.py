# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The login of SSH (RFC 4252, RFC 4256), and before it the look at the key of the server (RFC 4253, section 8).

This loads megabytes: import it where a source speaks SFTP, and not at the top of a module.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

import asyncssh

from openconnector import __version__
from openconnector.egress.errors import ConnectionFailed
from openconnector.transports.files.host_keys import mismatch, pin_for, pin_of
from openconnector.transports.files.session import FileAccess, FileProblem, HostKeyPin
from openconnector.transports.files.ssh_failure import MAX_LINE, failure_of_ssh, is_farewell, not_spoken, printable
from openconnector.transports.files.trace import HIDDEN

Note = Callable[[bool, str], None]
"""Takes a line of the trace: whether it is ours, and its text."""

Shown = Callable[[HostKeyPin], Awaitable[None] | None]
"""Takes the key of the server, when it has proved that it has it, and before a credential is sent. It may refuse."""

VERSION = f"OpenConnector_{__version__}".replace("-", "_")
"""What this side calls itself (RFC 4253, section 4.2)."""

ANONYMOUS = "anonymous"
"""The user, where the source has none: servers that let everybody in want a name all the same."""

_CLOSING_SECONDS = 1.0


class SshLogin(asyncssh.SSHClient):
    """Checks the key of the server, and answers what it asks of who logs in. Each credential is given once."""

    def __init__(self, access: FileAccess, note: Note, shown: Shown) -> None:
        self._access = access
        self._note = note
        self._shown = shown
        self._connection: asyncssh.SSHClientConnection | None = None
        self._pin: HostKeyPin | None = None
        self._changed: Exception | None = None
        self._is_trusted = False
        self._is_introduced = False
        self._tried: list[str] = []
        self._is_expired = False
        self._is_asked_otherwise = False
        self.keys: list[asyncssh.SSHKey] = []
        self.patience: asyncio.Timeout | None = None

    # What asyncssh calls.

    def connection_made(self, conn: asyncssh.SSHClientConnection) -> None:
        self._connection = conn
        self._say(is_ours=True, text=f"SSH-2.0-{VERSION}")

    def validate_host_public_key(self, host: str, addr: str, port: int, key: asyncssh.SSHKey) -> bool:  # noqa: ARG002
        target = self._access.target
        self._hear_version()
        known = pin_for(target, self._access.pin) or self._pin  # a connection that lasts exchanges keys again
        self._pin = pin_of(target, key.get_algorithm(), key.public_data)
        self._changed = mismatch(known, self._pin)
        state = "another one than before" if self._changed else "known" if known else "seen for the first time"
        self._say(is_ours=False, text=f"host key {self._pin.algorithm} {self._pin.fingerprint}: {state}")
        return self._changed is None

    def begin_auth(self, username: str) -> None:
        """The server has proved that it has the key, so that credentials may go to it."""
        self._is_trusted = True
        if self._connection is not None:
            self._say(is_ours=False, text=f"encryption {self._connection.get_extra_info('recv_cipher', '')}")
        if self.patience is not None:
            self.patience.reschedule(asyncio.get_running_loop().time() + self._access.limits.read_ms / 1000)
        self._say(is_ours=True, text=f"authentication of {username}")

    def auth_banner_received(self, msg: str, lang: str) -> None:  # noqa: ARG002
        self._say(is_ours=False, text=f"banner: {msg.strip()}")

    def auth_completed(self) -> None:
        self._say(is_ours=False, text="SSH_MSG_USERAUTH_SUCCESS")

    async def public_key_auth_requested(self) -> asyncssh.SSHKey | None:
        if not self.keys or not await self._may_go_on():
            return None
        key = self.keys.pop()
        self._try("publickey", f"publickey: {key.get_algorithm()} {key.get_fingerprint()}")
        return key

    async def password_auth_requested(self) -> str | None:
        return await self._password("password")

    def kbdint_auth_requested(self) -> str | None:
        return "" if self._access.password and not self._has_given_password else None

    async def kbdint_challenge_received(
        self,
        name: str,  # noqa: ARG002
        instructions: str,  # noqa: ARG002
        lang: str,  # noqa: ARG002
        prompts: Sequence[tuple[str, bool]],
    ) -> list[str] | None:
        """Answer the one question that a password is the answer to: its letters are not to be seen when typed."""
        if not prompts:
            return []
        if len(prompts) != 1 or prompts[0][1]:
            self._is_asked_otherwise = True
            self._say(is_ours=False, text="keyboard-interactive: asks for something else than a password")
            return None
        password = await self._password("keyboard-interactive")
        return None if password is None else [password]

    def password_change_requested(self, prompt: str, lang: str) -> tuple[str, str]:  # noqa: ARG002
        self._is_expired = True
        return NotImplemented  # type: ignore[no-any-return]  # how asyncssh is told that there is none

    # What comes of it.

    async def introduce(self) -> None:
        """Tell once which key the server has.

        Raises:
            FileProblem: it is not welcome, because another worker has been shown another key meanwhile.
        """
        if self._is_introduced or self._pin is None:
            return
        self._is_introduced = True
        told = self._shown(self._pin)
        if told is not None:
            await told

    async def give_up(self, connected: socket.socket) -> None:
        """Close the connection. It is asyncssh's from the moment on when it has made something of it."""
        if self._connection is None:
            connected.close()
            return
        self._connection.abort()
        with suppress(TimeoutError, asyncssh.Error, OSError):
            async with asyncio.timeout(_CLOSING_SECONDS):
                await self._connection.wait_closed()

    def failure_of(self, error: BaseException) -> BaseException:
        """What it is called that the connection did not come about."""
        if not isinstance(error, Exception) or isinstance(error, (FileProblem, ConnectionFailed)):
            return error
        if self._changed is not None:
            return self._changed
        if self._connection is None and isinstance(error, ValueError):  # of saslprep (RFC 4013)
            return FileProblem("login_refused", "The user name has characters that SSH cannot send.")
        if isinstance(error, TimeoutError):
            return self._timed_out()
        return self._refused() if isinstance(error, asyncssh.PermissionDenied) else self._failed(error)

    def _refused(self) -> Exception:
        self._say(is_ours=False, text="SSH_MSG_USERAUTH_FAILURE")
        return FileProblem("login_refused", self._why_refused())

    def _timed_out(self) -> Exception:
        if self._is_trusted:
            return TimeoutError("The login was not answered within the read timeout.")
        if self._has_version:
            return ConnectionFailed("ssh_timeout", "The SSH handshake was not finished within the connect timeout.")
        if not self._has_said_something:
            sentence = "Nothing came within the connect timeout, although an SSH server speaks first."
            return ConnectionFailed("ssh_timeout", sentence)
        return not_spoken()

    def _failed(self, error: Exception) -> Exception:
        if self._is_trusted and is_farewell(error):  # such as of too many attempts
            self._say(is_ours=False, text=f"SSH_MSG_DISCONNECT: {error}")
            return FileProblem("login_refused", f"{self._why_refused()} The server says: {str(error)[:MAX_LINE]}")
        if not self._has_version and self._has_said_something:
            return not_spoken()
        return failure_of_ssh(error)

    def _why_refused(self) -> str:
        user = self._access.username or ANONYMOUS
        if self._is_expired:
            return f"The password of {user} has expired: the server asks for another one."
        if self._is_asked_otherwise:
            return f"The server asks {user} for something else than a password, such as a code."
        if self._tried:
            what = "key" if self._tried[-1] == "publickey" else "password"
            return f"The server does not accept this {what} for the user {user}."
        if self._access.private_key:
            return "The server lets nobody log in with a key of this kind."
        if self._access.password:
            return "The server lets nobody log in with a password."
        return "The server wants a password or a key."

    @property
    def _has_given_password(self) -> bool:
        return any(method != "publickey" for method in self._tried)

    @property
    def _has_version(self) -> bool:
        return self._connection is not None and self._connection.get_extra_info("server_version") is not None

    @property
    def _has_said_something(self) -> bool:
        """Whether something came before, or in the place of, the line that says SSH (RFC 4253, section 4.2)."""
        connection = self._connection
        return bool(getattr(connection, "_banner_lines", 0) or getattr(connection, "_inpbuf", b""))

    async def _may_go_on(self) -> bool:
        """Whether a credential may be sent. asyncssh would take an exception for an error of its own."""
        try:
            await self.introduce()
        except Exception as error:  # noqa: BLE001  # it is raised when asyncssh has given up
            self._changed = error
        return self._changed is None

    async def _password(self, method: str) -> str | None:
        if not self._access.password or self._has_given_password or not await self._may_go_on():
            return None
        self._try(method, f"{method}: {HIDDEN}")
        return self._access.password

    def _try(self, method: str, text: str) -> None:
        if self._tried:
            self._say(is_ours=False, text="SSH_MSG_USERAUTH_FAILURE")
        self._tried.append(method)
        self._say(is_ours=True, text=text)

    def _hear_version(self) -> None:
        if self._connection is not None:
            self._say(is_ours=False, text=str(self._connection.get_extra_info("server_version", "")))
        algorithm = getattr(getattr(self._connection, "_kex", None), "algorithm", b"")
        if algorithm:
            self._say(is_ours=False, text=f"key exchange {algorithm.decode('ascii', 'replace')}")

    def _say(self, *, is_ours: bool, text: str) -> None:
        self._note(is_ours, printable(text))
