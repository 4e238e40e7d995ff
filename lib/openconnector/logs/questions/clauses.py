# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A question to the log: clauses that must all hold. The query language and filters make it, the index answers it."""

from dataclasses import dataclass
from typing import Literal

Facet = Literal["source", "status", "outcome", "error", "method", "trigger", "trigger_id", "user", "host", "path", "id"]
"""Fields that are compared as a whole. The values of each:

`source`: UUIDs as text (slugs are resolved before); `status`: `404`, `4xx` or `none`; `outcome`: as in core/outcome;
`error`: an error type; `method`: upper case; `trigger`: its type; `trigger_id`, `user`: as they are, case matters;
`host`: lower case, with `:port` where the URL has one; `path`: `/a/b`, the path itself and everything below it, by
whole segments, without a slash at the end (`/` is everything); `id`: UUIDs of calls as text.
"""

Column = Literal["duration", "size", "time"]
"""Fields with an order: `duration` in microseconds, `size` of the response in bytes (a call without a response has
none and never matches), `time` of the start in microseconds since 1970. All whole numbers."""

Operator = Literal["=", "!=", "<", "<=", ">", ">=", "~", "exists"]


@dataclass(frozen=True, slots=True)
class IsOneOf:
    """The field has one of the values; negated: none of them. Without values, nothing has (negated: everything)."""

    field: Facet
    values: tuple[str, ...]
    is_negated: bool = False


@dataclass(frozen=True, slots=True)
class IsBetween:
    """`low` <= value < `high`; None: no bound. Negated: outside, or without a value."""

    column: Column
    low: int | None
    high: int | None
    is_negated: bool = False


@dataclass(frozen=True, slots=True)
class HasText:
    """All of the words stand in the call, wherever; of a phrase, one behind the other in the same text.

    `words` are those that `index.words.words_of` finds in `text`. A call's texts are its URL, each header as
    `name: value`, each body that is text, error messages, and title and detail of the diagnosis.
    """

    text: str
    words: tuple[str, ...]
    is_phrase: bool = False
    is_negated: bool = False


@dataclass(frozen=True, slots=True)
class HasField:
    """A JSON body of the call, of a request or a response, has a value at `path` that compares.

    `path` is that of index.leaves: names and `[*]` for each array (`$.items[*].id`). `items` are the items that are
    meant in these arrays, one for each `[*]`: 0 is the first, -1 the last, None any; empty where any is meant in all.
    `value` is a scalar of JSON; None for `exists` only or JSON's null. Numbers compare as numbers, texts by
    `~` (contains, without case) and by =, != and as ISO 8601 or code point order by the other operators.
    `!=` means: there is a value there, and it is another one.
    """

    path: str
    operator: Operator
    value: str | float | int | bool | None
    is_negated: bool = False
    items: tuple[int | None, ...] = ()


@dataclass(frozen=True, slots=True)
class IsPinned:
    """The call is kept for ever, or not."""

    is_pinned: bool


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of the clauses holds: `status:success,404` asks for an outcome or a status. There are some."""

    clauses: tuple[IsOneOf, ...]


Clause = IsOneOf | IsBetween | HasText | HasField | IsPinned | AnyOf


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked. Without clauses: every call."""

    clauses: tuple[Clause, ...] = ()
