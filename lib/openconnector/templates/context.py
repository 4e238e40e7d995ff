# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the placeholders of one text are filled from, and how much they may take."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import uuid4

from openconnector.core.phrases import phrase, told
from openconnector.templates.problem import FieldMissing, TemplateProblem, known, shown

Value = str | int | float | bool | None
"""What an expression may be."""

MAX_VALUE = 65_536
"""Characters of one value, and of all that the placeholders of one text put into it."""

MAX_WORK = 1_048_576
"""Characters that the functions of one text are given altogether. It bounds the time."""

MAX_INTEGER = 2**63

SOURCE_FIELDS: Final = ("id", "slug", "name", "location", "type", "host")
"""Fields of the source itself."""

AUTHENTICATION: Final = "authentication"
"""The one field that has fields: those of the authentication scheme."""


def _new_uuid() -> str:
    return str(uuid4())


@dataclass(frozen=True, slots=True)
class TemplateContext:
    """What the placeholders are filled from. One context serves one request.

    Attributes:
        source: the fields of the source, and under `authentication` those of its scheme, as plain texts and numbers.
            What is in it can be sent, so secrets are in it only where the caller wants that.
        at: what `now()` says.
        oauth_token: gives the access token; None: the source has none.
        jwt_token: gives the self-issued JWT; None: the source has none.
        uuid: gives a new UUID.
        learned: is told every value that was computed from a field of the scheme. Such a value may be as good as the
            secret that it was made from, and nobody else knows it.

    Each of the functions raises ValueError with a sentence for an administrator when it cannot give what is asked for.
    """

    source: Mapping[str, Any] = field(repr=False)
    at: datetime
    oauth_token: Callable[[], str] | None = field(default=None, repr=False)
    jwt_token: Callable[[], str] | None = field(default=None, repr=False)
    uuid: Callable[[], str] = field(default=_new_uuid, repr=False)
    learned: Callable[[str], None] | None = field(default=None, repr=False)
    busy: set[str] = field(default_factory=set, init=False, repr=False, compare=False)
    """Functions whose token is being made right now."""


class Evaluation:
    """One text being filled in: counts what it takes, and asks for each token once."""

    __slots__ = ("_inserted", "_tokens", "_work", "context")

    def __init__(self, context: TemplateContext) -> None:
        self.context = context
        self._inserted = 0
        self._work = 0
        self._tokens: dict[str, str] = {}

    def text(self, value: Value) -> str:
        """The value as a text: booleans as JSON writes them, nothing as an empty text.

        Raises:
            TemplateProblem: it is too long, or the text takes too much work.
        """
        text = value if isinstance(value, str) else _written(value)
        self._work += len(text)
        if len(text) > MAX_VALUE or self._work > MAX_WORK:
            raise TemplateProblem(
                phrase("The values in this text become too long. {most} characters are the limit.", most=MAX_VALUE)
            )
        return text

    def insert(self, value: Value) -> str:
        """The text that a placeholder is replaced by.

        Raises:
            TemplateProblem: the placeholders of this text are too long together.
        """
        text = self.text(value)
        self._inserted += len(text)
        if self._inserted > MAX_VALUE:
            raise TemplateProblem(
                phrase("The placeholders add more than {most} characters to this text.", most=MAX_VALUE)
            )
        return text

    def field(self, name: str) -> Value:
        """A field of the source.

        Raises:
            FieldMissing: there is none.
        """
        return _looked_up(self.context.source, name, "source")

    def scheme_field(self, name: str) -> Value:
        """A field of the authentication scheme of the source.

        Raises:
            FieldMissing: there is none.
        """
        return _looked_up(self.context.source.get(AUTHENTICATION), name, f"source.{AUTHENTICATION}")

    def token(self, name: str, give: Callable[[], str]) -> str:
        """A token that is asked for once, however often it stands in the text.

        Raises:
            TemplateProblem: it cannot be had, or is asked for while it is made.
        """
        if name in self._tokens:
            return self._tokens[name]
        busy = self.context.busy
        if name in busy:
            raise TemplateProblem(phrase("{name}(source) cannot stand in what that token is made from.", name=name))
        busy.add(name)
        try:
            self._tokens[name] = give()
        except TemplateProblem:
            raise
        except ValueError as error:
            raise TemplateProblem(told(error)) from error
        finally:
            busy.discard(name)
        return self._tokens[name]


def _written(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and abs(value) >= MAX_INTEGER:
        raise TemplateProblem(phrase("This number is too large. Write it in quotation marks."))
    return str(value)


def _looked_up(fields: object, name: str, path: str) -> Value:
    # Never getattr: the only things that can be reached are the entries of these mappings.
    if not isinstance(fields, Mapping) or name not in fields:
        names = fields if isinstance(fields, Mapping) else ()
        raise FieldMissing(
            phrase("{path} has no field “{name}”. {known}", path=path, name=shown(name), known=known(name, names))
        )
    value = fields[name]
    if value is None or isinstance(value, str | int | float):
        return value
    raise TemplateProblem(
        phrase(
            "The field “{name}” of {path} is not a text or a number, and cannot be filled in.",
            name=shown(name),
            path=path,
        )
    )
