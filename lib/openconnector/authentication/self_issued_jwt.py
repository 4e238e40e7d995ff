# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""JSON Web Tokens (RFC 7519) that this side issues itself, for each request a new one."""

import base64
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Annotated, Any, ClassVar, Literal, Self
from uuid import uuid4

from pydantic import AfterValidator, Field, SecretStr, field_validator

from openconnector.authentication.base import Carriers, Scheme, Signing
from openconnector.authentication.json_object import TIMES, filled, json_object, seconds_of, unreadable_placeholder
from openconnector.authentication.signing_key import (
    HMAC_ALGORITHMS,
    HmacAlgorithm,
    KeyAlgorithm,
    SigningKey,
    sign_jwt,
    weakness_of_secret,
)
from openconnector.core.errors import FieldError
from openconnector.core.http import Request
from openconnector.core.phrases import phrase, told
from openconnector.core.rows import TOKEN_PATTERN
from openconnector.egress.query import with_parameter
from openconnector.vault.secret import Secret, is_mask, one_line

SKEW = 30
"""Seconds that tokens are dated back, for servers whose clock is behind ours: half of the lifetime at most."""

MAX_CLAIMS = 16 * 1024
MAX_HEADER = 4 * 1024
MAX_TOKEN = 64 * 1024
"""Characters of claims, header and token."""

_NOT_OURS = {
    "alg": phrase("Leave out the header parameter alg: it follows from the algorithm."),
    "crit": phrase("Leave out the header parameter crit: nothing is known that it could name."),
    "b64": phrase("Leave out the header parameter b64: RFC 7797."),
}

_OURS = TIMES | {"jti"}
_is_issuing: ContextVar[bool] = ContextVar("is_issuing", default=False)

Algorithm = Literal[HmacAlgorithm, KeyAlgorithm]


def _claims(text: str) -> str:
    for name, value in json_object(text.strip()).items():
        if name in TIMES and not (isinstance(value, str) and "{{" in value):
            seconds_of(name, value)
    return text.strip()


def _header(text: str) -> str:
    for name in json_object(text.strip()):
        if name in _NOT_OURS:
            raise ValueError(_NOT_OURS[name])
    return text.strip()


