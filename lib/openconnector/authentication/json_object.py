# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""JSON objects that an administrator writes, such as the claims of a token: read, bounded, and filled in."""

import json
import math
import re
from functools import lru_cache
from typing import Any

from openconnector.authentication.base import Render
from openconnector.core.phrases import Phrase, phrase, told
from openconnector.templates.language import checked
from openconnector.templates.problem import TemplateProblem

MAX_DEPTH = 10
"""Levels of objects and lists."""

_TOO_DEEP = phrase("Objects and lists are nested more than {limit} levels deep.", limit=MAX_DEPTH)
_MAX_DIGITS = 40
_MAX_NAME = 50

TIMES = frozenset({"exp", "iat", "nbf"})
"""Claims that are numbers of seconds (RFC 7519, section 2, NumericDate)."""

_SECONDS = re.compile(r"-?\d{1,12}(\.\d{1,6})?", re.ASCII)


@lru_cache(maxsize=64)
def json_object(text: str) -> dict[str, Any]:
    """The object that a text is; nothing is an empty one. It is shared: do not change it.

    Raises:
        ValueError: it is none; the message stands under the field.
    """
    if not text:
        return {}
    try:
        parsed = json.loads(
            text,
            object_pairs_hook=_without_repetition,
            parse_constant=_no_constant,
            parse_float=_number,
            parse_int=_integer,
        )
    except json.JSONDecodeError as error:
        sentence = phrase(
            "This is not valid JSON, from line {line}, column {column}. Placeholders stand within "
            "quotation marks, and have single ones within: \"{{ now('unix') }}\".",
            line=error.lineno,
            column=error.colno,
        )
        raise ValueError(sentence) from None
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None
    if _depth(parsed) > MAX_DEPTH:
        raise ValueError(_TOO_DEEP)
    if isinstance(parsed, dict):
        return parsed
    raise ValueError(phrase('Enter a JSON object, such as {"iss": "nextcloud"}.'))


def filled(document: dict[str, Any], what: Phrase, render: Render) -> dict[str, Any]:
    """A copy in which the placeholders of every string are filled in. What is filled in stays within its string.

    Args:
        what: names a member, for the errors of `render`: "the claim {name}" becomes "the claim iss".
    """

    def fill(value: Any, place: str) -> Any:
        if isinstance(value, str):
            return render(value, what.filled(name=place))
        if isinstance(value, dict):
            return {name: fill(inner, f"{place}.{name}") for name, inner in value.items()}
        if isinstance(value, list):
            return [fill(inner, f"{place}[{position}]") for position, inner in enumerate(value)]
        return value

    return {name: fill(value, name) for name, value in document.items()}


def unreadable_placeholder(text: str) -> str | None:
    """What is wrong with a placeholder in an object that can be read, as a sentence; None: nothing is."""
    try:
        filled(json_object(text), phrase("the member {name}"), _checked)
    except TemplateProblem as problem:
        return told(problem)
    return None


def seconds_of(name: str, value: Any) -> float | None:
    """The time in a claim as a number, or null.

    Raises:
        ValueError: it is neither.
    """
    if value is None or (isinstance(value, (int, float)) and not isinstance(value, bool)):
        return value
    if isinstance(value, str) and _SECONDS.fullmatch(value.strip()):
        number = float(value)
        return int(number) if number.is_integer() else number
    raise ValueError(phrase("The claim {name} is a time: a number of seconds since 1970, and nothing else.", name=name))


def _checked(text: str, place: str) -> str:
    try:
        return checked(text)
    except TemplateProblem as problem:
        raise TemplateProblem(phrase("In {place}: {problem}", place=place, problem=told(problem))) from None


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = {}
    for name, value in pairs:
        if name in document:
            raise ValueError(phrase("{name} stands there twice.", name=name[:_MAX_NAME]))
        document[name] = value
    return document


def _no_constant(name: str) -> Any:
    raise ValueError(phrase("{name} is no number in JSON.", name=name))


def _number(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError(phrase("A number is too large."))
    return number


def _integer(text: str) -> int:
    if len(text) > _MAX_DIGITS:
        raise ValueError(phrase("A number has more than {limit} digits.", limit=_MAX_DIGITS))
    return int(text)


def _depth(value: Any) -> int:
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inside is None else 1 + max(map(_depth, inside), default=0)
