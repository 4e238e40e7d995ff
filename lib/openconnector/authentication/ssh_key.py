# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A private key that SSH logs in with (RFC 4252, section 7)."""

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, SecretStr, field_validator

from openconnector.authentication.base import CredentialsUnusable, Scheme, Signing
from openconnector.authentication.pasted import KeyProblem
from openconnector.core.errors import FieldError
from openconnector.core.http import Request
from openconnector.core.phrases import phrase, told
from openconnector.vault.secret import CONTROL, LongSecret, Secret, is_mask

_MAX_PUBLIC_KEY = 4096


class SshKeyAuthentication(Scheme):
    """User name and private key, for `sftp://` alone. Stored is the key as PKCS#8, and what is public about it."""

    derived: ClassVar[tuple[str, ...]] = ("publicKey", "fingerprint")
    type: Literal["ssh_key"]
    username: Annotated[str, Field(min_length=1, max_length=256)]
    private_key: Annotated[
        LongSecret, Field(description="In the format of OpenSSH or PuTTY, in PEM, or as a JWK. Kept as PKCS#8.")
    ]
    passphrase: Annotated[Secret, Field(description="Opens the key when it is saved, and is not kept.")] = SecretStr("")
    public_key: Annotated[
        str,
        Field(
            max_length=_MAX_PUBLIC_KEY,
            description="What the server has to know, as a line of `authorized_keys`. Made from the private key when "
            "that is saved; what is sent is passed over.",
        ),
    ] = ""
    fingerprint: Annotated[
        str, Field(max_length=100, description="Of the public key, as OpenSSH shows it. Made like `publicKey`.")
    ] = ""

    @field_validator("username")
    @classmethod
    def _is_one_line(cls, username: str) -> str:
        if CONTROL.search(username) or "\t" in username:
            raise ValueError(phrase("The user name contains a line break or another control character."))
        return username.strip() or username

    def sign(self, request: Request, signing: Signing) -> None:
        raise CredentialsUnusable(phrase("SSH keys are for locations that begin with sftp://. Choose another scheme."))

    def settled(self) -> tuple[Self, list[FieldError]]:
        """The scheme as it shall be stored, and what is wrong with it.

        With a mask of the key, the public half that was read with it comes back, and is kept.
        """
        # Parts of `cryptography` that a process needs only when it has a key: 2 MiB.
        from openconnector.authentication.ssh_private_key import (  # noqa: PLC0415
            public_key_of,
            read_public_key,
            read_ssh_key,
        )

        values: dict[str, Any] = {"passphrase": SecretStr(""), "public_key": "", "fingerprint": ""}
        text = self.private_key.get_secret_value()
        if not text.strip():
            error = FieldError("/privateKey", phrase("Paste the private key, or choose its file."), "missing")
            return self.model_copy(update=values), [error]
        try:
            if is_mask(text):
                public = read_public_key(self.public_key)
            else:
                key = read_ssh_key(text, self.passphrase.get_secret_value())
                values["private_key"] = SecretStr(key.pem)
                public = public_key_of(key.pem)
        except KeyProblem as problem:
            return self.model_copy(update=values), [FieldError(f"/{problem.field}", told(problem), "invalid")]
        if public is not None:
            values |= {"public_key": public.line, "fingerprint": public.fingerprint}
        return self.model_copy(update=values), []
