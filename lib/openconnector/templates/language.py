# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Texts with placeholders: `{{ … }}` is filled in, and every other character stays as it is.

A text is split here and not by Jinja, which would change line ends, and for which `{#` in a body is a comment.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from openconnector.core.phrases import phrase, told
from openconnector.templates.context import Evaluation, TemplateContext
from openconnector.templates.expression import MAX_EXPRESSION, Expression, compiled
from openconnector.templates.parsing import STRING
from openconnector.templates.problem import IN_JSON, LITERALLY, Place, TemplateProblem

__all__ = [
    "Place",
    "Preview",
    "TemplateContext",
    "TemplateProblem",
    "check",
    "functions_of",
    "is_template",
    "preview",
    "render",
]

MAX_TEXT = 10 * 1024 * 1024
"""Characters of a text with placeholders."""

MAX_PLACEHOLDERS = 1000
MAX_CODE = 32_768
"""Characters between all braces of one text. It bounds the time that reading them for the first time takes."""

_STATEMENT = phrase("Statements are not known here. If the characters belong to the text, write {{ '{%' }} for them.")
_COMMENT = phrase("Comments are not known here. If the characters belong to the text, write {{ '{#' }} for them.")

_OPEN, _CLOSE = "{{", "}}"
_MARK = re.compile(r"\{[{%#]")
_INSIDE = re.compile(rf"""(?:[^'"}}]++|{STRING}|\}}(?!\}}))*+""", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Preview:
    """A text before and after. Either `after` or `problem` is None.

    Attributes:
        problem: what is wrong with it, with the place.
        place: where that is.
    """

    before: str
    after: str | None
    problem: str | None = None
    place: Place | None = None


def is_template(text: str) -> bool:
    """Whether there may be placeholders in the text. One without is sent as it is, whatever else is in it."""
    return _OPEN in text and _CLOSE in text


def render(text: str, context: TemplateContext) -> str:
    """The text with its placeholders filled in.

    Raises:
        TemplateProblem: one of them cannot be read or filled in, or the text exceeds a bound.
    """
    if not is_template(text):
        return text
    evaluation = Evaluation(context)
    filled: list[str] = []
    after = 0
    for start, end, expression in _placeholders(text):
        try:
            value = evaluation.insert(expression.evaluate(evaluation))
        except TemplateProblem as problem:
            raise problem.at(_place(text, start)) from None
        if expression.derives and context.learned is not None:
            context.learned(value)
        filled += (text[after:start], value)
        after = end
    filled.append(text[after:])
    return "".join(filled)


def check(text: str) -> None:
    """Accept a text whose placeholders can be read. What the source lacks shows only when they are filled in.

    Raises:
        TemplateProblem: one cannot be read, or the text exceeds a bound.
    """
    functions_of(text)


def checked(text: str) -> str:
    """The text, when it has no placeholders or all of them can be read.

    Raises:
        TemplateProblem: as `check`.
    """
    check(text)
    return text


def functions_of(text: str) -> frozenset[str]:
    """The names of the functions that the text calls, such as `oauthToken`: the caller may have to fetch a token first.

    Raises:
        TemplateProblem: as `check`.
    """
    if not is_template(text):
        return frozenset()
    return frozenset().union(*(expression.functions for _, _, expression in _placeholders(text)))


def preview(text: str, context: TemplateContext) -> Preview:
    """The text before and after. The context holds masks where secrets and tokens shall not be shown."""
    try:
        return Preview(text, render(text, context))
    except TemplateProblem as problem:
        return Preview(text, None, told(problem), problem.place)


def _placeholders(text: str) -> Iterator[tuple[int, int, Expression]]:
    """Where each placeholder begins and ends, and the expression in it."""
    if len(text) > MAX_TEXT:
        raise TemplateProblem(phrase("A text with placeholders has at most {most} characters.", most=MAX_TEXT))
    count = code = after = 0
    while (mark := _MARK.search(text, after)) is not None:
        start = mark.start()
        try:
            _check_mark(mark[0])
            after = _end(text, start)
            expression = compiled(text[start + 2 : after - 2])
            count, code = count + 1, code + after - start - 4
            _check_amount(count, code)
        except TemplateProblem as problem:
            raise problem.at(_place(text, start)) from None
        yield start, after, expression


def _check_mark(mark: str) -> None:
    """Refuse what the original would have run or left out, so that nobody sends it unawares."""
    if mark != _OPEN:
        raise TemplateProblem(_STATEMENT if mark == "{%" else _COMMENT)


def _check_amount(count: int, code: int) -> None:
    if count > MAX_PLACEHOLDERS or code > MAX_CODE:
        raise TemplateProblem(
            phrase(
                "A text has at most {count} placeholders with {characters} characters altogether.",
                count=MAX_PLACEHOLDERS,
                characters=MAX_CODE,
            )
        )


def _end(text: str, start: int) -> int:
    """Where the placeholder that begins at `start` ends. Braces in quotation marks do not end it."""
    limit = start + 2 + MAX_EXPRESSION
    inside = _INSIDE.match(text, start + 2, limit + 2)  # so that it sees both braces behind the longest one
    end = inside.end() if inside else start + 2
    if end <= limit and text.startswith(_CLOSE, end):
        if text[start + 2] in "-+" or text[end - 1] in "-+":
            raise TemplateProblem(phrase("White space around a placeholder stays. Write {{ and }} without - or +."))
        return end + 2
    if '\\"' in text[start:limit]:
        raise TemplateProblem(phrase("This placeholder is not closed with }}. {hint}", hint=IN_JSON))
    if len(text) > limit and (end >= limit or text.find(_CLOSE, start, limit) < 0):
        raise TemplateProblem(
            phrase(
                "This placeholder is not closed within {most} characters. {hint}", most=MAX_EXPRESSION, hint=LITERALLY
            )
        )
    if text[end : end + 1] in ("'", '"'):
        raise TemplateProblem(phrase("A quotation mark in this placeholder is not closed. {hint}", hint=LITERALLY))
    raise TemplateProblem(phrase("This placeholder is not closed with }}. {hint}", hint=LITERALLY))


def _place(text: str, index: int) -> Place:
    return Place(text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index))
