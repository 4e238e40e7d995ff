# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Looks at keys and certificates, and tells what is public about them.

This loads megabytes of `cryptography`: import it where a key is there, and not at the top of a module.
"""

import hashlib
from collections.abc import Iterator
from datetime import datetime

from cryptography.x509 import Certificate

from openconnector.authentication.certificate_chain import (
    Chain,
    certificates_of,
    chain_of,
    concerns,
    der_of,
    is_self_signed,
    kind_in,
    names_of,
    read_chain,
    thumbprints_of,
)
from openconnector.authentication.key_material import (
    Inspection,
    KeyRead,
    MaterialProblem,
    PastedCertificate,
    ServiceAccount,
    SshKeyRead,
    Thumbprints,
)
from openconnector.authentication.pasted import KeyProblem, Pasted, recognise
from openconnector.authentication.pkcs12_file import is_protected, opened
from openconnector.authentication.private_key import KeyKind, ReadKey, key_of, kind_of_secret
from openconnector.authentication.ssh_private_key import (
    is_usable,
    needs_passphrase,
    public_key_of,
    read_ssh_key,
    ssh_text,
)
from openconnector.core.clock import now
from openconnector.core.phrases import phrase, told
from openconnector.egress.certificate import MAX_TEXT

_SSH_ONLY = phrase(
    "This key is in a format of SSH. It opens sftp:// servers as it is; for anything else convert a copy of it: "
    "ssh-keygen -p -m PKCS8 -f copy-of-the-key"
)


def inspected(text: str, passphrase: str) -> Inspection:
    """What a text is, and what is wrong with it."""
    own = ssh_text(text)
    if own is not None:
        return _of_ssh(own, passphrase)
    try:
        pasted = recognise(text, "privateKey")
    except KeyProblem as problem:
        return Inspection(kind="unknown", needs_passphrase=False, problems=[_error(problem)])
    if pasted.pkcs12 is not None:
        return _of_file(pasted, passphrase)
    if (pasted.jwk or {}).get("kty") == "oct":
        return _of_secret(pasted)
    return _of_parts(pasted, passphrase)


def read_certificates(text: str) -> list[PastedCertificate]:
    """What the certificates in a text say, that of the key first.

    Raises:
        KeyProblem: there is none, or one is damaged.
    """
    at = now()
    return [_certificate_read(each, at) for each in read_chain(text).all]


def _of_file(pasted: Pasted, passphrase: str) -> Inspection:
    problems, key, chain, protected = [], None, Chain(), False
    try:
        if pasted.pkcs12 is not None:
            protected = is_protected(pasted.pkcs12)
            file = opened(pasted.pkcs12, passphrase)
            key, chain = file.key, file.chain
    except KeyProblem as problem:
        problems.append(problem)
    return _told(pasted, key, chain, problems, is_encrypted=protected)


def _of_ssh(text: str, passphrase: str) -> Inspection:
    """A key in a format that only SSH has."""
    is_encrypted = False
    try:
        is_encrypted = needs_passphrase(text)
        key = read_ssh_key(text, passphrase)
    except KeyProblem as problem:
        return Inspection(kind="privateKey", needs_passphrase=is_encrypted, problems=[_error(problem)])
    problems = [MaterialProblem(severity="warning", field="privateKey", text=_SSH_ONLY)]
    if key.kind.weakness:
        problems.append(MaterialProblem(severity="warning", field="privateKey", text=key.kind.weakness))
    return Inspection(
        kind="privateKey",
        key=_key_read(key.kind),
        needs_passphrase=is_encrypted,
        problems=problems,
        ssh=_ssh_read(key),
    )


def _of_secret(pasted: Pasted) -> Inspection:
    try:
        kind = kind_of_secret(pasted.jwk or {})
    except KeyProblem as problem:
        return _told(pasted, None, Chain(), [problem], is_encrypted=False)
    return Inspection(
        kind="jwk",
        key=_key_read(kind, pasted.member("kid")),
        needs_passphrase=False,
        problems=[MaterialProblem(severity="warning", field="privateKey", text=kind.weakness)] if kind.weakness else [],
        suggested_algorithms=_suggested(kind, pasted.member("alg")),
    )


def _of_parts(pasted: Pasted, passphrase: str) -> Inspection:
    problems, key, chain = [], None, Chain()
    try:
        key = key_of(pasted, passphrase) if pasted.kind != "certificate" else None
    except KeyProblem as problem:
        problems.append(problem)
    try:
        certificates = certificates_of(pasted)
        chain = chain_of(certificates)
        chain = chain_of(certificates, key.pem) if key is not None else chain
    except KeyProblem as problem:
        problems.append(problem)
    return _told(pasted, key, chain, problems, is_encrypted=any(part.is_encrypted for part in pasted.keys))


def _told(
    pasted: Pasted, key: ReadKey | None, chain: Chain, problems: list[KeyProblem], *, is_encrypted: bool
) -> Inspection:
    at = now()
    certificates = [_certificate_read(each, at) for each in chain.all]
    kind = key.kind if key is not None else kind_in(chain.path[0]) if chain.path else None
    return Inspection(
        kind=pasted.kind,
        key=None if key is None else _key_read(key.kind, key.kid),
        certificates=certificates,
        thumbprints=certificates[0].thumbprints if certificates else None,
        needs_passphrase=is_encrypted,
        problems=[*map(_error, problems), *_warnings(kind, key, chain, at)],
        service_account=_account_read(pasted),
        ssh=_ssh_read(key),
        suggested_algorithms=[] if kind is None else _suggested(kind, pasted.member("alg")),
    )


def _warnings(kind: KeyKind | None, key: ReadKey | None, chain: Chain, at: datetime) -> Iterator[MaterialProblem]:
    if kind is not None and kind.weakness:
        field = "certificates" if key is None else "privateKey"
        yield MaterialProblem(severity="warning", field=field, text=kind.weakness)
    if key is not None and not key.kind.signing_algorithms and not chain.path:
        no_algorithm = phrase(
            "No algorithm for JWTs goes with this key ({kind}). P-256, P-384, P-521, Ed25519 and RSA can sign.",
            kind=key.kind,
        )
        yield MaterialProblem(severity="warning", field="privateKey", text=no_algorithm)
    for text in concerns(chain, at):
        yield MaterialProblem(severity="warning", field="certificates", text=text)


def _error(problem: KeyProblem) -> MaterialProblem:
    return MaterialProblem(severity="error", field=problem.field, text=told(problem))


def _suggested(kind: KeyKind, wanted: str) -> list[str]:
    """What the key can sign with; first what it was made for."""
    return sorted(kind.signing_algorithms, key=lambda name: name != wanted)


def _key_read(kind: KeyKind, kid: str = "") -> KeyRead:
    return KeyRead(
        algorithm=kind.algorithm,
        bits=kind.bits,
        curve=kind.curve,
        kid=kid[:MAX_TEXT] or None,
        is_weak=kind.weakness is not None,
    )


def _certificate_read(certificate: Certificate, at: datetime) -> PastedCertificate:
    kind, (x5t, x5t_s256) = kind_in(certificate), thumbprints_of(certificate)
    return PastedCertificate(
        subject=certificate.subject.rfc4514_string()[:MAX_TEXT],
        issuer=certificate.issuer.rfc4514_string()[:MAX_TEXT],
        names=names_of(certificate),
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        fingerprint=hashlib.sha256(der_of(certificate)).hexdigest(),
        days_left=(certificate.not_valid_after_utc - at).days,
        serial_number=f"{certificate.serial_number:x}",
        is_self_signed=is_self_signed(certificate),
        key=None if kind is None else _key_read(kind),
        thumbprints=Thumbprints(x5t=x5t, x5t_s256=x5t_s256),
    )


def _ssh_read(key: ReadKey | None) -> SshKeyRead | None:
    if key is None or not is_usable(key.kind):
        return None
    public = public_key_of(key.pem)
    return SshKeyRead(public_key=public.line, fingerprint=public.fingerprint)


def _account_read(pasted: Pasted) -> ServiceAccount | None:
    if pasted.service_account is None:
        return None
    return ServiceAccount(
        client_email=pasted.member("client_email")[:MAX_TEXT],
        token_uri=pasted.member("token_uri")[:MAX_TEXT],
        private_key_id=pasted.member("private_key_id")[:MAX_TEXT],
        project_id=pasted.member("project_id")[:MAX_TEXT],
    )
