# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The certificate that this side shows in TLS (mutual TLS: RFC 8446, section 4.4.2), and its private key."""

import hashlib
from datetime import datetime
from functools import lru_cache
from typing import Annotated, Any, Self

from pydantic import Field, SecretStr

from openconnector.authentication.pasted import MAX_CHARACTERS, KeyProblem
from openconnector.core.errors import FieldError
from openconnector.core.schema import FrozenSchema
from openconnector.vault.secret import LongSecret, Secret, is_mask


class ClientCertificate(FrozenSchema):
    """Certificates and their key: as a PKCS#12 file, or in PEM. Stored are the certificates and the key in PEM."""

    pkcs12: Annotated[
        LongSecret,
        Field(description="A PKCS#12 file in base64. Read when it is saved, in the place of the rest, and not kept."),
    ] = SecretStr("")
    passphrase: Annotated[
        Secret, Field(description="Opens the file or the key when it is saved, and is not kept.")
    ] = SecretStr("")
    certificates: Annotated[
        str,
        Field(
            max_length=MAX_CHARACTERS,
            repr=False,
            description="In PEM, that of the key first, then its issuers. The key may stand beside them when it is saved.",
        ),
    ] = ""
    private_key: Annotated[LongSecret, Field(description="In PEM or as a JWK. Kept as PKCS#8.")] = SecretStr("")

    @property
    def not_after(self) -> datetime | None:
        """When the certificate of the key ends; None where there is none that can be read."""
        leaf = _leaf(self.certificates)
        return None if leaf is None else leaf[0]

    @property
    def fingerprint(self) -> str | None:
        """SHA-256 of the certificate of the key, in hexadecimal digits; None where there is none that can be read."""
        leaf = _leaf(self.certificates)
        return None if leaf is None else leaf[1]

    def settled(self) -> tuple[Self, list[FieldError]]:
        """As it shall be stored, and what is wrong with it. Pointers are relative.

        A mask of the key stays one: whether what is stored fits is for `check_pair` to say.
        """
        values: dict[str, Any] = {"pkcs12": SecretStr(""), "passphrase": SecretStr(""), "certificates": ""}
        try:
            key, values["certificates"] = self._read()
        except KeyProblem as problem:
            error = FieldError(f"/{problem.field}", str(problem), "invalid")
            return self.model_copy(update=values), [error]
        settled = self.model_copy(update=values | {"private_key": SecretStr(key)})
        return settled, settled._missing()

    def _read(self) -> tuple[str, str]:
        """Key and certificates, each empty where it is missing."""
        from openconnector.authentication.certificate_chain import read_chain  # noqa: PLC0415  # see `_leaf`
        from openconnector.authentication.key_pair import read_pair, read_pkcs12  # noqa: PLC0415

        file, passphrase = self.pkcs12.get_secret_value(), self.passphrase.get_secret_value()
        if file.strip() and not is_mask(file):
            return read_pkcs12(file, passphrase)
        key, certificates = self.private_key.get_secret_value().strip(), self.certificates.strip()
        if not key and "PRIVATE KEY-----" in certificates:
            key = certificates
        if not key or is_mask(key):
            return key, read_chain(certificates).pem if certificates else ""
        read, chain = read_pair(key, passphrase)
        return read.pem, read_chain(certificates, read.pem).pem if certificates else chain.pem

    def _missing(self) -> list[FieldError]:
        errors = []
        if not self.certificates:
            detail = "Paste the certificate of the client, or choose a PKCS#12 file."
            errors.append(FieldError("/certificates", detail, "missing"))
        if not self.private_key.get_secret_value():
            errors.append(FieldError("/privateKey", "Paste the private key of the certificate.", "missing"))
        return errors


def check_pair(certificates: str, private_key: str) -> None:
    """Check that a key (as it is stored) belongs to the first of the certificates. Where one is empty, nothing is.

    Raises:
        KeyProblem: it does not.
    """
    from openconnector.authentication.certificate_chain import fits, read_chain, subject_of  # noqa: PLC0415

    if not certificates or not private_key:
        return
    leaf = read_chain(certificates).path[0]
    if not fits(private_key, leaf):
        raise KeyProblem("privateKey", f"The stored private key does not belong to the certificate of {subject_of(leaf)}.")


def expires_at(pem: str) -> datetime | None:
    """When the first of these certificates ends; None where there is none that can be read."""
    leaf = _leaf(pem)
    return None if leaf is None else leaf[0]


@lru_cache(maxsize=256)
def _leaf(pem: str) -> tuple[datetime, str] | None:
    """When the certificate of the key ends, and its fingerprint."""
    # Parts of `cryptography` that a process needs only when it has a key: 2 MiB.
    from openconnector.authentication.certificate_chain import der_of, read_chain  # noqa: PLC0415

    try:
        leaf = read_chain(pem).path[0]
    except KeyProblem:
        return None
    return leaf.not_valid_after_utc, hashlib.sha256(der_of(leaf)).hexdigest()
