# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Binds the arguments of a call to the parameters of its function, when the template is read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from openconnector.core.phrases import phrase
from openconnector.templates.context import Evaluation, Value
from openconnector.templates.functions import REQUIRED, Function, Parameter
from openconnector.templates.problem import TemplateProblem, shown

Evaluate = Callable[[Evaluation], Value]
"""An expression that has been read."""


@dataclass(frozen=True, slots=True)
class Constant:
    """An expression whose value stands in the template."""

    value: Value

    def __call__(self, _: Evaluation) -> Value:
        return self.value


def bind(name: str, function: Function, positional: Sequence[Evaluate], named: Mapping[str, Evaluate]) -> Evaluate:
    """The call, ready to be evaluated.

    Args:
        name: of the function, as it was written.

    Raises:
        TemplateProblem: an argument is missing, unknown, given twice, or a constant that the function does not know.
    """
    parameters = function.parameters
    given = {parameter.name: argument for parameter, argument in zip(parameters, positional, strict=False)}
    names = {parameter.name for parameter in parameters}
    if len(positional) > len(parameters) or given.keys() & named.keys() or not named.keys() <= names:
        raise TemplateProblem(
            phrase(
                "These are not the arguments of “{name}”. It is written {usage}.",
                name=shown(name),
                usage=function.usage,
            )
        )
    given |= named
    arguments = tuple(_passed(name, function, parameter, given.get(parameter.name)) for parameter in parameters)
    apply = function.apply
    return lambda evaluation: apply(evaluation, *[argument(evaluation) for argument in arguments])


def _passed(name: str, function: Function, parameter: Parameter, argument: Evaluate | None) -> Evaluate:
    if argument is None:
        if parameter.default is REQUIRED:
            raise TemplateProblem(
                phrase(
                    "“{name}” needs “{parameter}”. It is written {usage}.",
                    name=shown(name),
                    parameter=parameter.name,
                    usage=function.usage,
                )
            )
        return Constant(parameter.default)
    if parameter.check is not None:
        if not isinstance(argument, Constant):
            raise TemplateProblem(
                phrase(
                    "The {parameter} of “{name}” must be written out, not computed.",
                    parameter=parameter.name,
                    name=shown(name),
                )
            )
        return Constant(parameter.check(argument.value))
    return _charged(argument) if parameter.raw else _as_text(argument)


def _as_text(argument: Evaluate) -> Evaluate:
    return lambda evaluation: evaluation.text(argument(evaluation))


def _charged(argument: Evaluate) -> Evaluate:
    def evaluate(evaluation: Evaluation) -> Value:
        value = argument(evaluation)
        evaluation.text(value)  # only counts it: what is passed on keeps its type
        return value

    return evaluate
