# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Client certificates, and servers that want to see one."""

import asyncio
import hashlib
import ssl
from typing import Any

import trustme

from openconnector.core.http import Request
from openconnector.egress.tls import ClientIdentity, TlsOptions
from openconnector.transports.exchange import Exchange
from openconnector.transports.http import Delivery, HttpTransport
from tests.exchanges import LIMITS, LOOPBACK
from tests.upstream import Handler, request_head


def identity_of(issued: trustme.LeafCert) -> ClientIdentity:
    """A client's certificate with the chain behind it, and its key."""
    chain = "".join(blob.bytes().decode() for blob in issued.cert_chain_pems)
    return ClientIdentity(chain, issued.private_key_pem.bytes().decode())


def new_identity(authority: trustme.CA, name: str = "caller@example.org", **values: Any) -> ClientIdentity:
    """An identity that an authority has issued; `values` are those of `trustme.CA.issue_cert`."""
    return identity_of(authority.issue_cert(name, **values))


def fingerprint(pem: str) -> str:
    """That of the first certificate: SHA-256, in hexadecimal digits."""
    first = pem[: pem.index("-----END CERTIFICATE-----")] + "-----END CERTIFICATE-----\n"
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(first)).hexdigest()


def demanding(
    server: trustme.CA, clients: trustme.CA, version: ssl.TLSVersion | None = None, *, optional: bool = False
) -> ssl.SSLContext:
    """The context of a server for localhost that wants to see certificates of clients."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_alpn_protocols(["http/1.1"])
    server.issue_cert("localhost").configure_cert(context)
    if version is not None:
        context.minimum_version = context.maximum_version = version
    context.verify_mode = ssl.CERT_OPTIONAL if optional else ssl.CERT_REQUIRED
    clients.configure_trust(context)
    return context


def recording(reply: bytes, shown: list[str | None]) -> Handler:
    """Answers every request with these bytes, and notes the fingerprint of the certificate that its client shows."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            await request_head(reader)
            der = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
            shown.append(hashlib.sha256(der).hexdigest() if der else None)
            writer.write(reply)
            await writer.drain()

    return handle


def serving(issued: trustme.LeafCert) -> ssl.SSLContext:
    """The context of a server with this certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_alpn_protocols(["http/1.1"])
    issued.configure_cert(context)
    return context


def pin_of(issued: trustme.LeafCert) -> str:
    """The pin of a certificate."""
    return fingerprint(identity_of(issued).certificates)


async def send(
    transport: HttpTransport, url: str, own: TlsOptions, *, at: tuple[str, ...] = (), **values: Any
) -> list[Exchange]:
    """The exchanges of a request; `own` holds for its origin and for those of `at`."""
    request = Request("GET", url)
    origins = [(request.url.scheme, request.url.host, request.url.port), *map(_origin, at)]
    delivery = Delivery(
        source=("source", 1), limits=LIMITS, policy=LOOPBACK, tls_at=dict.fromkeys(origins, own), **values
    )
    exchanges: list[Exchange] = []
    await transport.send(request, delivery, exchanges)
    return exchanges


def _origin(url: str) -> tuple[str, str, int | None]:
    parsed = Request("GET", url).url
    return parsed.scheme, parsed.host, parsed.port


def options(server_ca: trustme.CA, **values: Any) -> TlsOptions:
    """How TLS is spoken with a server whose certificate this authority has issued."""
    return TlsOptions(authorities=server_ca.cert_pem.bytes().decode(), **values)


def error_of(exchanges: list[Exchange]) -> str | None:
    """The type of the last failure."""
    failure = exchanges[-1].failure
    return failure.type if failure else None


def status_of(exchanges: list[Exchange]) -> int | None:
    """The last status."""
    response = exchanges[-1].response
    return response.status_code if response else None
