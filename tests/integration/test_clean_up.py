# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The clean-up runs by its schedule, in the background of the app in a process of its own."""

import asyncio
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import update

from ex_app.standalone.host import StandaloneHost
from openconnector.core.clock import now
from openconnector.core.database import Database
from openconnector.core.http import AsyncClient
from openconnector.core.settings import Settings
from openconnector.logs.models import CallLog
from tests.factories import create_source, test_call


async def test_expired_entries_go_by_themselves(
    settings: Settings, httpbin: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENCONNECTOR_CLEAN_UP_CRON", "* * * * * *")
    if settings.database_url is not None:
        monkeypatch.setenv("OPENCONNECTOR_DATABASE_URL", settings.database_url.get_secret_value())
    settings = settings.model_copy(update={"storage_path": tmp_path / "storage"})
    async with (
        StandaloneHost(port=0, data=tmp_path, quiet=True, sample_api=False) as host,
        AsyncClient(
            base_url=f"{host.url}index.php/apps/app_api/proxy/open_connector", headers={"X-Requested-With": "test"}
        ) as api,
    ):
        source = await create_source(api, location=httpbin)
        expired = await test_call(api, source["id"], "/get")
        kept = await test_call(api, source["id"], "/get")
        database = Database.from_settings(settings)
        async with database.write_session() as session:
            of_expired = update(CallLog).where(CallLog.id == UUID(expired["id"]))
            await session.execute(of_expired.values(expires_at=now() - timedelta(days=1)))
        await database.close()
        for _ in range(200):
            rows = (await api.get("/api/logs")).json()["results"]
            if [row["id"] for row in rows] == [kept["id"]]:
                return
            await asyncio.sleep(0.1)
    raise AssertionError("the expired entry is still there after 20 seconds")
