# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What counts as a word, and where it stands."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openconnector.logs.index.words import contains, distinct_words, find, folded, spans_of, words_of

hard = st.text(
    st.one_of(st.characters(), st.sampled_from("aB1 _-.½ﬁßİ́ㄱᄀ가각ª①Ａé\u0338=ǰ\u200d¨ाहि\ud800")), max_size=30
)


def test_words_are_folded_runs_of_letters_and_digits() -> None:
    assert words_of("GET /api_v2/Orders?id=42&x=ÄRGER") == ["get", "api", "v2", "orders", "id", "42", "x", "ärger"]


def test_the_same_letters_in_other_forms_are_the_same_word() -> None:
    assert words_of("\uff34\uff49\uff4dEOUT STRASSE Café") == words_of("timeout straße cafe\u0301")


def test_marks_do_not_split_a_word() -> None:
    assert words_of("हिन्दी भाषा") == ["हिन्दी", "भाषा"]
    assert len(words_of("q\u0323\u0307x")) == 1


def test_a_mark_without_a_letter_is_no_word() -> None:
    assert words_of("=\u0338 a") == ["a"]


@settings(deadline=None)
@given(hard)
def test_words_stay_the_same_when_they_are_folded_again(text: str) -> None:
    words = words_of(text)
    assert [again for word in words for again in words_of(word)] == words
    assert distinct_words(text) == {word.encode("utf-8", "surrogatepass") for word in words}


@settings(deadline=None)
@given(hard, hard)
def test_words_of_two_texts_on_two_lines_are_those_of_both(first: str, second: str) -> None:
    assert words_of(f"{first}\n{second}") == words_of(first) + words_of(second)


@settings(deadline=None)
@given(hard)
def test_spans_are_of_the_text_as_it_was_given(text: str) -> None:
    spans = list(spans_of(text))
    assert [word for word, _, _ in spans] == words_of(text)
    for word, start, end in spans:
        assert 0 <= start < end <= len(text)
        assert word in folded(text[start:end])
    assert [start for _, start, _ in spans] == sorted(start for _, start, _ in spans)


@settings(deadline=None)
@given(hard)
def test_folding_again_changes_nothing(text: str) -> None:
    assert folded(folded(text)) == folded(text)


def test_hits_are_marked_in_texts_whose_length_changes() -> None:
    text = "Ein ﬁes großer Timeout"
    assert [text[start:end] for start, end in find(text, ["fies", "timeout", "grosser"], is_phrase=False)] == [
        "ﬁes",
        "großer",
        "Timeout",
    ]


def test_a_phrase_is_marked_as_a_whole_wherever_it_stands() -> None:
    text = "read timed out; Read-Timed out, timed read"
    found = find(text, words_of("read timed"), is_phrase=True)
    assert [text[start:end] for start, end in found] == ["read timed", "Read-Timed"]


def test_a_phrase_that_begins_twice_is_found() -> None:
    assert find("a a b", ["a", "b"], is_phrase=True) == [(2, 5)]


def test_syllables_in_pieces_are_marked_apart() -> None:
    text = "\u1100\u1161\u11a8\u3002\u1100\u1161"
    assert list(spans_of(text)) == [("\uac01", 0, 3), ("\uac00", 4, 6)]


def test_two_words_of_one_character_are_marked_once() -> None:
    assert find("½", ["1", "2"], is_phrase=False) == [(0, 1)]


@pytest.mark.parametrize(
    ("words", "is_phrase", "expected"),
    [
        (["out", "timed"], False, True),
        (["out", "timed"], True, False),
        (["timed", "out"], True, True),
        (["time"], True, False),
        (["ed", "out"], True, False),
        ([], True, True),
    ],
)
def test_words_and_phrases_are_contained(words: list[str], is_phrase: bool, expected: bool) -> None:
    assert contains("It timed out.", words, is_phrase=is_phrase) is expected


@settings(deadline=None)
@given(hard, st.integers(0, 5), st.integers(1, 3))
def test_a_phrase_of_the_text_is_found_and_contained(text: str, start: int, length: int) -> None:
    phrase = words_of(text)[start : start + length]
    assert contains(text, phrase, is_phrase=True)
    assert bool(find(text, phrase, is_phrase=True)) == bool(phrase)
