# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""npm's oidc-provider in a process of its own: a certified OAuth 2.0 and OpenID Connect server.

Its login page takes every name and every password, and asks for consent after that.
"""

import json
import os
import select
import shutil
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import trustme

from openconnector.core.http import AsyncClient
from tests.authorization.clients import OTHER_RESOURCE, RESOURCE
from tests.authorization.key_material import KeyPair, rsa_key
from tests.factories import MARK

SCRIPT = Path(__file__).with_name("oidc_provider.mjs")
STARTS_WITHIN = 30.0


def node() -> str:
    """Node.js as the Makefile finds it: that of the project's environment, or that of the machine."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    found = shutil.which("node", path=path)
    assert found, "there is no Node.js: run `make ui`"
    return found


@dataclass(frozen=True)
class Registered:
    """A client that was registered while the server runs (RFC 7591), with what is needed to change it (RFC 7592)."""

    metadata: dict[str, Any]

    @property
    def id(self) -> str:
        name: str = self.metadata["client_id"]
        return name

    @property
    def secret(self) -> str:
        secret: str = self.metadata.get("client_secret", "")
        return secret


class OidcProvider:
    """The server, while the context is open.

    Access tokens are opaque, or JWTs where a resource is asked for. `/me` is the server's userinfo endpoint: it wants
    the scope `openid`, and takes no JWT. `/resource` answers 200 to a good token with what the server knows of it, and
    401 with `error="invalid_token"` to others.
    """

    def __init__(
        self,
        clients: Iterable[dict[str, Any]] = (),
        *,
        authority: trustme.CA | None = None,
        access_token_ttl: int = 3600,
        refresh_token_ttl: int = 86400,
        rotates: bool = True,
        signing_key: KeyPair | None = None,
    ) -> None:
        """Prepare a server.

        Args:
            clients: metadata of the clients that it knows.
            authority: with one it speaks TLS with a certificate of this authority, and asks for one of a client.
            access_token_ttl, refresh_token_ttl: seconds. A client's metadata may have an `access_token_ttl` of its own.
            rotates: a refresh token is good for one use. To use it again revokes all that came of it.
            signing_key: of RSA; made anew where there is none.
        """
        self._authority = authority
        leaf = authority and authority.issue_cert("127.0.0.1", "localhost")
        self._config = {
            "clients": list(clients),
            "jwks": {"keys": [(signing_key or rsa_key("server-1")).private_jwk()]},
            "tls": leaf
            and authority
            and {
                "key": leaf.private_key_pem.bytes().decode(),
                "cert": b"".join(blob.bytes() for blob in leaf.cert_chain_pems).decode(),
                "ca": authority.cert_pem.bytes().decode(),
            },
            "accessTokenTtl": access_token_ttl,
            "refreshTokenTtl": refresh_token_ttl,
            "rotates": rotates,
            "audience": RESOURCE,
            "resources": {resource: {"scope": "api:read api:write"} for resource in (RESOURCE, OTHER_RESOURCE)},
            "mark": f"{MARK}-",
        }

    def __enter__(self) -> Self:
        self._said = tempfile.TemporaryFile()
        self._process = subprocess.Popen(
            [node(), str(SCRIPT)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._said
        )
        try:
            self.url = self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate(timeout=10)
        self._said.close()

    def _start(self) -> str:
        begun = time.monotonic()
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(self._config).encode() + b"\n")
        self._process.stdin.flush()
        ready, _, _ = select.select([self._process.stdout], [], [], STARTS_WITHIN)
        url: str = self._process.stdout.readline().decode().strip() if ready else ""
        assert url, f"oidc-provider did not start:\n{self.log()}"
        self.started_in = time.monotonic() - begun
        return url

    def log(self) -> str:
        """What it has complained of."""
        self._said.seek(0)
        return self._said.read().decode(errors="replace")

    @property
    def issuer(self) -> str:
        """Discovery begins here, with both well-known addresses."""
        return self.url

    @property
    def authorization_url(self) -> str:
        return f"{self.url}/auth"

    @property
    def token_url(self) -> str:
        return f"{self.url}/token"

    @property
    def introspection_url(self) -> str:
        return f"{self.url}/token/introspection"

    @property
    def revocation_url(self) -> str:
        return f"{self.url}/token/revocation"

    @property
    def userinfo_url(self) -> str:
        return f"{self.url}/me"

    @property
    def resource_url(self) -> str:
        return f"{self.url}/resource"

    def http(self, certificate: KeyPair | None = None) -> AsyncClient:
        """A client that trusts this server, and shows a certificate where it has one."""
        if self._authority is None:
            return AsyncClient(base_url=self.url)
        trusting = ssl.create_default_context()
        self._authority.configure_trust(trusting)
        if certificate is not None:
            pem = trustme.Blob(f"{certificate.pem}{certificate.certificate}".encode())
            with pem.tempfile() as path:
                trusting.load_cert_chain(path)
        return AsyncClient(base_url=self.url, verify=trusting)

    async def register(self, **metadata: Any) -> Registered:
        """Register a client (RFC 7591). The server makes its id, and its secret where it needs one."""
        async with self.http() as http:
            answer = await http.post("/reg", json={"redirect_uris": [], "response_types": [], **metadata})
        assert answer.status_code == 201, answer.text
        return Registered(answer.json())

    async def change(self, client: Registered, **metadata: Any) -> Registered:
        """Change what a client was registered with, such as its `jwks` (RFC 7592)."""
        kept = {name: value for name, value in client.metadata.items() if name not in NOT_TO_BE_SENT}
        token = client.metadata["registration_access_token"]
        async with self.http() as http:
            answer = await http.put(
                f"/reg/{client.id}", json=kept | metadata, headers={"Authorization": f"Bearer {token}"}
            )
        assert answer.status_code == 200, answer.text
        return Registered(answer.json())


NOT_TO_BE_SENT = {
    "registration_access_token",
    "registration_client_uri",
    "client_secret_expires_at",
    "client_id_issued_at",
}
"""Members of an answer that a change may not repeat (RFC 7592, section 2.2)."""
