# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Words for a shell: what goes in comes out, and a terminal never sees what it would act upon."""

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openconnector.logs.exports.shell import Variable, is_unseen, quoted, word

_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=50)


def said(command: str, **variables: str) -> str:
    """What a shell makes of a word."""
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", **variables}
    result = subprocess.run(
        ["/bin/sh", "-c", f"printf '%s|' {command}"], env=environment, capture_output=True, timeout=10, check=True
    )
    return result.stdout.decode()


@given(texts=st.lists(_TEXT, min_size=1, max_size=20))
def test_a_text_is_one_word_and_stays_what_it_is(texts: list[str]) -> None:
    assert said(" ".join(map(quoted, texts))) == "".join(f"{text}|" for text in texts)


@given(before=_TEXT, value=_TEXT, after=_TEXT)
def test_a_variable_stands_between_texts(before: str, value: str, after: str) -> None:
    assert said(word([before, Variable("VALUE"), after]), VALUE=value or "x") == f"{before}{value or 'x'}{after}|"


@given(text=_TEXT)
def test_nothing_that_a_terminal_acts_upon_stands_in_a_command(text: str) -> None:
    assert not any(is_unseen(letter) for letter in quoted(text))


def test_the_end_of_a_paste_is_made_by_the_shell() -> None:
    """A terminal would take it for the end, and run what is behind it."""
    assert quoted("a\x1b[201~\x03b") == "'a'\"$(printf '\\033')\"'[201~'\"$(printf '\\003')\"'b'"


def test_what_people_read_is_in_one_pair_of_quotes() -> None:
    assert word(["Authorization: Bearer ", Variable("ACCESS_TOKEN")]) == (
        '"Authorization: Bearer ${ACCESS_TOKEN:?set it first}"'
    )
    assert quoted("it's") == r"'it'\''s'"
    assert word([]) == "''"


@pytest.mark.parametrize("value", [None, ""])
def test_a_variable_that_is_not_set_stops_the_shell(value: str | None) -> None:
    environment = {} if value is None else {"A": value}
    command = f"printf '%s' {word(['x', Variable('A')])}; echo after"
    result = subprocess.run(["/bin/sh", "-c", command], env=environment, capture_output=True, timeout=10, check=False)
    assert result.returncode != 0
    assert b"A: set it first" in result.stderr
    assert result.stdout == b""
