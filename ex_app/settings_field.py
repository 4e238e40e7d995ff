# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""One field of the form in Nextcloud's settings: the value that its text means, and the text of a value."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from openconnector.administration.schemas import SettingsRead, SettingsUpdate
from openconnector.core.phrases import phrase
from openconnector.core.problems import field_errors

_LONGEST = 300_000
"""Characters of a text that are looked at: a full list of addresses has fewer."""

Content = Mapping[str, Any]
"""The settings as the JSON of `SettingsUpdate`."""


class Unusable(ValueError):
    """A text is no value of its field; `told()` says why, for the administrator, and does not hold the text."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field.

    Attributes:
        id: what Nextcloud keeps its text under.
        pointer: which part of the settings it is, as JSON pointer.
        read: the value that a text means; it raises `Unusable`.
        show: the text of a value.
        kind: how Nextcloud draws it: text, number, radio.
        options: of a radio, the texts and how they are called.
    """

    id: str
    pointer: str
    title: str
    description: str
    read: Callable[[str], Any]
    show: Callable[[Any], str]
    kind: str = "number"
    placeholder: str = ""
    default: str = ""
    options: Mapping[str, str] = field(default_factory=dict)

    def text_of(self, content: Content) -> str:
        """What the field shows of these settings."""
        value: Any = content
        for step in self.pointer.split("/")[1:]:
            value = value[step]
        return self.show(value)

    def scheme(self) -> dict[str, Any]:
        """The field as Nextcloud's form has it; it needs a `default` for what nobody has filled in."""
        scheme: dict[str, Any] = {
            "id": self.id,
            "title": self.title,
            "description": self.description,
            "type": self.kind,
            "default": self.default,
            "placeholder": self.placeholder,
        }
        if self.options:
            scheme |= {"options": [{"name": name, "value": value} for value, name in self.options.items()]}
        return scheme


def content_of(settings: SettingsRead) -> dict[str, Any]:
    """What can be changed of the settings."""
    return settings.model_dump(mode="json", by_alias=True, include=set(SettingsUpdate.model_fields) - {"version"})


def with_text(content: Content, field: Field, text: str) -> dict[str, Any]:
    """The settings with what stands in one field.

    Raises:
        Unusable: it is no value of this field.
    """
    if len(text) > _LONGEST:
        raise Unusable(phrase("Use at most {max_length} characters.", max_length=_LONGEST))
    changed = _replaced(content, field.pointer.split("/")[1:], field.read(text.strip()))
    if changed["bodies"]["policy"] != content["bodies"]["policy"]:
        changed["bodies"] = changed["bodies"] | {"until": None}  # it was the time of the former policy
    try:
        wanted = SettingsUpdate.model_validate(changed | {"version": 0})
    except ValidationError as error:
        raise Unusable(_reason(error, field)) from None
    return wanted.model_dump(mode="json", by_alias=True, exclude={"version"})


def _replaced(content: Content, path: list[str], value: Any) -> dict[str, Any]:
    step, *further = path
    return {**content, step: _replaced(content[step], further, value) if further else value}


def _reason(error: ValidationError, field: Field) -> str:
    """What is wrong, without the text itself: it may be something that was pasted into the wrong field."""
    first = field_errors(error)[0]
    index = (first.pointer or "").removeprefix(f"{field.pointer}/")
    if not index.isdigit():
        return first.detail
    return phrase("Entry {number}: {reason}", number=int(index) + 1, reason=first.detail)


def number(least: int, most: int, *, unit: int = 1) -> Callable[[str], int | None]:
    """Reads a number of so many of the stored unit; nothing is none."""

    def read(text: str) -> int | None:
        if not text:
            return None
        try:
            value = Decimal(text.replace(",", ".")) * unit
        except ArithmeticError:  # no number, or one with an exponent beyond all bounds
            raise Unusable(phrase("Enter a number.")) from None
        if not value.is_finite() or not least <= value <= most:
            limits = {"least": shown_number(least, unit), "most": shown_number(most, unit)}
            raise Unusable(phrase("Enter a number from {least} to {most}.", **limits))
        # Ten thousand is written 10,000 or 10.000 elsewhere. To keep ten calls instead would be a loss.
        if unit == 1 and not (text.isascii() and text.isdecimal()):
            raise Unusable(phrase("Enter a whole number."))
        return int(value)

    return read


def shown_number(stored: int, unit: int) -> str:
    """A number of so many of the stored unit, in three decimals at most."""
    return f"{round(Decimal(stored) / unit, 3).normalize():f}"
