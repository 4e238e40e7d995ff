# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The app's place in Nextcloud: one entry in the top menu, and the page behind it."""

import asyncio
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from ex_app.appapi.client import NextcloudClient
from ex_app.appapi.errors import NextcloudError, NextcloudNotFoundError

log = structlog.get_logger(__name__)

ENTRY = "main"
DISPLAY_NAME = "OpenConnector"
ICON = "img/app.svg"
STATE_KEY = "open_connector-config"
"""Initial states of all external apps share one namespace, so the key begins with the app's id."""

MANIFEST = Path("js", "manifest.json")
MEMORY = "registered-assets.json"


class InterfaceMissingError(Exception):
    """The interface has not been built, or its build is broken; `str()` is one line."""


@dataclass(frozen=True, slots=True)
class Assets:
    """Registered paths, relative to the app and without extension, as AppAPI wants them."""

    scripts: frozenset[str]
    styles: frozenset[str]

    def __or__(self, other: "Assets") -> "Assets":
        return Assets(self.scripts | other.scripts, self.styles | other.styles)

    def __sub__(self, other: "Assets") -> "Assets":
        return Assets(self.scripts - other.scripts, self.styles - other.styles)


NOTHING = Assets(frozenset(), frozenset())


class Navigation:
    """Registers menu entry, style, script and initial state, and removes what earlier versions registered.

    AppAPI only ever adds: an old script would be loaded beside the new one. It cannot be asked for a list either, so
    the app keeps one in its storage.
    """

    def __init__(self, client: NextcloudClient, *, assets: Path, storage: Path, version: str) -> None:
        self._client = client
        self._assets = assets
        self._memory = storage / MEMORY
        self._version = version

    async def register(self) -> None:
        """Register everything; what is registered already stays as it is.

        The menu entry comes last: it appears when the page behind it works.

        Raises:
            InterfaceMissingError: there is no interface to register.
            NextcloudError: the page or its entry could not be registered.
        """
        built = await asyncio.to_thread(read_manifest, self._assets)
        registered = await asyncio.to_thread(self._recall)
        # Noted before it is done: a crash in between must not leave an asset that nobody knows of.
        await asyncio.to_thread(self._remember, registered | built)
        for path in sorted(built.styles):
            await self._client.register_style(ENTRY, path)
        for path in sorted(built.scripts):
            await self._client.register_script(ENTRY, path)
        await self._set_initial_state()
        await self._client.register_top_menu(ENTRY, DISPLAY_NAME, ICON, admin_required=True)
        left = await self._remove(registered - built)
        await asyncio.to_thread(self._remember, built | left)

    async def _set_initial_state(self) -> None:
        try:
            await self._client.set_initial_state(ENTRY, STATE_KEY, {"version": self._version})
        except NextcloudError as error:
            log.warning("initial state not registered", error=str(error))

    async def _remove(self, old: Assets) -> Assets:
        """Remove assets of earlier versions; return those that are still there."""
        scripts = frozenset([path for path in old.scripts if not await self._removed("script", path)])
        styles = frozenset([path for path in old.styles if not await self._removed("style", path)])
        return Assets(scripts, styles)

    async def _removed(self, kind: str, path: str) -> bool:
        remove = self._client.remove_script if kind == "script" else self._client.remove_style
        try:
            await remove(ENTRY, path)
        except NextcloudNotFoundError:
            return True
        except NextcloudError as error:
            log.warning("earlier asset not removed", kind=kind, path=path, error=str(error))
            return False
        return True

    def _recall(self) -> Assets:
        try:
            stored = json.loads(self._memory.read_text("utf-8"))
            return Assets(frozenset(_texts(stored["scripts"])), frozenset(_texts(stored["styles"])))
        except FileNotFoundError:
            return NOTHING
        except (OSError, ValueError, KeyError, TypeError) as error:
            log.warning("list of earlier assets not readable", error=type(error).__name__)
            return NOTHING

    def _remember(self, assets: Assets) -> None:
        text = json.dumps({"scripts": sorted(assets.scripts), "styles": sorted(assets.styles)})
        draft = self._memory.with_suffix(".new")
        draft.write_text(text + "\n", "utf-8")
        draft.replace(self._memory)


def read_manifest(assets: Path) -> Assets:
    """The script and the style of the built interface.

    Raises:
        InterfaceMissingError: the manifest or a file that it names is not there.
    """
    try:
        manifest: dict[str, Any] = json.loads((assets / MANIFEST).read_text("utf-8"))
        files = {"script": str(manifest["script"]), "style": str(manifest["style"])}
    except FileNotFoundError:
        raise InterfaceMissingError(
            f"The interface is not built: {MANIFEST} is missing; build it with `make ui`"
        ) from None
    except (OSError, ValueError, KeyError, TypeError):
        raise InterfaceMissingError(f"The interface's {MANIFEST} cannot be read; build it with `make ui`") from None
    for file in files.values():
        if not (assets / file).is_file():
            raise InterfaceMissingError(f"The interface is incomplete: {file} is missing; build it with `make ui`")
    script, style = (os.path.splitext(files[kind])[0] for kind in ("script", "style"))  # noqa: PTH122  keeps the slash
    return Assets(frozenset({script}), frozenset({style}))


def _texts(values: object) -> list[str]:
    if not isinstance(values, list):
        raise TypeError
    return [value for value in values if isinstance(value, str)]
