# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Values that a schema allows (JSON Schema as OpenAPI 3.0, 3.1 and Swagger 2 use it), for people to begin with."""

from dataclasses import dataclass, field
from math import isfinite
from typing import Any, Final

from openconnector.transfer.openapi.document import Document, first_members, mapping, sequence

MAX_DEPTH = 5
MAX_VALUES = 300
"""Of one example. A schema that refers to itself in many places would grow without end otherwise."""

_STRINGS = {
    "date": "2026-01-31",
    "date-time": "2026-01-31T12:00:00Z",
    "time": "12:00:00Z",
    "duration": "P1D",
    "email": "name@example.org",
    "idn-email": "name@example.org",
    "hostname": "example.org",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uri": "https://example.org/",
    "url": "https://example.org/",
    "uri-reference": "/example",
    "uuid": "3fa85f64-5717-4562-b3fc-2c963f66afa6",
    "byte": "ZXhhbXBsZQ==",
    "binary": "",
    "password": "",
}
"""By format."""


class _Nothing:
    """Stands where a schema allows no value, or where it would go on for ever."""


NOTHING: Final = _Nothing()


def given(holder: dict[str, Any], document: Document) -> Any:
    """The example that somebody has written into a schema, a parameter or a media type; else `NOTHING`."""
    if "example" in holder:
        return holder["example"]
    examples = holder.get("examples")
    if isinstance(examples, list) and examples:
        return examples[0]
    for example in mapping(examples).values():
        found = document.resolve(example)
        for name in ("value", "dataValue"):
            if name in found:
                return found[name]
    return NOTHING


@dataclass(slots=True)
class ExampleMaker:
    """Makes one example of a request."""

    document: Document
    _left: int = MAX_VALUES
    _within: list[str] = field(default_factory=list)

    def of(self, schema: Any) -> Any:
        """A value for a schema; `NOTHING` where there is none."""
        reference = mapping(schema).get("$ref")
        if isinstance(reference, str):
            if reference in self._within:
                return NOTHING  # a cycle is cut where it begins again
            self._within.append(reference)
            try:
                return self._of(self.document.resolve(schema))
            finally:
                self._within.pop()
        if schema is True:
            return None
        return self._of(mapping(schema)) if isinstance(schema, dict) else NOTHING

    def _of(self, schema: dict[str, Any]) -> Any:
        self._left -= 1
        if self._left < 0:
            return NOTHING
        written = _written(schema, self.document)
        if written is not NOTHING:
            return written
        if sequence(schema.get("allOf")):
            return self._all_of(schema)
        for name in ("oneOf", "anyOf"):
            if sequence(schema.get(name)):
                return self._one_of(schema, name)
        return self._of_type(schema)

    def _all_of(self, schema: dict[str, Any]) -> Any:
        own = {name: value for name, value in schema.items() if name != "allOf"}
        parts = [self._deeper(part) for part in sequence(schema["allOf"])[:50]]
        if mapping(own.get("properties")) or any(sequence(own.get(name)) for name in ("oneOf", "anyOf")):
            parts.append(self._of(own))
        merged: dict[str, Any] = {}
        for part in parts:
            merged.update(mapping(part))
        others: list[Any] = [part for part in parts if part is not NOTHING]
        return merged or (others[0] if others else NOTHING)

    def _one_of(self, schema: dict[str, Any], name: str) -> Any:
        value: Any = NOTHING
        for choice in sequence(schema[name])[:20]:
            value = self._deeper(choice)
            if value is not NOTHING and value is not None:
                break
        if isinstance(value, dict) and mapping(schema.get("properties")):
            return {**mapping(self._of_type(schema)), **value}
        return value

    def _of_type(self, schema: dict[str, Any]) -> Any:
        kind = type_of(schema)
        match kind:
            case "object":
                return self._object(schema)
            case "array":
                return self._array(schema)
            case "integer" | "number":
                return _number(schema)
            case "string":
                return _STRINGS.get(str(schema.get("format")), "string")
            case "boolean":
                return True
            case _:
                return None

    def _object(self, schema: dict[str, Any]) -> dict[str, Any]:
        values = {}
        for name, member in first_members(schema.get("properties")):
            if self.document.resolve(member).get("readOnly") is True:
                continue  # the server makes it
            value = self._deeper(member)
            if value is not NOTHING:
                values[name] = value
        more = schema.get("additionalProperties")
        if not values and isinstance(more, dict) and more:
            value = self._deeper(more)
            return {} if value is NOTHING else {"name": value}
        return values

    def _array(self, schema: dict[str, Any]) -> list[Any]:
        members = sequence(schema.get("prefixItems"))[:20] or [schema.get("items")]
        values = [self._deeper(member) for member in members]
        return [value for value in values if value is not NOTHING]

    def _deeper(self, schema: Any) -> Any:
        self._within.append("")
        try:
            return NOTHING if self._within.count("") > MAX_DEPTH else self.of(schema)
        finally:
            self._within.pop()


def _written(schema: dict[str, Any], document: Document) -> Any:
    """The value that a schema names itself."""
    value = given(schema, document)
    if value is not NOTHING:
        return value
    for name in ("const", "default"):
        if name in schema:
            return schema[name]
    choices = sequence(schema.get("enum"))
    return next((choice for choice in choices if choice is not None), None) if choices else NOTHING


def type_of(schema: dict[str, Any]) -> str:
    """The type that a schema is of, or looks like; empty: any."""
    written = schema.get("type")
    kinds = [written] if isinstance(written, str) else [kind for kind in sequence(written) if isinstance(kind, str)]
    kind = next((kind for kind in kinds if kind != "null"), kinds[0] if kinds else "")
    if kind:
        return kind
    if "properties" in schema or "additionalProperties" in schema:
        return "object"
    if "items" in schema or "prefixItems" in schema:
        return "array"
    return "string" if "format" in schema or "pattern" in schema else ""


def _number(schema: dict[str, Any]) -> float:
    """The smallest that is allowed, else 0."""
    least, above = schema.get("minimum"), schema.get("exclusiveMinimum")
    if isinstance(above, int | float) and not isinstance(above, bool):
        least = above + 1
    elif not isinstance(least, int | float) or isinstance(least, bool):
        return 0
    elif above is True:  # as OpenAPI 3.0 has it
        least += 1
    return int(least) if type_of(schema) == "integer" and isfinite(least) else least
