# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Certificates (RFC 5280) that somebody has pasted: in order, and with what is to be said about them.

This loads megabytes of `cryptography`: import it where a certificate is there, and not at the top of a module.
"""

import base64
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from cryptography.x509 import Certificate
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from openconnector.authentication.pasted import FieldName, KeyProblem, Part, Pasted, recognise
from openconnector.authentication.private_key import KeyKind, kind_of, load_stored
from openconnector.core.phrases import phrase
from openconnector.egress.certificate import MAX_NAMES, MAX_TEXT

MAX_CERTIFICATES = 20
AHEAD = timedelta(days=30)
"""How long before its end a certificate is spoken of."""

DAMAGED = phrase("A certificate is damaged. Copy it again as a whole.")
_MAX_SUBJECT = 100
_UNREADABLE = (
    *(ValueError, TypeError, UnsupportedAlgorithm),
    *(x509.InvalidVersion, x509.DuplicateExtension, x509.UnsupportedGeneralNameType),
)
"""What the library raises for what is no certificate. Not all of it is a ValueError."""

_BROKEN_HASHES = frozenset({"md5", "sha1"})


@dataclass(frozen=True, slots=True)
class Chain:
    """Certificates in order.

    Attributes:
        path: the certificate of the key, the one that issued it, and so on.
        others: those that are no part of that.
    """

    path: tuple[Certificate, ...] = ()
    others: tuple[Certificate, ...] = ()

    @property
    def all(self) -> tuple[Certificate, ...]:
        """All of them, that of the key first."""
        return (*self.path, *self.others)

    @property
    def pem(self) -> str:
        """All of them in PEM; empty where there is none."""
        return pem_of(self.all)


def certificates_of(pasted: Pasted) -> list[Certificate]:
    """The certificates of a text that is no PKCS#12 file, in the order in which they stand there.

    Raises:
        KeyProblem: one is damaged, or they are too many.
    """
    return distinct(each for part in pasted.certificates for each in _parsed(part))


def distinct(certificates: Iterable[Certificate], field: FieldName = "certificates") -> list[Certificate]:
    """Certificates, each once, after the checks that loading has left out.

    Raises:
        KeyProblem: one is damaged, or they are too many.
    """
    found = list(dict.fromkeys(certificates))
    if len(found) > MAX_CERTIFICATES:
        sentence = phrase("There are more than {limit} certificates. Paste one chain.", limit=MAX_CERTIFICATES)
        raise KeyProblem(field, sentence)
    if not all(map(_is_sound, found)):
        raise KeyProblem(field, DAMAGED)
    return found


def chain_of(certificates: Iterable[Certificate], private_key: str = "") -> Chain:
    """Certificates in order.

    Args:
        private_key: PKCS#8 in PEM. Where it is known, its certificate comes first; else one that issued no other.

    Raises:
        KeyProblem: none of them belongs to the key.
    """
    rest = list(certificates)
    if not rest:
        return Chain()
    path = [_of_key(rest, private_key) if private_key else _last_issued(rest)]
    rest.remove(path[0])
    while (issuer := next((each for each in rest if _has_issued(each, path[-1])), None)) is not None:
        path.append(issuer)
        rest.remove(issuer)
    return Chain(tuple(path), tuple(rest))


def read_chain(text: str, private_key: str = "") -> Chain:
    """The certificates in a text, in order. What else stands in it is left out, private keys above all.

    Raises:
        KeyProblem: there is none, one is damaged, or none belongs to the key.
    """
    certificates = certificates_of(recognise(text, "certificates"))
    if not certificates:
        raise KeyProblem(
            "certificates", phrase("There is no certificate here: it begins with -----BEGIN CERTIFICATE-----.")
        )
    return chain_of(certificates, private_key)


def fits(private_key: str, certificate: Certificate) -> bool:
    """Whether a key (PKCS#8 in PEM) is the one that a certificate is about.

    Raises:
        KeyProblem: the key cannot be read.
    """
    key = load_stored(private_key).public_key()
    try:
        return bool(key == certificate.public_key())
    except (ValueError, UnsupportedAlgorithm):
        return False


def thumbprints_of(certificate: Certificate) -> tuple[str, str]:
    """`x5t` and `x5t#S256` (RFC 7515, sections 4.1.7 and 4.1.8), in base64url."""
    raw = der_of(certificate)
    # SHA-1 names the certificate here, and proves nothing.
    digests = (hashlib.sha1(raw, usedforsecurity=False).digest(), hashlib.sha256(raw).digest())
    x5t, x5t_s256 = (base64.urlsafe_b64encode(digest).decode().rstrip("=") for digest in digests)
    return x5t, x5t_s256


def der_of(certificate: Certificate) -> bytes:
    """A certificate in DER."""
    return certificate.public_bytes(Encoding.DER)


def pem_of(certificates: Iterable[Certificate]) -> str:
    """Certificates in PEM."""
    return "".join(each.public_bytes(Encoding.PEM).decode() for each in certificates)


def concerns(chain: Chain, at: datetime) -> Iterator[str]:
    """What should be said about certificates that can be used all the same, as sentences."""
    for each in chain.path:
        yield from _about_time(each, at)
    if chain.path:
        yield from _about_leaf(chain)
    for each in chain.path:
        if not is_self_signed(each) and _hash_name(each) in _BROKEN_HASHES:
            yield phrase(
                "The certificate of {subject} is signed with SHA-1 or MD5, which many servers refuse.",
                subject=subject_of(each),
            )
    for each in chain.others:
        yield phrase("The certificate of {subject} is no part of the chain.", subject=subject_of(each))


def subject_of(certificate: Certificate) -> str:
    """Whom it is about, in short."""
    common = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    text = common[0].value if common else certificate.subject.rfc4514_string()
    return str(text)[:_MAX_SUBJECT] or phrase("(no name)")


def names_of(certificate: Certificate) -> list[str]:
    """Its alternative names."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        return []
    texts = [
        *names.get_values_for_type(x509.DNSName),
        *map(str, names.get_values_for_type(x509.IPAddress)),
        *names.get_values_for_type(x509.RFC822Name),
        *names.get_values_for_type(x509.UniformResourceIdentifier),
    ]
    return [text[:MAX_TEXT] for text in texts[:MAX_NAMES]]


def is_self_signed(certificate: Certificate) -> bool:
    """Whether it says that nobody else has issued it."""
    return certificate.issuer == certificate.subject


def kind_in(certificate: Certificate) -> KeyKind | None:
    """What kind of key it is about; None: one that is not known here."""
    try:
        return kind_of(certificate.public_key())
    except (ValueError, UnsupportedAlgorithm):
        return None


def _parsed(part: Part) -> list[Certificate]:
    try:
        if part.label == "PKCS7":
            return pkcs7.load_der_pkcs7_certificates(part.raw)
        return [x509.load_der_x509_certificate(part.raw)]
    except _UNREADABLE:
        raise KeyProblem("certificates", DAMAGED) from None


def _is_sound(certificate: Certificate) -> bool:
    """Whether everything in it can be read. Each part is only parsed when it is first asked for."""
    try:
        for name in (certificate.subject, certificate.issuer):
            name.rfc4514_string()
        _ = certificate.extensions, certificate.not_valid_before_utc, certificate.not_valid_after_utc
    except _UNREADABLE:
        return False
    return True


def _of_key(certificates: Sequence[Certificate], private_key: str) -> Certificate:
    for each in certificates:
        if fits(private_key, each):
            return each
    if len(certificates) > 1:
        raise KeyProblem("privateKey", phrase("The private key does not belong to any of the certificates."))
    sentence = phrase("The private key does not belong to the certificate of {subject}.")
    raise KeyProblem("privateKey", sentence.filled(subject=subject_of(certificates[0])))


def _last_issued(certificates: Sequence[Certificate]) -> Certificate:
    for each in certificates:
        if not any(other is not each and _has_issued(each, other) for other in certificates):
            return each
    return certificates[0]


def _has_issued(issuer: Certificate, certificate: Certificate) -> bool:
    if issuer.subject != certificate.issuer:
        return False
    try:
        certificate.verify_directly_issued_by(issuer)
    except InvalidSignature:
        return False
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return True  # it cannot be checked, for example with SHA-1: the names have to do
    return True


def _about_time(certificate: Certificate, at: datetime) -> Iterator[str]:
    begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    subject, last_day = subject_of(certificate), f"{ends:%Y-%m-%d}"
    if ends <= at:
        yield phrase("The certificate of {subject} expired on {day}.", subject=subject, day=last_day)
    elif begins > at:
        first_day = f"{begins:%Y-%m-%d}"
        yield phrase("The certificate of {subject} is not valid before {day}.", subject=subject, day=first_day)
    elif ends - at < AHEAD:
        yield phrase(
            "The certificate of {subject} expires on {day}. Ask for its successor now.", subject=subject, day=last_day
        )


def _about_leaf(chain: Chain) -> Iterator[str]:
    leaf = chain.path[0]
    if not _may_be_client(leaf):
        yield phrase(
            "The certificate of {subject} is not made for clients (clientAuth is missing in its extended key "
            "usage): most servers will refuse it for mutual TLS.",
            subject=subject_of(leaf),
        )
    if len(chain.path) == 1 and not is_self_signed(leaf):
        yield phrase(
            "The chain ends with the certificate of {subject}. If the other side does not know who issued "
            "it, add the certificates of its issuers.",
            subject=subject_of(leaf),
        )


def _may_be_client(certificate: Certificate) -> bool:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return True
    return ExtendedKeyUsageOID.CLIENT_AUTH in usage or ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE in usage


def _hash_name(certificate: Certificate) -> str:
    try:
        algorithm = certificate.signature_hash_algorithm
    except UnsupportedAlgorithm:
        return ""
    return algorithm.name if algorithm else ""
