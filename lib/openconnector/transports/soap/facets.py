# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a simple type says about its texts (XML Schema Part 2, section 4.3)."""

from dataclasses import dataclass, replace
from typing import Any

from lxml import etree

MAX_CHOICES = 1000
"""Values of an enumeration that are read."""


@dataclass(frozen=True, slots=True)
class Facets:
    """The facets of a simple type. Numbers and dates stand as they are written.

    Attributes:
        over_min, under_max: the value itself is not allowed (`minExclusive`, `maxExclusive`).
    """

    choices: tuple[str, ...] = ()
    pattern: str | None = None
    min: str | None = None
    max: str | None = None
    over_min: bool = False
    under_max: bool = False
    min_length: int | None = None
    max_length: int | None = None
    total_digits: int | None = None
    fraction_digits: int | None = None

    @classmethod
    def of(cls, simple_type: Any) -> "Facets":
        """The facets that an `xsd:simpleType` element has itself."""
        restriction = next((child for child in simple_type if _name(child) == "restriction"), None)
        if restriction is None:
            return cls()
        values: dict[str, list[str]] = {}
        for child in restriction:
            value = child.get("value")
            if value is not None and len(values.setdefault(_name(child), [])) < MAX_CHOICES:
                values[_name(child)].append(value)
        first = {name: found[0] for name, found in values.items()}
        length = _number(first.get("length"))
        return cls(
            choices=tuple(dict.fromkeys(values.get("enumeration", ()))),
            pattern="|".join(f"({one})" for one in patterns)
            if len(patterns := values.get("pattern", [])) > 1
            else first.get("pattern"),
            min=first.get("minInclusive", first.get("minExclusive")),
            max=first.get("maxInclusive", first.get("maxExclusive")),
            over_min="minExclusive" in first,
            under_max="maxExclusive" in first,
            min_length=length if length is not None else _number(first.get("minLength")),
            max_length=length if length is not None else _number(first.get("maxLength")),
            total_digits=_number(first.get("totalDigits")),
            fraction_digits=_number(first.get("fractionDigits")),
        )

    def over(self, base: "Facets | None") -> "Facets":
        """These facets, and those of the base type where there are none of a kind."""
        if base is None:
            return self
        own = {
            name: getattr(self, name)
            for name in self.__slots__
            if getattr(self, name) not in (None, ()) and name not in ("over_min", "under_max")
        }
        if self.min is not None:
            own["over_min"] = self.over_min
        if self.max is not None:
            own["under_max"] = self.under_max
        return replace(base, **own)


NO_FACETS = Facets()


def facets_of(simple_type: Any) -> Facets:
    """The facets of one of zeep's types. A union allows what one of its members allows."""
    facets: Facets | None = getattr(simple_type, "facets", None)
    if facets is not None:
        return facets
    members = [facets_of(member) for member in getattr(simple_type, "item_types", ())]
    if members and all(member.choices for member in members):
        return Facets(choices=tuple(dict.fromkeys(choice for member in members for choice in member.choices)))
    return NO_FACETS


def _name(node: Any) -> str:
    return etree.QName(node.tag).localname if isinstance(node.tag, str) else ""


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and text.strip().isdigit() and len(text) < 10 else None  # noqa: PLR2004
