# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The authorization server of authlib over Flask: for the grants that npm's oidc-provider does not have.

These are password with refresh tokens (RFC 6749, sections 4.3 and 6) and JWT bearer (RFC 7523, section 2.1). What
clients, tokens and users are is ours, as its documentation wants it; what is checked and answered is authlib's.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import flask
from authlib.common.security import generate_token
from authlib.integrations.flask_oauth2 import AuthorizationServer, ResourceProtector, current_token
from authlib.oauth2.rfc6749 import ClientMixin, TokenMixin
from authlib.oauth2.rfc6749.grants import (
    ClientCredentialsGrant,
    RefreshTokenGrant,
    ResourceOwnerPasswordCredentialsGrant,
)
from authlib.oauth2.rfc6750 import BearerTokenGenerator, BearerTokenValidator
from authlib.oauth2.rfc7523 import JWTBearerGrant
from joserfc.jwk import KeySet

from tests.authorization.clients import PASSWORD, USER, Client
from tests.authorization.flask_server import FlaskServer
from tests.factories import marked

SCOPES = ["api:read", "api:write"]
METHODS = ["client_secret_basic", "client_secret_post", "none"]


@dataclass
class RegisteredClient(ClientMixin):  # type: ignore[misc]  # authlib has no types
    """A client as authlib asks for it. Its keys may be changed at any time."""

    client: Client
    jwks: dict[str, Any]

    def get_client_id(self) -> str:
        return self.client.id

    def get_allowed_scope(self, scope: str | None) -> str:
        return scope or ""

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == self.client.secret

    def check_endpoint_auth_method(self, method: str, _endpoint: str) -> bool:
        return method == self.client.method

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in self.client.metadata["grant_types"]


@dataclass
class IssuedToken(TokenMixin):  # type: ignore[misc]
    """An answer of the token endpoint, as it is remembered."""

    client_id: str
    user: str
    answer: dict[str, Any] = field(repr=False)
    at: float = field(default_factory=time.time)
    revoked: bool = False

    def check_client(self, client: RegisteredClient) -> bool:
        return self.client_id == client.get_client_id()

    def get_scope(self) -> str:
        scope: str = self.answer.get("scope", "")
        return scope

    def get_expires_in(self) -> int:
        lifetime: int = self.answer["expires_in"]
        return lifetime

    def is_expired(self) -> bool:
        return time.time() >= self.at + self.get_expires_in()

    def is_revoked(self) -> bool:
        return self.revoked


class AuthlibServer(FlaskServer):
    """`/token` with the grants, and `/resource`, which wants one of its tokens. Refresh tokens are good for one use.

    Attributes:
        access_token_ttl: seconds; may be changed.
    """

    def __init__(self, clients: Iterable[Client], *, access_token_ttl: int = 3600) -> None:
        app = flask.Flask(__name__)
        super().__init__(app)
        self.access_token_ttl = access_token_ttl
        self._clients = {one.id: RegisteredClient(one, one.key.jwks() if one.key else {"keys": []}) for one in clients}
        self._tokens: list[IssuedToken] = []
        app.config["OAUTH2_SCOPES_SUPPORTED"] = SCOPES
        self._add_token_endpoint(app)
        self._add_resource(app)

    def replace_keys(self, client_id: str, jwks: dict[str, Any]) -> None:
        """The client is known by these public keys from now on."""
        self._clients[client_id].jwks = jwks

    def revoke_all(self) -> None:
        """No token that was given is good any more, access tokens and refresh tokens."""
        for token in self._tokens:
            token.revoked = True

    def revoke_access_tokens(self) -> None:
        """No access token that was given is good any more; refresh tokens are."""
        for token in self._tokens:
            token.at = 0

    def _add_token_endpoint(self, app: flask.Flask) -> None:
        server = AuthorizationServer(app, self._clients.get, self._remember)
        lifetime = lambda client, grant_type: self.access_token_ttl  # noqa: E731, ARG005  # as authlib calls it
        server.register_token_generator("default", BearerTokenGenerator(_token, _token, lifetime))
        for grant in (ClientCredentials, Password, _refresh_token(self._tokens), _jwt_bearer(self._clients, self.url)):
            server.register_grant(grant)

        @app.post("/token")
        def token() -> flask.Response:
            answer: flask.Response = server.create_token_response()
            return answer

    def _add_resource(self, app: flask.Flask) -> None:
        tokens = self._tokens

        class Validator(BearerTokenValidator):  # type: ignore[misc]
            def authenticate_token(self, token_string: str) -> IssuedToken | None:
                return _found(tokens, access_token=token_string)

        protected = ResourceProtector()
        protected.register_token_validator(Validator())

        @app.get("/resource")
        @protected()  # type: ignore[untyped-decorator]
        def resource() -> dict[str, str]:
            token: IssuedToken = current_token
            return {"client_id": token.client_id, "sub": token.user, "scope": token.get_scope()}

    def _remember(self, token: dict[str, Any], request: Any) -> None:
        self._tokens.append(IssuedToken(request.client.get_client_id(), request.user or "", token))


class ClientCredentials(ClientCredentialsGrant):  # type: ignore[misc]
    TOKEN_ENDPOINT_AUTH_METHODS = METHODS


class Password(ResourceOwnerPasswordCredentialsGrant):  # type: ignore[misc]
    """There is one user."""

    TOKEN_ENDPOINT_AUTH_METHODS = METHODS

    def authenticate_user(self, username: str, password: str) -> str | None:
        return USER if (username, password) == (USER, PASSWORD) else None


def _refresh_token(tokens: list[IssuedToken]) -> type[RefreshTokenGrant]:
    class RefreshToken(RefreshTokenGrant):  # type: ignore[misc]
        TOKEN_ENDPOINT_AUTH_METHODS = METHODS
        INCLUDE_NEW_REFRESH_TOKEN = True

        def authenticate_refresh_token(self, refresh_token: str) -> IssuedToken | None:
            token = _found(tokens, refresh_token=refresh_token)
            return None if token is None or token.revoked else token

        def authenticate_user(self, refresh_token: IssuedToken) -> str:
            return refresh_token.user

        def revoke_old_credential(self, refresh_token: IssuedToken) -> None:
            refresh_token.revoked = True

    return RefreshToken


def _jwt_bearer(clients: dict[str, RegisteredClient], url: str) -> type[JWTBearerGrant]:
    class JwtBearer(JWTBearerGrant):  # type: ignore[misc]
        def resolve_issuer_client(self, issuer: str) -> RegisteredClient | None:
            return clients.get(issuer)

        def resolve_client_public_key(self, client: RegisteredClient) -> KeySet:
            return KeySet.import_key_set(client.jwks)  # type: ignore[arg-type]

        def authenticate_user(self, subject: str) -> str | None:
            return subject if subject == USER or subject in clients else None

        def has_granted_permission(self, _client: RegisteredClient, _user: str) -> bool:
            return True

        def get_audiences(self) -> list[str]:
            bases = {url, f"http://{flask.request.host}"}  # a front has another port
            return [audience for base in bases for audience in (base, f"{base}/token")]

    return JwtBearer


def _found(tokens: list[IssuedToken], **members: str) -> IssuedToken | None:
    return next((token for token in tokens if members.items() <= token.answer.items()), None)


def _token(**_: Any) -> str:
    token: str = generate_token(42)
    return marked(token)
