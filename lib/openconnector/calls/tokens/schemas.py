# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the API shows of tokens and logins. The token itself is never shown."""

from typing import Annotated, Any, Self
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import Field, field_validator

from openconnector.authentication.oauth2.tokens import Token, decoded_jwt
from openconnector.core.phrases import Spoken, phrase
from openconnector.core.schema import Schema, UtcTime
from openconnector.logs.schemas import CallRead

MAX_MATERIAL = 96 * 1024
"""Characters of what is pasted as a key."""


class JwtRead(Schema):
    """A JWT without its signature, and not verified: it is not for us."""

    header: dict[str, Any]
    claims: dict[str, Any]


class TokenRead(Schema):
    """What is known of a token."""

    token_type: str
    scope: str
    obtained_at: UtcTime
    expires_at: Annotated[UtcTime | None, Field(description="Null: nobody said; it is used until it is refused.")]
    can_refresh: bool
    refresh_expires_at: UtcTime | None
    issuer: Annotated[str | None, Field(description="The claim `iss` of the token, where it is a JWT.")]
    jwt: JwtRead | None

    @classmethod
    def of(cls, token: Token) -> Self:
        """A token as it may be shown."""
        decoded = decoded_jwt(token.access_token)
        issuer = decoded[1].get("iss") if decoded else None
        return cls(
            token_type=token.token_type,
            scope=token.scope,
            obtained_at=token.obtained_at,
            expires_at=token.expires_at,
            can_refresh=bool(token.refresh_token),
            refresh_expires_at=token.refresh_expires_at,
            issuer=issuer if isinstance(issuer, str) else None,
            jwt=JwtRead(header=decoded[0], claims=decoded[1]) if decoded else None,
        )


class TokenRequest(Schema):
    """Asks for a new token."""

    call_id: Annotated[
        UUID | None, Field(description="Chosen by the client, to cancel the request with while it runs.")
    ] = None


class TokenStateRead(Schema):
    """The token that is stored for a source, when there is one for its present configuration."""

    token: TokenRead | None


class TokenFetched(TokenStateRead):
    """What has come of a token request; it is in the log. `token` is null where there is none: `call` tells why."""

    call: CallRead


class AuthorizationStart(Schema):
    """Begins a login at the provider."""

    redirect_uri: Annotated[
        str, Field(max_length=2048, description="The page of ours that the provider leads back to.")
    ]

    @field_validator("redirect_uri")
    @classmethod
    def _is_absolute(cls, uri: str) -> str:
        parts = urlsplit(uri)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.fragment or parts.query:
            raise ValueError(phrase("This is no absolute HTTP URL without query and fragment."))
        return uri


class AuthorizationStarted(Schema):
    """Where the browser goes to log in, and until when it may come back."""

    authorization_url: str
    expires_at: UtcTime


class AuthorizationReturn(Schema):
    """What the provider has sent the browser back with (RFC 6749, section 4.1.2; RFC 9207)."""

    state: Annotated[str, Field(min_length=1, max_length=2048)]
    code: Annotated[str, Field(max_length=8192, repr=False)] = ""
    iss: Annotated[str, Field(max_length=2048)] = ""
    error: Annotated[str, Field(max_length=255)] = ""
    error_description: Annotated[str, Field(max_length=2048)] = ""


class SourceName(Schema):
    """Which source it is."""

    id: UUID
    slug: str
    name: str


class AuthorizationRead(TokenFetched):
    """What has come of a login."""

    source: SourceName


class TemplateText(Schema):
    """A text with placeholders, and where it stands, for people to read."""

    place: Annotated[str, Field(max_length=255)]
    text: Annotated[str, Field(max_length=64 * 1024)]


class TemplatePreviewRequest(Schema):
    """Texts to be filled in as a call would, with secrets and tokens as masks."""

    texts: Annotated[list[TemplateText], Field(max_length=200)]


class TemplatePreview(Schema):
    """A text before and after. `after` is null where there is a problem with it."""

    place: str
    before: str
    after: str | None
    problem: Spoken | None


class TemplatePreviews(Schema):
    """One preview for each text, in their order."""

    results: list[TemplatePreview]


class KeyMaterial(Schema):
    """A key or a certificate that somebody has pasted: text, or a file in base64. Nothing of it is kept."""

    content: Annotated[str, Field(max_length=MAX_MATERIAL, repr=False)]
    passphrase: Annotated[str, Field(max_length=1024, repr=False)] = ""
