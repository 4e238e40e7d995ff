# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What `doctor` asks of the Nextcloud around the app: whether it accepts us, its AppAPI, and its clock."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from ex_app.appapi.client import NextcloudClient
from ex_app.appapi.errors import NextcloudError, NextcloudRefusedError, NextcloudUnreachableError
from ex_app.environment import Environment, EnvironmentProblemError
from openconnector.commands.checks import Check

OLDEST_APPAPI = (3, 1, 0)
SECONDS = 10.0
SKEW = timedelta(seconds=30)


class Surroundings:
    """The Nextcloud of one environment. `client` is that of the app; where there is none, it is made for the checks."""

    def __init__(self, environment: Environment, client: NextcloudClient | None = None) -> None:
        self._environment = environment
        self._client = client

    async def checks(self) -> Sequence[Check]:
        """Whether Nextcloud can be reached and accepts the app, its AppAPI, and its clock."""
        client = self._client or NextcloudClient(self._environment, read_seconds=SECONDS)
        try:
            reached = await self._reach(client)
            if reached.verdict == "failed":
                return [reached]
            return [reached, await self._appapi(client), await self._clock()]
        finally:
            if client is not self._client:
                await client.aclose()

    async def _reach(self, client: NextcloudClient) -> Check:
        url = self._environment.nextcloud_url
        try:
            is_enabled = await client.is_enabled()
        except NextcloudUnreachableError as error:
            mend = "Check NEXTCLOUD_URL, and whether this machine or container may reach it."
            return Check("nextcloud", "failed", f"{url} cannot be reached: {error}.", mend)
        except NextcloudRefusedError as error:
            mend = "Register the app again: its secret is another one than Nextcloud has, or it is not registered."
            return Check("nextcloud", "failed", f"{url} does not accept the app: {error}.", mend)
        except NextcloudError as error:
            return Check("nextcloud", "failed", f"{url}: {error}.", "See the log of Nextcloud.")
        if not is_enabled:
            mend = f"Run: occ app_api:app:enable {self._environment.app_id}"
            return Check("nextcloud", "warning", f"{url} answers, and the app is disabled there.", mend)
        return Check("nextcloud", "ok", f"{url} answers, and the app is enabled.")

    async def _appapi(self, client: NextcloudClient) -> Check:
        try:
            server, appapi = await client.versions()
        except NextcloudError as error:
            return Check("appapi", "warning", f"Its version is not known: {error}.", "See the log of Nextcloud.")
        found = f"AppAPI {appapi or 'of unknown version'} in Nextcloud {server or 'of unknown version'}."
        if appapi and tuple(int(part) for part in re.findall(r"\d+", appapi)[:3]) < OLDEST_APPAPI:
            oldest = ".".join(map(str, OLDEST_APPAPI))
            return Check("appapi", "failed", found, f"Update AppAPI to {oldest} or later.")
        return Check("appapi", "ok", found)

    async def _clock(self) -> Check:
        """Compare with the date that Nextcloud puts on its answers."""
        from openconnector.core.http import AsyncClient, HTTPError  # noqa: PLC0415  the heartbeat does not wait for it

        try:
            async with AsyncClient(timeout=SECONDS) as client:
                answer = await client.get(f"{self._environment.nextcloud_url}/status.php")
            apart = abs(parsedate_to_datetime(answer.headers["date"]) - datetime.now(UTC))
        except (HTTPError, KeyError, ValueError, TypeError):
            return Check("nextcloud-clock", "ok", "Nextcloud does not tell the time.")
        if apart > SKEW:
            mend = "Set the clocks of both machines by NTP."
            return Check("nextcloud-clock", "warning", f"It is {apart.total_seconds():.0f} s off ours.", mend)
        return Check("nextcloud-clock", "ok", "It agrees with ours.")


class UnusableSurroundings:
    """Stands for a Nextcloud whose variables cannot be used."""

    def __init__(self, problem: EnvironmentProblemError) -> None:
        self._problem = problem

    async def checks(self) -> Sequence[Check]:
        """What is wrong with the variables: the app would not start with them."""
        mend = "Mend this variable: see docs/environment.md."
        return [Check("nextcloud", "failed", f"{self._problem}.", mend)]


def of_environment(environ: Mapping[str, str]) -> Surroundings | UnusableSurroundings:
    """The Nextcloud that the variables of AppAPI describe."""
    try:
        return Surroundings(Environment.read(environ))
    except EnvironmentProblemError as problem:
        return UnusableSurroundings(problem)
