# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The forms of a secret that are found, also where each of its characters is written in another way."""

import html
import json
import time
import timeit
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openconnector.vault.redaction import REDACTED, Redactor

MIXED = "pass\"wö€rd/with\\\\two &<signs>%+='🔑"
"""Every character that somebody writes otherwise."""


def spellings(character: str) -> list[str]:
    """The ways in which a character is written in JSON, HTML, URLs and by those who mistake UTF-8 for Latin-1."""
    units = character.encode("utf-16-be").hex()
    coded = "".join(f"\\u{units[start : start + 4]}" for start in range(0, len(units), 4))
    mistaken = character.encode().decode("latin-1")
    ways = [
        character,
        json.dumps(character)[1:-1],
        json.dumps(json.dumps(character)[1:-1])[1:-1],
        html.escape(character),
        quote(character, safe=""),
        quote(character, safe="").lower(),
        quote(quote(character, safe=""), safe=""),
    ]
    if not character.isalnum() or not character.isascii():
        ways += [coded, coded.replace("\\", "\\\\"), f"&#{ord(character)};", f"&#x{ord(character):X};"]
        ways += [mistaken, json.dumps(mistaken)[1:-1]]
    return [*ways, "+"] if character == " " else ways


class TestMixtures:
    @given(st.tuples(*(st.sampled_from(spellings(character)) for character in MIXED)))
    def test_a_secret_is_found_though_each_character_is_written_in_its_own_way(self, written: tuple[str, ...]) -> None:
        text = f"before {''.join(written)} after"
        assert Redactor([MIXED]).text(text).startswith(f"before {REDACTED}")
        assert Redactor([MIXED]).body(text, None).endswith(" after")
        assert Redactor([MIXED]).headers([("X-Echo", text)]) == [("X-Echo", f"before {REDACTED} after")]

    def test_what_only_begins_like_it_is_left(self) -> None:
        assert Redactor([MIXED]).text('pass"wö€rd/without') == 'pass"wö€rd/without'

    @pytest.mark.parametrize(
        "secret",
        [MIXED, '\\\\\\"pass\\\\\\"', "%%%%%%%%a%25%25%25%25", "&amp;&amp;&amp;&amp;a", '""""""""a', "€€€€€€a"],
    )
    @pytest.mark.parametrize("piece", ["\\", '\\"', "%25", "%", "&amp;", "&", '"', "a", "pass", "&#0", "€"])
    def test_hostile_texts_take_no_longer_than_their_length(self, secret: str, piece: str) -> None:
        redactor = Redactor([secret])

        def seconds(size: int) -> float:
            text = "pass a with " + piece * (size // len(piece))
            return min(timeit.repeat(lambda: redactor.body(text, None), number=1, repeat=3, timer=time.process_time))

        assert seconds(200_000) < 35 * seconds(20_000) + 0.5

    @given(st.text(min_size=4, max_size=40))
    def test_any_secret_can_be_searched_for(self, secret: str) -> None:
        assert (
            Redactor([secret]).text(f"<{secret}>") == (f"<{REDACTED}>" if len(secret.strip()) > 3 else f"<{secret}>")
            or secret != secret.strip()
        )
