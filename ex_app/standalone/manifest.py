# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""`appinfo/info.xml` as AppAPI reads it."""

import re
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

from ex_app.appapi.routes import Access, Route


class ManifestError(Exception):
    """`info.xml` is missing or cannot be used."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What AppAPI knows about an app before it runs."""

    app_id: str
    name: str
    version: str
    routes: tuple[Route, ...]

    def access_for(self, path: str, verb: str) -> Access | None:
        """The access level of `path`, given without its leading slash; None when no route offers it.

        As AppAPI 32.0.9 and later match: anchored, ignoring case, against the path with a slash and then without,
        and the first route with this path and verb decides.
        """
        for route in self.routes:
            pattern = re.compile(f"(?:{route.url})", re.IGNORECASE)
            if verb in route.verbs and (pattern.match(f"/{path}") or pattern.match(path)):
                return route.access
        return None


def read_manifest(file: Path) -> Manifest:
    """Read the manifest of an app.

    Raises:
        ManifestError: the file is missing or incomplete.
    """
    try:
        root = ET.fromstring(file.read_text("utf-8"))  # noqa: S314  a file of this project
        return Manifest(
            app_id=_text(root, "id"),
            name=_text(root, "name"),
            version=_text(root, "version"),
            routes=tuple(
                Route(
                    url=_text(route, "url"),
                    verbs=tuple(_text(route, "verb").split(",")),
                    access=Access(_text(route, "access_level")),
                )
                for route in root.iterfind("external-app/routes/route")
            ),
        )
    except (OSError, ET.ParseError, ValueError) as error:
        raise ManifestError(f"{file.name} cannot be used: {error}") from None


def _text(element: ET.Element, name: str) -> str:
    text = (element.findtext(name) or "").strip()
    if not text:
        raise ValueError(f"<{name}> is missing")
    return text
