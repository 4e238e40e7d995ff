# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What may stand between the braces: parsed by Jinja, and accepted only if every node is on the list below.

Jinja runs nothing of it. What is accepted becomes closures over the functions of this package, so that there is neither
generated code nor an attribute of a Python object that a text could reach.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from openconnector.core.phrases import phrase
from openconnector.templates.arguments import Constant, Evaluate, bind
from openconnector.templates.context import AUTHENTICATION, MAX_INTEGER, SOURCE_FIELDS, Evaluation, Value
from openconnector.templates.functions import DEFAULT, FILTERS, FUNCTIONS, Function
from openconnector.templates.parsing import STRING, parsed
from openconnector.templates.problem import LITERALLY, FieldMissing, TemplateProblem, known, shown

if TYPE_CHECKING:
    from jinja2 import nodes

__all__ = ["MAX_EXPRESSION", "MAX_KEPT", "MAX_NODES", "STRING", "Expression", "compiled"]

MAX_EXPRESSION = 2000
"""Characters between the braces."""

MAX_NODES = 30
"""Values, calls and filters in one expression."""

MAX_KEPT = 1024
"""Expressions that are kept compiled: one text may have almost as many. They take 25 MiB at the very most."""

SOURCE: Final = "source"

_FIELDS: Final = (*SOURCE_FIELDS, AUTHENTICATION)
_REFUSED: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        ("Add", "Sub", "Mul", "Div", "FloorDiv", "Mod", "Pow", "Neg", "Pos"),
        phrase(
            "Arithmetic cannot stand in a placeholder. To join texts, write ~ between them; for another time, "
            "now(offset=60)."
        ),
    ),
    **dict.fromkeys(
        ("CondExpr", "Compare", "And", "Or", "Not", "Test"),
        phrase("A condition cannot stand in a placeholder. For a field that may be empty, write |default('…')."),
    ),
    **dict.fromkeys(("List", "Tuple", "Dict"), phrase("A list cannot stand in a placeholder. {hint}", hint=LITERALLY)),
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
        raise TemplateProblem(phrase("The placeholder is empty. {hint}", hint=LITERALLY))
    compiler = _Compiler()
    evaluate = compiler.expression(parsed(text))
    return Expression(evaluate, frozenset(compiler.functions), compiler.reads_secrets and compiler.computes)


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
            raise TemplateProblem(
                phrase("A placeholder has at most {most} values, functions and filters.", most=MAX_NODES)
            )
        accept = self._accepted.get(_kind(node))
        if accept is None:
            raise _refusal(_kind(node))
        return accept(node)

    def _field(self, node: "nodes.Getattr | nodes.Getitem") -> Evaluate:
        match _path(node):
            case [name] if name in SOURCE_FIELDS:
                return lambda evaluation: evaluation.field(name)
            case [name] if name == AUTHENTICATION:
                raise TemplateProblem(
                    phrase("“source.{name}” has fields. Name one of them, as in source.{name}.username.", name=name)
                )
            case [name]:
                raise TemplateProblem(
                    phrase("“source” has no field “{name}”. {known}", name=shown(name), known=known(name, _FIELDS))
                )
            case [group, name] if group == AUTHENTICATION:
                self.reads_secrets = True
                return lambda evaluation: evaluation.scheme_field(name)
        raise TemplateProblem(phrase("Only source.<field> and source.authentication.<field> can be read."))

    def _concatenation(self, node: "nodes.Concat") -> Evaluate:
        parts = [self.expression(part) for part in node.nodes]
        return lambda evaluation: "".join([evaluation.text(part(evaluation)) for part in parts])

    def _call(self, node: "nodes.Call") -> Evaluate:
        if _kind(node.node) != "Name":
            raise TemplateProblem(phrase("Only a function can be called, not something of a value."))
        name: str = getattr(node.node, "name", "")
        function = FUNCTIONS.get(name)
        if function is None:
            if name in FILTERS:
                raise TemplateProblem(
                    phrase(
                        "“{name}” is a filter. It stands behind a value: {usage}.",
                        name=shown(name),
                        usage=FILTERS[name].usage,
                    )
                )
            raise TemplateProblem(
                phrase(
                    "There is no function “{name}”. {known} {hint}",
                    name=shown(name),
                    known=known(name, FUNCTIONS),
                    hint=LITERALLY,
                )
            )
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
                raise TemplateProblem(
                    phrase(
                        "“{name}” is a function. It is written {usage}.",
                        name=shown(node.name),
                        usage=FUNCTIONS[node.name].usage,
                    )
                )
            raise TemplateProblem(
                phrase("There is no filter “{name}”. {known}", name=shown(node.name), known=known(node.name, FILTERS))
            )
        value = self.expression(node.node)
        return self._applied(node.name, function, node, [_or_nothing(value) if node.name == DEFAULT else value])

    def _applied(
        self, name: str, function: Function, node: "nodes.Call | nodes.Filter", piped: list[Evaluate]
    ) -> Evaluate:
        keywords: list[Any] = node.kwargs
        named = {keyword.key: self.expression(keyword.value) for keyword in keywords}
        if node.dyn_args is not None or node.dyn_kwargs is not None or len(named) < len(keywords):
            raise TemplateProblem(
                phrase(
                    "These are not the arguments of “{name}”. It is written {usage}.",
                    name=shown(name),
                    usage=function.usage,
                )
            )
        self.computes |= name != DEFAULT
        return bind(name, function, [*piped, *map(self.expression, node.args)], named)


