# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The private key of the client: it reaches OpenSSL without a file that stays, and stands in no text."""

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import trustme
from cryptography.hazmat.primitives import serialization

from openconnector.egress import tls as tls_module
from openconnector.egress.connection import Route, Target
from openconnector.egress.tls import ClientIdentity, IdentityUnusable, TlsContexts, TlsOptions, create_context
from tests.identities import new_identity


@pytest.fixture(scope="module")
def client_ca() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def identity(client_ca: trustme.CA) -> ClientIdentity:
    return new_identity(client_ca)


class TestKey:
    def test_is_on_no_disk(self, identity: ClientIdentity, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        if not hasattr(os, "memfd_create"):
            pytest.skip("only Linux has files in memory")
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
        before = _open_files()
        with watching() as seen:
            create_context(TlsOptions(client=identity))
        assert seen == []
        assert list(tmp_path.iterdir()) == []
        assert _open_files() == before

    def test_is_in_a_file_that_is_gone_at_once_where_the_system_has_none_in_memory(
        self, identity: ClientIdentity, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delattr("os.memfd_create", raising=False)
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
        with tls_module._as_file(b"key") as name:
            path = Path(name)
            assert path.is_relative_to(tmp_path)
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
            assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        assert list(tmp_path.iterdir()) == []
        with watching() as seen:
            create_context(TlsOptions(client=identity))
        assert any(str(tmp_path) in event for event in seen)  # else the test above would prove nothing
        with pytest.raises(IdentityUnusable):
            create_context(TlsOptions(client=ClientIdentity(identity.certificates, "no key")))
        assert list(tmp_path.iterdir()) == []

    def test_that_belongs_to_another_certificate_is_refused(
        self, identity: ClientIdentity, client_ca: trustme.CA
    ) -> None:
        mixed = ClientIdentity(identity.certificates, new_identity(client_ca).private_key)
        with pytest.raises(IdentityUnusable, match="does not belong"):
            create_context(TlsOptions(client=mixed))

    def test_with_a_passphrase_is_refused_and_nobody_is_asked_for_it(self, identity: ClientIdentity) -> None:
        key = serialization.load_pem_private_key(identity.private_key.encode(), None)
        locked = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"passphrase"),
        ).decode()
        with pytest.raises(IdentityUnusable, match="cannot be read"):
            create_context(TlsOptions(client=ClientIdentity(identity.certificates, locked)))

    async def test_is_in_no_repr(self, identity: ClientIdentity) -> None:
        contexts = TlsContexts()
        tls = TlsOptions(client=identity)
        await contexts.get(tls)
        route = Route(Target("https", "localhost", 1), tls)
        said = f"{identity} {tls} {route} {contexts._contexts}"
        assert "CERTIFICATE" in said
        assert "PRIVATE" not in said
        assert identity.private_key.splitlines()[1] not in said

    async def test_a_context_is_made_once_for_all_pins(self, identity: ClientIdentity) -> None:
        contexts = TlsContexts()
        one = await contexts.get(TlsOptions(client=identity, pins=("00" * 32,)))
        assert await contexts.get(TlsOptions(client=identity, pins=("11" * 32,))) is one
        assert await contexts.get(TlsOptions()) is not one


def _open_files() -> list[str]:
    found = []
    for entry in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            found.append(str(entry.readlink()))
    return sorted(name for name in found if "memfd" in name or "tmp" in name)


_seen: list[str] | None = None


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if _seen is None:
        return
    if event in ("os.mkdir", "tempfile.mkdtemp", "tempfile.mkstemp"):
        _seen.append(f"{event} {arguments[0]}")
    elif event == "open" and isinstance(arguments[0], (str, bytes, Path)) and arguments[2] & (os.O_WRONLY | os.O_RDWR):
        _seen.append(f"open {arguments[0]!s}")


@contextmanager
def watching() -> Iterator[list[str]]:
    """The files and directories that this process makes meanwhile, as the interpreter tells."""
    global _seen  # noqa: PLW0603  # an audit hook cannot be taken back
    if not getattr(sys, "_files_are_watched", False):
        sys.addaudithook(_hook)
        sys._files_are_watched = True  # type: ignore[attr-defined]
    _seen = found = []
    try:
        yield found
    finally:
        _seen = None
