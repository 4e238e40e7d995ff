# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Names for what goes wrong on an SSH connection.

This loads megabytes: import it where a source speaks SFTP, and not at the top of a module.
"""

import asyncssh

from openconnector.egress.errors import ConnectionFailed

MAX_LINE = 500
"""Characters of what the other side says."""


def printable(text: str) -> str:
    """A text in one line of bounded length."""
    return "".join(character if character.isprintable() else " " for character in text[:MAX_LINE])


def failure_of_ssh(error: Exception) -> ConnectionFailed:
    """What it is called that a connection did not come about, or broke."""
    if isinstance(error, asyncssh.KeyExchangeFailed):
        return ConnectionFailed("ssh_protocol_mismatch", printable(str(error)))
    if isinstance(error, asyncssh.ProtocolNotSupported):
        return ConnectionFailed("ssh_protocol_mismatch", "The server speaks only version 1 of SSH.")
    if isinstance(error, (asyncssh.ConnectionLost, asyncssh.SFTPConnectionLost, asyncssh.SFTPNoConnection, OSError)):
        return ConnectionFailed("connection_reset", "The server closed the connection.")
    if type(error) is asyncssh.DisconnectError:  # with a reason that is no finding of asyncssh's own
        return ConnectionFailed("connection_reset", f"The server closed the connection: {printable(str(error))}")
    words = printable(str(error)) if isinstance(error, asyncssh.Error) else f"{type(error).__name__} in the handshake."
    return ConnectionFailed("ssh_error", words)


def is_farewell(error: Exception) -> bool:
    """Whether the server has said why it ends the connection (RFC 4253, section 11.1)."""
    return isinstance(error, asyncssh.DisconnectError) and not isinstance(error, asyncssh.ConnectionLost)


def not_spoken() -> ConnectionFailed:
    """What it is called that another protocol is spoken there."""
    return ConnectionFailed("ssh_not_spoken", "What answers there does not begin as an SSH server does.")
