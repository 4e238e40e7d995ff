# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The form of an operation, from the schema of its message."""

from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from openconnector.core.clock import now
from openconnector.transports.soap.envelopes import parts_of
from openconnector.transports.soap.facets import Facets, facets_of
from openconnector.transports.soap.lexical import INTEGERS, NUMBERS
from openconnector.transports.soap.members import (
    Member,
    Members,
    documentation_of,
    fixed_value,
    has_text,
    is_nillable,
    label_of,
)
from openconnector.transports.soap.operations import Operation, ServiceModel
from openconnector.transports.soap.particles import MemberReader
from openconnector.transports.soap.schema_types import builtin_of, name_of
from openconnector.transports.soap.zeep_names import ns

MAX_FIELDS = 2000
MAX_DEPTH = 12
LONG_TEXT = 255
"""Characters of a text above which it gets more than one line."""

Kind = Literal["text", "multiline", "number", "boolean", "date", "datetime", "time", "choice", "group", "any"]

_KINDS: dict[str, Kind] = {
    "boolean": "boolean",
    "date": "date",
    "dateTime": "datetime",
    "time": "time",
    "base64Binary": "multiline",
    "hexBinary": "multiline",
    **dict.fromkeys(NUMBERS, "number"),
}


@dataclass(slots=True)
class Field:
    """One field, as `calls.soap.schemas.FormField` describes it."""

    name: str
    path: list[str]
    kind: Kind
    type: str
    documentation: str = ""
    is_required: bool = False
    is_repeated: bool = False
    is_attribute: bool = False
    is_nillable: bool = False
    default: str | None = None
    choices: list[str] = field(default_factory=list)
    pattern: str | None = None
    min: str | None = None
    max: str | None = None
    max_length: int | None = None
    one_of: str | None = None
    is_recursive: bool = False
    fields: "list[Field]" = field(default_factory=list)


@dataclass(slots=True)
class Form:
    """The fields of a request, and values that they can begin with."""

    fields: list[Field]
    headers: list[Field]
    example: dict[str, Any]


def form_of(model: ServiceModel, operation: Operation) -> Form:
    """The form of an operation. It is cut at `MAX_DEPTH` levels and `MAX_FIELDS` fields."""
    parts = parts_of(model, operation)
    building = _Building(model.members)
    headers, fields = building.fields(parts.headers), building.fields(parts.body)
    return Form(fields, headers, _Example(model.members).values(parts.body, ()))


@dataclass(frozen=True, slots=True)
class _Unfolding:
    """A group whose fields are still to be made.

    Attributes:
        within: identities of the types that it stands in.
    """

    field: Field
    members: Members
    within: tuple[int, ...]


class _Building:
    """Makes the fields of one form, level by level: where there are too many, it is the deepest that are left out."""

    def __init__(self, members: MemberReader) -> None:
        self._members = members
        self._left = MAX_FIELDS
        self._waiting: deque[_Unfolding] = deque()

    def fields(self, members: Members) -> list[Field]:
        """Fields for members, with all that is in them."""
        made = self._level(members, [], ())
        while self._waiting:
            group = self._waiting.popleft()
            if len(group.members) > self._left or len(group.field.path) >= MAX_DEPTH:
                group.field.is_recursive = True
            else:
                group.field.fields = self._level(group.members, group.field.path, group.within)
        return made

    def _level(self, members: Members, path: list[str], within: tuple[int, ...]) -> list[Field]:
        kept = members.all[: self._left]
        self._left -= len(kept)
        return [self._field(member, [*path, member.key], within) for member in kept]

    def _field(self, member: Member, path: list[str], within: tuple[int, ...]) -> Field:
        made = Field(
            name=label_of(member),
            path=path,
            kind="group",
            type=_type_name(member),
            documentation=_documentation(member),
            is_required=member.min > 0,
            is_repeated=member.is_repeated,
            is_attribute=member.kind == "attribute",
            is_nillable=is_nillable(member),
            one_of=member.one_of,
        )
        if member.kind == "any":
            made.kind = "any"
        elif member.kind == "group" and member.members is not None:
            self._waiting.append(_Unfolding(made, member.members, within))
        elif has_text(member):
            _describe(made, member)
        else:
            self._unfold(made, member, within)
        return made

    def _unfold(self, made: Field, member: Member, within: tuple[int, ...]) -> None:
        identity, inner = id(member.type), self._members.of_type(member.type)
        if not inner and builtin_of(member.type) == "anyType":
            made.kind = "any"
        elif inner and identity in within:
            made.is_recursive = True
        elif inner:
            self._waiting.append(_Unfolding(made, inner, (*within, identity)))


