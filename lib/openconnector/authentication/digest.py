# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""HTTP Digest access authentication (RFC 7616), and what came before it (RFC 2617, RFC 2069)."""

import hashlib
import secrets
import unicodedata
from collections.abc import Iterable, Iterator, MutableMapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal
from urllib.parse import quote

from pydantic import Field, SecretStr, field_validator

from openconnector.authentication.base import Answered, Scheme, Signing
from openconnector.core.challenges import Challenge, challenges_of
from openconnector.core.http import Request
from openconnector.core.phrases import phrase
from openconnector.egress.origin import origin_of
from openconnector.vault.secret import CONTROL, Secret

UNAUTHORIZED = 401

MAX_COUNT = 0xFFFFFFFF
"""Requests that one nonce can count (RFC 7616, section 3.4: eight hexadecimal digits)."""

_SESSION = "digest"
"""Where the memory of a source keeps the challenge that was answered last."""

_HASHES = {
    "SHA-512-256": "sha512_256",
    "SHA-512": "sha512",  # is in use, though IANA's registry does not have it
    "SHA-256": "sha256",
    "MD5": "md5",
}
"""Names of algorithms with those of Python's hashes, the strongest first."""

_QOPS = ("auth", "auth-int")
"""In the order of preference. `auth-int` covers the body as well, and few servers can do it."""

_ATTRIBUTE_CHARACTERS = "!#$&+^`|~"
"""What RFC 8187, section 3.2.1, leaves as it is, beside letters, digits and `-._`."""


class DigestAuthentication(Scheme):
    """`Authorization: Digest`: the password itself is never sent, only a hash of it and of what the server asks for."""

    makes_secrets: ClassVar[bool] = True  # with the hash, the same request can be made again for a while
    type: Literal["digest"]
    username: Annotated[str, Field(min_length=1, max_length=1024)]
    password: Secret = SecretStr("")

    @field_validator("username")
    @classmethod
    def _is_one_line(cls, username: str) -> str:
        if CONTROL.search(username):
            raise ValueError(phrase("The user name contains a line break or another control character."))
        return username

    def sign(self, request: Request, signing: Signing) -> None:
        """Nothing to add: what is sent depends on what the server asks for."""

    def dialogue(self, memory: MutableMapping[str, Any]) -> "DigestDialogue":
        return DigestDialogue(self, memory)


class DigestDialogue:
    """Answers the challenge of a call once, and once more when only the nonce was too old.

    The challenge is kept for the calls that follow, which then need one request instead of two.
    """

    keeps_connection = False

    def __init__(self, scheme: DigestAuthentication, memory: MutableMapping[str, Any]) -> None:
        self._scheme = scheme
        self._memory = memory
        self._origin: tuple[str, str, int | None] | None = None
        self._is_taken = False
        self._session: _Session | None = None
        self._answers = 0

    def prepare(self, request: Request, signing: Signing) -> None:
        self._origin = origin_of(request.url)
        self._is_taken = "Authorization" in request.headers  # somebody wants to send something else
        session: _Session | None = self._memory.get(_SESSION)
        if session is not None and not self._is_taken:
            self._put(request, session, signing)

    def answer(self, request: Request, answered: Answered, signing: Signing) -> Request | None:
        # Behind a redirect to another origin, a hash of the password would let its server guess the password.
        if answered.status != UNAUTHORIZED or self._is_taken or origin_of(request.url) != self._origin:
            return None
        session = _chosen(value for name, value in answered.headers if name.lower() == "www-authenticate")
        if session is None or self._answers > int(session.is_stale):
            self._forget()
            return None
        self._answers += 1
        self._memory[_SESSION] = session
        following = Request(request.method, request.url, headers=request.headers.raw, content=request.content or None)
        self._put(following, session, signing)
        return following

    def _put(self, request: Request, session: "_Session", signing: Signing) -> None:
        self._session = session
        password = self._scheme.password.get_secret_value()
        response, value = session.authorization(request, self._scheme.username, password)
        signing.learned.append(response)
        request.headers["Authorization"] = value
        if session.count == MAX_COUNT:
            self._forget()

    def _forget(self) -> None:
        """The next call begins without credentials: none are sent unasked that were rejected."""
        if self._session is not None and self._memory.get(_SESSION) is self._session:
            del self._memory[_SESSION]


def new_cnonce() -> str:
    """A nonce of the client: 128 random bits."""
    return secrets.token_hex(16)


