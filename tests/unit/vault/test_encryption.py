# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Secrets at rest."""

import base64

import pytest

from openconnector.core.errors import ConfigurationError
from openconnector.vault.encryption import Vault, key_id, key_id_of

KEY, FORMER_KEY = bytes(range(32)), bytes(32)


def vault_of(*keys: bytes) -> Vault:
    return Vault(lambda: keys)


class TestVault:
    def test_what_is_encrypted_can_be_decrypted_in_its_place_only(self) -> None:
        vault = vault_of(KEY)
        stored = vault.encrypt("sécret", context="source/1/token")
        assert "sécret" not in stored
        assert vault.decrypt(stored, context="source/1/token") == "sécret"
        with pytest.raises(ConfigurationError, match="changed outside"):
            vault.decrypt(stored, context="source/2/token")

    def test_the_same_text_is_never_stored_the_same_way(self) -> None:
        assert vault_of(KEY).encrypt("x", context="c") != vault_of(KEY).encrypt("x", context="c")

    def test_another_key_says_so(self) -> None:
        stored = vault_of(KEY).encrypt("x", context="c")
        with pytest.raises(ConfigurationError, match="another key"):
            vault_of(FORMER_KEY).decrypt(stored, context="c")

    def test_a_changed_value_is_noticed(self) -> None:
        stored = vault_of(KEY).encrypt("a longer secret", context="c")
        head, _, sealed = stored.rpartition(".")
        raw = bytearray(base64.urlsafe_b64decode(sealed))
        raw[-1] ^= 1
        with pytest.raises(ConfigurationError):
            vault_of(KEY).decrypt(f"{head}.{base64.urlsafe_b64encode(raw).decode()}", context="c")

    def test_it_reads_with_every_key_and_writes_with_the_first(self) -> None:
        former = vault_of(FORMER_KEY).encrypt("x", context="c")
        vault = vault_of(KEY, FORMER_KEY)
        assert vault.decrypt(former, context="c") == "x"
        assert key_id_of(vault.encrypt("x", context="c")) == key_id(KEY) == vault.key_ids()[0]

    def test_it_takes_up_another_ring_while_it_is_used(self) -> None:
        rings = [(FORMER_KEY,)]
        vault = Vault(lambda: rings[-1])
        former = vault.encrypt("x", context="c")
        rings.append((KEY, FORMER_KEY))
        assert key_id_of(vault.encrypt("x", context="c")) == key_id(KEY)
        assert vault.decrypt(former, context="c") == "x"
        rings.append((KEY,))
        with pytest.raises(ConfigurationError, match="another key"):
            vault.decrypt(former, context="c")

    @pytest.mark.parametrize("stored", ["", "oc1", "oc1.", "oc2.12345678.abc", "plain text"])
    def test_what_was_never_encrypted_is_not_decrypted(self, stored: str) -> None:
        with pytest.raises(ConfigurationError):
            vault_of(KEY).decrypt(stored, context="c")

    @pytest.mark.parametrize("rest", ["", "abc", "not base64 é", "YWJj"])
    def test_what_cannot_be_a_ciphertext_counts_as_changed(self, rest: str) -> None:
        with pytest.raises(ConfigurationError, match="changed outside"):
            vault_of(KEY).decrypt(f"oc1.{key_id(KEY)}.{rest}", context="c")
