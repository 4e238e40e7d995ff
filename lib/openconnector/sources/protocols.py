# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What only some types of sources have: SOAP, and file transfer."""

import re
from collections.abc import Iterator
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator

from openconnector.authentication.client_certificate import ClientCertificate
from openconnector.core.phrases import phrase
from openconnector.core.schema import FrozenSchema
from openconnector.vault.secret import Secret

FILE_SCHEMES = ("ftp", "ftpes", "ftps", "sftp")
"""FTP without TLS; with TLS begun by `AUTH TLS` (RFC 4217); behind a TLS handshake; and over SSH."""


class UsernameToken(FrozenSchema):
    """A UsernameToken of WS-Security (OASIS, UsernameToken Profile 1.1.1)."""

    username: Annotated[str, Field(min_length=1, max_length=1024)]
    password: Secret = SecretStr("")
    password_type: Annotated[
        Literal["text", "digest"],
        Field(description="`digest`: a hash of nonce, time and password is sent in place of the password."),
    ] = "text"  # noqa: S105  # a kind of password

    def credentials(self) -> Iterator[str]:
        """The password, in the forms in which it travels."""
        password = self.password.get_secret_value()
        if password:
            yield password
            yield password.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


class WsSecurity(FrozenSchema):
    """What is put into the `Security` header of each envelope (OASIS, WS-Security 1.1.1)."""

    username_token: UsernameToken | None = None
    timestamp_seconds: Annotated[
        int | None, Field(ge=1, le=86_400, description="How long a message is valid. Null: no timestamp.")
    ] = None
    signature: Annotated[
        ClientCertificate | None, Field(description="Certificate and key that body and timestamp are signed with.")
    ] = None


class SoapOptions(FrozenSchema):
    """How a SOAP service is described and spoken to."""

    wsdl_url: Annotated[
        str, Field(max_length=2048, description="Empty: an uploaded WSDL, else the location with `?wsdl`.")
    ] = ""
    _is_url = field_validator("wsdl_url")(lambda url: check_wsdl_url(url.strip()))
    addressing: Annotated[
        Literal["auto", "always", "never"],
        Field(description="WS-Addressing headers. `auto`: where the WSDL asks for them."),
    ] = "auto"
    security: WsSecurity | None = None


class FileOptions(FrozenSchema):
    """How files are transferred."""

    allow_changes: Annotated[
        bool, Field(description="Whether files may be uploaded, changed, renamed and deleted.")
    ] = False
    mode: Annotated[
        Literal["passive", "active"],
        Field(description="Who opens the data connections of FTP: we, or in active mode the server."),
    ] = "passive"
    encoding: Annotated[
        Literal["utf-8", "latin-1"],
        Field(description="How names are written. `utf-8` is what RFC 2640 asks for; `latin-1` is for old servers."),
    ] = "utf-8"


def check_wsdl_url(url: str) -> str:
    """The address of a WSDL; empty: none.

    Raises:
        ValueError: with the sentence that stands under the field.
    """
    if not url:
        return url
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError(phrase("This is not a valid URL.")) from None
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or port == 0
        or re.search(r"[\s\\\x00-\x1f\x7f]", url)
    ):
        raise ValueError(phrase("Enter the address of the WSDL as https://host/path."))
    if "@" in parts.netloc:
        raise ValueError(
            phrase("Do not put credentials into the address. Those of the source are sent to its own host.")
        )
    return url
