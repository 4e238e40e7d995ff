# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How the requests of a source are delivered: its limits, its TLS, its proxy, as the transport wants them."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from openconnector.calls.cookies import CookieStore
from openconnector.core.http import URL
from openconnector.egress.connection import ProxyServer, Target
from openconnector.egress.policy import EgressPolicy
from openconnector.egress.tls import TlsOptions
from openconnector.sources.schemas import Proxy
from openconnector.sources.service import OpenSource
from openconnector.transports.exchange import Limits
from openconnector.transports.http import Delivery

_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class SourceCookies:
    """The cookies of one source, as the transport wants them."""

    store: CookieStore
    source: OpenSource

    def header(self, url: URL) -> str | None:
        return self.store.header((self.source.id, self.source.version), str(url))

    def keep(self, url: URL, values: Sequence[str]) -> None:
        self.store.keep((self.source.id, self.source.version), str(url), values)


def delivery_of(source: OpenSource, policy: EgressPolicy, *, body_bytes: int, overlap: int = 0) -> Delivery:
    """A delivery that follows no redirects and keeps no cookies.

    Args:
        body_bytes: how much of a decoded body is kept.
        overlap: bytes beyond it that are read, too.
    """
    connection = source.connection
    return Delivery(
        source=(source.id, source.version),
        limits=Limits(
            connect_ms=connection.connect_timeout_ms,
            read_ms=connection.read_timeout_ms,
            total_ms=connection.total_timeout_ms,
            body_bytes=body_bytes,
            overlap=overlap,
        ),
        policy=policy,
        tls=TlsOptions(connection.verify_tls, connection.ca_certificates, connection.http2),
        proxy=_proxy_server(connection.proxy) if connection.proxy else None,
    )


def _proxy_server(proxy: Proxy) -> ProxyServer:
    parts = urlsplit(proxy.url)
    target = Target(parts.scheme, parts.hostname or "", parts.port or _DEFAULT_PORTS[parts.scheme])
    return ProxyServer(target, proxy.username, proxy.password.get_secret_value())
