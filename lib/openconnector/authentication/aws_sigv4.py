# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""AWS Signature Version 4, as AWS and what is compatible with it (S3 stores, OpenSearch) ask for it.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

import hashlib
import hmac
import re
from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import UTC
from typing import Annotated, ClassVar, Literal
from urllib.parse import quote, unquote_to_bytes

from pydantic import Field, SecretStr, field_validator

from openconnector.authentication.base import Scheme, Signing
from openconnector.core.http import Request
from openconnector.core.phrases import phrase
from openconnector.vault.secret import Secret, one_line

ALGORITHM = "AWS4-HMAC-SHA256"
UNSIGNED = "UNSIGNED-PAYLOAD"

_STORES = frozenset({"s3", "s3-object-lambda", "s3-outposts", "s3express"})
"""Services whose paths are names of objects: they are encoded once, and `//` is part of them."""

_WITH_HASH = _STORES | {"aoss"}
"""Services that want to have the hash of the body in a header."""

_ACCESS_KEY_ID = re.compile(r"[\w.+=@-]+", re.ASCII)
_SCOPE_PART = re.compile(r"[\w.-]+", re.ASCII)
_BLANKS = re.compile(rb"\s+")

_ScopePart = Annotated[str, Field(min_length=1, max_length=64)]


class AwsSigV4Authentication(Scheme):
    """`Authorization: AWS4-HMAC-SHA256`: a signature over method, path, query, host, time and body.

    Path and query are sent in AWS's own encoding, in which nothing can be read in two ways. Signed are the headers
    `Host` and `Content-Type`, and all that begin with `X-Amz-`.
    """

    makes_secrets: ClassVar[bool] = True  # with the signature, the same request can be made again for a while
    type: Literal["awsSigV4"]
    access_key_id: Annotated[str, Field(min_length=1, max_length=128)]
    secret_access_key: Annotated[Secret, Field(min_length=1)]
    session_token: Annotated[Secret, Field(description="Of temporary credentials; else empty.")] = SecretStr("")
    region: Annotated[_ScopePart, Field(description="For example eu-west-1; us-east-1 for global services.")]
    service: Annotated[_ScopePart, Field(description="As in host names: s3, execute-api, es, sqs.")]
    unsigned_payload: Annotated[
        bool, Field(description="Leave the body out of the signature. AWS takes this over https only.")
    ] = False

    @field_validator("access_key_id")
    @classmethod
    def _is_an_id(cls, text: str) -> str:
        text = text.strip()
        if not _ACCESS_KEY_ID.fullmatch(text):
            raise ValueError(phrase("An access key id has letters and digits only, for example AKIAIOSFODNN7EXAMPLE."))
        return text

    @field_validator("secret_access_key")
    @classmethod
    def _is_one_line(cls, secret: SecretStr) -> SecretStr:
        return one_line(secret)

    @field_validator("session_token")
    @classmethod
    def _is_one_line_or_empty(cls, token: SecretStr) -> SecretStr:
        return one_line(token) if token.get_secret_value().strip() else SecretStr("")

    @field_validator("region", "service")
    @classmethod
    def _is_part_of_the_scope(cls, text: str) -> str:
        text = text.strip()
        if not _SCOPE_PART.fullmatch(text):
            raise ValueError(phrase("Enter it as AWS writes it in host names, such as eu-west-1 or execute-api."))
        return text

    def sign(self, request: Request, signing: Signing) -> None:
        _write_plainly(request, is_store=self.service in _STORES)
        request.headers["X-Amz-Date"] = signing.at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
        if self.session_token.get_secret_value():
            request.headers["X-Amz-Security-Token"] = self.session_token.get_secret_value()
        if "X-Amz-Content-Sha256" not in request.headers:  # the caller may know better, as for streams
            self._put_body_hash(request)
        signed = self.explain(request)
        signature = self._signature(signed)
        signing.learned.append(signature)
        credential = f"{self.access_key_id}/{signed.scope}"
        request.headers["Authorization"] = (
            f"{ALGORITHM} Credential={credential}, SignedHeaders={signed.headers}, Signature={signature}"
        )

    def explain(self, request: Request) -> "Signed":
        """The texts behind the signature of a request that has been signed, to compare with those of the other side.

        They hold the session token, where there is one.
        """
        return signed_texts(
            request.method,
            request.url.raw_path,
            request.headers.raw,
            body_hash=request.headers.get("X-Amz-Content-Sha256") or hashlib.sha256(request.content).hexdigest(),
            region=self.region,
            service=self.service,
        )

    def _put_body_hash(self, request: Request) -> None:
        if self.unsigned_payload:
            request.headers["X-Amz-Content-Sha256"] = UNSIGNED
        elif self.service in _WITH_HASH:
            request.headers["X-Amz-Content-Sha256"] = hashlib.sha256(request.content).hexdigest()

    def _signature(self, signed: "Signed") -> str:
        key = f"AWS4{self.secret_access_key.get_secret_value()}".encode()
        for part in signed.scope.split("/"):
            key = hmac.digest(key, part.encode(), "sha256")
        return hmac.new(key, signed.string_to_sign.encode(), "sha256").hexdigest()


