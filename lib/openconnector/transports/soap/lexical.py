# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which texts a simple type allows (XML Schema Part 2), in sentences for the one who fills in a form.

Patterns are not checked here: they are regular expressions of whoever wrote the WSDL, which Python could take for ever
to match. Browsers check them in the form.
"""

import re
from base64 import b64decode
from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from openconnector.core.phrases import phrase
from openconnector.transports.soap.facets import Facets, facets_of
from openconnector.transports.soap.schema_types import builtin_of
from openconnector.transports.soap.zeep_names import ListType

INTEGERS: dict[str, tuple[int | None, int | None]] = {
    "integer": (None, None),
    "long": (-(2**63), 2**63 - 1),
    "int": (-(2**31), 2**31 - 1),
    "short": (-(2**15), 2**15 - 1),
    "byte": (-128, 127),
    "nonNegativeInteger": (0, None),
    "positiveInteger": (1, None),
    "nonPositiveInteger": (None, 0),
    "negativeInteger": (None, -1),
    "unsignedLong": (0, 2**64 - 1),
    "unsignedInt": (0, 2**32 - 1),
    "unsignedShort": (0, 2**16 - 1),
    "unsignedByte": (0, 255),
}
NUMBERS = frozenset({*INTEGERS, "decimal", "float", "double"})
TEXTS = frozenset({"string", "normalizedString", "token", "anySimpleType", "anyType", "anyURI"})
"""Types that an empty text is one of."""

MAX_LISTED = 8

_ZONE = r"(?:Z|[+-]\d\d:\d\d)?"
_DATE = r"-?\d{4,}-\d\d-\d\d"
_TIME = r"\d\d:\d\d:\d\d(?:\.\d+)?"
_SHAPES: dict[str, tuple[str, str]] = {
    "boolean": (r"true|false|1|0", phrase("This must be true or false.")),
    "decimal": (r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)", phrase("This must be a number, for example 12.50.")),
    "float": (
        r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|-?INF|NaN",
        phrase("This must be a number, for example 12.5 or 1.2E3."),
    ),
    "dateTime": (
        rf"{_DATE}T{_TIME}{_ZONE}",
        phrase("This must be a date and a time, for example 2026-11-27T09:30:00Z."),
    ),
    "date": (rf"{_DATE}{_ZONE}", phrase("This must be a date, for example 2026-11-27.")),
    "time": (rf"{_TIME}{_ZONE}", phrase("This must be a time, for example 09:30:00.")),
    "duration": (
        r"-?P(?=.)(?:\d+Y)?(?:\d+M)?(?:\d+D)?(?:T(?=.)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?",
        phrase("This must be a duration, for example P1DT2H."),
    ),
    "gYear": (rf"-?\d{{4,}}{_ZONE}", phrase("This must be a year, for example 2026.")),
    "gYearMonth": (rf"-?\d{{4,}}-\d\d{_ZONE}", phrase("This must be a year and a month, for example 2026-11.")),
    "gMonthDay": (rf"--\d\d-\d\d{_ZONE}", phrase("This must be a day of the year, for example --11-27.")),
    "gDay": (rf"---\d\d{_ZONE}", phrase("This must be a day of the month, for example ---27.")),
    "gMonth": (rf"--\d\d{_ZONE}", phrase("This must be a month, for example --11.")),
    "hexBinary": (r"(?:[0-9A-Fa-f]{2})*", phrase("This must be bytes in hexadecimal, for example 0FA7.")),
    "language": (r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*", phrase("This must be a language, for example nl or en-GB.")),
}
_SHAPES["double"] = _SHAPES["float"]
_DATES = ("date", "dateTime")
_LEAST = phrase("The least that is allowed is {number}.")
_MOST = phrase("The most that is allowed is {number}.")


def problem_of(text: str, simple_type: Any) -> str | None:
    """What is wrong with a text, as a sentence; None: the type allows it."""
    builtin, facets = builtin_of(simple_type), facets_of(simple_type)
    members = getattr(simple_type, "item_types", None)
    if members and not facets.choices:  # a union
        is_allowed = any(problem_of(text, one) is None for one in members)
        return None if is_allowed else phrase("No type of this field allows this.")
    items = getattr(simple_type, "item_type", None)
    if items is not None and not isinstance(items, str):
        return next((problem for part in text.split() if (problem := problem_of(part, items))), None)
    if facets.choices and text not in facets.choices:
        return phrase("This is none of the values that are allowed: {values}.", values=first_of(facets.choices))
    return (
        _shape_problem(text, builtin) or _range_problem(text, builtin, facets) or _length_problem(text, builtin, facets)
    )


def first_of(names: Sequence[str]) -> str:
    """The first of some names, as they stand in a sentence."""
    shown = ", ".join(names[:MAX_LISTED])
    return f"{shown} …" if len(names) > MAX_LISTED else shown


def as_written(text: str, simple_type: Any) -> str:
    """The text as it goes into XML: without the spaces around it that no type but text keeps."""
    if isinstance(simple_type, ListType):
        return " ".join(text.split())
    return text if builtin_of(simple_type) in ("string", "normalizedString", "anySimpleType") else text.strip()


def _shape_problem(text: str, builtin: str) -> str | None:
    if builtin in INTEGERS:
        return _integer_problem(text, builtin)
    if builtin == "base64Binary":
        return _base64_problem(text)
    shape = _SHAPES.get(builtin)
    if shape is not None and not re.fullmatch(shape[0], text, re.ASCII):
        return shape[1]
    if builtin in _DATES and not text.startswith("-") and text[4] == "-":
        try:
            date.fromisoformat(text[:10])
        except ValueError:
            return phrase("There is no such day.")
    return None


def _integer_problem(text: str, builtin: str) -> str | None:
    if not re.fullmatch(r"[+-]?\d{1,1000}", text, re.ASCII):
        return phrase("This must be a whole number.")
    least, most = INTEGERS[builtin]
    number = int(text)
    if least is not None and number < least:
        return _LEAST.filled(number=least)
    if most is not None and number > most:
        return _MOST.filled(number=most)
    return None


def _base64_problem(text: str) -> str | None:
    try:
        b64decode("".join(text.split()), validate=True)
    except ValueError:
        return phrase("This must be Base64.")
    return None


def _range_problem(text: str, builtin: str, facets: Facets) -> str | None:
    if builtin not in NUMBERS or (facets.min is None and facets.max is None):
        return None
    number, least, most = _number(text), _number(facets.min), _number(facets.max)
    if number is None:
        return None
    if least is not None and (number < least or (facets.over_min and number == least)):
        return (phrase("This must be more than {number}.") if facets.over_min else _LEAST).filled(number=facets.min)
    if most is not None and (number > most or (facets.under_max and number == most)):
        return (phrase("This must be less than {number}.") if facets.under_max else _MOST).filled(number=facets.max)
    return None


def _length_problem(text: str, builtin: str, facets: Facets) -> str | None:
    if builtin in NUMBERS:
        return _digits_problem(text, facets)
    if builtin in ("base64Binary", "hexBinary"):  # their length is that of the bytes
        return None
    if facets.max_length is not None and len(text) > facets.max_length:
        too_long = phrase("This has {count} characters; at most {limit} are allowed.")
        return too_long.filled(count=len(text), limit=facets.max_length)
    if facets.min_length is not None and len(text) < facets.min_length:
        too_short = phrase("This has {count} characters; at least {limit} are needed.")
        return too_short.filled(count=len(text), limit=facets.min_length)
    return None


def _digits_problem(text: str, facets: Facets) -> str | None:
    whole, _, fraction = text.lstrip("+-").partition(".")
    fraction = fraction.rstrip("0")
    if facets.fraction_digits is not None and len(fraction) > facets.fraction_digits:
        return phrase("At most {limit} digits are allowed behind the point.", limit=facets.fraction_digits)
    if facets.total_digits is not None and len(whole.lstrip("0") + fraction) > facets.total_digits:
        return phrase("At most {limit} digits are allowed.", limit=facets.total_digits)
    return None


def _number(text: str | None) -> Decimal | None:
    try:
        number = Decimal(text.strip()) if text is not None else None
    except InvalidOperation:
        return None
    return None if number is None or number.is_nan() else number
