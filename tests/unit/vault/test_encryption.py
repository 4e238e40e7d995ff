# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Secrets at rest, and the key that opens them."""

import base64
import stat
from pathlib import Path

import pytest

from openconnector.core.errors import ConfigurationError
from openconnector.core.settings import Settings
from openconnector.vault.encryption import Vault
from openconnector.vault.keys import load_key

KEY = bytes(range(32))


class TestVault:
    def test_what_is_encrypted_can_be_decrypted_in_its_place_only(self) -> None:
        vault = Vault(KEY)
        stored = vault.encrypt("sécret", context="source/1/token")
        assert "sécret" not in stored
        assert vault.decrypt(stored, context="source/1/token") == "sécret"
        with pytest.raises(ConfigurationError, match="changed outside"):
            vault.decrypt(stored, context="source/2/token")

    def test_the_same_text_is_never_stored_the_same_way(self) -> None:
        assert Vault(KEY).encrypt("x", context="c") != Vault(KEY).encrypt("x", context="c")

    def test_another_key_says_so(self) -> None:
        stored = Vault(KEY).encrypt("x", context="c")
        with pytest.raises(ConfigurationError, match="another key"):
            Vault(bytes(32)).decrypt(stored, context="c")

    def test_a_changed_value_is_noticed(self) -> None:
        stored = Vault(KEY).encrypt("a longer secret", context="c")
        head, _, sealed = stored.rpartition(".")
        raw = bytearray(base64.urlsafe_b64decode(sealed))
        raw[-1] ^= 1
        with pytest.raises(ConfigurationError):
            Vault(KEY).decrypt(f"{head}.{base64.urlsafe_b64encode(raw).decode()}", context="c")


class TestKey:
    def test_a_key_file_is_made_once_for_the_owner_only(self, tmp_path: Path) -> None:
        settings = Settings(storage_path=tmp_path / "new")
        key = load_key(settings)
        path = tmp_path / "new" / "secret.key"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert load_key(settings) == key
        assert [entry.name for entry in path.parent.iterdir()] == ["secret.key"]

    def test_a_key_file_that_others_may_read_is_refused(self, tmp_path: Path) -> None:
        settings = Settings(storage_path=tmp_path)
        load_key(settings)
        (tmp_path / "secret.key").chmod(0o644)
        with pytest.raises(ConfigurationError, match="chmod 600"):
            load_key(settings)

    def test_the_environment_goes_before_the_file(self, tmp_path: Path) -> None:
        settings = Settings(storage_path=tmp_path, secret_key=base64.b64encode(KEY).decode())
        assert load_key(settings) == KEY
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("text", ["short", "not base64!", base64.b64encode(b"x" * 31).decode()])
    def test_a_key_that_is_none_is_told_without_showing_it(self, tmp_path: Path, text: str) -> None:
        with pytest.raises(ConfigurationError, match="OPENCONNECTOR_SECRET_KEY must hold 32 bytes") as caught:
            load_key(Settings(storage_path=tmp_path, secret_key=text))
        assert text not in str(caught.value)
