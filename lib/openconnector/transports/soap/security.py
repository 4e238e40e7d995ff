# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What proves within an envelope who sends it: UsernameToken, timestamp and signature (OASIS, WS-Security 1.1.1)."""

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from openconnector.core.schema import in_utc
from openconnector.transports.soap.names import DS, ENVELOPES, WSSE, WSU

_PROFILES = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss"
_TEXT = f"{_PROFILES}-username-token-profile-1.0#PasswordText"
_DIGEST = f"{_PROFILES}-username-token-profile-1.0#PasswordDigest"
_BASE64 = f"{_PROFILES}-soap-message-security-1.0#Base64Binary"
_X509 = f"{_PROFILES}-x509-token-profile-1.0#X509v3"
_EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
_NONCE_BYTES = 16
_DOCUMENT_TYPE = "A SOAP envelope may not have a document type (<!DOCTYPE …>)."


class EnvelopeUnusable(ValueError):
    """The body is no envelope that could be secured; `str()` is a sentence for the administrator."""


@dataclass(frozen=True, slots=True)
class UsernameCredentials:
    """Who sends the message."""

    username: str
    password: str = field(repr=False)
    kind: Literal["text", "digest"] = "text"


@dataclass(frozen=True, slots=True)
class SigningIdentity:
    """What signs the message: certificates in PEM, that of the key first, and the key in PEM (PKCS#8)."""

    certificates: str
    private_key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Security:
    """What goes into the `Security` header."""

    username: UsernameCredentials | None = None
    timestamp_seconds: int | None = None
    identity: SigningIdentity | None = None


@dataclass(frozen=True, slots=True)
class Secured:
    """An envelope with its header, and the secrets that were made for it."""

    body: bytes
    made: tuple[str, ...] = field(default=(), repr=False)


def secured(body: bytes, security: Security, at: datetime) -> Secured:
    """The envelope with a `Security` header of ours in it, before the other blocks of its header.

    The signature is over body, timestamp and UsernameToken, with exclusive canonicalization and RSA or ECDSA with
    SHA-256; the certificate goes along as a BinarySecurityToken.

    Raises:
        EnvelopeUnusable: the body is no SOAP envelope, or the key cannot sign.
    """
    from lxml import etree  # noqa: PLC0415  # 5 MiB that only SOAP needs

    envelope = _parsed(body)
    namespace = etree.QName(envelope).namespace
    content = envelope.find(f"{{{namespace}}}Body")
    if content is None:
        raise EnvelopeUnusable("The envelope has no Body.")
    header = envelope.find(f"{{{namespace}}}Header")
    if header is None:
        header = etree.Element(f"{{{namespace}}}Header")
        envelope.insert(0, header)
    block = etree.Element(f"{{{WSSE}}}Security", nsmap={"wsse": WSSE, "wsu": WSU})
    block.set(f"{{{namespace}}}mustUnderstand", "1")
    header.insert(0, block)
    made: list[str] = []
    signed = [(content, "body")]
    if security.timestamp_seconds is not None:
        signed.append((_timestamp(block, at, security.timestamp_seconds), "timestamp"))
    if security.username is not None:
        signed.append((_username_token(block, security.username, at, made), "username"))
    if security.identity is not None:
        _sign(envelope, block, security.identity, signed)
    text = etree.tostring(envelope, xml_declaration=True, encoding="UTF-8")
    return Secured(text, tuple(made))


