# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Request signatures with a shared secret (HMAC, RFC 2104), in the forms that vendors invent for them."""

import base64
import hashlib
import hmac
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Annotated, ClassVar, Literal, Self
from uuid import uuid4

from pydantic import AfterValidator, Field, SecretStr, field_validator

from openconnector.authentication.base import Carriers, Scheme, Signing
from openconnector.core.errors import FieldError
from openconnector.core.http import Request
from openconnector.core.phrases import phrase, told
from openconnector.core.rows import TOKEN_PATTERN
from openconnector.vault.secret import Secret, is_mask, one_line

WEBHOOK_PREFIX = "whsec_"
"""Stands before secrets in base64 by the convention of Standard Webhooks, and is no part of them."""

_KINDS = (
    *("method", "path", "query", "pathAndQuery", "url", "host"),
    *("timestamp", "nonce", "keyId", "body", "bodyHash", "bodyHashHex"),
)
_PLACEHOLDERS = frozenset({"keyId", "timestamp", "nonce", "signature"})
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_ESCAPE = re.compile(r"\\(.?)", re.DOTALL)
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\"}
_OF_THE_TRANSPORT = frozenset({"connection", "content-length", "host", "transfer-encoding"})


def _plain_text(text: str) -> str:
    r"""A text in which `\n`, `\r`, `\t` and `\\` are written as in most languages.

    Raises:
        ValueError: something else stands behind a backslash.
    """

    def character(found: re.Match[str]) -> str:
        if found[1] not in _ESCAPED:
            raise ValueError(phrase(r"Behind a backslash stands n, r, t or another backslash: \n is a line break."))
        return _ESCAPED[found[1]]

    return _ESCAPE.sub(character, text)


def _checked_text(text: str) -> str:
    _plain_text(text)
    return text


def _checked_part(text: str) -> str:
    kind, _, rest = text.partition(":")
    if kind == "text" and text != kind:
        return _checked_text(text)
    if kind.strip() == "header":
        if not TOKEN_PATTERN.fullmatch(rest.strip()):
            raise ValueError(phrase("Write the name of the header behind a colon, for example header:Date."))
        return f"header:{rest.strip()}"
    if text.strip() not in _KINDS:
        raise ValueError(phrase("A part is one of {kinds}, header:NAME or text:WORDS.", kinds=", ".join(_KINDS)))
    return text.strip()


def _checked_header(name: str) -> str:
    name = name.strip()
    if name and not TOKEN_PATTERN.fullmatch(name):
        raise ValueError(phrase("A header name has letters, digits and - only, and no spaces."))
    if name.lower() in _OF_THE_TRANSPORT:
        raise ValueError(phrase("This header is the connection's own. Enter the one that the other system reads."))
    return name


_Part = Annotated[str, Field(max_length=1024), AfterValidator(_checked_part)]
_HeaderName = Annotated[str, Field(max_length=255), AfterValidator(_checked_header)]


