# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""PKCS#12 files (RFC 7292), also called PFX: a private key and its certificates under a passphrase.

This loads megabytes of `cryptography`: import it where a file is there, and not at the top of a module.
"""

from dataclasses import dataclass

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization.pkcs12 import PKCS12KeyAndCertificates, load_pkcs12

from openconnector.authentication.certificate_chain import Chain, chain_of, distinct
from openconnector.authentication.pasted import KeyProblem, Part
from openconnector.authentication.private_key import ReadKey, checked, refuse_slow
from openconnector.core.phrases import phrase


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """What was in the file."""

    key: ReadKey
    chain: Chain


def is_protected(part: Part) -> bool:
    """Whether it takes a passphrase to open a file.

    Raises:
        KeyProblem: it cannot be opened at all.
    """
    refuse_slow(part.raw, "pkcs12")
    return _loaded(part.raw, None) is None


def opened(part: Part, passphrase: str) -> OpenedFile:
    """Open a file.

    Raises:
        KeyProblem: the passphrase is missing or wrong, or the file holds no key, or no certificate of the key.
    """
    refuse_slow(part.raw, "pkcs12")
    content = (_loaded(part.raw, passphrase.encode("utf-8", "replace")) if passphrase else None) or _loaded(
        part.raw, None
    )
    if content is None and not passphrase:
        raise KeyProblem("passphrase", phrase("The PKCS#12 file is protected by a passphrase. Enter it."))
    if content is None:
        raise KeyProblem("passphrase", phrase("The passphrase does not open this PKCS#12 file."))
    if content.key is None:
        raise KeyProblem("pkcs12", phrase("This PKCS#12 file holds no private key. Export it together with its key."))
    entries = [*([content.cert] if content.cert else []), *content.additional_certs]
    certificates = distinct((entry.certificate for entry in entries), "pkcs12")
    if not certificates:
        raise KeyProblem(
            "pkcs12", phrase("This PKCS#12 file holds no certificate. Export the key together with its chain.")
        )
    key = checked(content.key, field="pkcs12")
    return OpenedFile(key, chain_of(certificates, key.pem))


def _loaded(raw: bytes, password: bytes | None) -> PKCS12KeyAndCertificates | None:
    """What is in the file; None: the password does not open it."""
    try:
        return load_pkcs12(raw, password)
    except UnsupportedAlgorithm:
        sentence = phrase(
            "This PKCS#12 file is encrypted in a way that cannot be read. Convert it: "
            "openssl pkcs12 -legacy -in old.p12 -nodes -out key-and-certificates.pem"
        )
        raise KeyProblem("pkcs12", sentence) from None
    except (ValueError, TypeError):
        return None
