# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which language a browser gets."""

from pathlib import Path

import pytest

from ex_app.standalone.languages import L10N, NAMES, available, word
from openconnector.core.languages import preferred


@pytest.mark.parametrize(
    ("accept_language", "language"),
    [
        ("", "en"),
        ("*", "en"),
        ("nl", "nl"),
        ("nl-BE,nl;q=0.9,en;q=0.8", "nl"),
        ("en-US,en;q=0.9,nl;q=0.8", "en"),
        ("it-IT,fr;q=0.5,nl;q=0.7", "nl"),
        ("de-DE", "de_DE"),
        ("de-AT", "de"),
        ("nl;q=0,fr", "fr"),
        ("nl;q=much, fr;q=0.1", "fr"),
        ("it,pl", "en"),
    ],
)
def test_a_browser_gets_what_it_likes_best(accept_language: str, language: str) -> None:
    assert preferred(accept_language, ("en", "de", "de_DE", "fr", "nl")) == language


def test_there_is_english_without_any_translation(tmp_path: Path) -> None:
    assert available(tmp_path / "none") == ("en",)
    (tmp_path / "nl.js").touch()
    (tmp_path / "nl.json").touch()
    assert available(tmp_path) == ("en", "nl")


def test_every_language_of_the_app_has_a_name_and_the_words_of_the_frame() -> None:
    for language in available(L10N):
        assert language in NAMES
        assert language == "en" or word("Theme", language) != "Theme"
