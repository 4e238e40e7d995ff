# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What goes wrong in the TLS handshake, with certificates made by trustme."""

import asyncio
import ssl
import tempfile
import warnings
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tests.faults.fault import Call, Provoked, World, evidence_of, fault
from tests.faults.servers import json_answer, mute, routing, tls_server
from tests.identities import new_identity, pin_of, serving
from tests.upstream import answering, serve

REPLY = json_answer(b"{}")
OK = answering(REPLY)


def _ago(days: float) -> datetime:
    return datetime.now(UTC) - timedelta(days=days)


@fault("tls_certificate_expired", "tls")
async def expired(world: World) -> AsyncIterator[Provoked]:
    ended = _ago(196.5)

    def check(call: Call) -> None:
        assert f"expired on {ended.day} {ended:%B %Y}, 196 days ago" in call["diagnosis"]["detail"]
        assert evidence_of(call)["Names in it"] == "localhost"
        assert call["exchanges"][0]["connection"]["tls"]["chain"][0]["daysLeft"] == -197

    context = world.tls(not_before=_ago(300), not_after=ended)
    async with serve(OK, tls=context) as port:
        yield Provoked(f"https://localhost:{port}", check=check)


@fault("tls_certificate_not_yet_valid", "tls")
async def not_yet_valid(world: World) -> AsyncIterator[Provoked]:
    def check(call: Call) -> None:
        assert "in 3 days" in call["diagnosis"]["detail"]

    async with serve(OK, tls=world.tls(not_before=_ago(-3.5), not_after=_ago(-30))) as port:
        yield Provoked(f"https://localhost:{port}", check=check)


@fault("tls_name_mismatch", "tls")
async def other_name(world: World) -> AsyncIterator[Provoked]:
    def check(call: Call) -> None:
        assert "api.example.org, 10.9.8.7" in call["diagnosis"]["detail"]

    async with serve(OK, tls=world.tls("api.example.org", "10.9.8.7")) as port:
        yield Provoked(f"https://localhost:{port}", check=check)


@fault("tls_certificate_untrusted", "tls")
async def unknown_authority(world: World) -> AsyncIterator[Provoked]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    world.stranger.issue_cert("localhost").configure_cert(context)

    def check(call: Call) -> None:
        assert evidence_of(call)["Issuer that is not trusted"] == "“OU=Nobody,O=A stranger”"

    async with serve(OK, tls=context) as port:
        yield Provoked(f"https://localhost:{port}", check=check)


@fault("tls_certificate_self_signed", "tls")
async def self_signed(_: World) -> AsyncIterator[Provoked]:
    async with serve(OK, tls=_self_signed_context()) as port:
        yield Provoked(f"https://localhost:{port}")


@fault("tls_certificate_invalid", "tls", case="made_for_clients")
async def made_for_clients(world: World) -> AsyncIterator[Provoked]:
    purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH])
    async with serve(OK, tls=_context_with(purpose, issuer=world.authority)) as port:
        yield Provoked(f"https://localhost:{port}")


def _self_signed_context() -> ssl.SSLContext:
    return _context_with(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]))


