# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""API keys, as OpenAPI 3.1 describes them: in a header, the query or a cookie."""

import re
from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from openconnector.authentication.base import Carriers, Scheme, Signing
from openconnector.core.http import Request
from openconnector.core.phrases import phrase
from openconnector.core.rows import TOKEN_PATTERN
from openconnector.egress.query import with_parameter
from openconnector.vault.secret import Secret, one_line

_NOT_IN_A_COOKIE = re.compile(r'[\s",;\\]')
"""What RFC 6265, section 4.1.1, keeps out of the value of a cookie."""

_Name = Annotated[str, Field(min_length=1, max_length=255)]


class ApiKeyAuthentication(Scheme):
    """One named value. `prefix` comes before the key: a word such as `Token` with a space, `key=` without."""

    type: Literal["apiKey"]
    in_: Annotated[Literal["header", "query", "cookie"], Field(alias="in")] = "header"
    name: _Name
    value: Annotated[Secret, Field(min_length=1)]
    prefix: Annotated[str, Field(max_length=255)] = ""

    @field_validator("name")
    @classmethod
    def _name_is_a_token(cls, name: str, info: ValidationInfo) -> str:
        if info.data.get("in_") != "query" and not TOKEN_PATTERN.fullmatch(name):
            raise ValueError(phrase("A header or cookie name has letters, digits and - _ . only, and no spaces."))
        return name

    @field_validator("prefix")
    @classmethod
    def _trimmed(cls, prefix: str) -> str:
        if not prefix.isprintable():
            raise ValueError(phrase("The prefix contains a line break or another control character."))
        return prefix.strip()

    @field_validator("value")
    @classmethod
    def _can_be_sent(cls, value: SecretStr, info: ValidationInfo) -> SecretStr:
        value = one_line(value)
        if info.data.get("in_") == "cookie" and _NOT_IN_A_COOKIE.search(value.get_secret_value()):
            raise ValueError(phrase("The value of a cookie has no spaces, quotes, commas, semicolons or backslashes."))
        return value

    def sign(self, request: Request, signing: Signing) -> None:
        space = " " if self.prefix[-1:].isalnum() and self.in_ == "header" else ""
        text = self.prefix + space + self.value.get_secret_value()
        match self.in_:
            case "header":
                request.headers[self.name] = text
            case "query":
                request.url = with_parameter(request.url, self.name, text)
            case "cookie":
                present = request.headers.get("Cookie")
                cookie = f"{self.name}={text}"
                request.headers["Cookie"] = f"{present}; {cookie}" if present else cookie

    def carriers(self) -> Carriers:
        match self.in_:
            case "header":
                return Carriers(headers=(self.name,))
            case "query":
                return Carriers(parameters=(self.name,))
            case "cookie":
                return Carriers()
