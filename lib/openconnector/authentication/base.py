# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What every authentication scheme is: frozen configuration that signs a request."""

from abc import abstractmethod
from collections.abc import Callable, Iterator, MutableMapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Protocol, Self

from openconnector.core.clock import now
from openconnector.core.errors import FieldError
from openconnector.core.http import Request
from openconnector.core.schema import FrozenSchema
from openconnector.vault.leaves import secret_leaves

_NEVER_SENT = frozenset({"passphrase", "privateKey"})
"""Secrets that nobody can repeat, because they never leave."""

Render = Callable[[str, str], str]
"""Fills in the placeholders of a text. The second text names the place, for people to read when it cannot be done."""


class CredentialsUnusable(ValueError):
    """Credentials cannot be made of what is configured; `str()` is a sentence for the administrator."""


def _as_it_is(text: str, _place: str) -> str:
    return text


@dataclass(frozen=True, slots=True)
class Carriers:
    """Names of what carries a credential."""

    headers: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()


@dataclass(slots=True)
class Signing:
    """What signing one request takes from outside, and what it leaves behind.

    Attributes:
        at: the time that goes into signatures and claims.
        token: the access token, for schemes that send one which was fetched before.
        render: fills in placeholders.
        learned: secrets that were made for this request. They are taken out of the call like those of the source.
    """

    at: datetime = field(default_factory=now)
    token: str | None = None
    render: Render = _as_it_is
    learned: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Answered:
    """What a server has answered, for a scheme that answers back.

    Attributes:
        headers: in their order, with duplicates.
        certificate: the `tls-server-end-point` hash of the server's certificate (RFC 5929) in hexadecimal digits; None
            where there is none.
    """

    status: int
    headers: Sequence[tuple[str, str]]
    certificate: str | None = None


class Dialogue(Protocol):
    """The exchange of challenges and answers of one call. One instance serves one call."""

    keeps_connection: bool
    """Whether all of it must go over the same connection of HTTP/1.1, because the connection is authenticated."""

    def prepare(self, request: Request, signing: Signing) -> None:
        """Put on the first request what is known already."""

    def answer(self, request: Request, answered: Answered, signing: Signing) -> Request | None:
        """The request that follows; None: there is nothing more to say, and the answer is the final one.

        Args:
            request: the one that was answered, as it was first meant, with its body.
        """


class Scheme(FrozenSchema):
    """One way to prove who the caller is. The configuration never changes; what a scheme learns is kept elsewhere."""

    makes_secrets: ClassVar[bool] = False
    """Whether it makes or fetches secrets for a call, so that they are not known before it."""

    derived: ClassVar[tuple[str, ...]] = ()
    """Fields, as in the API, that are made from the secrets. Where those are kept, so are these."""

    @abstractmethod
    def sign(self, request: Request, signing: Signing) -> None:
        """Put the credentials on the request.

        Raises:
            ValueError: they cannot be made; the message is a sentence for the administrator.
        """

    def dialogue(self, memory: MutableMapping[str, Any]) -> Dialogue | None:
        """The conversation of one call, for schemes that answer challenges.

        Args:
            memory: what the calls of this source keep from each other, in this process and for this configuration.
        """

    def settled(self) -> tuple[Self, list[FieldError]]:
        """The scheme as it shall be stored: keys read, decrypted and checked.

        Returns:
            The scheme, and what is wrong with it. Pointers (RFC 6901) are relative to the scheme.
        """
        return self, []

    def carriers(self) -> Carriers:
        """The headers and parameters that this scheme puts a secret into, beside the conventional ones."""
        return Carriers()

    def credentials(self) -> Iterator[str]:
        """Every text that proves the caller's identity, in the forms in which it travels. All of them are redacted."""
        for path, secret in secret_leaves(self):
            if secret and path[-1] not in _NEVER_SENT:
                yield secret

    def destination(self) -> str | None:
        """The URL that the secrets are sent to, where that is not the location of the source."""
        return None
