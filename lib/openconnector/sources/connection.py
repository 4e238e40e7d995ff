# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How a source is reached: the defaults of its connection."""

import base64
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator

from openconnector.authentication.client_certificate import ClientCertificate
from openconnector.core.call_defaults import Milliseconds, Timeouts
from openconnector.core.phrases import phrase
from openconnector.core.retention import BodyKeeping, Retention
from openconnector.core.schema import FrozenSchema
from openconnector.egress.tls import check_certificates
from openconnector.sources.protocols import FileOptions, SoapOptions
from openconnector.vault.secret import Secret

MAX_BODY_BYTES = 50 * 1024 * 1024

# A connection is validated on every call, and reading certificates takes longer than all the rest of it.
_checked_certificates = lru_cache(maxsize=64)(check_certificates)

Redirects = Literal["never", "same_origin", "all"]


class Proxy(FrozenSchema):
    """An HTTP proxy (RFC 9110, section 3.7): calls to http pass it as they are, calls to https through a tunnel."""

    url: Annotated[str, Field(min_length=1, max_length=2048, description="For example http://proxy.example:3128.")]
    username: Annotated[str, Field(max_length=1024)] = ""
    password: Secret = SecretStr("")

    @field_validator("url")
    @classmethod
    def _is_proxy_url(cls, url: str) -> str:
        return check_proxy_url(url.strip())

    def credentials(self) -> Iterator[str]:
        """The password, and the form in which it travels with the user name (RFC 7617)."""
        password = self.password.get_secret_value()
        if password:
            yield password
            yield base64.b64encode(f"{self.username}:{password}".encode()).decode()


class Retry(FrozenSchema):
    """When a call is made again by itself. Each attempt is an exchange of the same call, within its total timeout."""

    max_retries: Annotated[int, Field(ge=0, le=10)] = 0
    statuses: Annotated[
        list[Annotated[int, Field(ge=400, le=599)]], Field(max_length=20, description="Statuses that are retried.")
    ] = [408, 429, 502, 503, 504]
    backoff_ms: Annotated[
        int, Field(ge=1, le=60_000, description="Before the first retry; it doubles with each, and half of it varies.")
    ] = 500
    max_backoff_ms: Annotated[int, Field(ge=1, le=600_000)] = 30_000
    all_methods: Annotated[
        bool, Field(description="Retry POST and PATCH too, although they may take effect twice (RFC 9110, 9.2.2).")
    ] = False


class RateLimit(FrozenSchema):
    """At most `limit` requests in each window, counted over all workers of one database."""

    limit: Annotated[int, Field(ge=1, le=1_000_000)]
    window_ms: Annotated[int, Field(ge=1000, le=86_400_000)] = 60_000


class Connection(FrozenSchema):
    """Defaults of the connection. Times are milliseconds, sizes are bytes. What is null is as the settings say."""

    connect_timeout_ms: Annotated[
        Milliseconds | None, Field(description="For each of: finding the address, connecting, and the TLS handshake.")
    ] = None
    read_timeout_ms: Annotated[Milliseconds | None, Field(description="Between two pieces of the answer.")] = None
    total_timeout_ms: Annotated[
        Milliseconds | None, Field(description="For the whole call, with its redirects and retries.")
    ] = None
    verify_tls: bool = True
    ca_certificates: Annotated[
        str, Field(max_length=262_144, description="Authorities (PEM) that this source trusts beside the system's.")
    ] = ""
    client_certificate: Annotated[
        ClientCertificate | None, Field(description="Shown to the other side, for mutual TLS.")
    ] = None
    pinned_certificates: Annotated[
        list[str],
        Field(
            max_length=10,
            description="SHA-256 fingerprints of the only certificates that the other side may show.",
        ),
    ] = []
    http2: Annotated[bool, Field(description="Offer HTTP/2 to servers behind https.")] = False
    proxy: Proxy | None = None
    redirects: Annotated[
        Redirects, Field(description="Which redirects are followed. Credentials never go to another origin.")
    ] = "same_origin"
    max_redirects: Annotated[int, Field(ge=1, le=30)] = 10
    keep_cookies: Annotated[bool, Field(description="Keep the cookies that answers set, and send them again.")] = False
    retry: Retry = Retry()
    rate_limit: Annotated[RateLimit | None, Field(description="Null: as the settings say.")] = None
    max_body_bytes: Annotated[
        int, Field(ge=0, le=MAX_BODY_BYTES, description="How much of a body is shown and kept in the log.")
    ] = 1024 * 1024
    retention: Annotated[Retention, Field(description="How long its calls are kept.")] = Retention()
    bodies: Annotated[BodyKeeping, Field(description="Whose bodies are kept.")] = BodyKeeping()
    files: Annotated[FileOptions, Field(description="For sources of type `ftp`.")] = FileOptions()
    soap: Annotated[SoapOptions, Field(description="For sources of type `soap`.")] = SoapOptions()

    def timeouts(self, wider: Timeouts) -> Timeouts:
        """Those that hold, where `wider` ones hold for all."""
        return wider.replaced(self.connect_timeout_ms, self.read_timeout_ms, self.total_timeout_ms)

    @field_validator("pinned_certificates")
    @classmethod
    def _are_fingerprints(cls, pins: list[str]) -> list[str]:
        plain = [re.sub(r"[\s:]", "", pin).lower() for pin in pins]
        if not all(re.fullmatch("[0-9a-f]{64}", pin) for pin in plain):
            raise ValueError(phrase("A SHA-256 fingerprint has 64 hexadecimal digits."))
        return plain

    @field_validator("ca_certificates")
    @classmethod
    def _are_certificates(cls, pem: str) -> str:
        return _checked_certificates(pem.strip())


def check_proxy_url(url: str) -> str:
    """The URL of a proxy: scheme, host and port, and nothing else.

    Raises:
        ValueError: with the sentence that stands under the field.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError(phrase("This is not a valid URL.")) from None
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise ValueError(phrase("Enter the proxy as http://host:port."))
    if "@" in parts.netloc:
        raise ValueError(phrase("Do not put credentials into the URL. Enter them beside it."))
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ValueError(phrase("A proxy has a host and a port, and no path."))
    return url.rstrip("/")
