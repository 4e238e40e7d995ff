# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What every authentication scheme is: frozen configuration that signs a request."""

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import SecretStr

from openconnector.core.http import Request
from openconnector.core.schema import FrozenSchema


@dataclass(frozen=True, slots=True)
class Carriers:
    """Names of what carries a credential."""

    headers: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()


class Scheme(FrozenSchema):
    """One way to prove who the caller is. The configuration never changes; what a scheme learns is kept elsewhere."""

    @abstractmethod
    def sign(self, request: Request) -> None:
        """Put the credentials on the request."""

    def carriers(self) -> Carriers:
        """The headers and parameters that this scheme puts a secret into, beside the conventional ones."""
        return Carriers()

    def credentials(self) -> Iterator[str]:
        """Every text that proves the caller's identity, in the forms in which it travels. All of them are redacted."""
        for name in type(self).secret_fields().values():
            secret = getattr(self, name).get_secret_value()
            if secret:
                yield secret

    @classmethod
    def secret_fields(cls) -> dict[str, str]:
        """The fields that hold a secret: their names in the API, and their attributes here."""
        return {field.alias or name: name for name, field in cls.model_fields.items() if field.annotation is SecretStr}
