# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Ranges of durations and sizes, as they stand in a query: `>2s`, `<=250ms`, `10KB..1MiB`, `1s..`."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from openconnector.core.phrases import Phrase, phrase
from openconnector.logs.questions.scanning import Value

LARGEST = 2**62
"""What is more is as much: it still fits into 64 bits with one added."""

_QUANTITY = re.compile(r"([0-9]{1,15}(?:\.[0-9]{1,9})?)\s*([a-zµμ]*)", re.IGNORECASE)
_COMPARED = re.compile(r"(>=|<=|=>|=<|>|<|=)\s*(.*)", re.DOTALL)
_UNITLESS = re.compile(r"(?<![0-9])(?<![0-9]\.)[0-9]++(?:\.[0-9]++)?+(?!\s*[a-zµμ])", re.IGNORECASE)
_DASHED = re.compile(r"([0-9.]+\s*[a-z]*)\s*[-\u2013]\s*([0-9.]+\s*[a-z]*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Measure:
    """What is measured: units with their factor (in lower case), and what is said of mistakes.

    `bare`: the factor of a number without a unit; None: it needs one, and `guess` is suggested for a small number,
    `guess_large` for a large one.
    """

    units: Mapping[str, int]
    no_range: Phrase
    no_amount: Phrase
    no_unit: Phrase
    no_bound: Phrase
    example: str
    bare: int | None = None
    guess: str = ""
    guess_large: str = ""


_SECOND = 1_000_000
DURATION = Measure(
    {
        **dict.fromkeys(("us", "µs", "μs"), 1),
        "ms": 1000,
        **dict.fromkeys(("s", "sec", "second", "seconds"), _SECOND),
        **dict.fromkeys(("m", "min", "minute", "minutes"), 60 * _SECOND),
        **dict.fromkeys(("h", "hour", "hours"), 3600 * _SECOND),
        **dict.fromkeys(("d", "day", "days"), 86400 * _SECOND),
    },
    phrase("“{value}” is no range: write a duration as >2s, <=250ms or 1s..5s."),
    phrase("“{value}” is no duration: write it as >2s, <=250ms or 1s..5s."),
    phrase("“{unit}” is no unit of a duration: use ms, s, m, h or d."),
    phrase("A range has a beginning, an end, or both: >2s, <=250ms or 1s..5s."),
    ">2s",
    guess="s",
    guess_large="ms",
)
SIZE = Measure(
    {
        **dict.fromkeys(("b", "byte", "bytes"), 1),
        **{unit: 1000**power for power, unit in enumerate(("kb", "mb", "gb", "tb"), start=1)},
        **{unit: 1024**power for power, unit in enumerate(("kib", "mib", "gib", "tib"), start=1)},
        **{unit: 1000**power for power, unit in enumerate(("k", "m", "g", "t"), start=1)},
    },
    phrase("“{value}” is no range: write a size as >1MB, <=10KiB or 10KB..1MB."),
    phrase("“{value}” is no size: write it as >1MB, <=10KiB or 10KB..1MB."),
    phrase("“{unit}” is no unit of a size: use B, KB, MB, GB, KiB, MiB or GiB."),
    phrase("A range has a beginning, an end, or both: >1MB, <=10KiB or 10KB..1MB."),
    ">1MB",
    bare=1,
)
_LARGE = 100
"""A duration without a unit from which on it was rather meant in milliseconds."""


def range_of(value: Value, measure: Measure) -> tuple[int | None, int | None]:
    """The bounds that a value of a query sets: at least the first, below the second (None: no bound).

    Raises:
        QueryError: it is no range of this measure.
    """
    text = value.value.strip()
    compared = _COMPARED.fullmatch(text)
    if compared is not None and compared[1] in _BOUNDS:
        amount = _amount(value, compared[2], measure)
        return _BOUNDS[compared[1]](amount)
    if compared is None and ".." in text:
        return _between(value, text, measure)
    raise value.wrong(measure.no_range.filled(value=value.shown), _meant(text, measure))


_BOUNDS: dict[str, Callable[[Decimal], tuple[int | None, int | None]]] = {
    ">": lambda amount: (_whole(amount, ROUND_FLOOR) + 1, None),
    ">=": lambda amount: (_whole(amount, ROUND_CEILING), None),
    "<": lambda amount: (None, _whole(amount, ROUND_CEILING)),
    "<=": lambda amount: (None, _whole(amount, ROUND_FLOOR) + 1),
}


def _between(value: Value, text: str, measure: Measure) -> tuple[int | None, int | None]:
    first, last = (part.strip() for part in text.split("..", 1))
    low = _amount(value, first, measure) if first else None
    high = _amount(value, last, measure) if last else None
    if low is None and high is None:
        raise value.wrong(measure.no_bound, measure.example)
    if low is not None and high is not None and low > high:
        raise value.wrong(phrase("This range ends before it begins."), f"{last}..{first}")
    return (
        None if low is None else _whole(low, ROUND_CEILING),
        None if high is None else _whole(high, ROUND_FLOOR) + 1,
    )


def _amount(value: Value, text: str, measure: Measure) -> Decimal:
    match = _QUANTITY.fullmatch(text)
    if match is None:
        instead = measure.example if not text else None
        raise value.wrong(measure.no_amount.filled(value=value.shown), instead)
    unit = match[2].lower()
    factor = measure.units.get(unit) if unit else measure.bare
    if factor is not None:
        return Decimal(match[1]) * factor
    if unit:
        raise value.wrong(measure.no_unit.filled(unit=match[2][:20]))
    guess = measure.guess_large if Decimal(match[1]) >= _LARGE else measure.guess
    raise value.wrong(
        phrase("“{value}” lacks a unit: ms, s, m or h.", value=value.shown), _with_unit(value.value, guess)
    )


def _with_unit(text: str, unit: str) -> str:
    """Each number that has no unit gets one."""
    return _UNITLESS.sub(rf"\g<0>{unit}", text)


def _meant(text: str, measure: Measure) -> str | None:
    """The range that was meant by something like `2s`, `=2s`, `=>2s`, `2s+` or `1s-5s`."""
    if len(text) > 40:  # noqa: PLR2004  # no quantity that anybody writes
        return None
    dashed = _DASHED.fullmatch(text)
    meant = f"{dashed[1].strip()}..{dashed[2].strip()}" if dashed else None
    for pattern, written in ((r"=?>?=?\s*(.+?)\+?", ">{}"), (r"=<\s*(.+)", "<={}")):
        match = None if meant else re.fullmatch(pattern, text, re.DOTALL)
        if match is not None and _QUANTITY.fullmatch(match[1]):
            meant = written.format(match[1].replace(" ", ""))
    if meant is None or measure.bare is not None:
        return meant
    number = re.search(r"[0-9]+", meant)
    is_large = number is not None and int(number[0][:9]) >= _LARGE
    return _with_unit(meant, measure.guess_large if is_large else measure.guess)


def _whole(amount: Decimal, rounding: str) -> int:
    return min(int(amount.to_integral_value(rounding)), LARGEST)