class JwtAuthentication(Scheme):
    """A token that is signed with a shared secret or a private key, in a header or in the query.

    `iat`, `exp` and, where they are wanted, `jti` and `nbf` are put in unless the claims have them; where the claims
    have them as null, they are left out. Strings in claims and header may hold `{{ … }}`.
    """

    makes_secrets: ClassVar[bool] = True
    type: Literal["jwt"]
    algorithm: Algorithm = "HS256"
    secret: Annotated[Secret, Field(description="For HS256, HS384 and HS512.")] = SecretStr("")
    secret_encoding: Annotated[
        Literal["text", "base64", "base64url", "hex"], Field(description="How the bytes of the secret are written.")
    ] = "text"  # noqa: S105  # the name of an encoding
    key: Annotated[SigningKey | None, Field(description="For all other algorithms.")] = None
    header_parameters: Annotated[
        str,
        Field(max_length=MAX_HEADER, description="Further parameters of the JOSE header: a JSON object."),
        AfterValidator(_header),
    ] = ""
    claims: Annotated[str, Field(max_length=MAX_CLAIMS, description="A JSON object."), AfterValidator(_claims)] = ""
    lifetime_seconds: Annotated[int, Field(ge=1, le=86_400, description="From `iat` to `exp`.")] = 300
    include_jti: Annotated[bool, Field(description="Put in the claim `jti`, a UUID that no other token has.")] = True
    include_nbf: Annotated[bool, Field(description="Put in the claim `nbf`, the same time as `iat`.")] = False
    in_: Annotated[
        Literal["header", "query", "none"],
        Field(alias="in", description="How calls send the token; `none`: only where a template asks for it."),
    ] = "header"
    name: Annotated[
        str, Field(max_length=255, description="Of header or parameter; empty: `Authorization` or `token`.")
    ] = ""
    prefix: Annotated[str, Field(max_length=255, description="Stands before the token in a header.")] = "Bearer"

    @field_validator("secret")
    @classmethod
    def _is_one_line(cls, secret: SecretStr) -> SecretStr:
        if "-----BEGIN " in secret.get_secret_value():
            raise ValueError(phrase("This is a key. Choose an algorithm such as RS256 or ES256, and paste it there."))
        return one_line(secret) if secret.get_secret_value().strip() else SecretStr("")

    @field_validator("name", "prefix")
    @classmethod
    def _is_printable(cls, text: str) -> str:
        if not text.isprintable():
            raise ValueError(phrase("This value contains a line break or another control character."))
        return text.strip()

    def sign(self, request: Request, signing: Signing) -> None:
        if self.in_ == "none":
            return
        token = self.issue(signing)
        if self.in_ == "query":
            request.url = with_parameter(request.url, self._name, token)
        else:
            space = " " if self.prefix[-1:].isalnum() else ""
            request.headers[self._name] = self.prefix + space + token

    def issue(self, signing: Signing) -> str:
        """A new token, which is taken out of the call like the secrets of the source.

        Raises:
            ValueError: it cannot be made; the message is a sentence for the administrator.
        """
        if _is_issuing.get():
            raise ValueError(
                phrase("The claims of a token cannot hold the token itself. Take jwtToken(source) out of them.")
            )
        outer = _is_issuing.set(True)
        try:
            claims = self._filled_claims(signing)
            header = filled(json_object(self.header_parameters), phrase("the header parameter {name}"), signing.render)
        finally:
            _is_issuing.reset(outer)
        key = self._secret() if self._is_hmac else self.key or SigningKey(private_key=SecretStr(""))
        token = sign_jwt(algorithm=self.algorithm, claims=claims, header=header, key=key)
        if len(token) > MAX_TOKEN:
            raise ValueError(phrase("The token has more than {limit} characters. Shorten the claims.", limit=MAX_TOKEN))
        signing.learned.append(token)
        return token

    def carriers(self) -> Carriers:
        match self.in_:
            case "header":
                return Carriers(headers=(self._name,))
            case "query":
                return Carriers(parameters=(self._name,))
            case "none":
                return Carriers()

    def settled(self) -> tuple[Self, list[FieldError]]:
        if self._is_hmac:
            return self.model_copy(update={"key": None}), [*self._wrong_secret(), *self._wrong_texts()]
        key, errors = self.key.settled() if self.key is not None else (None, [])
        below = [FieldError(f"/key{error.pointer}", error.detail, error.code) for error in errors]
        if key is None or not key.private_key.get_secret_value():
            detail = phrase("Paste the private key that {algorithm} needs.", algorithm=self.algorithm)
            below.append(FieldError("/key/privateKey", detail, "missing"))
        elif not errors and (misfit := key.misfit(self.algorithm)):
            below.append(FieldError("/algorithm", misfit, "invalid"))
        return self.model_copy(update={"key": key, "secret": SecretStr("")}), [*below, *self._wrong_texts()]

    def weakness(self) -> str | None:
        """Why secret or key should not be used any more, as a sentence; None where nothing is known against them."""
        if not self._is_hmac:
            return self.key.weakness() if self.key is not None else None
        if not self.secret.get_secret_value() or is_mask(self.secret):
            return None
        try:
            return weakness_of_secret(self.algorithm, self._secret())
        except ValueError:
            return None

    @property
    def _is_hmac(self) -> bool:
        return self.algorithm in HMAC_ALGORITHMS

    @property
    def _name(self) -> str:
        return self.name or {"header": "Authorization", "query": "token", "none": ""}[self.in_]

    def _filled_claims(self, signing: Signing) -> dict[str, Any]:
        skew = min(SKEW, self.lifetime_seconds // 2)
        issued_at = int(signing.at.timestamp()) - skew
        claims = filled(json_object(self.claims), phrase("the claim {name}"), signing.render)
        claims |= {name: seconds_of(name, claims[name]) for name in TIMES & claims.keys()}
        begins = issued_at if claims.get("iat") is None else claims["iat"]
        standard: dict[str, Any] = {"iat": issued_at, "exp": begins + self.lifetime_seconds}
        if self.include_nbf:
            standard["nbf"] = begins
        if self.include_jti:
            standard["jti"] = str(uuid4())
        both = claims | {name: value for name, value in standard.items() if name not in claims}
        return {name: value for name, value in both.items() if value is not None or name not in _OURS}

    def _secret(self) -> bytes:
        """The bytes of the secret.

        Raises:
            ValueError: it is not written in its encoding.
        """
        try:
            secret = _DECODERS[self.secret_encoding](self.secret.get_secret_value())
        except ValueError:
            secret = b""
        if not secret:
            sentence = phrase("The secret is not {encoding}. Enter it again, or choose another secret encoding.")
            raise ValueError(sentence.filled(encoding=self.secret_encoding))
        return secret

    def _wrong_secret(self) -> Iterator[FieldError]:
        text = self.secret.get_secret_value()
        if not text:
            detail = phrase("Enter the secret that {algorithm} needs.", algorithm=self.algorithm)
            yield FieldError("/secret", detail, "missing")
        elif not is_mask(text):
            try:
                self._secret()
            except ValueError as error:
                yield FieldError("/secret", told(error), "invalid")

    def _wrong_texts(self) -> Iterator[FieldError]:
        for name, text in (("claims", self.claims), ("headerParameters", self.header_parameters)):
            if problem := unreadable_placeholder(text):
                yield FieldError(f"/{name}", problem, "invalid")
        if self.in_ == "header" and not TOKEN_PATTERN.fullmatch(self._name):
            yield FieldError("/name", phrase("A header name has letters, digits and - only, and no spaces."), "invalid")


def _base64(text: str) -> bytes:
    packed = text.translate(str.maketrans("-_", "+/")).rstrip("=")
    return base64.b64decode(packed + "=" * (-len(packed) % 4), validate=True)


_DECODERS: dict[str, Callable[[str], bytes]] = {
    "text": str.encode,
    "base64": _base64,
    "base64url": _base64,
    "hex": bytes.fromhex,
}
