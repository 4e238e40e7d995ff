# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
import json
from pathlib import Path

import pytest

from ex_app.appapi.client import NextcloudClient
from ex_app.appapi.errors import NextcloudError, NextcloudNotFoundError, NextcloudUnreachableError
from ex_app.navigation import MEMORY, InterfaceMissingError, Navigation, read_manifest


class Nextcloud(NextcloudClient):
    """A client whose calls end here; those named in `failing` fail."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str]] = []
        self.failing: dict[str, NextcloudError] = {}

    async def _note(self, call: str, what: str) -> None:
        self.calls.append((call, what))
        if call in self.failing:
            raise self.failing[call]

    async def register_top_menu(self, name: str, display_name: str, icon: str, *, admin_required: bool) -> None:
        await self._note("menu", f"{name} {display_name} {icon} {admin_required}")

    async def set_initial_state(self, name: str, key: str, value: dict[str, object]) -> None:
        await self._note("state", f"{name} {key} {value}")

    async def register_script(self, name: str, path: str) -> None:
        await self._note("script", f"{name} {path}")

    async def remove_script(self, name: str, path: str) -> None:
        await self._note("-script", f"{name} {path}")

    async def register_style(self, name: str, path: str) -> None:
        await self._note("style", f"{name} {path}")

    async def remove_style(self, name: str, path: str) -> None:
        await self._note("-style", f"{name} {path}")


def build(folder: Path, digest: str) -> None:
    script, style = f"js/open_connector-main-{digest}.js", f"css/open_connector-main-{digest}.css"
    for file in (script, style):
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text("")
    (folder / "js" / "manifest.json").write_text(json.dumps({"script": script, "style": style}))


@pytest.fixture
def nextcloud() -> Nextcloud:
    return Nextcloud()


@pytest.fixture
def navigation(nextcloud: Nextcloud, tmp_path: Path) -> Navigation:
    build(tmp_path, "Aaaaaaa1")
    return Navigation(nextcloud, assets=tmp_path, storage=tmp_path, version="0.1.0")


async def test_the_menu_entry_comes_when_the_page_is_complete(navigation: Navigation, nextcloud: Nextcloud) -> None:
    await navigation.register()
    assert nextcloud.calls == [
        ("style", "main css/open_connector-main-Aaaaaaa1"),
        ("script", "main js/open_connector-main-Aaaaaaa1"),
        ("state", "main open_connector-config {'version': '0.1.0'}"),
        ("menu", "main OpenConnector img/app.svg True"),
    ]


async def test_assets_of_an_earlier_version_are_removed(
    navigation: Navigation, nextcloud: Nextcloud, tmp_path: Path
) -> None:
    await navigation.register()
    build(tmp_path, "Bbbbbbb2")
    nextcloud.calls.clear()
    nextcloud.failing["-style"] = NextcloudNotFoundError("gone already")
    await navigation.register()
    removed = [call for call in nextcloud.calls if call[0].startswith("-")]
    assert removed == [
        ("-script", "main js/open_connector-main-Aaaaaaa1"),
        ("-style", "main css/open_connector-main-Aaaaaaa1"),
    ]
    nextcloud.calls.clear()
    await navigation.register()
    assert not [call for call in nextcloud.calls if call[0].startswith("-")]


async def test_what_could_not_be_removed_is_tried_again(
    navigation: Navigation, nextcloud: Nextcloud, tmp_path: Path
) -> None:
    await navigation.register()
    build(tmp_path, "Bbbbbbb2")
    nextcloud.failing["-script"] = NextcloudUnreachableError("away")
    await navigation.register()
    nextcloud.failing.clear()
    nextcloud.calls.clear()
    await navigation.register()
    assert ("-script", "main js/open_connector-main-Aaaaaaa1") in nextcloud.calls


async def test_a_crash_in_between_forgets_no_asset(
    navigation: Navigation, nextcloud: Nextcloud, tmp_path: Path
) -> None:
    await navigation.register()
    build(tmp_path, "Bbbbbbb2")
    nextcloud.failing["menu"] = NextcloudUnreachableError("away")
    with pytest.raises(NextcloudUnreachableError):
        await navigation.register()
    remembered = json.loads((tmp_path / MEMORY).read_text())
    assert remembered["scripts"] == ["js/open_connector-main-Aaaaaaa1", "js/open_connector-main-Bbbbbbb2"]


async def test_a_state_that_fails_does_not_stop_the_rest(navigation: Navigation, nextcloud: Nextcloud) -> None:
    nextcloud.failing["state"] = NextcloudUnreachableError("away")
    await navigation.register()
    assert nextcloud.calls[-1][0] == "menu"


@pytest.mark.parametrize("text", ["", "[]", '{"scripts": 1}', '{"scripts": "x", "styles": []}'])
async def test_a_damaged_list_is_started_anew(
    navigation: Navigation, nextcloud: Nextcloud, tmp_path: Path, text: str
) -> None:
    (tmp_path / MEMORY).write_text(text)
    await navigation.register()
    assert nextcloud.calls[-1][0] == "menu"


def test_a_missing_or_broken_build_is_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(InterfaceMissingError, match=r"not built: js/manifest\.json is missing"):
        read_manifest(tmp_path)
    build(tmp_path, "Aaaaaaa1")
    (tmp_path / "css" / "open_connector-main-Aaaaaaa1.css").unlink()
    with pytest.raises(InterfaceMissingError, match=r"css/open_connector-main-Aaaaaaa1\.css is missing"):
        read_manifest(tmp_path)
    (tmp_path / "js" / "manifest.json").write_text("{")
    with pytest.raises(InterfaceMissingError, match=r"cannot be read"):
        read_manifest(tmp_path)
