# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""`key=value` onto JSON: dotted keys such as `connection.totalTimeoutMs=20000` and `headers.Accept=text/plain`.

A value is JSON where it is JSON, else a text; where a text is wanted, `name=42` is one. Rows of headers and of the
query are known by their names: `headers.X-Old=null` takes one out.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from openconnector.commands.complaints import dotted
from openconnector.core.errors import InvalidInput

Document = dict[str, Any]
Model = TypeVar("Model", bound=BaseModel)

ROWS = ("headers", "query")
_WANTS_TEXT = "string_type"
_WANTS_LIST = "list_type"


@dataclass(frozen=True, slots=True)
class Assignment:
    """One `key=value`, as it was typed."""

    key: str
    text: str

    @property
    def value(self) -> Any:
        """What it is as JSON, else as a text."""
        try:
            return json.loads(self.text)
        except (ValueError, RecursionError):
            return self.text


def assignments_of(texts: Iterable[str]) -> list[Assignment]:
    """What was typed, read.

    Raises:
        InvalidInput: a part has no `=`, or no key.
    """
    found = []
    for number, text in enumerate(texts, 1):
        key, separator, value = text.partition("=")
        if not separator or not key.strip(" ."):
            # What it is is not repeated: it may have been meant for another place, and be a secret.
            raise InvalidInput(f"Part {number} is no key=value, such as connection.totalTimeoutMs=20000.")
        found.append(Assignment(key.strip(), value))
    return found


def assign(document: Document, assignment: Assignment, value: Any) -> None:
    """Put a value where a key says.

    Raises:
        InvalidInput: the key leads through something that has no members.
    """
    first, dot, rest = assignment.key.partition(".")
    if first in ROWS and dot:
        _assign_row(document.setdefault(first, []), rest, assignment.text, is_header=first == "headers")
        return
    *steps, last = assignment.key.split(".")
    place: Any = document
    for step in steps:
        place = _step(place, step, assignment.key)
    if isinstance(place, list):
        place[_index(place, last, assignment.key)] = value
    elif isinstance(place, dict):
        place[last] = value
    else:
        raise _no_place(assignment.key)


def validated(model: type[Model], document: Document, assignments: Sequence[Assignment]) -> Model:
    """The document with what was assigned, as a model.

    Raises:
        InvalidInput: something is not as the model wants it; each error names its key.
    """
    for assignment in assignments:
        assign(document, assignment, assignment.value)
    try:
        return model.model_validate(document)
    except ValidationError as error:
        if not _read_otherwise(document, assignments, error):
            raise _invalid(error) from None
    try:
        return model.model_validate(document)
    except ValidationError as error:
        raise _invalid(error) from None


def _assign_row(rows: list[Document], name: str, text: str, *, is_header: bool) -> None:
    """Set the value of the row of this name, add it, or take it out."""

    def is_same(row: Document) -> bool:
        other = str(row.get("name", ""))
        return other.lower() == name.lower() if is_header else other == name

    if text == "null":
        rows[:] = [row for row in rows if not is_same(row)]
        return
    for row in rows:
        if is_same(row):
            row["value"] = text
            return
    rows.append({"name": name, "value": text})


def _step(place: Any, step: str, key: str) -> Any:
    if isinstance(place, list):
        return place[_index(place, step, key)]
    if not isinstance(place, dict):
        raise _no_place(key)
    if place.get(step) is None:
        place[step] = {}
    return place[step]


def _index(place: list[Any], step: str, key: str) -> int:
    if not (step.isascii() and step.isdecimal()) or int(step) >= len(place):
        raise InvalidInput.field(f"/{key.replace('.', '/')}", f"“{step}” is no position in this list.")
    return int(step)


def _no_place(key: str) -> InvalidInput:
    return InvalidInput.field(f"/{key.replace('.', '/')}", "There is no such field.")


def _read_otherwise(document: Document, assignments: Sequence[Assignment], error: ValidationError) -> bool:
    """Take values as texts, or as lists with commas, where that is what is wanted; whether there was one."""
    by_key = {assignment.key: assignment for assignment in assignments}
    has_changed = False
    for complaint in _invalid(error).errors:
        assignment = by_key.get(dotted(complaint.pointer or ""))
        if assignment is None or complaint.code not in (_WANTS_TEXT, _WANTS_LIST):
            continue
        parts = [part.strip() for part in assignment.text.split(",") if part.strip()]
        value = assignment.text if complaint.code == _WANTS_TEXT else [_plain(part) for part in parts]
        assign(document, assignment, value)
        has_changed = True
    return has_changed


def _plain(part: str) -> Any:
    return int(part) if part.isascii() and part.isdecimal() else part


def _invalid(error: ValidationError) -> InvalidInput:
    from openconnector.core.problems import field_errors  # noqa: PLC0415  # with the web framework, for errors alone

    return InvalidInput(errors=field_errors(error))