@dataclass(frozen=True, slots=True)
class Signed:
    """What a signature is made of.

    Attributes:
        scope: day, region and service that the signature is for.
        headers: the names of the signed headers, separated by semicolons.
    """

    canonical_request: str
    string_to_sign: str
    scope: str
    headers: str


def signed_texts(
    method: str,
    target: bytes,
    headers: Iterable[tuple[bytes, bytes]],
    *,
    body_hash: str,
    region: str,
    service: str,
    names: Container[str] | None = None,
) -> Signed:
    """The canonical request, and the string that is signed.

    Args:
        target: path and query as they stand in the request line.
        headers: those of the request, `X-Amz-Date` among them.
        body_hash: SHA-256 of the body in hexadecimal digits, or what stands for it.
        names: in lower case, of the headers that are signed; None: those that AWS asks for.

    Raises:
        ValueError: the time is missing.
    """
    rows: dict[str, list[bytes]] = {}
    for name, value in headers:
        lowered = name.decode("latin-1").lower()
        if _is_signed(lowered) if names is None else lowered in names:
            rows.setdefault(lowered, []).append(_BLANKS.sub(b" ", value.strip()))
    if "x-amz-date" not in rows:
        raise ValueError(phrase("The request has no header X-Amz-Date."))
    signed = ";".join(sorted(rows))
    path, _, query = target.partition(b"?")
    canonical = "\n".join(
        [
            method,
            _encoded(path, "/") if service in _STORES else quote(_normalized(path), safe="/"),
            _canonical_query(query),
            *(f"{name}:{b','.join(rows[name]).decode('utf-8', 'surrogateescape')}" for name in sorted(rows)),
            "",
            signed,
            body_hash,
        ]
    )
    at = rows["x-amz-date"][0].decode("ascii")
    scope = f"{at[:8]}/{region}/{service}/aws4_request"
    hashed = hashlib.sha256(canonical.encode("utf-8", "surrogateescape")).hexdigest()
    return Signed(canonical, f"{ALGORITHM}\n{at}\n{scope}\n{hashed}", scope, signed)


def _is_signed(name: str) -> bool:
    return name in ("host", "content-type") or name.startswith("x-amz-")


def _write_plainly(request: Request, *, is_store: bool) -> None:
    """Write path and query so that nobody decodes them in another way than they were signed.

    A `+` means a space here, as in forms: `%20` means one everywhere.
    """
    path, _, query = request.url.raw_path.partition(b"?")
    # The keys of objects have slashes in them, and `%2F` is one of those.
    plain = _encoded(path, "/") if is_store else "/".join(_encoded(part) for part in path.split(b"/"))
    pairs = (pair.partition(b"=") for pair in query.split(b"&") if pair)
    plain_query = "&".join(f"{_plain(name)}{equals.decode()}{_plain(value)}" for name, equals, value in pairs)
    request.url = request.url.copy_with(raw_path="?".join([plain, plain_query] if plain_query else [plain]).encode())


def _canonical_query(query: bytes) -> str:
    """All pairs, encoded, in the order of their bytes; one without `=` has an empty value."""
    pairs = (pair.partition(b"=") for pair in query.split(b"&") if pair)
    return "&".join("=".join(pair) for pair in sorted((_plain(name), _plain(value)) for name, _, value in pairs))


def _plain(text: bytes) -> str:
    return _encoded(text.replace(b"+", b"%20"))


def _encoded(text: bytes, safe: str = "") -> str:
    """A text that may be percent-encoded already, with everything encoded but what RFC 3986 calls unreserved."""
    return quote(unquote_to_bytes(text), safe=safe)


def _normalized(path: bytes) -> bytes:
    """The path without `//`, `/./` and `/../` (RFC 3986, section 6)."""
    kept: list[bytes] = []
    for part in path.split(b"/"):
        if part == b"..":
            del kept[-1:]
        elif part not in (b"", b"."):
            kept.append(part)
    ends_open = bool(kept) and path.endswith((b"/", b"/.", b"/.."))
    return b"/" + b"/".join(kept) + (b"/" if ends_open else b"")
