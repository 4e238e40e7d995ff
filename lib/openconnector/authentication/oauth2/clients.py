# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How a client proves who it is at the token endpoint (RFC 6749, section 2.3; RFC 7523; RFC 8705)."""

import base64
from typing import Annotated, ClassVar, Literal
from urllib.parse import quote_plus
from uuid import uuid4

from pydantic import Field

from openconnector.authentication.base import Signing
from openconnector.authentication.oauth2.form import TokenForm
from openconnector.authentication.signing_key import HmacAlgorithm, KeyAlgorithm, SigningKey, sign_jwt
from openconnector.core.errors import FieldError
from openconnector.core.schema import FrozenSchema
from openconnector.vault.secret import Secret

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
MAX_SKEW = 30
"""Seconds that assertions are dated back, for servers whose clock is behind ours; half of their lifetime at most."""

Lifetime = Annotated[int, Field(ge=30, le=3600, description="Seconds that an assertion is valid.")]
Audience = Annotated[str, Field(max_length=2048, description="Of the assertion; the token URL where it is empty.")]


class ClientAuthentication(FrozenSchema):
    """One way for a client to prove who it is."""

    sends_certificate: ClassVar[bool] = False

    def authenticate(self, form: TokenForm, signing: Signing) -> None:
        """Put the proof into a token request."""
        form.put("client_id", form.client_id)

    def settled(self) -> tuple["ClientAuthentication", list[FieldError]]:
        """As it shall be stored, and what is wrong with it; pointers are relative."""
        return self, []

    def missing(self) -> list[str]:
        """The names of secrets that are empty and may not be."""
        return []


class NoClientAuthentication(ClientAuthentication):
    """A public client: only its id is sent."""

    method: Literal["none"] = "none"


class ClientSecretBasic(ClientAuthentication):
    """Id and secret in `Authorization: Basic`, each encoded as in a form first (RFC 6749, section 2.3.1)."""

    method: Literal["client_secret_basic"]
    secret: Secret

    def authenticate(self, form: TokenForm, signing: Signing) -> None:
        pair = f"{quote_plus(form.client_id)}:{quote_plus(self.secret.get_secret_value())}"
        encoded = base64.b64encode(pair.encode()).decode()
        signing.learned.append(encoded)
        form.headers.append(("Authorization", f"Basic {encoded}"))

    def missing(self) -> list[str]:
        return [] if self.secret.get_secret_value() else ["secret"]


class ClientSecretPost(ClientAuthentication):
    """Id and secret as fields of the form."""

    method: Literal["client_secret_post"]
    secret: Secret

    def authenticate(self, form: TokenForm, signing: Signing) -> None:
        form.put("client_id", form.client_id)
        form.put("client_secret", self.secret.get_secret_value())

    def missing(self) -> list[str]:
        return [] if self.secret.get_secret_value() else ["secret"]


class ClientSecretJwt(ClientAuthentication):
    """An assertion that is signed with the secret (RFC 7523, section 2.2)."""

    method: Literal["client_secret_jwt"]
    secret: Secret
    algorithm: HmacAlgorithm = "HS256"
    audience: Audience = ""
    lifetime_seconds: Lifetime = 120

    def authenticate(self, form: TokenForm, signing: Signing) -> None:
        secret = self.secret.get_secret_value()
        _put_assertion(form, signing, self.algorithm, secret, self.audience, self.lifetime_seconds)

    def missing(self) -> list[str]:
        return [] if self.secret.get_secret_value() else ["secret"]


class PrivateKeyJwt(ClientAuthentication):
    """An assertion that is signed with a private key, whose public half the server knows (RFC 7523, section 2.2)."""

    method: Literal["private_key_jwt"]
    key: SigningKey
    algorithm: KeyAlgorithm = "RS256"
    audience: Audience = ""
    lifetime_seconds: Lifetime = 120

    def authenticate(self, form: TokenForm, signing: Signing) -> None:
        _put_assertion(form, signing, self.algorithm, self.key, self.audience, self.lifetime_seconds)

    def settled(self) -> tuple["PrivateKeyJwt", list[FieldError]]:
        key, errors = settled_key(self.key, self.algorithm)
        return self.model_copy(update={"key": key}), errors

    def missing(self) -> list[str]:
        return [] if self.key.private_key.get_secret_value() else ["key/privateKey"]


class TlsClientAuthentication(ClientAuthentication):
    """The client certificate of the source's connection (RFC 8705, section 2.1)."""

    sends_certificate: ClassVar[bool] = True
    method: Literal["tls_client_auth"]


AnyClientAuthentication = Annotated[
    NoClientAuthentication
    | ClientSecretBasic
    | ClientSecretPost
    | ClientSecretJwt
    | PrivateKeyJwt
    | TlsClientAuthentication,
    Field(discriminator="method"),
]


def issued_at_of(signing: Signing, lifetime: int) -> int:
    """When an assertion counts as issued, in seconds since 1970."""
    return int(signing.at.timestamp()) - min(MAX_SKEW, lifetime // 2)


def settled_key(key: SigningKey, algorithm: str) -> tuple[SigningKey, list[FieldError]]:
    """A key as it shall be stored, and what is wrong with it and the algorithm beside it."""
    settled, errors = key.settled()
    found = [below("/key", error) for error in errors]
    misfit = None if errors else settled.misfit(algorithm)
    return settled, [*found, FieldError("/algorithm", misfit, "invalid")] if misfit else found


def below(pointer: str, error: FieldError) -> FieldError:
    """An error of a part as one of the whole."""
    return FieldError(f"{pointer}{error.pointer or ''}", error.detail, error.code)


def _put_assertion(
    form: TokenForm,
    signing: Signing,
    algorithm: str,
    key: SigningKey | str,
    audience: str,
    lifetime: int,
) -> None:
    issued_at = issued_at_of(signing, lifetime)
    assertion = sign_jwt(
        algorithm=algorithm,
        claims={
            "iss": form.client_id,
            "sub": form.client_id,
            "aud": audience or form.audience or form.url,
            "jti": str(uuid4()),
            "iat": issued_at,
            "nbf": issued_at,
            "exp": issued_at + lifetime,
        },
        header={},
        key=key,
    )
    signing.learned.append(assertion)
    form.put("client_id", form.client_id)
    form.put("client_assertion_type", ASSERTION_TYPE)
    form.put("client_assertion", assertion)
