# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Answers each request in the language that it asks for (RFC 9110, section 12.5.4), where there is a translation."""

import json
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from openconnector.core.phrases import Catalog, spoken

ENGLISH = "en"
"""The language of the texts in the code."""

MAX_RANGES = 20
"""Languages of a header that are looked at."""


class Languages:
    """The translations in a folder of Nextcloud's `l10n` files; a language is read when somebody speaks it.

    Args:
        folder: holds `nl.json` and so on.
    """

    def __init__(self, folder: Path) -> None:
        self._files = {path.stem: path for path in folder.glob("*.json")}

    def catalog(self, accept_language: str) -> Catalog | None:
        """The translations that suit a header `Accept-Language` best; None: English."""
        language = preferred(accept_language, (ENGLISH, *self._files))
        return None if language == ENGLISH else _read(self._files[language])


class SpeaksLanguages:
    """Middleware that has phrases said in the language of the request."""

    def __init__(self, app: ASGIApp, languages: Languages) -> None:
        self._app = app
        self._languages = languages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http":
            spoken.set(self._languages.catalog(Headers(scope=scope).get("accept-language", "")))
        await self._app(scope, receive, send)


def preferred(accept_language: str, languages: Iterable[str]) -> str:
    """The one of the languages that suits a reader best, by its `Accept-Language`; English without any."""
    known = {_tag(language): language for language in languages}
    for wanted in _ranked(accept_language):
        for candidate in (wanted, wanted.partition("-")[0]):
            if candidate in known:
                return known[candidate]
    return ENGLISH


def _ranked(accept_language: str) -> list[str]:
    ranges: list[tuple[float, str]] = []
    for item in accept_language.split(",")[:MAX_RANGES]:
        name, _, weight = item.partition(";")
        try:
            quality = float(weight.strip().removeprefix("q=") or 1)
        except ValueError:
            quality = 0.0
        if quality > 0:
            ranges.append((quality, _tag(name.strip())))
    return [name for _, name in sorted(ranges, key=lambda one: -one[0])]


def _tag(language: str) -> str:
    """Nextcloud writes `de_DE`, the standard `de-DE` (RFC 5646)."""
    return language.lower().replace("_", "-")


@lru_cache
def _read(path: Path) -> Catalog:
    """The texts of a language without those that depend on a number: only the interface has such."""
    translations = json.loads(path.read_text("utf-8"))["translations"]
    return {text: said for text, said in translations.items() if isinstance(said, str)}