@dataclass(slots=True)
class _Session:
    """A challenge (RFC 7616, section 3.3), and how often it has been answered.

    Attributes:
        algorithm: as the server has written it; None where it has not.
        hash_name: Python's name of the hash.
        is_session: whether the password is hashed into a key of the session first (`-sess`).
        qop: None for servers that only know RFC 2069.
        cnonce: of all requests of a session; those without one have each its own.
    """

    realm: str
    nonce: str
    opaque: str | None
    algorithm: str | None
    hash_name: str
    is_session: bool
    qop: str | None
    hides_username: bool
    is_utf8: bool
    is_stale: bool
    cnonce: str
    count: int = 0

    def authorization(self, request: Request, username: str, password: str) -> tuple[str, str]:
        """The proof, and the value of `Authorization` that it stands in."""
        if self.is_utf8:
            username, password = (unicodedata.normalize("NFC", text) for text in (username, password))
        self.count += 1
        cnonce = self.cnonce if self.is_session else new_cnonce()
        target = request.url.raw_path.decode("ascii")
        response = self._response(request, target, cnonce, username, password)
        fields = dict(self._username(username))
        fields |= {"realm": _quoted(self.realm), "uri": _quoted(target)}
        if self.algorithm is not None:
            fields["algorithm"] = self.algorithm
        fields["nonce"] = _quoted(self.nonce)
        if self.qop is not None:
            fields |= {"nc": self._nc(), "cnonce": _quoted(cnonce), "qop": self.qop}
        fields["response"] = _quoted(response)
        if self.opaque is not None:
            fields["opaque"] = _quoted(self.opaque)
        if self.hides_username:
            fields["userhash"] = "true"
        return response, "Digest " + ", ".join(f"{name}={text}" for name, text in fields.items())

    def _response(self, request: Request, target: str, cnonce: str, username: str, password: str) -> str:
        """Section 3.4.1, with A1 of 3.4.2 and A2 of 3.4.3."""
        secret = self._hash(f"{username}:{self.realm}:{password}")
        if self.is_session:
            secret = self._hash(f"{secret}:{self.nonce}:{cnonce}")
        asked = f"{request.method}:{target}"
        if self.qop == "auth-int":
            asked += f":{self._hash(request.content)}"
        between = self.nonce if self.qop is None else f"{self.nonce}:{self._nc()}:{cnonce}:{self.qop}"
        return self._hash(f"{secret}:{between}:{self._hash(asked)}")

    def _username(self, username: str) -> Iterator[tuple[str, str]]:
        if self.hides_username:
            yield "username", _quoted(self._hash(f"{username}:{self.realm}"))
        elif self.is_utf8 and not username.isascii():
            yield "username*", f"UTF-8''{quote(username, safe=_ATTRIBUTE_CHARACTERS)}"
        else:
            yield "username", _quoted(username)

    def _nc(self) -> str:
        return f"{self.count:08x}"

    def _hash(self, data: str | bytes) -> str:
        raw = data.encode() if isinstance(data, str) else data
        return hashlib.new(self.hash_name, raw, usedforsecurity=False).hexdigest()


def _chosen(lines: Iterable[str]) -> _Session | None:
    """The challenge with the strongest algorithm that can be answered; of equal ones the first."""
    usable = [session for challenge in challenges_of(lines) if (session := _session_of(challenge)) is not None]
    strength = list(_HASHES.values())
    return min(usable, key=lambda session: strength.index(session.hash_name), default=None)


def _session_of(challenge: Challenge) -> _Session | None:
    """A challenge as it will be answered; None: it is another scheme, is broken, or asks for what is not known here."""
    asked = challenge.parameters
    if challenge.scheme.lower() != "digest" or not {"realm", "nonce"} <= asked.keys():
        return None
    if any(CONTROL.search(text) for text in asked.values()):
        return None  # it would be sent back in a header (CWE-113)
    algorithm, is_session = _algorithm_of(asked.get("algorithm", "MD5"))
    offered = asked.get("qop", "").lower().replace(",", " ").split()
    qop = next((name for name in _QOPS if name in offered), None)
    # Without `qop` no cnonce is sent, which the key of a session is made of.
    if algorithm not in hashlib.algorithms_available or (qop is None and (offered or is_session)):
        return None
    return _Session(
        realm=asked["realm"],
        nonce=asked["nonce"],
        opaque=asked.get("opaque"),
        algorithm=asked.get("algorithm"),
        hash_name=algorithm,
        is_session=is_session,
        qop=qop,
        hides_username=asked.get("userhash", "").lower() == "true",
        is_utf8=asked.get("charset", "").lower() == "utf-8",
        is_stale=asked.get("stale", "").lower() == "true",
        cnonce=new_cnonce(),
    )


def _algorithm_of(name: str) -> tuple[str, bool]:
    """Python's name of the hash, empty where it is not known, and whether it makes a key of the session."""
    plain = name.upper().removesuffix("-SESS")
    return _HASHES.get(plain, ""), plain != name.upper()


def _quoted(text: str) -> str:
    r"""A quoted-string (RFC 9110, section 5.6.4): `"` and `\` have a backslash before them."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
