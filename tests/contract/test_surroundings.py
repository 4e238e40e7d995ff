# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What `doctor` finds of the Nextcloud around the app."""

from dataclasses import replace

import pytest

from ex_app.appapi.client import NextcloudClient
from ex_app.environment import Environment
from ex_app.surroundings import Surroundings, of_environment
from tests.contract.conftest import Nextcloud
from tests.contract.serving import RECORDED_SECRET, free_port


async def found(environment: Environment) -> dict[str, tuple[str, str]]:
    return {check.name: (check.verdict, check.mend) for check in await Surroundings(environment).checks()}


async def test_a_nextcloud_with_which_all_is_well(nextcloud: Nextcloud, environment: Environment) -> None:
    assert await found(environment) == {
        "nextcloud": ("ok", ""),
        "appapi": ("ok", ""),
        "nextcloud-clock": ("ok", ""),
    }
    spoken = [request for request in nextcloud.recorder.requests if "status.php" in request.path]
    assert all("authorization-app-api" not in request.headers for request in spoken)


async def test_an_app_that_is_disabled_is_told_how_to_enable_it(nextcloud: Nextcloud, environment: Environment) -> None:
    nextcloud.app.enabled = False
    verdict, mend = (await found(environment))["nextcloud"]
    assert (verdict, mend) == ("warning", "Run: occ app_api:app:enable open_connector")


async def test_a_wrong_secret_and_a_nextcloud_that_is_away_are_failures(environment: Environment) -> None:
    wrong = await Surroundings(replace(environment, app_secret="another")).checks()
    away = await Surroundings(replace(environment, nextcloud_url=f"http://127.0.0.1:{free_port()}")).checks()
    assert [[check.verdict for check in checks] for checks in (wrong, away)] == [["failed"], ["failed"]]
    assert "Register the app again" in wrong[0].mend
    assert "NEXTCLOUD_URL" in away[0].mend
    assert RECORDED_SECRET not in wrong[0].found + away[0].found


async def test_an_appapi_that_is_too_old_is_a_failure(
    environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def versions(_client: NextcloudClient) -> tuple[str, str]:
        return "27.0.0", "2.9.1"

    monkeypatch.setattr(NextcloudClient, "versions", versions)
    assert (await found(environment))["appapi"] == ("failed", "Update AppAPI to 3.1.0 or later.")


async def test_a_variable_that_cannot_be_used_is_what_is_found(environ: dict[str, str]) -> None:
    assert isinstance(of_environment(environ), Surroundings)
    (check,) = await of_environment(environ | {"NEXTCLOUD_URL": "ftp://cloud.example"}).checks()
    assert (check.name, check.verdict) == ("nextcloud", "failed")
    assert check.found.startswith("NEXTCLOUD_URL must be an address")