class HmacAuthentication(Scheme):
    r"""A keyed hash of chosen parts of the request, in a header.

    A part is `method`, `path`, `query`, `pathAndQuery`, `url` or `host` as they are sent; `timestamp`, `nonce` or
    `keyId`; `body`; its hash as `bodyHash` in the encoding of the signature, or as `bodyHashHex`; `header:NAME`; or
    `text:WORDS`. In the separator and in texts, `\n` is a line break.
    """

    makes_secrets: ClassVar[bool] = True  # with the signature, the same request can be made again
    type: Literal["hmac"]
    secret_encoding: Annotated[
        Literal["text", "base64", "hex"], Field(description="How the bytes of the key are written in the secret.")
    ] = "text"  # noqa: S105  # the name of an encoding
    secret: Annotated[Secret, Field(min_length=1)]
    algorithm: Literal["sha1", "sha256", "sha384", "sha512"] = "sha256"
    encoding: Annotated[
        Literal["hex", "base64", "base64url"], Field(description="Of the signature; base64url has no padding.")
    ] = "hex"
    key_id: Annotated[str, Field(max_length=255, description="Names the secret, where the other system has many.")] = ""
    parts: Annotated[list[_Part], Field(min_length=1, max_length=30, description="What is signed, in this order.")]
    separator: Annotated[
        str, Field(max_length=16, description=r"Between the parts; \n is a line break."), AfterValidator(_checked_text)
    ] = ""
    header: Annotated[_HeaderName, Field(min_length=1)] = "X-Signature"
    template: Annotated[
        str,
        Field(max_length=1024, description="Of the header's value, with {signature}, {keyId}, {timestamp}, {nonce}."),
    ] = "{signature}"
    timestamp_header: Annotated[_HeaderName, Field(description="Sends the timestamp; empty: none does.")] = ""
    timestamp_format: Literal["unix", "unixMs", "iso8601", "httpDate"] = "unix"
    nonce_header: Annotated[_HeaderName, Field(description="Sends the nonce, a UUID; empty: none does.")] = ""
    body_hash_header: Annotated[_HeaderName, Field(description="Sends bodyHash; empty: none does.")] = ""

    @field_validator("secret")
    @classmethod
    def _is_one_line(cls, secret: SecretStr) -> SecretStr:
        return one_line(secret)

    @field_validator("key_id")
    @classmethod
    def _is_printable(cls, key_id: str) -> str:
        if not key_id.isprintable():
            raise ValueError(phrase("The key id contains a line break or another control character."))
        return key_id.strip()

    @field_validator("template")
    @classmethod
    def _has_a_signature(cls, template: str) -> str:
        names = set(_PLACEHOLDER.findall(template))
        if names - _PLACEHOLDERS or re.search("[{}]", _PLACEHOLDER.sub("", template)):
            raise ValueError(phrase("In braces stand only {signature}, {keyId}, {timestamp} and {nonce}."))
        if "signature" not in names:
            raise ValueError(phrase("Write {signature} where the signature goes."))
        if not template.isprintable():
            raise ValueError(phrase("The template contains a line break or another control character."))
        return template.strip()

    def sign(self, request: Request, signing: Signing) -> None:
        key = _key_of(self.secret.get_secret_value(), self.secret_encoding)
        timestamp, nonce = self._timestamp(signing.at), str(uuid4())
        if self.timestamp_header:
            request.headers[self.timestamp_header] = timestamp
        if self.nonce_header:
            request.headers[self.nonce_header] = nonce
        if self.body_hash_header:
            request.headers[self.body_hash_header] = self._encoded(self._body_hash(request))
        text = self.string_to_sign(request, timestamp=timestamp, nonce=nonce)
        signature = self._encoded(hmac.digest(key, text, self.algorithm))
        signing.learned.append(signature)
        values = {"keyId": self.key_id, "timestamp": timestamp, "nonce": nonce, "signature": signature}
        request.headers[self.header] = _PLACEHOLDER.sub(lambda found: values[found[1]], self.template)

    def string_to_sign(self, request: Request, *, timestamp: str, nonce: str) -> bytes:
        """What the signature is made of, to compare with what the other side has.

        Raises:
            ValueError: the request has not got a header that is part of it.
        """
        known, pieces = self._known(request, timestamp, nonce), []
        for position, part in enumerate(self.parts):
            kind, _, rest = part.partition(":")
            if kind == "text":
                pieces.append(_plain_text(rest).encode())
            elif kind == "header":
                pieces.append(_header_of(request, rest, position))
            else:
                pieces.append(known[kind]())
        return _plain_text(self.separator).encode().join(pieces)

    def carriers(self) -> Carriers:
        return Carriers(headers=(self.header,))

    def settled(self) -> tuple[Self, list[FieldError]]:
        return self, [*self._undecodable(), *self._missing(), *self._repeated()]

    def _undecodable(self) -> Iterator[FieldError]:
        # Not when it is validated: a stored secret may stay while its encoding changes, and is only a mask then.
        if not is_mask(self.secret):
            try:
                _key_of(self.secret.get_secret_value(), self.secret_encoding)
            except ValueError as error:
                yield FieldError("/secret", told(error), "invalid")

    def _missing(self) -> Iterator[FieldError]:
        """What the other system has to know to make the same signature, and is not told."""
        named = set(_PLACEHOLDER.findall(self.template))
        if not self.key_id and ("keyId" in named or "keyId" in self.parts):
            yield FieldError("/keyId", phrase("Enter the key id: the template or the parts use it."), "missing")
        if "timestamp" in self.parts and not self.timestamp_header and "timestamp" not in named:
            detail = phrase(
                "The timestamp is signed, so it has to be sent: name a header, or write {timestamp} in the template."
            )
            yield FieldError("/timestampHeader", detail, "missing")
        if "nonce" in self.parts and not self.nonce_header and "nonce" not in named:
            detail = phrase(
                "The nonce is signed, so it has to be sent: name a header, or write {nonce} in the template."
            )
            yield FieldError("/nonceHeader", detail, "missing")

    def _repeated(self) -> Iterator[FieldError]:
        taken = {self.header.lower()}
        for name, pointer in (
            (self.timestamp_header, "/timestampHeader"),
            (self.nonce_header, "/nonceHeader"),
            (self.body_hash_header, "/bodyHashHeader"),
        ):
            if name.lower() in taken:
                yield FieldError(pointer, phrase("Another field sends this header already."), "invalid")
            taken |= {name.lower()} - {""}

    def _known(self, request: Request, timestamp: str, nonce: str) -> dict[str, Callable[[], bytes]]:
        """What makes the parts, as they go over the wire."""
        path, _, query = request.url.raw_path.partition(b"?")
        return {
            "method": request.method.encode,
            "path": lambda: path,
            "query": lambda: query,
            "pathAndQuery": lambda: request.url.raw_path,
            "url": str(request.url).encode,
            "host": lambda: _header_of(request, "Host", self.parts.index("host")),
            "timestamp": timestamp.encode,
            "nonce": nonce.encode,
            "keyId": self.key_id.encode,
            "body": lambda: request.content,
            "bodyHash": lambda: self._encoded(self._body_hash(request)).encode(),
            "bodyHashHex": lambda: self._body_hash(request).hex().encode(),
        }

    def _body_hash(self, request: Request) -> bytes:
        return hashlib.new(self.algorithm, request.content).digest()

    def _timestamp(self, at: datetime) -> str:
        at = at.astimezone(UTC)
        match self.timestamp_format:
            case "unix":
                return str(int(at.timestamp()))
            case "unixMs":
                return str(int(at.timestamp()) * 1000 + at.microsecond // 1000)
            case "iso8601":
                return at.strftime("%Y-%m-%dT%H:%M:%SZ")
            case "httpDate":
                return format_datetime(at, usegmt=True)

    def _encoded(self, raw: bytes) -> str:
        match self.encoding:
            case "hex":
                return raw.hex()
            case "base64":
                return base64.b64encode(raw).decode()
            case "base64url":
                return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _header_of(request: Request, name: str, position: int) -> bytes:
    values = [value for header, value in request.headers.raw if header.lower() == name.lower().encode()]
    if not values:
        raise ValueError(
            phrase(
                "Part {number} of the HMAC signature is the header {name}, which this request has not got. "
                "Add it to the headers of the source, or take the part out.",
                number=position + 1,
                name=name,
            )
        )
    return b", ".join(values)


def _key_of(secret: str, encoding: str) -> bytes:
    """The bytes of the key.

    Raises:
        ValueError: the secret is not written in this encoding.
    """
    key = secret.encode()
    try:
        if encoding == "hex":
            key = bytes.fromhex(secret)
        elif encoding == "base64":
            packed = secret.removeprefix(WEBHOOK_PREFIX).translate(str.maketrans("-_", "+/")).rstrip("=")
            key = base64.b64decode(packed + "=" * (-len(packed) % 4), validate=True)
    except ValueError:
        key = b""
    if not key:
        raise ValueError(
            phrase("The secret is not {encoding}. Copy it again, or choose another secret encoding.", encoding=encoding)
        )
    return key
