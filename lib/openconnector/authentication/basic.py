# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""HTTP Basic authentication (RFC 7617)."""

import base64
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, SecretStr, field_validator

from openconnector.authentication.base import Scheme, Signing
from openconnector.core.http import Request
from openconnector.core.phrases import phrase
from openconnector.vault.secret import Secret


class BasicAuthentication(Scheme):
    """`Authorization: Basic` with user name and password, in UTF-8."""

    type: Literal["basic"]
    username: Annotated[str, Field(min_length=1, max_length=1024)]
    password: Secret = SecretStr("")

    @field_validator("username")
    @classmethod
    def _no_colon(cls, username: str) -> str:
        if ":" in username:
            raise ValueError(phrase("A user name for Basic authentication cannot contain a colon."))
        return username

    def sign(self, request: Request, signing: Signing) -> None:
        request.headers["Authorization"] = f"Basic {self._user_pass()}"

    def credentials(self) -> Iterator[str]:
        yield from super().credentials()
        yield self._user_pass()

    def _user_pass(self) -> str:
        return base64.b64encode(f"{self.username}:{self.password.get_secret_value()}".encode()).decode()
