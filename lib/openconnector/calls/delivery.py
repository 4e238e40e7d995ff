# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How the requests of a source are delivered: its limits, its TLS, its proxy, as the transport wants them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypedDict, Unpack
from urllib.parse import urlsplit

from openconnector.calls.cookies import CookieStore
from openconnector.core.http import URL
from openconnector.egress.connection import ProxyServer, Target
from openconnector.egress.origin import DEFAULT_PORTS, origin_of
from openconnector.egress.policy import EgressPolicy
from openconnector.egress.tls import ClientIdentity, TlsOptions
from openconnector.sources.connection import Connection, Proxy, Redirects
from openconnector.sources.opened import OpenSource
from openconnector.transports.exchange import Limits
from openconnector.transports.http import Cookies, Delivery, Origin

_NOWHERE: Mapping[Origin, TlsOptions] = {}


class Following(TypedDict, total=False):
    """What a delivery does beyond one exchange: as in `Delivery`."""

    redirects: Redirects
    max_redirects: int
    cookies: Cookies | None
    is_fresh: bool


@dataclass(frozen=True, slots=True)
class SourceCookies:
    """The cookies of one source, as the transport wants them."""

    store: CookieStore
    source: OpenSource

    def header(self, url: URL) -> str | None:
        return self.store.header((self.source.id, self.source.version), str(url))

    def keep(self, url: URL, values: Sequence[str]) -> None:
        self.store.keep((self.source.id, self.source.version), str(url), values)


def delivery_of(
    source: OpenSource, policy: EgressPolicy, *, body_bytes: int, overlap: int = 0, **more: Unpack[Following]
) -> Delivery:
    """A delivery that follows no redirects and keeps no cookies, unless `more` says so.

    Args:
        body_bytes: how much of a decoded body is kept.
        overlap: bytes beyond it that are read, too.
    """
    connection = source.connection
    tls = TlsOptions(connection.verify_tls, connection.ca_certificates, connection.http2)
    return Delivery(
        source=(source.id, source.version),
        limits=Limits(
            connect_ms=source.timeouts.connect_ms,
            read_ms=source.timeouts.read_ms,
            total_ms=source.timeouts.total_ms,
            body_bytes=body_bytes,
            overlap=overlap,
        ),
        policy=policy,
        tls=tls,
        tls_at=_tls_at(source, tls),
        proxy=_proxy_server(connection.proxy) if connection.proxy else None,
        **more,
    )


def with_identity(delivery: Delivery, source: OpenSource, url: URL) -> Delivery:
    """The delivery of a request to the authorization server of a source, which may see its certificate, too."""
    identity = _identity_of(source.connection)
    if identity is None or origin_of(url) in delivery.tls_at:
        return delivery
    return replace(delivery, tls_at={**delivery.tls_at, origin_of(url): replace(delivery.tls, client=identity)})


def _tls_at(source: OpenSource, tls: TlsOptions) -> Mapping[Origin, TlsOptions]:
    """Certificate and pins are for the origin of the source: not for where a redirect leads."""
    identity, pins = _identity_of(source.connection), tuple(source.connection.pinned_certificates)
    if identity is None and not pins:
        return _NOWHERE
    return {origin_of(URL(source.location)): replace(tls, client=identity, pins=pins)}


def _identity_of(connection: Connection) -> ClientIdentity | None:
    certificate = connection.client_certificate
    if certificate is None:
        return None
    return ClientIdentity(certificate.certificates, certificate.private_key.get_secret_value())


def _proxy_server(proxy: Proxy) -> ProxyServer:
    parts = urlsplit(proxy.url)
    target = Target(parts.scheme, parts.hostname or "", parts.port or DEFAULT_PORTS[parts.scheme])
    return ProxyServer(target, proxy.username, proxy.password.get_secret_value())
