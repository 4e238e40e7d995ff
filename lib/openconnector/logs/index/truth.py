# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a clause means, said without any index: it verifies candidates, and the index is tested against it."""

from openconnector.logs.index.columns import value_of
from openconnector.logs.index.leaves import matches
from openconnector.logs.index.terms import CallFacts, facets_of, normal_path, searched_texts, trees_of
from openconnector.logs.index.words import contains, words_of
from openconnector.logs.questions.clauses import AnyOf, Clause, HasField, HasText, IsBetween, IsOneOf, IsPinned


def verify(clause: Clause, facts: CallFacts) -> bool:
    """Whether one clause holds of one call."""
    if isinstance(clause, IsPinned):
        return facts.is_pinned == clause.is_pinned
    if isinstance(clause, AnyOf):
        return any(verify(one, facts) for one in clause.clauses)
    return _holds(clause, facts) != clause.is_negated


def _holds(clause: IsOneOf | IsBetween | HasText | HasField, facts: CallFacts) -> bool:
    match clause:
        case IsOneOf("id", values):
            return facts.id in values
        case IsOneOf("path", values):
            return any(("path", normal_path(value)) in facets_of(facts) for value in values)
        case IsOneOf(name, values):
            return any(field == name and value in values for field, value in facets_of(facts))
        case IsBetween(column, low, high):
            value = value_of(facts, column)
            return value is not None and (low is None or value >= low) and (high is None or value < high)
        case HasText():
            return _has_text(clause, facts)
        case HasField():
            return _has_field(clause, facts)


def _has_text(clause: HasText, facts: CallFacts) -> bool:
    if clause.is_phrase:
        return any(contains(text, clause.words, is_phrase=True) for text in searched_texts(facts)) or not clause.words
    missing = set(clause.words)
    for text in searched_texts(facts):
        if not missing:
            break
        missing.difference_update(words_of(text))
    return not missing


def _has_field(clause: HasField, facts: CallFacts) -> bool:
    for tree in trees_of(facts, clause.items):
        if clause.operator == "exists" and clause.path in tree.branches:
            return True
        if any(path == clause.path and matches(leaf, clause.operator, clause.value) for path, leaf in tree.leaves):
            return True
    return False
