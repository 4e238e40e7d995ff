# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Says what somebody has pasted, and what is wrong with it, without showing a key."""

from typing import Annotated, Literal

from pydantic import Field

from openconnector.authentication.pasted import FieldName, Kind
from openconnector.core.phrases import Spoken
from openconnector.core.schema import Schema, UtcTime


class KeyRead(Schema):
    """What is public about a key."""

    algorithm: Annotated[str, Field(description="RSA, EC, OKP or oct, as in JWKs.")]
    bits: int
    curve: str | None
    kid: str | None
    is_weak: bool


class Thumbprints(Schema):
    """What names a certificate in the header of a JWS (RFC 7515, sections 4.1.7 and 4.1.8), in base64url."""

    x5t: Annotated[str, Field(alias="x5t", description="SHA-1.")]
    x5t_s256: Annotated[str, Field(alias="x5tS256", description="SHA-256; `x5t#S256` in headers.")]


class PastedCertificate(Schema):
    """A certificate that was pasted."""

    subject: str
    issuer: str
    names: list[str]
    not_before: UtcTime
    not_after: UtcTime
    fingerprint: Annotated[str, Field(description="SHA-256, in hexadecimal digits.")]
    days_left: Annotated[int, Field(description="Whole days to `notAfter`; negative when it is over.")]
    serial_number: Annotated[str, Field(description="In hexadecimal digits.")]
    is_self_signed: bool
    key: KeyRead | None
    thumbprints: Thumbprints


class MaterialProblem(Schema):
    """What is wrong with what was pasted, or should be known about it. With a warning it can be used all the same."""

    severity: Literal["error", "warning"]
    field: FieldName
    text: Spoken


class ServiceAccount(Schema):
    """What is public about a Google service account."""

    client_email: str
    token_uri: str
    private_key_id: str
    project_id: str


class SshKeyRead(Schema):
    """What an SSH server has to know of a key."""

    public_key: Annotated[str, Field(description="As a line of `authorized_keys`.")]
    fingerprint: Annotated[str, Field(description="As OpenSSH shows it: `SHA256:` and the hash in base64.")]


class Inspection(Schema):
    """What was pasted, as far as it is public."""

    kind: Kind
    key: KeyRead | None = None
    certificates: Annotated[list[PastedCertificate], Field(description="In order, that of the key first.")] = []
    thumbprints: Annotated[Thumbprints | None, Field(description="Of the first certificate.")] = None
    needs_passphrase: Annotated[bool, Field(description="It is encrypted, whether or not the passphrase was right.")]
    problems: list[MaterialProblem] = []
    service_account: ServiceAccount | None = None
    ssh: Annotated[SshKeyRead | None, Field(description="Where the key is one that SSH can use.")] = None
    suggested_algorithms: Annotated[list[str], Field(description="For JWTs, the most common one first.")] = []


def inspect(text: str, passphrase: str = "") -> Inspection:
    """Recognise a key, certificates, a PKCS#12 file, a JWK or a service account. Takes up to some seconds."""
    # Parts of `cryptography` that a process needs only when it has a key: 2 MiB.
    from openconnector.authentication.key_inspection import inspected  # noqa: PLC0415

    return inspected(text, passphrase)
