# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""NTLM over HTTP (MS-NTHT) and Negotiate (RFC 4559) with NTLM inside it, as Windows servers ask for.

What is authenticated is the connection and not the request. The tokens are made by pyspnego in Python: neither a
Kerberos library nor its caches and servers are asked, since that could block, and would log in as somebody else.
"""

import base64
import binascii
import logging
from collections.abc import MutableMapping
from contextvars import ContextVar
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator

from openconnector.authentication.base import Answered, Scheme, Signing
from openconnector.core.challenges import challenges_of
from openconnector.core.http import Request
from openconnector.core.phrases import phrase
from openconnector.egress.connection import SAME_CONNECTION
from openconnector.egress.origin import origin_of
from openconnector.vault.secret import CONTROL, Secret

if TYPE_CHECKING:
    from spnego import ContextProxy
    from spnego.channel_bindings import GssChannelBindings

UNAUTHORIZED = 401

MAX_ROUNDS = 3
"""Requests with a token in one call: two are what NTLM takes."""

_NOT_SENT_AGAIN = frozenset({b"authorization", b"content-length"})

_workstation: ContextVar[str] = ContextVar("workstation", default="")


class NtlmAuthentication(Scheme):
    """`Authorization: NTLM` or `Negotiate`: the password is never sent, only a proof of it for one challenge."""

    makes_secrets: ClassVar[bool] = True  # whoever has challenge and proof can search for the password
    type: Literal["ntlm"]
    protocol: Literal["ntlm", "negotiate"] = "ntlm"
    username: Annotated[str, Field(min_length=1, max_length=256)]
    password: Secret = SecretStr("")
    domain: Annotated[str, Field(max_length=256)] = ""
    workstation: Annotated[str, Field(max_length=256)] = ""

    @field_validator("username", "domain", "workstation")
    @classmethod
    def _is_one_line(cls, text: str) -> str:
        if CONTROL.search(text):
            raise ValueError(phrase("This value contains a line break or another control character."))
        return text

    @field_validator("domain", "workstation")
    @classmethod
    def _is_a_name(cls, name: str) -> str:
        if "\\" in name:
            raise ValueError(phrase("Enter the name alone, without a backslash."))
        return name

    @model_validator(mode="after")
    def _names_one_domain(self) -> Self:
        if self.domain and "\\" in self.username:
            raise ValueError(
                phrase("The user name has a domain already: enter it here or in the field Domain, not in both.")
            )
        return self

    def sign(self, request: Request, signing: Signing) -> None:
        """Nothing to add: what is sent depends on what the server asks for."""

    def dialogue(self, memory: MutableMapping[str, Any]) -> "NtlmDialogue":
        return NtlmDialogue(self)


class NtlmDialogue:
    """Authenticates the connection of one call: the first token asks for a challenge, the last one answers it.

    The first request goes out as it is, since a connection that was kept may be authenticated already. The body does
    not go along with the first token, to which the answer is 401 in any case.
    """

    keeps_connection = True

    def __init__(self, scheme: NtlmAuthentication) -> None:
        self._scheme = scheme
        self._origin: tuple[str, str, int | None] | None = None
        self._is_taken = False
        self._meant: Request | None = None
        self._context: ContextProxy | None = None
        self._rounds = 0

    def prepare(self, request: Request, signing: Signing) -> None:
        self._origin = origin_of(request.url)
        self._is_taken = "Authorization" in request.headers  # somebody wants to send something else

    def answer(self, request: Request, answered: Answered, signing: Signing) -> Request | None:
        # Behind a redirect to another origin, a proof of the password would let its server guess the password.
        if answered.status != UNAUTHORIZED or self._is_taken or origin_of(request.url) != self._origin:
            return None
        challenge = self._challenge(answered)
        if challenge is None or self._rounds == MAX_ROUNDS or not self._is_about(request):
            return None
        self._rounds += 1
        if self._context is None:
            return self._begin(request, answered, signing)
        return self._go_on(self._context, challenge, signing) if challenge else None  # no challenge: it was rejected

    def _challenge(self, answered: Answered) -> bytes | None:
        """What the server sends along with the name of the scheme; None: it does not offer the scheme."""
        lines = (value for name, value in answered.headers if name.lower() == "www-authenticate")
        for challenge in challenges_of(lines):
            if challenge.scheme.lower() == self._scheme.protocol:
                try:
                    return base64.b64decode(challenge.token68 or "", validate=True)
                except binascii.Error:
                    return None
        return None

    def _is_about(self, request: Request) -> bool:
        """Whether the answer belongs to this dialogue. A redirect on its way begins another one."""
        if self._meant is not None and request.url != self._meant.url:
            if self._meant.content:
                return False  # the body did not go along, and must not be missing
            self._meant = self._context = None
        return True

    def _begin(self, request: Request, answered: Answered, signing: Signing) -> Request | None:
        self._meant = request
        self._context = _new_context(self._scheme, request.url.raw_host.decode("ascii"), answered.certificate)
        token = _step(self._context, None, self._scheme.workstation)
        return self._with(token, b"", signing) if token else None

    def _go_on(self, context: "ContextProxy", challenge: bytes, signing: Signing) -> Request | None:
        assert self._meant is not None  # noqa: S101  # there is a context
        token = _step(context, challenge, self._scheme.workstation)
        return self._with(token, self._meant.content, signing, is_bound=True) if token else None

    def _with(self, token: bytes, body: bytes, signing: Signing, *, is_bound: bool = False) -> Request:
        meant = self._meant
        assert meant is not None  # noqa: S101  # see above
        text = base64.b64encode(token).decode()
        signing.learned.append(text)
        name = {"ntlm": "NTLM", "negotiate": "Negotiate"}[self._scheme.protocol]
        rows = [row for row in meant.headers.raw if row[0].lower() not in _NOT_SENT_AGAIN]
        rows.append((b"Authorization", f"{name} {text}".encode()))
        # Without a body, methods that usually have one say so: Content-Length is 0.
        return Request(
            meant.method,
            meant.url,
            headers=rows,
            content=body or None,
            extensions={SAME_CONNECTION: True} if is_bound else None,
        )


def _step(context: "ContextProxy", challenge: bytes | None, workstation: str) -> bytes | None:
    """The token that follows; None: there is none, or what has come is no challenge."""
    reset = _workstation.set(workstation)
    try:
        return context.step(challenge)
    except Exception:  # noqa: BLE001  # it reads what anybody may have sent, and tells in many ways that it cannot
        return None
    finally:
        _workstation.reset(reset)


def _new_context(scheme: NtlmAuthentication, host: str, certificate: str | None) -> "ContextProxy":
    library = _library()

    class NtlmPassword(library.Password):  # type: ignore[misc, name-defined]
        """Is for NTLM alone: the library would ask Kerberos for a ticket first, where there is a Kerberos."""

        supported_protocols = ("ntlm",)

    username = f"{scheme.domain}\\{scheme.username}" if scheme.domain else scheme.username
    options = library.NegotiateOptions
    return library.client(  # type: ignore[no-any-return]
        NtlmPassword(username, scheme.password.get_secret_value()),
        hostname=host,
        service="HTTP",
        channel_bindings=_bindings(certificate) if certificate else None,
        protocol=scheme.protocol,
        options=options.use_ntlm if scheme.protocol == "ntlm" else options.use_negotiate,
    )


def _bindings(certificate: str) -> "GssChannelBindings":
    """Binds the proof to the TLS connection, so that nobody in between can use it for another (RFC 5929, section 4)."""
    from spnego.channel_bindings import GssChannelBindings  # noqa: PLC0415  # see `_library`

    return GssChannelBindings(application_data=b"tls-server-end-point:" + bytes.fromhex(certificate))


@cache
def _library() -> ModuleType:
    import spnego  # noqa: PLC0415  # 2 MiB that only few processes need
    from spnego import _ntlm  # noqa: PLC0415

    logging.getLogger("spnego").setLevel(logging.WARNING)  # below it, it writes tokens into the log
    # It would tell the name of this machine, or what one variable of the environment says for all sources.
    _ntlm._get_workstation = lambda: _workstation.get() or None  # noqa: SLF001  # there is no other way
    return spnego
