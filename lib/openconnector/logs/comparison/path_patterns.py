# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Paths that a comparison leaves out: the part of JSONPath and XPath that names places, without filters.

`$.meta.time`, `$..updatedAt`, `$.items[*]['created at']`; `/order/@version`, `//updatedAt`. A walk through two trees
carries along how far each pattern has matched, so that no pattern costs more than a step for each node.
"""

import re
from dataclasses import dataclass
from typing import Literal

from openconnector.core.phrases import phrase

MAX_SEGMENTS = 64

Step = str | int
"""The name of a member, an element or (with `@`) an attribute; or an index from 0."""

Language = Literal["jsonpath", "xpath"]

_JSON_SEGMENT = re.compile(
    r"""(?P<descends>\.\.)?(?:(?P<dot>\.)?(?P<name>[^\W\d][\w-]*)|(?P<dot2>\.)?(?P<any>\*)"""
    r"""|\[\s*(?:(?P<index>\d{1,9})|(?P<star>\*)|'(?P<single>(?:[^'\\]|\\.)*)'|"(?P<double>(?:[^"\\]|\\.)*)")\s*\])""",
)
_XML_SEGMENT = re.compile(r"(?P<slashes>//?)(?P<name>\*|@?(?:[\w.-]+:)?[\w.-]+|@\*)(?:\[(?P<index>\d{1,9})\])?")
_ESCAPED = re.compile(r"\\(.)")


class PatternInvalid(ValueError):
    """A path is not one that can be left out; `str()` is one sentence that says why."""


@dataclass(frozen=True, slots=True)
class _Segment:
    """One step of a pattern. `step` None: any; `descends`: anywhere below."""

    step: Step | None
    descends: bool
    index: int | None = None
    """XPath: the position among its like, from 1."""

    def takes(self, step: Step, index: int | None) -> bool:
        if self.index is not None and self.index != index:
            return False
        return self.step is None or self.step == step or (self.step == "@*" and str(step).startswith("@"))


@dataclass(frozen=True, slots=True)
class PathPattern:
    """One path, taken apart."""

    text: str
    language: Language
    segments: tuple[_Segment, ...]


def read_pattern(text: str) -> PathPattern:
    """Take a path apart: a JSONPath where it begins with `$`, else an XPath.

    Raises:
        PatternInvalid: it is none, or has a filter or a slice.
    """
    if text.startswith("$"):
        segments = _segments(text, 1, _JSON_SEGMENT)
        read = [_json_segment(match, text) for match in segments]
        language: Language = "jsonpath"
    else:
        segments = _segments(text, 0, _XML_SEGMENT)
        read = [_xml_segment(match) for match in segments]
        language = "xpath"
    if not read:
        raise PatternInvalid(phrase("“{path}” names everything; name a place below it.", path=text))
    return PathPattern(text, language, tuple(read))


def _segments(text: str, start: int, pattern: re.Pattern[str]) -> list[re.Match[str]]:
    found: list[re.Match[str]] = []
    while start < len(text):
        match = pattern.match(text, start)
        if match is None:
            raise PatternInvalid(
                phrase(
                    "“{path}” cannot be read at character {position}: a path has names, [*], [0] and .. (or //) only.",
                    path=text,
                    position=start + 1,
                )
            )
        found.append(match)
        start = match.end()
        if len(found) > MAX_SEGMENTS:
            raise PatternInvalid(phrase("“{path}” has more than {most} steps.", path=text[:100], most=MAX_SEGMENTS))
    return found


def _json_segment(match: re.Match[str], text: str) -> _Segment:
    descends = match["descends"] is not None
    if (match["name"] or match["any"]) and not (descends or match["dot"] or match["dot2"]):
        raise PatternInvalid(phrase("“{path}” has no dot before “{step}”.", path=text, step=match[0]))
    if match["index"] is not None:
        return _Segment(int(match["index"]), descends)
    quoted = match["single"] if match["single"] is not None else match["double"]
    if quoted is not None:
        return _Segment(_ESCAPED.sub(r"\1", quoted), descends)
    return _Segment(match["name"], descends)


def _xml_segment(match: re.Match[str]) -> _Segment:
    name, index = match["name"], int(match["index"]) if match["index"] else None
    descends = match["slashes"] == "//"
    if name == "*":
        return _Segment(None, descends, index)
    # A prefix is what a document happens to call its namespace: the two may differ in it.
    mark, local = ("@", name[1:]) if name.startswith("@") else ("", name)
    return _Segment(mark + local.rpartition(":")[2], descends, index)


States = tuple[tuple[int, int], ...]
"""For each pattern that may still match, how many of its segments have."""


class PathPatterns:
    """Several patterns of one language, matched while a tree is walked."""

    def __init__(self, patterns: list[PathPattern]) -> None:
        self._segments = [pattern.segments for pattern in patterns]
        self.start: States = tuple((number, 0) for number in range(len(patterns)))

    def below(self, states: States, step: Step, index: int | None = None) -> States:
        """The states of what is one step below."""
        if not states:
            return states
        after: dict[tuple[int, int], None] = {}
        for number, matched in states:
            segments = self._segments[number]
            if matched == len(segments):
                continue
            segment = segments[matched]
            if segment.takes(step, index):
                after[number, matched + 1] = None
            if segment.descends:
                after[number, matched] = None
        return tuple(after)

    def matches(self, states: States) -> bool:
        """Whether a pattern has matched to its end."""
        return any(matched == len(self._segments[number]) for number, matched in states)
