# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Placeholders of the original, which are Twig, as ours."""

import re
from collections.abc import Callable

from openconnector.core.phrases import phrase, told
from openconnector.templates.language import check, is_template
from openconnector.templates.problem import TemplateProblem

MAX_TEXT = 16 * 1024

FIELDS = frozenset({"id", "slug", "name", "location", "host", "type"})
"""What both know of a source."""

_PLACEHOLDER = re.compile(r"\{\{((?:(?!\{\{|\}\}).)*)\}\}", re.DOTALL)
_GETTER = re.compile(r"\bsource\.get([A-Z])(\w*)\(\s*\)")
_PATH = re.compile(r"\s*source((?:\.\w+)+)\s*")
_NAME = re.compile(r"\s*(\w+(?:\.\w+)*)\s*")
_NOW = re.compile(
    r"""(?:(["'])now\1|date\(\s*(?:(["'])now\2)?\s*\))
    (?:\s*\|\s*date_modify\(\s*(["'])\s*(?P<sign>[+-])\s*(?P<count>\d{1,6})\s*(?P<unit>sec(?:ond)?|min(?:ute)?|hour|day)s?
    \s*\3\s*\))?
    \s*\|\s*date\(\s*(["'])(?P<format>[^"']{1,40})\7\s*\)""",
    re.VERBOSE,
)
_SOURCE_FIELD = re.compile(r"\bsource\.(\w+)")
_SECONDS = {"sec": 1, "second": 1, "min": 60, "minute": 60, "hour": 3600, "day": 86_400}
_DIRECTIVES = dict(
    zip("YymdHisDlMFhA", ["%Y", "%y", "%m", "%d", "%H", "%M", "%S", "%a", "%A", "%b", "%B", "%I", "%p"], strict=True)
)
"""Letters of PHP's formats, and the directives of strftime for them."""

_WHOLE = {"U": "unix", "c": "iso"}

Value = Callable[[str], str | None]
"""The text at a dotted path, such as `configuration.authentication.token`; None where there is none."""


class Untranslatable(ValueError):
    """A placeholder means nothing here; `str()` is a sentence."""


def translated(text: str, value: Value, *, names: Value | None = None) -> str:
    """The text with our placeholders. What the document knows itself is filled in.

    Args:
        value: finds fields of the source.
        names: finds names without `source.` before them.

    Raises:
        Untranslatable: something in it has no counterpart.
    """
    if not is_template(text):
        return text
    if len(text) > MAX_TEXT:
        raise Untranslatable(phrase("A text with placeholders may have {limit} characters here.", limit=MAX_TEXT))
    translation = _PLACEHOLDER.sub(lambda match: _placeholder(match[1], value, names), text)
    try:
        check(translation)
    except TemplateProblem as problem:
        detail = phrase("This placeholder is not known here: {problem}", problem=told(problem))
        raise Untranslatable(detail) from None
    return translation


def _placeholder(inside: str, value: Value, names: Value | None) -> str:
    inside = _GETTER.sub(lambda match: f"source.{match[1].lower()}{match[2]}", inside)
    path = _PATH.fullmatch(inside)
    if path and path[1][1:] not in FIELDS:
        return _known(path[1][1:], value)
    name = _NAME.fullmatch(inside)
    if name and names is not None and not path:
        return _known(name[1], names)
    inside = _NOW.sub(_now, inside)
    for field in _SOURCE_FIELD.findall(inside):
        if field not in FIELDS:
            raise Untranslatable(phrase("“{name}” is not known in placeholders here.", name=f"source.{field}"))
    return f"{{{{{inside}}}}}"


def _known(path: str, value: Value) -> str:
    text = value(path)
    if text is None:
        raise Untranslatable(phrase("The document does not say what “{name}” is.", name=path[:100]))
    return text


def _now(match: re.Match[str]) -> str:
    seconds = _SECONDS[match["unit"]] * int(match["count"]) if match["unit"] else 0
    if match["sign"] == "-":
        seconds = -seconds
    written = _WHOLE.get(match["format"]) or _format(match["format"])
    return f"now('{written}', {seconds})" if seconds else f"now('{written}')"


def _format(php: str) -> str:
    """A format of PHP's `date` as one of strftime."""
    made, is_literal = "", False
    for char in php:
        if is_literal or not char.isalpha():
            is_literal, literal = (char == "\\" and not is_literal), char
            made += "" if is_literal else literal.replace("%", "%%")
        elif char in _DIRECTIVES:
            made += _DIRECTIVES[char]
        else:
            raise Untranslatable(phrase("The date format “{format}” is not known here.", format=php))
    return made
