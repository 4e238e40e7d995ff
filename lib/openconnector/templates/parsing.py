# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What stands between the braces as a tree of Jinja, whose grammar it is."""

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from openconnector.core.phrases import phrase
from openconnector.templates.problem import IN_JSON, LITERALLY, TemplateProblem

if TYPE_CHECKING:
    from jinja2 import Environment, nodes

STRING: Final = r"""'[^'\\]*+(?:\\.[^'\\]*+)*+'|"[^"\\]*+(?:\\.[^"\\]*+)*+\""""
"""A pattern for a text in quotation marks, as Jinja reads it. It does not match where the closing mark is missing."""

_STRING = re.compile(STRING, re.DOTALL)
_ESCAPE = re.compile(r"""\\(?:[\\'"nrt]|x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|(?P<other>.))""", re.DOTALL)


def _check_escapes(text: str) -> None:
    """Python's other escapes are refused: it reads an unknown one as two characters, and warns."""
    for string in _STRING.finditer(text):
        if any(escape["other"] for escape in _ESCAPE.finditer(string[0])):
            raise TemplateProblem(
                phrase(
                    "A backslash stands before a character that it does not go with. Write \\\\ for a backslash "
                    "itself; known are \\n, \\r, \\t, \\', \\\", \\x41 and \\u0041."
                )
            )


@lru_cache(maxsize=1)
def _environment() -> "Environment":
    # Only its grammar is used. It is the strictest there is, should somebody ever render with it.
    from jinja2 import StrictUndefined  # noqa: PLC0415  # 2 MiB that a process without templates does not need
    from jinja2.sandbox import ImmutableSandboxedEnvironment  # noqa: PLC0415

    return ImmutableSandboxedEnvironment(autoescape=False, undefined=StrictUndefined, loader=None, cache_size=0)


def parsed(text: str) -> "nodes.Expr":
    """The tree of an expression, whose quotation marks are closed.

    Raises:
        TemplateProblem: it is none.
    """
    from jinja2 import TemplateSyntaxError  # noqa: PLC0415
    from jinja2.parser import Parser  # noqa: PLC0415

    _check_escapes(text)
    try:
        parser = Parser(_environment(), text, state="variable")
        tree = parser.parse_expression()
        ended = parser.stream.eos
    except TemplateSyntaxError as error:
        raise TemplateProblem(_unread(text, error)) from None
    except RecursionError:
        raise TemplateProblem(phrase("This is nested too deeply.")) from None
    except (ValueError, SyntaxError):
        raise TemplateProblem(phrase("A number cannot be read. Write it in quotation marks.")) from None
    if not ended:
        raise TemplateProblem(phrase("Something stands behind the end of the expression. {hint}", hint=LITERALLY))
    return tree


def _unread(text: str, error: Exception) -> str:
    if "\\" in _STRING.sub("", text):
        return phrase(
            "This cannot be read: a backslash stands outside of quotation marks. {in_json} {hint}",
            in_json=IN_JSON,
            hint=LITERALLY,
        )
    # Jinja names kinds of tokens, names and single characters, but never the content of a string.
    message = str(getattr(error, "message", None) or "").replace("end of template", "end").rstrip(".")
    problem = message or phrase("it is no expression")
    return phrase("This cannot be read: {problem}. {hint}", problem=problem, hint=LITERALLY)
