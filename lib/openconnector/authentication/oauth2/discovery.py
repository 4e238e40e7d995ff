# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Finds the endpoints of an authorization server from its issuer (RFC 8414; OpenID Connect Discovery 1.0)."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from openconnector.authentication.oauth2.urls import check_url
from openconnector.core.phrases import phrase

OPENID = ".well-known/openid-configuration"
OAUTH = ".well-known/oauth-authorization-server"


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where an authorization server is talked to. `issuer` is what it calls itself, and empty where nobody asked it."""

    token_url: str
    authorization_url: str = ""
    issuer: str = ""


class DiscoveryFailed(Exception):
    """There is no usable discovery document; `str()` is a sentence for the administrator."""


def documents_of(issuer: str) -> list[str]:
    """Where the document may be, the likeliest place first. What already is the address of one is taken as it is."""
    if "/.well-known/" in issuer:
        return [issuer]
    parts = urlsplit(issuer)
    path = parts.path.rstrip("/")
    places = [f"{path}/{OPENID}", f"/{OAUTH}{path}"]
    return [urlunsplit((parts.scheme, parts.netloc, place, "", "")) for place in places]


def endpoints_of(body: bytes, issuer: str) -> Endpoints:
    """The endpoints in a discovery document.

    Raises:
        DiscoveryFailed: it is none, or is the one of somebody else (RFC 8414, section 3.3).
    """
    try:
        document: Any = json.loads(body)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise DiscoveryFailed(phrase("The discovery document is no JSON object."))
    named, token_url = document.get("issuer"), document.get("token_endpoint")
    if not isinstance(token_url, str) or not _is_usable(token_url):
        raise DiscoveryFailed(phrase("The discovery document names no token_endpoint."))
    if issuer.startswith("https:") and not token_url.startswith("https:"):
        raise DiscoveryFailed(phrase("The discovery document names a token_endpoint without TLS."))
    if not isinstance(named, str) or not _is_same(named, issuer):
        raise DiscoveryFailed(
            phrase(
                "The discovery document is that of the issuer “{issuer}”, and not of this one.",
                issuer=str(named)[:200],
            )
        )
    authorization_url = document.get("authorization_endpoint")
    if not isinstance(authorization_url, str) or not _is_usable(authorization_url):
        authorization_url = ""
    return Endpoints(token_url, authorization_url, named)


def _is_same(named: str, issuer: str) -> bool:
    base, _, rest = issuer.partition("/.well-known/")
    tail = rest.partition("/")[2]
    own = f"{base.rstrip('/')}/{tail}" if tail else base.rstrip("/")
    # Entra's document for all tenants names a placeholder in its place.
    return named.rstrip("/") == own or "{tenantid}" in named


def _is_usable(url: str) -> bool:
    try:
        return bool(check_url(url))
    except ValueError:
        return False
