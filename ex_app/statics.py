# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The built interface, the icons and the translations, as the browser gets them through Nextcloud's proxy."""

import os
import re
from pathlib import Path

from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

FOREVER = "public, max-age=31536000, immutable"
SHORT = "public, max-age=3600"

_HASHED = re.compile(r"-(?=[^.]*[A-Z0-9])[A-Za-z0-9_-]{8,}\.[a-z0-9.]+$")
"""A name that the bundler made from the content. The hash of a longer word in a plain name has a capital or a digit."""


class CachedFiles(StaticFiles):
    """Files with an explicit `Cache-Control`: without one Nextcloud's proxy invents its own."""

    def __init__(self, directory: Path) -> None:
        # The directory may be missing: an app without a built interface must still start, to say so.
        super().__init__(directory=directory, check_dir=False)

    async def check_config(self) -> None:
        """Let a missing directory answer 404 like a missing file."""

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        """Serve a file, for ever if its name says what is in it."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers["Cache-Control"] = FOREVER if is_hashed(Path(full_path).name) else SHORT
        return response


def is_hashed(name: str) -> bool:
    """Whether a file of this name never changes its content."""
    return _HASHED.search(name) is not None


def static_mounts(project: Path, assets: Path) -> list[Mount]:
    """The four static trees that `info.xml` offers."""
    return [
        Mount("/js", CachedFiles(assets / "js")),
        Mount("/css", CachedFiles(assets / "css")),
        Mount("/img", CachedFiles(project / "img")),
        Mount("/l10n", CachedFiles(project / "l10n")),
    ]
