# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Bearer tokens (RFC 6750) that the administrator has been given."""

from typing import Annotated, Literal

from pydantic import Field, SecretStr, field_validator

from openconnector.authentication.base import Scheme, Signing
from openconnector.core.http import Request
from openconnector.vault.secret import Secret, one_line


class BearerAuthentication(Scheme):
    """`Authorization: Bearer` with a fixed token."""

    type: Literal["bearer"]
    token: Annotated[Secret, Field(min_length=1)]

    @field_validator("token")
    @classmethod
    def _is_one_line(cls, token: SecretStr) -> SecretStr:
        return one_line(token)

    def sign(self, request: Request, signing: Signing) -> None:
        request.headers["Authorization"] = f"Bearer {self.token.get_secret_value()}"
