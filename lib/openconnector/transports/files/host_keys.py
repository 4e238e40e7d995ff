# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Host keys of SSH servers (RFC 4251, section 4.1): taken at first sight, and compared with from then on."""

import base64
import hashlib

from openconnector.egress.connection import Target
from openconnector.transports.files.session import FileProblem, HostKeyPin

_SIGNATURES = {"ssh-rsa": ("rsa-sha2-512", "rsa-sha2-256")}
"""What a key of a kind signs with, where that has another name (RFC 8332). SHA-1 is not among it."""

KEY_TYPES = (
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "ssh-rsa",
)
"""The kinds of host keys that are taken, the preferred one first."""


def fingerprint_of(public_data: bytes) -> str:
    """How OpenSSH shows a key: `SHA256:` and the hash in base64, without padding.

    Args:
        public_data: the key as it travels (RFC 4253, section 6.6).
    """
    return "SHA256:" + base64.b64encode(hashlib.sha256(public_data).digest()).decode("ascii").rstrip("=")


def pin_of(target: Target, algorithm: str, public_data: bytes) -> HostKeyPin:
    """What is remembered of a key that a server has shown."""
    return HostKeyPin(target.authority, algorithm, fingerprint_of(public_data))


def pin_for(target: Target, pin: HostKeyPin | None) -> HostKeyPin | None:
    """The pin, where it belongs to the target. Another host, or another port, is another server."""
    return pin if pin is not None and pin.host.lower() == target.authority.lower() else None


def algorithms_for(pin: HostKeyPin | None) -> list[str]:
    """The signature algorithms to offer, those of the pinned key first: a server may have keys of several kinds.

    The others are offered too, so that a server that has changed its key can show the new one.
    """
    kinds = sorted(KEY_TYPES, key=lambda kind: pin is None or kind != pin.algorithm)
    return [name for kind in kinds for name in _SIGNATURES.get(kind, (kind,))]


def mismatch(pin: HostKeyPin | None, shown: HostKeyPin) -> FileProblem | None:
    """Why a key may not be trusted; None: it is the pinned one, or none is pinned."""
    if pin is None or (pin.algorithm, pin.fingerprint) == (shown.algorithm, shown.fingerprint):
        return None
    return FileProblem(
        "host_key_changed",
        f"{shown.host} shows the key {shown.fingerprint} ({shown.algorithm}), and not {pin.fingerprint} "
        f"({pin.algorithm}) as before.",
    )
