# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The clients that the authorization servers know: one for each way to authenticate, and for each grant."""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import Any

import trustme

from tests.authorization.key_material import KeyPair, certified_key, ec_key, ed25519_key, rsa_key
from tests.factories import marked

RESOURCE = "https://api.example.org/zaken"
"""The resource indicator (RFC 8707) of `/resource`: tokens for it are JWTs, and good there."""

OTHER_RESOURCE = "https://api.example.org/documenten"
"""Tokens for this resource are JWTs too, but `/resource` refuses them: their audience is another."""

USER = "diana"
"""The person whom the servers know. npm's oidc-provider takes everybody."""

PASSWORD = marked("pass word/+&é")

SCOPE = "openid offline_access api:read"
"""What clients may ask for. The server knows `api:write` too, so to ask for that is `invalid_scope`."""

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"


@dataclass(frozen=True)
class Client:
    """A client as it is registered.

    Attributes:
        method: how it authenticates at the token endpoint.
        key: its private key, and its certificate where it has one.
        metadata: what else it is registered with (RFC 7591).
    """

    id: str
    method: str
    secret: str = field(default="", repr=False)
    key: KeyPair | None = None
    metadata: dict[str, Any] = field(default_factory=dict)

    def registration(self) -> dict[str, Any]:
        """Its metadata (RFC 7591), for a server that takes it as JSON."""
        known: dict[str, Any] = {
            "client_id": self.id,
            "token_endpoint_auth_method": self.method,
            "grant_types": ["client_credentials"],
            "response_types": [],
            "redirect_uris": [],
            "scope": SCOPE,
        }
        if self.secret:
            known["client_secret"] = self.secret
        if self.key is not None and self.method == "private_key_jwt":
            known["jwks"] = self.key.jwks()
        return known | self.metadata


@dataclass(frozen=True)
class Clients:
    """The clients of npm's oidc-provider. All but the last two use client credentials.

    Attributes:
        basic: `client_secret_basic`, with a secret of which every second character has to be encoded.
        certificate: `private_key_jwt`; has no `kid`, and must name its certificate as `x5t` or `x5t#S256`.
        brief: `client_secret_post`; its tokens live for two seconds.
        tls: `tls_client_auth`; known by the DNS name in its certificate. Only for the server with TLS.
        bound: as `tls`, and its tokens are good with its certificate alone (RFC 8705, section 3).
        web: authorization code, with a secret and refresh tokens.
        public: authorization code with PKCE, without a secret.
    """

    basic: Client
    post: Client
    secret_jwt: Client
    rsa: Client
    pss: Client
    ec: Client
    ec_521: Client
    ed25519: Client
    certificate: Client
    brief: Client
    tls: Client
    bound: Client
    web: Client
    public: Client

    def registrations(self) -> list[dict[str, Any]]:
        """All of them, as the server is told."""
        return [getattr(self, one.name).registration() for one in fields(self)]


def make_clients(authority: trustme.CA, redirect_uri: str) -> Clients:
    """Clients with secrets and keys of their own.

    Args:
        authority: certifies clients.
        redirect_uri: where a login comes back to. It is on the loopback; its port may be another one.
    """
    login = {
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "redirect_uris": [redirect_uri],
        "application_type": "native",
    }
    certified = certified_key(authority, "certificate.example.org")
    tls, bound = (certified_key(authority, name) for name in ("tls.example.org", "bound.example.org"))
    return Clients(
        basic=Client("client basic", "client_secret_basic", marked("s:e+c/r e%t&=?")),
        post=Client("client-post", "client_secret_post", marked("post-secret")),
        secret_jwt=Client("client-secret-jwt", "client_secret_jwt", marked("a secret that is long enough for SHA-512")),
        rsa=_signing("client-rsa", rsa_key("rsa-2026"), "RS256"),
        pss=_signing("client-pss", rsa_key("pss-2026"), "PS256"),
        ec=_signing("client-ec", ec_key("ec-2026"), "ES256"),
        ec_521=_signing("client-ec-521", ec_key("ec-521-2026", "P-521"), "ES512"),
        ed25519=_signing("client-ed25519", ed25519_key("ed-2026"), "EdDSA"),
        certificate=Client(
            "client-certificate", "private_key_jwt", key=certified, metadata={"thumbprints": certified.thumbprints()}
        ),
        brief=Client("client-brief", "client_secret_post", marked("brief-secret"), metadata={"access_token_ttl": 2}),
        tls=Client("client-tls", "tls_client_auth", key=tls, metadata={"tls_client_auth_san_dns": "tls.example.org"}),
        bound=Client(
            "client-bound",
            "tls_client_auth",
            key=bound,
            metadata={
                "tls_client_auth_san_dns": "bound.example.org",
                "tls_client_certificate_bound_access_tokens": True,
            },
        ),
        web=Client("client-web", "client_secret_basic", marked("web-secret"), metadata=login),
        public=Client("client-public", "none", metadata=login),
    )


@dataclass(frozen=True)
class AuthlibClients:
    """The clients of authlib's server.

    Attributes:
        basic: `client_secret_basic`; client credentials, password and refresh tokens.
        post: the same with `client_secret_post`.
        public: password and refresh tokens, without a secret.
        assertion: JWT bearer. Its id is the issuer of its assertions; it authenticates with nothing else.
        assertion_ec: the same with a key for ES256.
    """

    basic: Client
    post: Client
    public: Client
    assertion: Client
    assertion_ec: Client

    def __iter__(self) -> Iterator[Client]:
        return iter([getattr(self, one.name) for one in fields(self)])


def make_authlib_clients() -> AuthlibClients:
    """Clients with secrets and keys of their own."""
    by_secret = {"grant_types": ["client_credentials", "password", "refresh_token"]}
    by_assertion = {"grant_types": [JWT_BEARER]}
    account = "robot@project.example.org"
    return AuthlibClients(
        basic=Client("authlib-basic", "client_secret_basic", marked("authlib-basic-secret"), metadata=by_secret),
        post=Client("authlib-post", "client_secret_post", marked("authlib-post-secret"), metadata=by_secret),
        public=Client("authlib-public", "none", metadata={"grant_types": ["password", "refresh_token"]}),
        assertion=Client(account, "none", key=rsa_key("robot-2026"), metadata=by_assertion),
        assertion_ec=Client(f"ec-{account}", "none", key=ec_key("ec-robot-2026"), metadata=by_assertion),
    )


def _signing(name: str, key: KeyPair, algorithm: str) -> Client:
    return Client(name, "private_key_jwt", key=key, metadata={"token_endpoint_auth_signing_alg": algorithm})
