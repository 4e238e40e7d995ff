# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ex_app.environment import PROJECT, Environment, EnvironmentProblemError, normalise_nextcloud_url

GIVEN = {
    "APP_ID": "open_connector",
    "APP_VERSION": "0.1.0",
    "APP_SECRET": "a-secret",
    "APP_PORT": "23000",
    "NEXTCLOUD_URL": "http://nextcloud.local",
    "APP_PERSISTENT_STORAGE": "/nc_app_open_connector_data",
}


@pytest.mark.parametrize(
    "url",
    [
        "https://cloud.example.org/nextcloud",
        "https://cloud.example.org/nextcloud/",
        "https://cloud.example.org/nextcloud/index.php",
        "https://cloud.example.org/nextcloud/index.php/",
        " https://cloud.example.org/nextcloud//index.php// ",
    ],
)
def test_every_spelling_of_the_address_means_the_same(url: str) -> None:
    assert normalise_nextcloud_url(url) == "https://cloud.example.org/nextcloud"


@pytest.mark.parametrize(
    "url",
    [
        "cloud.example.org",
        "ftp://cloud.example.org",
        "http://",
        "http://u:p@cloud",
        "http://[",
        "http://c?x",
        "http://c:x",
    ],
)
def test_what_is_no_address_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(EnvironmentProblemError, match=r"^NEXTCLOUD_URL ") as caught:
        normalise_nextcloud_url(url)
    assert "u:p" not in str(caught.value)


@pytest.mark.parametrize("name", GIVEN)
def test_a_missing_variable_is_named(name: str) -> None:
    with pytest.raises(EnvironmentProblemError, match=rf"^{name} is not set"):
        Environment.read({**GIVEN, name: " "})


@pytest.mark.parametrize("port", ["0", "65536", "-1", "http", "١٢"])
def test_an_impossible_port_is_named(port: str) -> None:
    with pytest.raises(EnvironmentProblemError, match=r"^APP_PORT must be a number"):
        Environment.read({**GIVEN, "APP_PORT": port})


def test_the_storage_must_be_absolute() -> None:
    with pytest.raises(EnvironmentProblemError, match=r"^APP_PERSISTENT_STORAGE "):
        Environment.read({**GIVEN, "APP_PERSISTENT_STORAGE": "data"})


def test_the_secret_is_not_in_the_representation() -> None:
    assert "a-secret" not in repr(Environment.read(GIVEN))


def test_the_socket_of_harp_is_used_only_behind_harp() -> None:
    assert Environment.read({**GIVEN, "HP_EXAPP_SOCK": "/run/x.sock"}).unix_socket is None
    behind = Environment.read({**GIVEN, "HP_SHARED_KEY": "k", "HP_EXAPP_SOCK": "/run/x.sock"})
    assert behind.unix_socket == Path("/run/x.sock")
    assert Environment.read({**GIVEN, "HP_SHARED_KEY": "k"}).unix_socket == Path("/tmp/exapp.sock")


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        ({"APP_ID": ""}, "APP_ID is not set"),
        ({"OPENCONNECTOR_LOG_LEVEL": "loud"}, "OPENCONNECTOR_LOG_LEVEL cannot be used"),
        (
            {"OPENCONNECTOR_CLEAN_UP_CRON": "foo"},
            "OPENCONNECTOR_CLEAN_UP_CRON cannot be used: this is no cron expression",
        ),
        ({"OPENCONNECTOR_SUCCESS_RETENTION_DAYS": "36501"}, "OPENCONNECTOR_SUCCESS_RETENTION_DAYS cannot be used"),
        (
            {"APP_PERSISTENT_STORAGE": "/proc/nowhere"},
            "APP_PERSISTENT_STORAGE names a directory that cannot be written",
        ),
        ({"APP_HOST": "192.0.2.1"}, "APP_PORT cannot be used: 192.0.2.1:23000"),
    ],
)
def test_the_process_says_in_one_line_what_it_cannot_use(tmp_path: Path, changed: dict[str, str], line: str) -> None:
    environ = {**os.environ, **GIVEN, "APP_PERSISTENT_STORAGE": str(tmp_path), **changed}
    done = subprocess.run(
        [sys.executable, "-m", "ex_app.main"],
        env=environ,
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith(f"open_connector cannot start: {line}")
    assert len(done.stderr.splitlines()) == 1
