# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What may stand between the braces: parsed by Jinja, and accepted only if every node is on the list below.

Jinja runs nothing of it. What is accepted becomes closures over the functions of this package, so that there is neither
generated code nor an attribute of a Python object that a text could reach.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from openconnector.templates.arguments import Constant, Evaluate, bind
from openconnector.templates.context import AUTHENTICATION, MAX_INTEGER, SOURCE_FIELDS, Evaluation, Value
from openconnector.templates.functions import DEFAULT, FILTERS, FUNCTIONS, Function
from openconnector.templates.problem import IN_JSON, LITERALLY, FieldMissing, TemplateProblem, known, quoted

if TYPE_CHECKING:
    from jinja2 import Environment, nodes

MAX_EXPRESSION = 2000
"""Characters between the braces."""

MAX_NODES = 30
"""Values, calls and filters in one expression."""

MAX_KEPT = 1024
"""Expressions that are kept compiled: one text may have almost as many. They take 25 MiB at the very most."""

SOURCE: Final = "source"

_FIELDS: Final = (*SOURCE_FIELDS, AUTHENTICATION)
_REFUSED: Final = {
    **dict.fromkeys(("Add", "Sub", "Mul", "Div", "FloorDiv", "Mod", "Pow", "Neg", "Pos"), "Arithmetic"),
    **dict.fromkeys(("CondExpr", "Compare", "And", "Or", "Not", "Test"), "A condition"),
    **dict.fromkeys(("List", "Tuple", "Dict"), "A list"),
}
_INSTEAD: Final = {
    "Arithmetic": "To join texts, write ~ between them; for another time, now(offset=60).",
    "A condition": "For a field that may be empty, write |default('…').",
}


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression that is ready to be evaluated.

    Attributes:
        functions: the names of the functions that it calls.
        derives: it computes something from a field of the authentication scheme or from a token.
    """

    evaluate: Evaluate
    functions: frozenset[str]
    derives: bool


@lru_cache(maxsize=MAX_KEPT)
def compiled(text: str) -> Expression:
    """The expression that `text` is.

    Args:
        text: what stands between the braces. Its quotation marks are closed.

    Raises:
        TemplateProblem: it is none, or has something that is not on the list.
    """
    if not text.strip():
        raise TemplateProblem(f"The placeholder is empty. {LITERALLY}")
    _check_escapes(text)
    compiler = _Compiler()
    evaluate = compiler.expression(_parsed(text))
    return Expression(evaluate, frozenset(compiler.functions), compiler.reads_secrets and compiler.computes)


STRING: Final = r"""'[^'\\]*+(?:\\.[^'\\]*+)*+'|"[^"\\]*+(?:\\.[^"\\]*+)*+\""""
"""A pattern for a text in quotation marks, as Jinja reads it. It does not match where the closing mark is missing."""

_STRING = re.compile(STRING, re.DOTALL)
_ESCAPE = re.compile(r"""\\(?:[\\'"nrt]|x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|(?P<other>.))""", re.DOTALL)


def _check_escapes(text: str) -> None:
    """Python's other escapes are refused: it reads an unknown one as two characters, and warns."""
    for string in _STRING.finditer(text):
        if any(escape["other"] for escape in _ESCAPE.finditer(string[0])):
            raise TemplateProblem(
                r"A backslash stands before a character that it does not go with. Write \\ for a backslash itself;"
                r""" known are \n, \r, \t, \', \", \x41 and \u0041."""
            )


@lru_cache(maxsize=1)
def _environment() -> "Environment":
    # Only its grammar is used. It is the strictest there is, should somebody ever render with it.
    from jinja2 import StrictUndefined  # noqa: PLC0415  # 2 MiB that a process without templates does not need
    from jinja2.sandbox import ImmutableSandboxedEnvironment  # noqa: PLC0415

    return ImmutableSandboxedEnvironment(autoescape=False, undefined=StrictUndefined, loader=None, cache_size=0)


def _parsed(text: str) -> "nodes.Expr":
    from jinja2 import TemplateSyntaxError  # noqa: PLC0415
    from jinja2.parser import Parser  # noqa: PLC0415

    try:
        parser = Parser(_environment(), text, state="variable")
        tree = parser.parse_expression()
        ended = parser.stream.eos
    except TemplateSyntaxError as error:
        raise TemplateProblem(f"This cannot be read: {_said(text, error)}. {LITERALLY}") from None
    except RecursionError:
        raise TemplateProblem("This is nested too deeply.") from None
    except (ValueError, SyntaxError):
        raise TemplateProblem("A number cannot be read. Write it in quotation marks.") from None
    if not ended:
        raise TemplateProblem(f"Something stands behind the end of the expression. {LITERALLY}")
    return tree


def _said(text: str, error: "Exception") -> str:
    if "\\" in _STRING.sub("", text):
        return f"a backslash stands outside of quotation marks. {IN_JSON}"
    # Jinja names kinds of tokens, names and single characters, but never the content of a string.
    return str(getattr(error, "message", None) or "it is no expression").replace("end of template", "end").rstrip(".")


class _Compiler:
    """Turns one tree into a closure, and notes what it uses."""

    def __init__(self) -> None:
        self.functions: set[str] = set()
        self.reads_secrets = False
        self.computes = False
        self._nodes = 0
        self._accepted: dict[str, Callable[[Any], Evaluate]] = {
            "Const": lambda node: Constant(_checked(node.value)),
            "Neg": _negative,
            "Name": _name,
            "Getattr": self._field,
            "Getitem": self._field,
            "Concat": self._concatenation,
            "Call": self._call,
            "Filter": self._filter,
        }

    def expression(self, node: "nodes.Expr") -> Evaluate:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise TemplateProblem(f"A placeholder has at most {MAX_NODES} values, functions and filters.")
        accept = self._accepted.get(_kind(node))
        if accept is None:
            raise _refusal(_kind(node))
        return accept(node)

    def _field(self, node: "nodes.Getattr | nodes.Getitem") -> Evaluate:
        match _path(node):
            case [name] if name in SOURCE_FIELDS:
                return lambda evaluation: evaluation.field(name)
            case [name] if name == AUTHENTICATION:
                raise TemplateProblem(f"“source.{name}” has fields. Name one of them, as in source.{name}.username.")
            case [name]:
                raise TemplateProblem(f"“source” has no field {quoted(name)}. {known(name, _FIELDS)}")
            case [group, name] if group == AUTHENTICATION:
                self.reads_secrets = True
                return lambda evaluation: evaluation.scheme_field(name)
        raise TemplateProblem("Only source.<field> and source.authentication.<field> can be read.")

    def _concatenation(self, node: "nodes.Concat") -> Evaluate:
        parts = [self.expression(part) for part in node.nodes]
        return lambda evaluation: "".join([evaluation.text(part(evaluation)) for part in parts])

    def _call(self, node: "nodes.Call") -> Evaluate:
        if _kind(node.node) != "Name":
            raise TemplateProblem("Only a function can be called, not something of a value.")
        name: str = getattr(node.node, "name", "")
        function = FUNCTIONS.get(name)
        if function is None:
            if name in FILTERS:
                raise TemplateProblem(f"{quoted(name)} is a filter. It stands behind a value: {FILTERS[name].usage}.")
            raise TemplateProblem(f"There is no function {quoted(name)}. {known(name, FUNCTIONS)} {LITERALLY}")
        self.functions.add(name)
        if function.of_source:
            _check_source(name, function, node)
            self.reads_secrets = True
            return function.apply
        return self._applied(name, function, node, [])

    def _filter(self, node: "nodes.Filter") -> Evaluate:
        function = FILTERS.get(node.name)
        if function is None or node.node is None:
            if node.name in FUNCTIONS:
                raise TemplateProblem(f"{quoted(node.name)} is a function. It is written {FUNCTIONS[node.name].usage}.")
            raise TemplateProblem(f"There is no filter {quoted(node.name)}. {known(node.name, FILTERS)}")
        value = self.expression(node.node)
        return self._applied(node.name, function, node, [_or_nothing(value) if node.name == DEFAULT else value])

    def _applied(
        self, name: str, function: Function, node: "nodes.Call | nodes.Filter", piped: list[Evaluate]
    ) -> Evaluate:
        keywords: list[Any] = node.kwargs
        named = {keyword.key: self.expression(keyword.value) for keyword in keywords}
        if node.dyn_args is not None or node.dyn_kwargs is not None or len(named) < len(keywords):
            raise TemplateProblem(f"These are not the arguments of {quoted(name)}. It is written {function.usage}.")
        self.computes |= name != DEFAULT
        return bind(name, function, [*piped, *map(self.expression, node.args)], named)


def _kind(node: object) -> str:
    # By the exact class: a subclass would be something that the list does not speak of.
    return type(node).__name__


def _refusal(kind: str) -> TemplateProblem:
    what = _REFUSED.get(kind, "This")
    return TemplateProblem(f"{what} cannot stand in a placeholder. {_INSTEAD.get(what, LITERALLY)}")


def _checked(value: object) -> Value:
    """A constant within bounds, so that no later step can fail on it."""
    if isinstance(value, str):
        if any("\ud800" <= character <= "\udfff" for character in value):
            raise TemplateProblem("Half of a surrogate pair is not a character. Write the character itself.")
        return value
    if isinstance(value, int | float) and abs(value) < MAX_INTEGER:
        return value
    if value is None:
        raise TemplateProblem("“none” is not known. Write '' for an empty text.")
    raise TemplateProblem("This number is too large. Write it in quotation marks.")


def _negative(node: "nodes.Neg") -> Evaluate:
    value = getattr(node.node, "value", None) if _kind(node.node) == "Const" else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _refusal("Neg")
    return Constant(_checked(-value))


def _name(node: "nodes.Name") -> Evaluate:
    name = node.name
    if name == SOURCE:
        raise TemplateProblem(f"“source” has fields. Name one of them, as in source.name. {known('', _FIELDS)}")
    if name in FUNCTIONS:
        raise TemplateProblem(f"{quoted(name)} is a function. It is written {FUNCTIONS[name].usage}.")
    if name in _FIELDS:
        raise TemplateProblem(f"There is nothing named {quoted(name)}. Did you mean source.{name}? {LITERALLY}")
    names = [SOURCE, *(f"{function}()" for function in FUNCTIONS)]
    raise TemplateProblem(f"There is nothing named {quoted(name)}. {known(name, names)} {LITERALLY}")


def _path(node: Any) -> list[str]:
    """The names behind `source`; none: it is not such a path."""
    names: list[str] = []
    while _kind(node) in ("Getattr", "Getitem"):
        name = node.attr if _kind(node) == "Getattr" else getattr(node.arg, "value", None)
        if not isinstance(name, str):
            return []
        names.insert(0, name)
        node = node.node
    if _kind(node) == "Name" and node.name != SOURCE:
        _name(node)
    return names if _kind(node) == "Name" else []


def _check_source(name: str, function: Function, node: "nodes.Call") -> None:
    named = node.kwargs or node.dyn_args is not None or node.dyn_kwargs is not None
    given = [_kind(argument) == "Name" and getattr(argument, "name", None) == SOURCE for argument in node.args]
    if named or given not in ([], [True]):
        raise TemplateProblem(f"{quoted(name)} takes nothing but source. It is written {function.usage}.")


def _or_nothing(evaluate: Evaluate) -> Evaluate:
    def or_nothing(evaluation: Evaluation) -> Value:
        try:
            return evaluate(evaluation)
        except FieldMissing:
            return None

    return or_nothing
