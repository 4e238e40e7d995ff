# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The rows for what fails with SSH servers before the login. What they refuse later is in `remedies_files.py`."""

from openconnector.calls.remedies import BASICS, CONNECTION, FIREWALL, THEIR_LOGS, TRY_AGAIN, Step, Words
from openconnector.calls.remedies_files import FILES_PLACE

_FOUND = ("addresses",)
_PORT: Step = ("Check host and port in the location: SFTP is mostly at port 22.", BASICS)
_OTHER_SCHEME: Step = (
    "If the server speaks FTP, begin the location with ftps://, ftpes:// (TLS after the greeting) or ftp:// (no TLS).",
    BASICS,
)

SSH: dict[str, Words] = {
    "host_key_changed": Words(
        "authentication",
        "The server shows another key than before",
        "{reported} Either the server was set up anew, or something else answers in its place. No credentials were "
        "sent.",
        (
            (
                "Ask whoever runs {host} for the fingerprint of its key, for example by telephone, and compare it.",
                None,
            ),
            ("If it is right, forget the known key: the next call takes the one that the server shows.", FILES_PLACE),
            ("If it is not right, do not forget the known key, and tell whoever runs {host}.", None),
        ),
        _FOUND,
    ),
    "ssh_not_spoken": Words(
        "tcp",
        "No SSH server answers there",
        "Something listens at {host}, but it does not begin as an SSH server does.",
        (_PORT, _OTHER_SCHEME),
        _FOUND,
    ),
    "ssh_timeout": Words(
        "tcp",
        "The SSH handshake did not end in time",
        "{host} took the connection, and then did not agree with OpenConnector upon how to encrypt it.",
        (
            TRY_AGAIN,
            _PORT,
            FIREWALL,
            ("If the server or the network is slow, raise the connect timeout.", CONNECTION),
        ),
        _FOUND,
    ),
    "ssh_protocol_mismatch": Words(
        "tcp",
        "The server wants an encryption that is not used any more",
        "{host} and OpenConnector have no method in common: {reported}. OpenConnector offers none with SHA-1 or CBC, "
        "which can be broken.",
        (
            (
                "Ask whoever runs {host} to update the SSH server, or to allow current methods beside the old ones.",
                None,
            ),
            ("Ask for another server, or for another way to get the files, such as FTP with TLS.", None),
        ),
        _FOUND,
    ),
    "ssh_error": Words(
        "tcp",
        "The SSH connection failed",
        "{host} and OpenConnector did not understand each other: {reported}",
        (TRY_AGAIN, THEIR_LOGS),
        _FOUND,
    ),
}