def _kind(node: object) -> str:
    # By the exact class: a subclass would be something that the list does not speak of.
    return type(node).__name__


def _refusal(kind: str) -> TemplateProblem:
    return TemplateProblem(_REFUSED.get(kind) or phrase("This cannot stand in a placeholder. {hint}", hint=LITERALLY))


def _checked(value: object) -> Value:
    """A constant within bounds, so that no later step can fail on it."""
    if isinstance(value, str):
        if any("\ud800" <= character <= "\udfff" for character in value):
            raise TemplateProblem(phrase("Half of a surrogate pair is not a character. Write the character itself."))
        return value
    if isinstance(value, int | float) and abs(value) < MAX_INTEGER:
        return value
    if value is None:
        raise TemplateProblem(phrase("“none” is not known. Write '' for an empty text."))
    raise TemplateProblem(phrase("This number is too large. Write it in quotation marks."))


def _negative(node: "nodes.Neg") -> Evaluate:
    value = getattr(node.node, "value", None) if _kind(node.node) == "Const" else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _refusal("Neg")
    return Constant(_checked(-value))


def _name(node: "nodes.Name") -> Evaluate:
    name = node.name
    if name == SOURCE:
        raise TemplateProblem(
            phrase("“source” has fields. Name one of them, as in source.name. {known}", known=known("", _FIELDS))
        )
    if name in FUNCTIONS:
        raise TemplateProblem(
            phrase("“{name}” is a function. It is written {usage}.", name=shown(name), usage=FUNCTIONS[name].usage)
        )
    if name in _FIELDS:
        raise TemplateProblem(
            phrase("There is nothing named “{name}”. Did you mean source.{name}? {hint}", name=name, hint=LITERALLY)
        )
    names = [SOURCE, *(f"{function}()" for function in FUNCTIONS)]
    raise TemplateProblem(
        phrase(
            "There is nothing named “{name}”. {known} {hint}",
            name=shown(name),
            known=known(name, names),
            hint=LITERALLY,
        )
    )


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
        raise TemplateProblem(
            phrase("“{name}” takes nothing but source. It is written {usage}.", name=shown(name), usage=function.usage)
        )


def _or_nothing(evaluate: Evaluate) -> Evaluate:
    def or_nothing(evaluation: Evaluation) -> Value:
        try:
            return evaluate(evaluation)
        except FieldMissing:
            return None

    return or_nothing