def _parsed(body: bytes) -> Any:
    from lxml import etree  # noqa: PLC0415

    if b"<!DOCTYPE" in body:
        raise EnvelopeUnusable(_DOCUMENT_TYPE)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        envelope = etree.fromstring(body.strip(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise EnvelopeUnusable(f"The body is no SOAP envelope: {error}.") from None
    if envelope.getroottree().docinfo.internalDTD is not None:  # in another encoding
        raise EnvelopeUnusable(_DOCUMENT_TYPE)
    name = etree.QName(envelope)
    if name.localname != "Envelope" or name.namespace not in ENVELOPES:
        raise EnvelopeUnusable("The body is no SOAP envelope: its outermost element is another one.")
    return envelope


def _timestamp(block: Any, at: datetime, seconds: int) -> Any:
    timestamp = _child(block, WSU, "Timestamp")
    _child(timestamp, WSU, "Created", in_utc(at))
    _child(timestamp, WSU, "Expires", in_utc(at + timedelta(seconds=seconds)))
    return timestamp


def _username_token(block: Any, credentials: UsernameCredentials, at: datetime, made: list[str]) -> Any:
    token = _child(block, WSSE, "UsernameToken")
    _child(token, WSSE, "Username", credentials.username)
    nonce, created = secrets.token_bytes(_NONCE_BYTES), in_utc(at)
    if credentials.kind == "text":
        _child(token, WSSE, "Password", credentials.password, Type=_TEXT)
        return token
    material = nonce + created.encode() + credentials.password.encode()
    # The profile asks for SHA-1 (UsernameToken Profile 1.1.1, section 3.1).
    digest = base64.b64encode(hashlib.sha1(material, usedforsecurity=False).digest()).decode()
    made.append(digest)
    _child(token, WSSE, "Password", digest, Type=_DIGEST)
    _child(token, WSSE, "Nonce", base64.b64encode(nonce).decode(), EncodingType=_BASE64)
    _child(token, WSU, "Created", created)
    return token


def _sign(envelope: Any, block: Any, identity: SigningIdentity, signed: list[tuple[Any, str]]) -> None:
    from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key  # noqa: PLC0415
    from cryptography.x509 import load_pem_x509_certificates  # noqa: PLC0415
    from signxml.algorithms import SignatureConstructionMethod  # noqa: PLC0415  # as heavy as lxml
    from signxml.exceptions import SignXMLException  # noqa: PLC0415
    from signxml.signer import XMLSigner  # noqa: PLC0415

    certificate = load_pem_x509_certificates(identity.certificates.encode())[0]
    key: Any = load_pem_private_key(identity.private_key.encode(), None)
    token_id = _identify(
        _child(
            block,
            WSSE,
            "BinarySecurityToken",
            base64.b64encode(certificate.public_bytes(Encoding.DER)).decode(),
            EncodingType=_BASE64,
            ValueType=_X509,
        ),
        "certificate",
    )
    references = [f"#{_identify(element, name)}" for element, name in signed]
    signer = XMLSigner(
        method=SignatureConstructionMethod.detached,
        signature_algorithm=_algorithm_of(key),
        digest_algorithm="sha256",
        c14n_algorithm=_EXCLUSIVE,
    )
    try:
        signature = signer.sign(
            envelope, key=key, reference_uri=references, key_info=_key_info(token_id), id_attribute="Id"
        )
    except (SignXMLException, ValueError) as error:
        raise EnvelopeUnusable(f"The envelope cannot be signed: {error}.") from None
    block.append(signature)


def _algorithm_of(key: Any) -> str:
    from cryptography.hazmat.primitives.asymmetric import ec, rsa  # noqa: PLC0415

    if isinstance(key, rsa.RSAPrivateKey):
        return "rsa-sha256"
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return "ecdsa-sha256"
    raise EnvelopeUnusable("An envelope can be signed with an RSA or an EC key; this is another one.")


def _key_info(token_id: str) -> Any:
    from lxml import etree  # noqa: PLC0415

    info = etree.Element(f"{{{DS}}}KeyInfo", nsmap={"ds": DS})
    reference = _child(info, WSSE, "SecurityTokenReference")
    _child(reference, WSSE, "Reference", URI=f"#{token_id}", ValueType=_X509)
    return info


def _identify(element: Any, name: str) -> str:
    """The `wsu:Id` of an element; the one that it has already stays."""
    attribute = f"{{{WSU}}}Id"
    if element.get(attribute) is None:
        element.set(attribute, f"{name}-{secrets.token_hex(8)}")
    return str(element.get(attribute))


def _child(parent: Any, namespace: str, name: str, text: str | None = None, **attributes: str) -> Any:
    from lxml import etree  # noqa: PLC0415

    child = etree.SubElement(parent, f"{{{namespace}}}{name}", attributes, nsmap={"wsse": WSSE, "wsu": WSU})
    child.text = text
    return child
