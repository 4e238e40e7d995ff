# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where the keys come from, and how they are changed."""

import base64
import os
import stat
from collections.abc import Sequence
from pathlib import Path

import pytest

from openconnector.core.errors import ConfigurationError
from openconnector.core.settings import Settings
from openconnector.vault.keys import KeyFile, open_ring

KEY, FORMER_KEY = bytes(range(32)), bytes(32)


def coded(key: bytes) -> str:
    return base64.b64encode(key).decode()


def write_keys(directory: Path, *keys: bytes) -> Path:
    path = directory / "secret.key"
    path.write_text("\n".join(map(coded, keys)))
    path.chmod(0o600)
    return path


def names_in(directory: Path) -> Sequence[str]:
    return [entry.name for entry in directory.iterdir()]


class TestEnvironment:
    def test_it_goes_before_the_file(self, tmp_path: Path) -> None:
        assert open_ring(Settings(storage_path=tmp_path, secret_key=coded(KEY)))() == (KEY,)
        assert names_in(tmp_path) == []

    def test_previous_keys_are_a_comma_list(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("OPENCONNECTOR_SECRET_KEY", coded(KEY))
        monkeypatch.setenv("OPENCONNECTOR_PREVIOUS_SECRET_KEYS", f"{coded(FORMER_KEY)}, {coded(b'x' * 32)}")
        settings = Settings(storage_path=tmp_path)
        assert open_ring(settings)() == (KEY, FORMER_KEY, b"x" * 32)
        assert coded(FORMER_KEY) not in repr(settings)

    @pytest.mark.parametrize("text", ["short", "not base64!", base64.b64encode(b"x" * 31).decode()])
    def test_a_key_that_is_none_is_told_without_showing_it(self, tmp_path: Path, text: str) -> None:
        with pytest.raises(ConfigurationError, match="OPENCONNECTOR_SECRET_KEY must hold 32 bytes") as caught:
            open_ring(Settings(storage_path=tmp_path, secret_key=text))
        assert text not in str(caught.value)
        settings = Settings(storage_path=tmp_path, secret_key=coded(KEY), previous_secret_keys=[text])
        with pytest.raises(ConfigurationError, match="PREVIOUS_SECRET_KEYS must hold 32 bytes") as caught:
            open_ring(settings)
        assert text not in str(caught.value)

    def test_previous_keys_need_a_current_one(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigurationError, match="without OPENCONNECTOR_SECRET_KEY"):
            open_ring(Settings(storage_path=tmp_path, previous_secret_keys=[coded(KEY)]))


class TestFile:
    def test_it_is_made_once_for_the_owner_only(self, tmp_path: Path) -> None:
        settings = Settings(storage_path=tmp_path / "new")
        ring = open_ring(settings)()
        path = tmp_path / "new" / "secret.key"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert open_ring(settings)() == ring
        assert names_in(path.parent) == ["secret.key"]

    def test_a_file_of_one_line_is_a_ring_of_one_key(self, tmp_path: Path) -> None:
        write_keys(tmp_path, KEY)
        assert open_ring(Settings(storage_path=tmp_path))() == (KEY,)

    def test_further_lines_are_older_keys(self, tmp_path: Path) -> None:
        write_keys(tmp_path, KEY, FORMER_KEY)
        assert open_ring(Settings(storage_path=tmp_path))() == (KEY, FORMER_KEY)

    @pytest.mark.parametrize("text", ["", "nonsense", "AAAA"])
    def test_a_file_without_a_key_is_refused(self, tmp_path: Path, text: str) -> None:
        write_keys(tmp_path).write_text(text)
        with pytest.raises(ConfigurationError, match=r"secret\.key must hold 32 bytes"):
            open_ring(Settings(storage_path=tmp_path))

    def test_a_file_that_others_may_read_is_refused(self, tmp_path: Path) -> None:
        write_keys(tmp_path, KEY).chmod(0o644)
        with pytest.raises(ConfigurationError, match="chmod 600"):
            open_ring(Settings(storage_path=tmp_path))

    def test_a_ring_is_the_same_object_until_the_file_changes(self, tmp_path: Path) -> None:
        file = KeyFile(tmp_path)
        file.create()
        ring = file.ring()
        assert file.ring() is ring
        assert KeyFile(tmp_path).begin_rotation()
        assert file.ring()[1:] == ring
        KeyFile(tmp_path).end_rotation()
        assert len(file.ring()) == 1
        assert file.ring() != ring

    def test_it_is_not_made_where_the_database_holds_secrets(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigurationError, match="There is no key file") as caught:
            open_ring(Settings(storage_path=tmp_path), lambda: True)
        assert str(tmp_path / "secret.key") in str(caught.value)
        assert "\n" not in str(caught.value)
        assert names_in(tmp_path) == []

    def test_a_key_that_is_there_is_opened_without_a_look_at_the_database(self, tmp_path: Path) -> None:
        write_keys(tmp_path, KEY)
        assert open_ring(Settings(storage_path=tmp_path), pytest.fail)() == (KEY,)
        settings = Settings(storage_path=tmp_path / "other", secret_key=coded(KEY))
        assert open_ring(settings, pytest.fail)() == (KEY,)

    def test_root_gives_it_to_the_owner_of_the_storage(self, tmp_path: Path) -> None:
        if os.geteuid() != 0:
            pytest.skip("only root can give a file away")
        os.chown(tmp_path, 65534, 65534)
        KeyFile(tmp_path).create()
        assert (tmp_path / "secret.key").stat().st_uid == 65534

    def test_a_file_that_goes_away_is_told(self, tmp_path: Path) -> None:
        ring = open_ring(Settings(storage_path=tmp_path))
        (tmp_path / "secret.key").unlink()
        with pytest.raises(ConfigurationError, match="Put the key file back"):
            ring()


class TestRotation:
    def test_a_new_key_comes_first_and_nobody_else_may_read_it(self, tmp_path: Path) -> None:
        path = write_keys(tmp_path, FORMER_KEY)
        file = KeyFile(tmp_path)
        assert file.begin_rotation()
        new, *older = file.ring()
        assert older == [FORMER_KEY]
        assert new != FORMER_KEY
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert names_in(tmp_path) == ["secret.key"]

    def test_begun_again_it_goes_on_with_the_same_key(self, tmp_path: Path) -> None:
        write_keys(tmp_path, KEY, FORMER_KEY)
        file = KeyFile(tmp_path)
        assert not file.begin_rotation()
        assert file.ring() == (KEY, FORMER_KEY)
        file.end_rotation()
        assert file.ring() == (KEY,)

    def test_what_a_killed_one_left_is_taken_away(self, tmp_path: Path) -> None:
        write_keys(tmp_path, KEY)
        (tmp_path / "secret.key.123-abc.draft").write_text("half a key")
        KeyFile(tmp_path).begin_rotation()
        assert names_in(tmp_path) == ["secret.key"]

    def test_two_at_a_time_are_refused(self, tmp_path: Path) -> None:
        write_keys(tmp_path, KEY)
        first, second = KeyFile(tmp_path).locked(), KeyFile(tmp_path).locked()
        with first, pytest.raises(ConfigurationError, match="Another process"), second:
            pass
        with KeyFile(tmp_path).locked():
            assert KeyFile(tmp_path).begin_rotation()

    def test_without_a_key_file_it_asks_whether_the_place_is_right(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigurationError, match="OPENCONNECTOR_STORAGE_PATH"), KeyFile(tmp_path).locked():
            pass

    def test_the_file_stays_the_servers_when_root_changes_it(self, tmp_path: Path) -> None:
        if os.geteuid() != 0:
            pytest.skip("only root can give a file away")
        os.chown(write_keys(tmp_path, KEY), 65534, 65534)
        KeyFile(tmp_path).begin_rotation()
        assert (tmp_path / "secret.key").stat().st_uid == 65534
