# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Texts for users, which are said in the language of whoever asks.

A phrase is its English text, so that logs, commands and tests may take it for one. It remembers what it was made of: an
answer of the API says it anew in the language of its reader. The translations are those of the interface, in `l10n/`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from typing import Annotated, Any, Self

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

Catalog = Mapping[str, str]
"""Translations by their English text."""

spoken: ContextVar[Catalog | None] = ContextVar("spoken", default=None)
"""What the answer to the present request is said in; None: English."""

_VALUE = re.compile(r"\{(\w+)\}")
_TEMPLATE = "phrase"


class Phrase(str):
    """A text for a user.

    Attributes:
        template: the English text with names in braces, by which its translation is found.
        values: what stands for the names. A value may be a phrase itself.
    """

    __slots__ = ("template", "values")

    template: str
    values: Mapping[str, str]

    def __new__(cls, template: str, values: Mapping[str, str] | None = None) -> Self:
        """The phrase with its values put in, in one pass: what stands in braces within a value stays as it is.

        Values that the template has no place for are dropped: whoever looks for secrets looks at the text.
        """
        values = {name: value for name, value in values.items() if f"{{{name}}}" in template} if values else {}
        self = super().__new__(cls, _filled(template, values))
        self.template, self.values = template, values
        return self

    def filled(self, **values: object) -> "Phrase":
        """The same phrase with values for more of its names."""
        return Phrase(self.template, {**self.values, **_texts(values)})

    def said_in(self, catalog: Catalog | None) -> str:
        """The text in a language; in English where its catalog lacks the phrase."""
        if catalog is None:
            return str(self)
        values = {name: _said(value, catalog) for name, value in self.values.items()}
        return _filled(catalog.get(self.template) or self.template, values)


class _Spoken:
    """How pydantic takes a text that may be a phrase: as it is; in JSON it is said in the language of the request."""

    def __get_pydantic_core_schema__(self, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            _is_text,
            serialization=core_schema.plain_serializer_function_ser_schema(
                lambda value: _said(value, spoken.get()), return_schema=core_schema.str_schema(), when_used="json"
            ),
        )

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"type": "string"}


Spoken = Annotated[str, _Spoken()]
"""A text of an answer that may be a phrase."""


def phrase(template: str, /, **values: object) -> Phrase:
    """A text for a user; the first argument is a literal, so that it is found by `npm run l10n`.

    What is no string becomes one as Python writes it; a number that shall look otherwise is formatted by the caller.
    """
    return Phrase(template, _texts(values))


def told(error: BaseException) -> str:
    """What an error says: the phrase that it was raised with, which `str()` would make English."""
    return error.args[0] if error.args and isinstance(error.args[0], Phrase) else str(error)


def listed(items: Sequence[str]) -> str:
    """`a, b, c`. It may be long: what another system sends has no bound."""
    if not any(isinstance(item, Phrase) for item in items):
        return ", ".join(items)
    values = {str(number): item for number, item in enumerate(items)}
    return Phrase(", ".join(f"{{{name}}}" for name in values), values)


def all_of(items: Sequence[str]) -> str:
    """`a, b and c`."""
    return phrase("{items} and {last}", items=listed(items[:-1]), last=items[-1]) if items[1:] else listed(items)


def any_of(items: Sequence[str]) -> str:
    """`a, b or c`."""
    return phrase("{items} or {last}", items=listed(items[:-1]), last=items[-1]) if items[1:] else listed(items)


def localised(document: Any) -> Any:
    """A JSON document with its phrases said in the language of the request."""
    return _changed(document, lambda found: found.said_in(spoken.get()))


def to_stored(document: Any) -> Any:
    """A JSON document whose phrases keep what they are made of; `from_stored` gives them back."""
    return _changed(document, lambda found: {_TEMPLATE: found.template} | _stored_values(found))


def from_stored(document: Any) -> Any:
    """What `to_stored` was given, or a document of an earlier version, in which every text is plain."""
    if isinstance(document, dict):
        members = {name: from_stored(value) for name, value in document.items()}
        return Phrase(members[_TEMPLATE], members.get("values")) if _TEMPLATE in members else members
    return [from_stored(value) for value in document] if isinstance(document, list) else document


def _filled(template: str, values: Mapping[str, str]) -> str:
    return _VALUE.sub(lambda match: values.get(match[1], match[0]), template) if values else template


def _texts(values: Mapping[str, object]) -> dict[str, str]:
    return {name: value if isinstance(value, str) else str(value) for name, value in values.items()}


def _said(value: str, catalog: Catalog | None) -> str:
    return value.said_in(catalog) if isinstance(value, Phrase) else value


def _is_text(value: object) -> str:
    if isinstance(value, str):
        return value
    raise ValueError("this is no text")


def _stored_values(found: Phrase) -> dict[str, Any]:
    return {"values": to_stored(dict(found.values))} if found.values else {}


def _changed(document: Any, change: Callable[[Phrase], Any]) -> Any:
    if isinstance(document, Phrase):
        return change(document)
    if isinstance(document, dict):
        return {name: _changed(value, change) for name, value in document.items()}
    return [_changed(value, change) for value in document] if isinstance(document, list | tuple) else document
