# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the server says to users can be translated: a sentence that is raised for them is a phrase."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import openconnector.app  # with it, all errors are known
from openconnector.core.errors import ConfigurationError, OpenConnectorError

PACKAGE = Path(openconnector.__file__).parent
ENGLISH = ("cli.py", "commands", "migrations", "logs/generation")
"""Whose texts no user of the interface reads."""


def errors_of(root: type[OpenConnectorError]) -> Iterator[str]:
    """The names of all errors that are answered with a problem document, and what else becomes a part of one."""
    yield root.__name__
    for child in root.__subclasses__():
        if child is not ConfigurationError:
            yield from errors_of(child)


SENTENCE = re.compile(r"[A-Z“{].* ")

SAID_BY = {*errors_of(OpenConnectorError), "FieldError", "ValueError"}
"""ValueErrors of validators stand below a field. Those for developers begin with a small letter."""


def sentences(tree: ast.Module) -> Iterator[ast.expr]:
    """Sentences that are given to an error as they are."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and name_of(node.func) in SAID_BY:
            given = [*node.args, *(keyword.value for keyword in node.keywords if keyword.arg == "detail")]
            yield from (argument for argument in given if is_sentence(argument))


def name_of(function: ast.expr) -> str:
    """`InvalidInput` of `InvalidInput(…)` and of `InvalidInput.field(…)`."""
    if isinstance(function, ast.Attribute) and function.attr in ("field", "parameter"):
        function = function.value
    return function.id if isinstance(function, ast.Name) else ""


def is_sentence(argument: ast.expr) -> bool:
    if isinstance(argument, ast.JoinedStr):
        written = "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in argument.values)
        return SENTENCE.match(written) is not None
    if isinstance(argument, ast.IfExp):
        return is_sentence(argument.body) or is_sentence(argument.orelse)
    return isinstance(argument, ast.Constant) and SENTENCE.match(str(argument.value)) is not None


MODULES = [
    path for path in sorted(PACKAGE.rglob("*.py")) if not path.relative_to(PACKAGE).as_posix().startswith(ENGLISH)
]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_sentence_that_is_raised_for_users_is_a_phrase(path: Path) -> None:
    found = [f"{path.name}:{node.lineno}" for node in sentences(ast.parse(path.read_text("utf-8")))]
    assert found == []


@pytest.mark.parametrize(
    "code",
    [
        'raise InvalidInput("Not so.")',
        'raise NotFound(f"No {name} here.")',
        'InvalidInput.field("/a", "Not so.")',
        'FieldError("/a", "Not so." if x else phrase("So."), "code")',
    ],
)
def test_the_search_finds_sentences(code: str) -> None:
    assert len(list(sentences(ast.parse(code)))) == 1