def _context_with(purpose: x509.ExtendedKeyUsage, *, issuer: trustme.CA | None = None) -> ssl.SSLContext:
    """A server's context for localhost, with a certificate that the issuer has signed, or nobody else."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    issuer_name, issuer_key = name, key
    if issuer is not None:
        issuer_name = x509.load_pem_x509_certificate(issuer.cert_pem.bytes()).subject
        loaded = serialization.load_pem_private_key(issuer.private_key_pem.bytes(), None)
        assert isinstance(loaded, ec.EllipticCurvePrivateKey)
        issuer_key = loaded
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer_name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_ago(1))
        .not_valid_after(_ago(-30))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(purpose, critical=False)
        .sign(issuer_key, hashes.SHA256())
    )
    return _context_of(certificate.public_bytes(serialization.Encoding.PEM), key)


def _context_of(pem: bytes, key: ec.EllipticCurvePrivateKey) -> ssl.SSLContext:
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    # OpenSSL takes certificates from files only.
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "certificate.pem"
        path.write_bytes(pem + private)
        context.load_cert_chain(path)
    return context


@fault("tls_protocol_mismatch", "tls")
async def old_protocol_only(world: World) -> AsyncIterator[Provoked]:
    context = world.tls()
    with warnings.catch_warnings(action="ignore"):
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    with tls_server(context, REPLY) as port:
        yield Provoked(f"https://localhost:{port}")


@fault("tls_protocol_mismatch", "tls", case="no_cipher_in_common")
async def no_common_cipher(world: World) -> AsyncIterator[Provoked]:
    context = world.tls()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("AES128-SHA:@SECLEVEL=0")
    with tls_server(context, REPLY) as port:
        yield Provoked(f"https://localhost:{port}")


@fault("tls_client_certificate_required", "tls", case="tls_1_2")
async def client_certificate_in_12(world: World) -> AsyncIterator[Provoked]:
    with tls_server(_demanding(world, ssl.TLSVersion.TLSv1_2), REPLY) as port:
        yield Provoked(f"https://localhost:{port}")


@fault("tls_client_certificate_required", "tls", case="tls_1_3")
async def client_certificate_in_13(world: World) -> AsyncIterator[Provoked]:
    with tls_server(_demanding(world, ssl.TLSVersion.TLSv1_3), REPLY) as port:
        yield Provoked(f"https://localhost:{port}")


@fault("tls_client_certificate_required", "tls", case="without_a_word")
async def client_certificate_without_a_word(world: World) -> AsyncIterator[Provoked]:
    # The server of asyncio hangs up without the alert, after the handshake is over on our side.
    async with serve(OK, tls=_demanding(world, ssl.TLSVersion.TLSv1_3)) as port:
        yield Provoked(f"https://localhost:{port}")


@fault("tls_client_certificate_rejected", "tls", case="unknown_authority_in_tls_1_2")
async def client_of_an_unknown_authority_in_12(world: World) -> AsyncIterator[Provoked]:
    with tls_server(_demanding(world, ssl.TLSVersion.TLSv1_2), REPLY) as port:
        yield Provoked(f"https://localhost:{port}", connection=_showing(world.stranger), check=_says("unknown_ca"))


@fault("tls_client_certificate_rejected", "tls", case="unknown_authority_in_tls_1_3")
async def client_of_an_unknown_authority_in_13(world: World) -> AsyncIterator[Provoked]:
    with tls_server(_demanding(world, ssl.TLSVersion.TLSv1_3), REPLY) as port:
        yield Provoked(f"https://localhost:{port}", connection=_showing(world.stranger), check=_says("unknown_ca"))


@fault("tls_client_certificate_rejected", "tls", case="expired")
async def expired_client(world: World) -> AsyncIterator[Provoked]:
    with tls_server(_demanding(world, ssl.TLSVersion.TLSv1_3), REPLY) as port:
        shown = _showing(world.authority, not_before=_ago(30), not_after=_ago(1))
        yield Provoked(f"https://localhost:{port}", connection=shown, check=_says("certificate_expired"))


@fault("tls_certificate_not_pinned", "tls")
async def another_certificate_than_the_pinned_one(world: World) -> AsyncIterator[Provoked]:
    issued = world.authority.issue_cert("localhost")
    seen: list[bytes] = []

    def check(call: Call) -> None:
        shown = pin_of(issued)
        assert evidence_of(call)["Fingerprint (SHA-256)"] == shown
        assert evidence_of(call)["Reported"] == f"The certificate has the fingerprint {shown}."
        assert seen == []

    async with serve(routing({}, seen), tls=serving(issued)) as port:
        connection = {"pinnedCertificates": [":".join(["AB"] * 32)]}
        yield Provoked(f"https://localhost:{port}", connection=connection, check=check)


def _showing(authority: trustme.CA, **values: datetime) -> dict[str, Any]:
    """The connection of a source with a client certificate."""
    identity = new_identity(authority, **values)
    pair = {"certificates": identity.certificates, "privateKey": identity.private_key}
    return {"clientCertificate": pair}


def _says(alert: str) -> Callable[[Call], None]:
    def check(call: Call) -> None:
        assert f"(alert {alert})." in call["diagnosis"]["detail"]

    return check


def _demanding(world: World, version: ssl.TLSVersion) -> ssl.SSLContext:
    context = world.tls()
    context.minimum_version = context.maximum_version = version
    context.verify_mode = ssl.CERT_REQUIRED
    world.authority.configure_trust(context)
    return context


@fault("tls_not_spoken", "tls")
async def plain_http_on_a_port_for_tls(_: World) -> AsyncIterator[Provoked]:
    async with serve(answering(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", at_once=True)) as port:
        expected = f"http://localhost:{port}/v1"

        def check(call: Call) -> None:
            assert call["diagnosis"]["remedies"][0]["text"].endswith(expected)

        yield Provoked(f"https://localhost:{port}/v1", check=check)


@fault("tls_expected", "tls")
async def tls_on_a_port_for_plain_http(world: World) -> AsyncIterator[Provoked]:
    async with serve(OK, tls=world.tls()) as port:
        expected = f"https://localhost:{port}/v1"

        def check(call: Call) -> None:
            assert call["diagnosis"]["remedies"][0]["text"].endswith(expected)

        yield Provoked(f"http://localhost:{port}/v1", check=check)


@fault("tls_timeout", "tls")
async def handshake_that_hangs(_: World) -> AsyncIterator[Provoked]:
    async with serve(mute) as port:
        yield Provoked(f"https://localhost:{port}")


@fault("tls_error", "tls")
async def alert_without_a_reason(_: World) -> AsyncIterator[Provoked]:
    async def alerting(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"\x15\x03\x03\x00\x02\x02\x50")  # a fatal alert: internal_error
        await writer.drain()

    async with serve(alerting) as port:
        yield Provoked(f"https://localhost:{port}")
