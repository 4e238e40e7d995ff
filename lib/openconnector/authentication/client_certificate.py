# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The certificate that this side shows in TLS (mutual TLS: RFC 8446, section 4.4.2), and its private key."""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import Field, SecretStr

from openconnector.authentication.pasted import MAX_CHARACTERS, KeyProblem, recognise
from openconnector.core.errors import FieldError
from openconnector.core.phrases import phrase, told
from openconnector.core.schema import FrozenSchema
from openconnector.vault.secret import LongSecret, Secret, is_mask

if TYPE_CHECKING:
    from cryptography.x509 import Certificate


class ClientCertificate(FrozenSchema):
    """Certificates and their key: as a PKCS#12 file, or in PEM. Stored are the certificates and the key in PEM."""

    pkcs12: Annotated[
        LongSecret,
        Field(description="A PKCS#12 file in base64. Read when it is saved, in the place of the rest, and not kept."),
    ] = SecretStr("")
    passphrase: Annotated[Secret, Field(description="Opens the file or the key when it is saved, and is not kept.")] = (
        SecretStr("")
    )
    certificates: Annotated[
        str,
        Field(
            max_length=MAX_CHARACTERS,
            repr=False,
            description="In PEM, that of the key first, then its issuers. The key may be pasted together with them.",
        ),
    ] = ""
    private_key: Annotated[LongSecret, Field(description="In PEM or as a JWK. Kept as PKCS#8.")] = SecretStr("")

    @property
    def not_after(self) -> datetime | None:
        """When the certificate of the key ends; None where there is none that can be read."""
        first = _first(self.certificates)
        return None if first is None else first[0]

    @property
    def fingerprint(self) -> str | None:
        """SHA-256 of the certificate of the key, in hexadecimal digits; None where there is none that can be read."""
        first = _first(self.certificates)
        return None if first is None else first[1]

    def settled(self) -> tuple[Self, list[FieldError]]:
        """As it shall be stored, and what is wrong with it. Pointers are relative.

        A mask of the key stays one: whether what is stored fits is for `check_pair` to say.
        """
        values: dict[str, Any] = {"pkcs12": SecretStr(""), "passphrase": SecretStr(""), "certificates": ""}
        try:
            key, values["certificates"] = self._read()
        except KeyProblem as problem:
            error = FieldError(f"/{problem.field}", told(problem), "invalid")
            return self.model_copy(update=values), [error]
        settled = self.model_copy(update=values | {"private_key": SecretStr(key)})
        return settled, list(_missing(settled))

    def _read(self) -> tuple[str, str]:
        """Key and certificates, each empty where it is missing."""
        from openconnector.authentication.certificate_chain import read_chain  # noqa: PLC0415  # see `_first`
        from openconnector.authentication.key_pair import chain_for, read_pair, read_pkcs12  # noqa: PLC0415

        file, passphrase = self.pkcs12.get_secret_value(), self.passphrase.get_secret_value()
        if file.strip() and not is_mask(file):
            return read_pkcs12(file, passphrase)
        text, certificates = self.private_key.get_secret_value().strip(), self.certificates
        if (not text or is_mask(text)) and "PRIVATE KEY-----" in certificates:
            text = certificates
        if not text or is_mask(text):
            return text, read_chain(certificates).pem if certificates.strip() else ""
        key, beside = read_pair(text, passphrase)
        return key.pem, chain_for(key, certificates, beside).pem


def check_pair(certificates: str, private_key: str) -> None:
    """Check that a key belongs to the first of the certificates, both as they are stored. Where one is empty, nothing.

    Raises:
        KeyProblem: it does not.
    """
    from openconnector.authentication.certificate_chain import fits, subject_of  # noqa: PLC0415  # see `_first`

    if not certificates or not private_key:
        return
    first = _parsed(certificates)
    if not fits(private_key, first):
        sentence = phrase("The stored private key does not belong to the certificate of {subject}. Paste its key.")
        raise KeyProblem("privateKey", sentence.filled(subject=subject_of(first)))


def expires_at(pem: str) -> datetime | None:
    """When the first of these certificates ends; None where there is none that can be read."""
    first = _first(pem)
    return None if first is None else first[0]


def _missing(settled: ClientCertificate) -> Iterator[FieldError]:
    if not settled.certificates:
        detail = phrase("Paste the certificate of the client, or choose a PKCS#12 file.")
        yield FieldError("/certificates", detail, "missing")
    if not settled.private_key.get_secret_value():
        yield FieldError("/privateKey", phrase("Paste the private key of the certificate."), "missing")


@lru_cache(maxsize=256)
def _first(pem: str) -> tuple[datetime, str] | None:
    """When the first certificate ends, and its fingerprint."""
    # Parts of `cryptography` that a process needs only when it has a certificate: 2 MiB.
    from openconnector.authentication.certificate_chain import der_of  # noqa: PLC0415

    try:
        first = _parsed(pem)
    except KeyProblem:
        return None
    return first.not_valid_after_utc, hashlib.sha256(der_of(first)).hexdigest()


def _parsed(pem: str) -> "Certificate":
    from openconnector.authentication.certificate_chain import certificates_of  # noqa: PLC0415  # see `_first`

    certificates = certificates_of(recognise(pem, "certificates"))
    if not certificates:
        raise KeyProblem(
            "certificates", phrase("There is no certificate here: it begins with -----BEGIN CERTIFICATE-----.")
        )
    return certificates[0]
