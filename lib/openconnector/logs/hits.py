# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where the words of a question stand in a call: one place, with some of what stands around it."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from openconnector.logs.entries import CallEntry
from openconnector.logs.index.facts import texts_of
from openconnector.logs.index.terms import LONGEST_TEXT
from openconnector.logs.index.words import contains, find
from openconnector.logs.questions.clauses import AnyOf, Clause, HasText, Question
from openconnector.logs.schemas import Hit

BEFORE, LENGTH = 40, 200
"""Characters shown before the first word, and of all of it."""


def texts_wanted(question: Question) -> list[HasText]:
    """The words that a question asks for."""
    return list(_wanted(question.clauses))


def _wanted(clauses: Iterable[Clause]) -> Iterator[HasText]:
    for clause in clauses:
        if isinstance(clause, HasText) and not clause.is_negated:
            yield clause
        elif isinstance(clause, AnyOf):
            yield from _wanted(clause.clauses)


def hit_of(call: CallEntry, wanted: Sequence[HasText]) -> Hit | None:
    """The text of the call that has the most of what is wanted; None where no text has any."""
    best: tuple[int, Any, str] | None = None
    for place, text, _ in texts_of(call):
        piece = (text.decode("utf-8", "ignore") if isinstance(text, bytes) else text)[:LONGEST_TEXT]
        score = sum(contains(piece, clause.words, is_phrase=clause.is_phrase) for clause in wanted)
        if score and (best is None or score > best[0]):
            best = (score, place, piece)
            if score == len(wanted):
                break
    return None if best is None else _cut(best[1], best[2], wanted)


def _cut(place: Any, text: str, wanted: Sequence[HasText]) -> Hit:
    ranges = sorted({span for clause in wanted for span in find(text, clause.words, clause.is_phrase)})
    start = max(0, ranges[0][0] - BEFORE) if ranges else 0
    end = start + LENGTH
    shown = text[start:end].replace("\n", " ").replace("\r", " ")
    inside = [(low - start, high - start) for low, high in ranges if low >= start and high <= end]
    return Hit(place=place, text=shown, ranges=inside[:50])
