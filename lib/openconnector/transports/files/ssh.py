# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Opens SSH connections (RFC 4253) and logs in (RFC 4252, RFC 4256), over a socket that was connected before.

Nothing of the machine is used: no agent, no configuration, no keys and no known hosts of a user. This loads
megabytes: import it where a source speaks SFTP, and not at the top of a module.
"""

import asyncio
import getpass
import logging
import os
import socket

import asyncssh
from asyncssh.kex import get_kex_algs

from openconnector.transports.files.host_keys import algorithms_for, pin_for
from openconnector.transports.files.session import FileAccess, FileProblem
from openconnector.transports.files.ssh_login import ANONYMOUS, VERSION, Note, Shown, SshLogin

_KEY_EXCHANGES = (
    "mlkem768x25519-sha256",
    "curve25519-sha256",
    "curve25519-sha256@libssh.org",
    "ecdh-sha2-nistp256",
    "ecdh-sha2-nistp384",
    "ecdh-sha2-nistp521",
    "diffie-hellman-group-exchange-sha256",
    "diffie-hellman-group16-sha512",
    "diffie-hellman-group14-sha256",
)
_CIPHERS = (
    "aes256-gcm@openssh.com",
    "aes128-gcm@openssh.com",
    "chacha20-poly1305@openssh.com",
    "aes256-ctr",
    "aes192-ctr",
    "aes128-ctr",
)
_MACS = ("hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com", "hmac-sha2-256", "hmac-sha2-512")
_SIGNATURES = (
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "rsa-sha2-512",
    "rsa-sha2-256",
)
"""What is offered, the preferred first: nothing with SHA-1, CBC or short keys (RFC 9142, RFC 8332)."""

_KEEPALIVE_SECONDS = 15

asyncssh.set_log_level(logging.WARNING)  # it tells of every step at INFO, with user names and paths


async def open_connection(
    access: FileAccess, connected: socket.socket, note: Note, shown: Shown
) -> asyncssh.SSHClientConnection:
    """A connection that is logged in. The socket is closed where that fails.

    Raises:
        FileProblem: the key of the server is another one than before, or the login is refused.
        ConnectionFailed: the other side speaks no SSH, or hangs up.
        TimeoutError: the login is not answered.
    """
    login = SshLogin(access, note, shown)
    try:
        key = await asyncio.to_thread(_key_of, access)
        login.keys = [] if key is None else [key]
        async with asyncio.timeout(access.limits.connect_ms / 1000) as patience:
            login.patience = patience
            connection = await asyncssh.connect(sock=connected, **_options(access, login))
            await login.introduce()
            return connection
    except BaseException as error:  # noqa: BLE001  # it is raised again, under its name
        await login.give_up(connected)
        raise login.failure_of(error) from None


def _key_of(access: FileAccess) -> asyncssh.SSHKey | None:
    """The private key, which has been checked when it was saved.

    Raises:
        FileProblem: it cannot be read.
    """
    if not access.private_key:
        return None
    try:
        return asyncssh.import_private_key(access.private_key, unsafe_skip_rsa_key_validation=True)
    except (asyncssh.KeyImportError, ValueError):
        raise FileProblem("login_refused", "The stored private key cannot be read. Enter it again.") from None


def _options(access: FileAccess, login: SshLogin) -> dict[str, object]:
    """All of them: what is left out, asyncssh looks for in the home of the user."""
    _name_user()
    return {
        "client_factory": lambda: login,
        "client_version": VERSION,
        "config": None,
        "username": access.username or ANONYMOUS,
        "client_keys": None,
        "agent_path": None,
        "agent_forwarding": False,
        "pkcs11_provider": None,
        "x509_trusted_certs": None,
        "x509_trusted_cert_paths": [],
        "known_hosts": ([], [], []),
        "host_based_auth": False,
        "gss_host": None,
        "gss_kex": False,
        "gss_auth": False,
        "x11_forwarding": False,
        "preferred_auth": ["publickey"] if access.private_key else ["password", "keyboard-interactive"],
        "kex_algs": [name for name in _KEY_EXCHANGES if name.encode() in get_kex_algs()],
        "encryption_algs": list(_CIPHERS),
        "mac_algs": list(_MACS),
        "compression_algs": None,
        "signature_algs": list(_SIGNATURES),
        "server_host_key_algs": algorithms_for(pin_for(access.target, access.pin)),
        "connect_timeout": None,
        "login_timeout": 0,
        "keepalive_interval": _KEEPALIVE_SECONDS,
        "keepalive_count_max": 3,
        "tcp_keepalive": True,
    }


def _name_user() -> None:
    """The user who runs this process may have no name in a container, and asyncssh wants to know it."""
    try:
        getpass.getuser()
    except (KeyError, OSError):
        os.environ["LOGNAME"] = "openconnector"