class _Example:
    """Makes values for what is required."""

    def __init__(self, members: MemberReader) -> None:
        self._members = members
        self._left = MAX_FIELDS

    def values(self, members: Members, within: tuple[int, ...]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        chosen: set[str] = set()
        for member in members:
            is_first = member.one_of in members.choices and member.one_of not in chosen
            if (member.min == 0 and not is_first) or self._left <= 0:
                continue
            if member.one_of is not None:
                chosen.add(member.one_of)
            self._left -= 1
            value = self._value(member, within)
            found[member.key] = [value] * max(member.min, 1) if member.is_repeated else value
        return found

    def _value(self, member: Member, within: tuple[int, ...]) -> Any:
        if has_text(member):
            return _sample(member)
        if member.kind == "any":
            return ""
        if member.kind == "group" and member.members is not None:
            return self.values(member.members, within)
        identity = id(member.type)
        if identity in within or len(within) >= MAX_DEPTH:
            return {}
        return self.values(self._members.of_type(member.type), (*within, identity))


def _describe(made: Field, member: Member) -> None:
    """What the type of a text says about it."""
    builtin, facets, fixed = builtin_of(member.type), facets_of(member.type), fixed_value(member)
    made.kind = _KINDS.get(builtin, "text")
    made.choices = [fixed] if fixed is not None else list(facets.choices)
    if made.choices:
        made.kind = "choice"
    elif made.kind == "text" and (facets.max_length or 0) > LONG_TEXT:
        made.kind = "multiline"
    default = getattr(member.item, "default", None)
    made.default = fixed if fixed is not None else default
    made.pattern, made.max_length = facets.pattern, facets.max_length
    made.min, made.max = _bounds(builtin, facets)


def _bounds(builtin: str, facets: Facets) -> tuple[str | None, str | None]:
    least, most = INTEGERS.get(builtin, (None, None))
    lowest = facets.min if facets.min is not None else None if least is None else str(least)
    highest = facets.max if facets.max is not None else None if most is None else str(most)
    return lowest, highest


def _sample(member: Member) -> str:
    """A value to begin with."""
    fixed, builtin, facets = fixed_value(member), builtin_of(member.type), facets_of(member.type)
    default = getattr(member.item, "default", None)
    if fixed is not None or default is not None:
        return fixed if fixed is not None else str(default)
    if facets.choices:
        return facets.choices[0]
    if builtin in NUMBERS:
        least = _bounds(builtin, facets)[0]
        return least if least is not None and _is_above_zero(least) else "0"
    moment: datetime = now().astimezone(UTC)
    samples = {
        "boolean": "false",
        "date": moment.strftime("%Y-%m-%d"),
        "dateTime": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "time": moment.strftime("%H:%M:%S"),
        "duration": "PT0S",
        "gYear": moment.strftime("%Y"),
        "gYearMonth": moment.strftime("%Y-%m"),
    }
    return samples.get(builtin, "")


def _is_above_zero(number: str) -> bool:
    try:
        return float(number) > 0
    except ValueError:
        return False


def _type_name(member: Member) -> str:
    some_type = member.type
    if some_type is None or member.kind in ("any", "group"):
        return ""
    name = name_of(some_type)
    if name is None:
        return ""
    return f"xsd:{name.localname}" if name.namespace == ns.XSD else str(name.localname)


def _documentation(member: Member) -> str:
    """What stands nearest: at the reference, at the declaration, or at its type."""
    nodes = (member.reference, member.node, getattr(type(member.type), "node", None))
    return next((text for node in nodes if (text := documentation_of(node))), "")
