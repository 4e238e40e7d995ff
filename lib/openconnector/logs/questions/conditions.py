# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Conditions on JSON bodies, as they stand in a query: `$.error.code=42`, `$.items[0].name ~ "abc"`, `$.x`."""

import re
from typing import cast

from openconnector.core.phrases import phrase
from openconnector.logs.index.leaves import ANY_ITEM, step
from openconnector.logs.questions.clauses import HasField, Operator
from openconnector.logs.questions.scanning import Condition, Part, Value, quoted

_STEP = re.compile(
    r"""
    \.(?P<name>[^.\[\]\s]+)
    | \[(?:'(?P<single>(?:[^'\\]|\\.)*+)'|"(?P<double>(?:[^"\\]|\\.)*+)")\]
    | \[(?P<item>\*|-?[0-9]{1,9})\]
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPED = re.compile(r"""\\(["'\\])""")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?P<fraction>\.[0-9]+)?(?P<exponent>[eE][+-]?[0-9]+)?")
_LONGEST_NUMBER = 64
"""Characters."""
_LITERALS: dict[str, bool | None] = {"true": True, "false": False, "null": None}
_SPELLINGS = {"==": "="}
_MISSPELLED = {"<>": "!=", "=~": "~", ":": "=", "!": "!="}
_EXAMPLE = "$.error.code = 42"


def clause_of(condition: Condition) -> HasField:
    """The clause of a condition.

    Raises:
        QueryError: it does not parse.
    """
    path, items = _path_of(condition)
    if condition.operator is None or condition.value is None:
        return HasField(path, "exists", None, condition.is_negated, items)
    operator = _operator_of(condition, condition.operator)
    value = _value_of(condition.value, condition.operator, operator)
    return HasField(path, operator, value, condition.is_negated, items)


def _path_of(condition: Condition) -> tuple[str, tuple[int | None, ...]]:
    """`path` and `items` of the clause."""
    path, written = "$", condition.path
    items: list[int | None] = []
    at = written.start + 1
    while at < written.end:
        match = _STEP.match(written.query, at, written.end)
        if match is None or match["name"] == "*":
            raise _bad_step(condition, at)
        at = match.end()
        path += ANY_ITEM if match["item"] else step(_name_of(match))
        if match["item"]:
            items.append(None if match["item"] == "*" else int(match["item"]))
    if condition.stray is not None:
        raise _bad_step(condition, condition.stray.start)
    return path, tuple(items) if items.count(None) < len(items) else ()


def _name_of(match: re.Match[str]) -> str:
    escaped = match["single"] if match["single"] is not None else match["double"]
    return match["name"] if escaped is None else _ESCAPED.sub(r"\1", escaped)


def _bad_step(condition: Condition, at: int) -> Exception:
    rest = Part(condition.query, at, condition.stray.end if condition.stray else condition.path.end)
    if rest.text.startswith(("..", ".*")):
        return rest.wrong(
            phrase("“{sign}” is not known here: name each step of the path, such as $.error.code.", sign=rest.text[:2])
        )
    if rest.text == ".":
        return rest.wrong(phrase("A name is missing behind the dot."), "")
    if rest.text.startswith("["):
        name = re.match(r"""\[\s*['"]?([^'"\]\s=!<>~]+)['"]?\s*\]?""", rest.text)
        instead = None
        if name is not None:
            inside = f"[{name[1]}]" if re.fullmatch(r"\*|[0-9]+", name[1]) else f"['{name[1]}']"
            instead = inside + rest.text[name.end() :]
        return rest.wrong(
            phrase("Between brackets stand a number, * or a name in quotes: $.items[0].id, $['a b']."), instead
        )
    name = re.match(r"[\w-]+", rest.text)
    instead = f".{rest.text}" if name is not None else None
    return rest.wrong(phrase("The path cannot go on like this. Write it as in {example}.", example=_EXAMPLE), instead)


def _operator_of(condition: Condition, written: Part) -> Operator:
    text = _SPELLINGS.get(written.text, written.text)
    if text == "!~":
        sign = "" if condition.is_negated else "-"
        without = condition.query[condition.start + condition.is_negated : written.start]
        rest = condition.query[written.end : condition.end]
        message = phrase("“!~” is not known here: put a minus before the whole condition.")
        raise written.wrong(message, suggestion=condition.with_instead(f"{sign}{without}~{rest}"))
    if text in _MISSPELLED:
        message = phrase("“{sign}” compares nothing here: use =, !=, <, <=, >, >= or ~ (contains).", sign=text)
        raise written.wrong(message, _MISSPELLED[text])
    return cast("Operator", text)


def _value_of(value: Value, written: Part, operator: Operator) -> str | float | int | bool | None:
    if value.start == value.end:
        raise written.wrong(phrase("A value is missing behind “{sign}”.", sign=written.text), "")
    _check_quotes(value)
    found = value.value if value.is_quoted else _scalar(value)
    if operator == "~":
        if not value.value:
            raise value.wrong(phrase("“~” needs a text that the value contains."))
        return value.value
    if operator not in ("=", "!=") and (found is None or isinstance(found, bool)):
        raise written.wrong(phrase("“{value}” has no order: compare it with = or !=.", value=value.value), "=")
    return found


def _check_quotes(value: Value) -> None:
    if not value.is_closed:
        quote = value.text[0]
        raise value.wrong(phrase("The closing {quote} is missing.", quote=quote), f"{value.text}{quote}")
    if not value.is_quoted and "," in value.value:
        is_text = not re.fullmatch(r"[-0-9.,]+", value.value)
        instead = quoted(value.value) if is_text else None
        raise value.wrong(phrase("A condition has one value. A text with a comma stands in quotes."), instead)


def _scalar(value: Value) -> str | float | int | bool | None:
    text = value.value
    if text in _LITERALS:
        return _LITERALS[text]
    match = _NUMBER.fullmatch(text)
    if match is None:
        return text
    number = float(text) if match["fraction"] or match["exponent"] or len(text) > _LONGEST_NUMBER else int(text)
    if len(text) > _LONGEST_NUMBER or number in (float("inf"), float("-inf")):
        raise value.wrong(
            phrase("“{value}” is too large or too long for a number. As text, it stands in quotes.", value=value.shown),
            f'"{text}"',
        )
    return number
