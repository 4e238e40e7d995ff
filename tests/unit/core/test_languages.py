# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which language a request is answered in."""

import json
from pathlib import Path

import pytest
from starlette.types import Message, Receive, Scope, Send

from openconnector.core.languages import MAX_RANGES, Languages, SpeaksLanguages, preferred
from openconnector.core.phrases import phrase, spoken

KNOWN = ("en", "de", "de_DE", "fr", "nl")


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("nl", "nl"),
        ("NL-be", "nl"),
        ("de_DE", "de_DE"),
        ("de-DE", "de_DE"),
        ("de-de", "de_DE"),
        ("de", "de"),
        ("de_AT", "de"),
        ("de_CH, fr", "de"),
        ("fr;q=0.5, nl;q=0.8", "nl"),
        ("fr;q=0.5,nl;q=0.8,de;q=0.80", "nl"),
        ("fr, nl", "fr"),
        ("pt, nl;q=0.1", "nl"),
        ("pt, en;q=0.5, nl;q=0.1", "en"),
        ("en-GB, nl", "en"),
        ("nl;q=0, fr;q=0.1", "fr"),
        ("nl;q=0", "en"),
        (" nl ; q=0.5 , fr ; q=0.4", "nl"),
        ("*", "en"),
        ("*, nl;q=0.5", "nl"),
    ],
)
def test_the_language_that_suits_best_is_chosen(header: str, language: str) -> None:
    assert preferred(header, KNOWN) == language


@pytest.mark.parametrize(
    "header",
    [
        "",
        ",",
        ";",
        ";q=1",
        "nl;q=a",
        "nl;q=-1",
        "nl;level=1;q=x",
        "../../etc/passwd",
        "nl\\",
        "nln",
        "\x00",
        "ñ",
        "xx-nl",
    ],
)
def test_what_asks_for_nothing_that_is_known_is_answered_in_english(header: str) -> None:
    assert preferred(header, KNOWN) == "en"


@pytest.mark.parametrize("weight", ["nan", "inf", "1e999", "2"])
def test_strange_weights_break_nothing(weight: str) -> None:
    assert preferred(f"nl;q={weight}, fr;q={weight}", KNOWN) in KNOWN


def test_only_so_many_languages_are_looked_at() -> None:
    many = ", ".join(f"x{number}" for number in range(MAX_RANGES))
    assert preferred(f"{many}, nl", KNOWN) == "en"
    assert preferred(f"nl, {many}", KNOWN) == "nl"


@pytest.fixture
def languages(tmp_path: Path) -> Languages:
    texts = {"Hello {name}.": "Dag {name}.", "_%n call_::_%n calls_": ["%n aanroep", "%n aanroepen"]}
    (tmp_path / "nl.json").write_text(json.dumps({"translations": texts, "pluralForm": ""}), "utf-8")
    (tmp_path / "nl.js").write_text("", "utf-8")
    return Languages(tmp_path)


def test_a_catalog_holds_the_texts_without_those_that_depend_on_a_number(languages: Languages) -> None:
    assert languages.catalog("nl") == {"Hello {name}.": "Dag {name}."}
    assert languages.catalog("nl-NL;q=0.1") == languages.catalog("nl")


@pytest.mark.parametrize("header", ["", "en", "fr", "de-DE"])
def test_english_and_unknown_languages_need_no_catalog(languages: Languages, header: str) -> None:
    assert languages.catalog(header) is None


async def test_each_request_is_answered_in_its_language(languages: Languages) -> None:
    said: list[str] = []

    async def app(_scope: Scope, _receive: Receive, _send: Send) -> None:
        said.append(phrase("Hello {name}.", name="Ann").said_in(spoken.get()))

    async def nothing() -> Message:
        return {"type": "http.disconnect"}

    async def nobody(_message: Message) -> None: ...

    speaking = SpeaksLanguages(app, languages)
    for headers in ([(b"accept-language", b"nl")], [], [(b"accept-language", b"\xff\xfe")]):
        await speaking({"type": "http", "headers": headers}, nothing, nobody)
    await speaking({"type": "lifespan"}, nothing, nobody)
    assert said[:3] == ["Dag Ann.", "Hello Ann.", "Hello Ann."]
    assert len(said) == 4
