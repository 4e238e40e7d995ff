# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""OAuth 2.0 (RFC 6749 with the practice of RFC 9700): a token is fetched, kept, and sent with each call."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from openconnector.authentication.base import Carriers, Scheme, Signing
from openconnector.authentication.oauth2.clients import AnyClientAuthentication, NoClientAuthentication, below
from openconnector.authentication.oauth2.form import TokenForm
from openconnector.authentication.oauth2.grants import AnyGrant, ClientCredentials, put_refresh_token
from openconnector.authentication.oauth2.urls import check_url
from openconnector.core.errors import FieldError
from openconnector.core.http import Request
from openconnector.core.phrases import phrase
from openconnector.core.rows import TOKEN_PATTERN, HeaderRow, QueryRow
from openconnector.egress.query import with_parameter
from openconnector.templates.language import checked

MAX_ROWS = 30
_Text = Annotated[str, Field(max_length=2048)]


class TokenParameter(QueryRow):
    """A further field of the token request. With `isSecret` its value is encrypted, and read as a mask."""

    is_secret: bool = False
    _is_template = field_validator("value")(checked)


class TokenHeader(HeaderRow):
    """A further header of the token request. With `isSecret` its value is encrypted, and read as a mask."""

    is_secret: bool = False
    _is_template = field_validator("value")(checked)


class OAuth2Authentication(Scheme):
    """Calls carry an access token that the token endpoint gives for a grant."""

    makes_secrets: ClassVar[bool] = True
    type: Literal["oauth2"]
    grant: AnyGrant = ClientCredentials()
    client_id: Annotated[str, Field(max_length=1024)] = ""
    client: AnyClientAuthentication = NoClientAuthentication()
    issuer: Annotated[
        _Text, Field(description="Where discovery begins (RFC 8414, OpenID Connect Discovery), when no URLs are given.")
    ] = ""
    token_url: _Text = ""
    scope: Annotated[_Text, Field(description="Separated by spaces.")] = ""
    audience: Annotated[_Text, Field(description="Who the token is for, where the server wants to be told.")] = ""
    resource: Annotated[list[_Text], Field(max_length=10, description="Resource indicators (RFC 8707).")] = []
    extra_parameters: Annotated[list[TokenParameter], Field(max_length=MAX_ROWS)] = []
    extra_headers: Annotated[list[TokenHeader], Field(max_length=MAX_ROWS)] = []
    token_location: Annotated[
        str, Field(min_length=1, max_length=255, description="Where the token is in the answer, as a path with dots.")
    ] = "access_token"  # noqa: S105  # a place
    in_: Annotated[
        Literal["header", "query", "none"],
        Field(alias="in", description="How calls send the token; `none`: only where a template asks for it."),
    ] = "header"
    name: Annotated[str, Field(max_length=255)] = "Authorization"
    prefix: Annotated[str, Field(max_length=255)] = "Bearer"

    @field_validator("issuer", "token_url")
    @classmethod
    def _is_url(cls, url: str) -> str:
        return check_url(url.strip())

    @field_validator("resource")
    @classmethod
    def _are_absolute(cls, resource: list[str]) -> list[str]:
        if any(not urlsplit(uri).scheme for uri in resource):
            raise ValueError(phrase("A resource is an absolute URI, such as https://api.example.org/."))
        return resource

    @field_validator("name", "prefix")
    @classmethod
    def _is_one_line(cls, text: str) -> str:
        if not text.isprintable():
            raise ValueError(phrase("This value contains a line break or another control character."))
        return text.strip()

    def sign(self, request: Request, signing: Signing) -> None:
        if self.in_ == "none":
            return
        if signing.token is None:
            raise ValueError(phrase("There is no access token."))
        if self.in_ == "query":
            request.url = with_parameter(request.url, self.name, signing.token)
        else:
            request.headers[self.name] = f"{self.prefix} {signing.token}" if self.prefix else signing.token

    def carriers(self) -> Carriers:
        match self.in_:
            case "header":
                return Carriers(headers=(self.name,))
            case "query":
                return Carriers(parameters=(self.name,))
            case "none":
                return Carriers()

    def destination(self) -> str | None:
        return self.token_url or self.issuer or None

    def settled(self) -> tuple[Self, list[FieldError]]:
        grant, of_grant = self.grant.settled()
        client, of_client = self.client.settled()
        errors = [*(below("/grant", error) for error in of_grant), *(below("/client", error) for error in of_client)]
        errors += self._missing()
        if self.in_ == "header" and not TOKEN_PATTERN.fullmatch(self.name):
            errors.append(
                FieldError("/name", phrase("A header name has letters, digits and - only, and no spaces."), "invalid")
            )
        if self.in_ == "query" and not self.name:
            errors.append(FieldError("/name", phrase("Enter the name of the query parameter."), "missing"))
        return self.model_copy(update={"grant": grant, "client": client}), errors

    def _missing(self) -> Iterator[FieldError]:
        if not self.token_url and not self.issuer:
            detail = phrase("Enter the token URL, or the issuer, from which it is found.")
            yield FieldError("/tokenUrl", detail, "missing")
        if self.grant.type == "authorization_code" and not self.grant.authorization_url and not self.issuer:
            detail = phrase("Enter the authorization URL, or the issuer, from which it is found.")
            yield FieldError("/grant/authorizationUrl", detail, "missing")
        needs_id = self.client.method != "none" or self.grant.type in ("client_credentials", "authorization_code")
        if needs_id and not self.client_id:
            yield FieldError("/clientId", phrase("Enter the client id that the provider has given."), "missing")
        for part, names in (("grant", self.grant.missing()), ("client", self.client.missing())):
            for name in names:
                yield FieldError(f"/{part}/{name}", phrase("This field may not be empty."), "missing")

    def form(self, url: str, audience: str, signing: Signing, *, refresh_token: str | None) -> TokenForm:
        """The token request: the grant, or a refresh token in its place.

        Args:
            url: the token endpoint.
            audience: the issuer as it names itself, where it is known.

        Raises:
            ValueError: it cannot be made; the message is a sentence for the administrator.
        """
        form = TokenForm(url, self.client_id, audience)
        if refresh_token:
            put_refresh_token(form, refresh_token)
        else:
            self.grant.put(form, signing)
        self.complete(form, signing)
        return form

    def complete(self, form: TokenForm, signing: Signing, *, with_scope: bool = True) -> None:
        """Put into a token request what is the same for all grants."""
        if with_scope:
            form.put("scope", self.scope)
        form.put("audience", self.audience)
        for uri in self.resource:
            form.put("resource", uri)
        for row in self.extra_parameters:
            form.put(row.name, signing.render(row.value, phrase("the token parameter {name}", name=row.name)))
        for header in self.extra_headers:
            place = phrase("the token header {name}", name=header.name)
            form.headers.append((header.name, signing.render(header.value, place)))
        self.client.authenticate(form, signing)
