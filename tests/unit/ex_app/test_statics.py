# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from starlette.applications import Starlette

from ex_app.statics import FOREVER, SHORT, is_hashed, static_mounts
from openconnector.core.http import ASGITransport, AsyncClient


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[AsyncClient]:
    (tmp_path / "js").mkdir()
    (tmp_path / "js" / "open_connector-main-DWCaj8sV.js").write_text("x")
    (tmp_path / "js" / "manifest.json").write_text("{}")
    (tmp_path / "secret").write_text("x")
    app = Starlette(routes=static_mounts(tmp_path, tmp_path))
    async with AsyncClient(transport=ASGITransport(app), base_url="http://x") as http:
        yield http


async def test_hashed_names_are_kept_for_ever_and_others_for_an_hour(client: AsyncClient) -> None:
    script = await client.get("/js/open_connector-main-DWCaj8sV.js")
    manifest = await client.get("/js/manifest.json")
    assert script.headers["cache-control"] == FOREVER
    assert manifest.headers["cache-control"] == SHORT
    assert script.headers["content-length"] == "1"
    assert script.headers["content-type"].startswith("text/javascript")


@pytest.mark.parametrize("path", ["/js/none.js", "/css/none.css", "/l10n/de.js", "/js/%2e%2e/secret", "/js/"])
async def test_what_is_not_there_is_a_404(client: AsyncClient, path: str) -> None:
    assert (await client.get(path)).status_code == 404


@pytest.mark.parametrize(
    ("name", "hashed"),
    [
        ("open_connector-main-DWCaj8sV.js", True),
        ("open_connector-main-5L8l7pJS.css", True),
        ("chunk-_a-B3c4d.js.map", True),
        ("some-patterns.js", False),
        ("manifest.json", False),
        ("app-dark.svg", False),
    ],
)
def test_only_the_bundlers_names_count_as_hashed(name: str, hashed: bool) -> None:
    assert is_hashed(name) is hashed
