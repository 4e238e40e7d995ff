# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The two sides of the contract, each real: our app, and the host that behaves like Nextcloud with AppAPI."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from starlette.applications import Starlette

from ex_app.environment import PROJECT, Environment
from ex_app.main import create_exapp
from ex_app.standalone.host import host_application, new_client
from ex_app.standalone.manifest import read_manifest
from ex_app.standalone.registry import InstalledApp
from openconnector.core.http import ASGITransport, AsyncClient
from tests.contract.serving import RECORDED_SECRET, Recorder, free_port, serving

APP_ID = "open_connector"


@pytest.fixture
def assets(tmp_path: Path) -> Path:
    """A built interface, as small as one can be."""
    folder = tmp_path / "interface"
    (folder / "js").mkdir(parents=True)
    (folder / "css").mkdir()
    script, style = "js/open_connector-main-Ab12Cd34.js", "css/open_connector-main-Ef56Gh78.css"
    (folder / script).write_text("document.title = 'built'\n")
    (folder / style).write_text("body { color: red }\n")
    (folder / "js" / "manifest.json").write_text(json.dumps({"script": script, "style": style}))
    return folder


@dataclass
class Nextcloud:
    """The running host, what it knows, and what it was asked."""

    url: str
    app: InstalledApp
    recorder: Recorder


@pytest.fixture
async def nextcloud() -> AsyncIterator[Nextcloud]:
    """The host on a real port, for an app that listens on `app.port` when the test starts one."""
    app = InstalledApp(read_manifest(PROJECT / "appinfo" / "info.xml"), RECORDED_SECRET, free_port(), enabled=True)
    async with new_client() as client:
        recorder = Recorder(host_application(app, client))
        async with serving(recorder) as url:
            yield Nextcloud(url, app, recorder)


@pytest.fixture
def environ(nextcloud: Nextcloud, assets: Path, tmp_path: Path) -> dict[str, str]:
    """The variables that AppAPI sets, for an app whose Nextcloud is the host."""
    storage = tmp_path / "storage"
    storage.mkdir()
    return {
        "AA_VERSION": "3.1.0",
        "APP_ID": APP_ID,
        "APP_SECRET": RECORDED_SECRET,
        "APP_VERSION": "0.1.0",
        "APP_HOST": "127.0.0.1",
        "APP_PORT": str(nextcloud.app.port),
        "APP_PERSISTENT_STORAGE": str(storage),
        "NEXTCLOUD_URL": nextcloud.url + "/index.php/",
        "OPENCONNECTOR_ASSETS": str(assets),
    }


@pytest.fixture
def environment(environ: dict[str, str]) -> Environment:
    """The same, read."""
    return Environment.read(environ)


@pytest.fixture
async def exapp(environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Starlette]:
    """Our app, engine included, running. Its scheduled work is no part of this contract."""
    monkeypatch.setenv("OPENCONNECTOR_BACKGROUND_WORK", "false")
    app = create_exapp(environ)
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
async def to_exapp(exapp: Starlette) -> AsyncIterator[AsyncClient]:
    """Sends requests to our app, with no header that the test does not set."""
    transport = ASGITransport(exapp, raise_app_exceptions=False)
    async with AsyncClient(transport=transport, base_url="http://127.0.0.1:9031") as client:
        client.headers.clear()
        yield client
