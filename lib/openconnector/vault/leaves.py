# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Finds the secrets in a schema, however deep they stand."""

from collections.abc import Iterator
from typing import Any, TypeVar

from pydantic import BaseModel, SecretStr

Part = TypeVar("Part", bound=BaseModel)
Path = tuple[str | int, ...]
"""Names as in the API, and positions in lists."""

_MAX_DIGITS = 9
"""Of a position. Pointers come from files, too, and Python refuses to read a number of thousands of digits."""


def secret_leaves(model: BaseModel) -> Iterator[tuple[Path, str]]:
    """Every field of the type `Secret`, and the value of every row with `is_secret`: where it stands, and its text."""
    if getattr(model, "is_secret", False):
        yield ("value",), getattr(model, "value")  # noqa: B009  # a row has one
    for name, field in type(model).model_fields.items():
        for path, text in _leaves_of(getattr(model, name)):
            yield (field.alias or name, *path), text


def _leaves_of(value: Any) -> Iterator[tuple[Path, str]]:
    if isinstance(value, SecretStr):
        yield (), value.get_secret_value()
    elif isinstance(value, BaseModel):
        yield from secret_leaves(value)
    elif isinstance(value, list):
        for position, entry in enumerate(value):
            for path, text in _leaves_of(entry):
                yield (position, *path), text


def pointer_of(path: Path) -> str:
    """The place of a leaf as it is written down: `client/secret`. With a slash before it, a JSON pointer (RFC 6901)."""
    return "/".join(str(step).replace("~", "~0").replace("/", "~1") for step in path)


def path_of(pointer: str) -> Path:
    """The path that `pointer_of` has written down."""
    steps = (step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/"))
    return tuple(
        int(step) if step.isascii() and step.isdigit() and len(step) <= _MAX_DIGITS else step for step in steps
    )


def take(values: Any, path: Path) -> Any:
    """What stands at a place of a JSON document; None where there is no such place."""
    for step in path:
        try:
            values = values[step]
        except (KeyError, IndexError, TypeError):
            return None
    return values


def put(values: Any, path: Path, text: str) -> None:
    """Put a text at a place of a JSON document that is there."""
    take(values, path[:-1])[path[-1]] = text


def parts_of(model: BaseModel, kind: type[Part]) -> Iterator[tuple[Path, Part]]:
    """The models of one kind within a model, and where they stand."""
    for name, field in type(model).model_fields.items():
        value, step = getattr(model, name), field.alias or name
        if isinstance(value, kind):
            yield (step,), value
        elif isinstance(value, BaseModel):
            for path, part in parts_of(value, kind):
                yield (step, *path), part
