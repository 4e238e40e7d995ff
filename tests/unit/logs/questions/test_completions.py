# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where a query is completed, and what comes first."""

import pytest

from openconnector.logs.questions.completions import MOST, Candidate, Place, place_of, ranked


@pytest.mark.parametrize(
    ("marked", "place"),
    [
        # `|` is the cursor
        ("|", Place(None, 0, 0, "")),
        ("status:404 |", Place(None, 11, 11, "")),
        ("st|", Place(None, 0, 2, "st")),
        ("a st|at b", Place(None, 2, 6, "st")),
        ("-st|", Place(None, 1, 3, "st")),
        ("|-st", Place(None, 1, 3, "")),
        ("st|atus:404", Place(None, 0, 7, "st")),
        ("status|:404", Place(None, 0, 7, "status")),
        ("status:|", Place("status", 7, 7, "")),
        ("status:4|", Place("status", 7, 8, "4")),
        ("STATUS:4|04 x", Place("status", 7, 10, "4")),
        ("status:404,|", Place("status", 11, 11, "")),
        ("status:404,5|xx,200", Place("status", 11, 14, "5")),
        ("status:404|,5xx", Place("status", 7, 10, "404")),
        ('user:"Jan d|', Place("user", 5, 11, "Jan d")),
        ('user:"Jan d|e Vries" x', Place("user", 5, 19, "Jan d")),
        ("triggerid:n|", Place("triggerId", 10, 11, "n")),
        ("nothing:x|", None),
        ('"a phr|ase"', None),
        ("$.a|", None),
        ("$.a = 4|", None),
        ("$|", None),
    ],
)
def test_the_word_at_the_cursor_is_completed(marked: str, place: Place | None) -> None:
    cursor = marked.index("|")
    assert place_of(marked.replace("|", ""), cursor) == place


def texts(prefix: str, *candidates: tuple[str, str]) -> list[str]:
    return [candidate.text for candidate in ranked((Candidate(*pair, "") for pair in candidates), prefix)]


def test_what_begins_so_comes_before_what_contains_it() -> None:
    assert texts("er", ("user:", "user"), ("error:", "error"), ("is:", "is")) == ["error:", "user:"]


def test_labels_are_looked_at_too_and_case_does_not_matter() -> None:
    assert texts("HET", ("crm", "Het CRM"), ("het-archief", "Archief"), ("x", "x")) == ["crm", "het-archief"]


def test_quotes_do_not_hide_what_they_hold() -> None:
    assert texts("jan", ('"Jan de Vries"', "Jan de Vries")) == ['"Jan de Vries"']


def test_each_text_is_told_once_and_not_too_many() -> None:
    assert texts("", ("a", "a"), ("a", "a")) == ["a"]
    assert len(texts("", *((str(number), "x") for number in range(50)))) == MOST
