# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a client shows to get a token: one class a grant (RFC 6749, RFC 7523, RFC 8693)."""

from typing import Annotated, Any, ClassVar, Literal
from uuid import uuid4

from pydantic import Field, SecretStr, field_validator

from openconnector.authentication.base import Signing
from openconnector.authentication.json_object import filled, json_object, unreadable_placeholder
from openconnector.authentication.oauth2.clients import Lifetime, issued_at_of, settled_key
from openconnector.authentication.oauth2.form import TokenForm
from openconnector.authentication.oauth2.urls import check_url
from openconnector.authentication.signing_key import KeyAlgorithm, SigningKey, sign_jwt
from openconnector.core.errors import FieldError
from openconnector.core.phrases import phrase
from openconnector.core.schema import FrozenSchema
from openconnector.vault.secret import Secret

MAX_CLAIMS = 16 * 1024
"""Characters of the further claims of an assertion."""

TokenType = Annotated[str, Field(max_length=255)]
_ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105  # a name, and no secret


class Grant(FrozenSchema):
    """One way to get a token."""

    sends_scope: ClassVar[bool] = True
    is_interactive: ClassVar[bool] = False
    """A person must have logged in before: without a refresh token there is no token."""

    def put(self, form: TokenForm, signing: Signing) -> None:
        """Put the grant into a token request.

        Raises:
            ValueError: it cannot be made; the message is a sentence for the administrator.
        """
        raise NotImplementedError

    def settled(self) -> tuple["Grant", list[FieldError]]:
        """As it shall be stored, and what is wrong with it; pointers are relative."""
        return self, []

    def missing(self) -> list[str]:
        """The names of fields that are empty and may not be."""
        return []

    def seed(self) -> str:
        """A refresh token that stands in the configuration."""
        return ""


class ClientCredentials(Grant):
    """The client asks for itself (RFC 6749, section 4.4)."""

    type: Literal["client_credentials"] = "client_credentials"

    def put(self, form: TokenForm, signing: Signing) -> None:
        form.put("grant_type", "client_credentials")


class Password(Grant):
    """User name and password of an account (RFC 6749, section 4.3). RFC 9700 advises against it."""

    type: Literal["password"]
    username: Annotated[str, Field(max_length=1024)]
    password: Secret

    def put(self, form: TokenForm, signing: Signing) -> None:
        form.put("grant_type", "password")
        form.put("username", self.username)
        form.put("password", self.password.get_secret_value())

    def missing(self) -> list[str]:
        return [
            name
            for name, text in (("username", self.username), ("password", self.password.get_secret_value()))
            if not text
        ]


class RefreshToken(Grant):
    """A refresh token that was obtained elsewhere (RFC 6749, section 6). The latest one is kept."""

    type: Literal["refresh_token"]
    refresh_token: Secret

    def put(self, form: TokenForm, signing: Signing) -> None:
        put_refresh_token(form, self.refresh_token.get_secret_value())

    def missing(self) -> list[str]:
        return [] if self.refresh_token.get_secret_value() else ["refreshToken"]

    def seed(self) -> str:
        return self.refresh_token.get_secret_value()


class AuthorizationCode(Grant):
    """A person logs in once, and a refresh token goes on from there (RFC 6749, section 4.1; RFC 7636)."""

    is_interactive: ClassVar[bool] = True
    type: Literal["authorization_code"]
    authorization_url: Annotated[str, Field(max_length=2048, description="Found by discovery where it is empty.")] = ""
    prompt: Annotated[str, Field(max_length=255, description="For example `consent`, where the provider wants it.")] = (
        ""
    )

    @field_validator("authorization_url")
    @classmethod
    def _is_url(cls, url: str) -> str:
        # The browser is sent there: `javascript:` would be run on our page (CWE-601).
        return check_url(url.strip())


class JwtBearer(Grant):
    """A signed statement about whom the client asks for (RFC 7523, section 2.1)."""

    type: Literal["jwt_bearer"]
    key: SigningKey
    algorithm: KeyAlgorithm = "RS256"
    issuer: Annotated[str, Field(max_length=2048, description="Claim `iss`; the client id where it is empty.")] = ""
    subject: Annotated[str, Field(max_length=2048, description="Claim `sub`; the issuer where it is empty.")] = ""
    audience: Annotated[str, Field(max_length=2048, description="Claim `aud`; the token URL where it is empty.")] = ""
    claims: Annotated[
        str, Field(max_length=MAX_CLAIMS, description="Further claims: a JSON object. May hold `{{ … }}`.")
    ] = ""
    lifetime_seconds: Lifetime = 300

    @field_validator("claims")
    @classmethod
    def _is_object(cls, claims: str) -> str:
        claims = claims.strip()
        json_object(claims)
        return claims

    def put(self, form: TokenForm, signing: Signing) -> None:
        issued_at = issued_at_of(signing, self.lifetime_seconds)
        issuer = self.issuer or form.client_id
        claims: dict[str, Any] = {
            "iss": issuer,
            "sub": self.subject or issuer,
            "aud": self.audience or form.audience or form.url,
            "jti": str(uuid4()),
            "iat": issued_at,
            "exp": issued_at + self.lifetime_seconds,
            **filled(json_object(self.claims), phrase("the claim {name}"), signing.render),
        }
        assertion = sign_jwt(algorithm=self.algorithm, claims=claims, header={}, key=self.key)
        signing.learned.append(assertion)
        form.put("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer")
        form.put("assertion", assertion)

    def settled(self) -> tuple["JwtBearer", list[FieldError]]:
        key, errors = settled_key(self.key, self.algorithm)
        if problem := unreadable_placeholder(self.claims):
            errors.append(FieldError("/claims", problem, "invalid"))
        return self.model_copy(update={"key": key}), errors

    def missing(self) -> list[str]:
        return [] if self.key.private_key.get_secret_value() else ["key/privateKey"]


class TokenExchange(Grant):
    """One token for another (RFC 8693)."""

    type: Literal["token_exchange"]
    subject_token: Secret
    subject_token_type: TokenType = _ACCESS_TOKEN
    actor_token: Secret = SecretStr("")
    actor_token_type: TokenType = _ACCESS_TOKEN
    requested_token_type: TokenType = ""

    def put(self, form: TokenForm, signing: Signing) -> None:
        form.put("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange")
        form.put("subject_token", self.subject_token.get_secret_value())
        form.put("subject_token_type", self.subject_token_type)
        if self.actor_token.get_secret_value():
            form.put("actor_token", self.actor_token.get_secret_value())
            form.put("actor_token_type", self.actor_token_type)
        form.put("requested_token_type", self.requested_token_type)

    def missing(self) -> list[str]:
        return [] if self.subject_token.get_secret_value() else ["subjectToken"]


AnyGrant = Annotated[
    ClientCredentials | Password | RefreshToken | AuthorizationCode | JwtBearer | TokenExchange,
    Field(discriminator="type"),
]


def put_refresh_token(form: TokenForm, refresh_token: str) -> None:
    """Put a refresh token into a token request (RFC 6749, section 6)."""
    form.put("grant_type", "refresh_token")
    form.put("refresh_token", refresh_token)
