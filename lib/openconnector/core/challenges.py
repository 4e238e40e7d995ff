# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads what a server asks for: the challenges of `WWW-Authenticate` and `Proxy-Authenticate` (RFC 9110, 11.6.1)."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

MAX_CHALLENGES = 20
MAX_LINES, MAX_LINE = 10, 4096
"""Header lines, and characters of each, that are read: a hostile server may send any number."""

_WORD = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_SCHEME = re.compile(rf"[\s,]*({_WORD})(?=[\s,]|$)")
_PARAMETER = re.compile(rf'[\s,]*({_WORD})\s*=\s*(?:"((?:[^"\\]|\\.)*)"|({_WORD}))(?=\s*(?:,|$))')
_TOKEN68 = re.compile(r"[ \t]+([A-Za-z0-9._~+/-]+=*)(?=\s*(?:,|$))")
_NEXT = re.compile(r'(?:[^",]|"(?:[^"\\]|\\.)*"?)*,?')


@dataclass(frozen=True, slots=True)
class Challenge:
    """One way to prove who asks. Names of parameters are in lower case; `token68` has no meaning of its own."""

    scheme: str
    parameters: dict[str, str] = field(default_factory=dict)
    token68: str | None = None


def challenges_of(lines: Iterable[str]) -> list[Challenge]:
    """All challenges of all lines of the header, in their order. What cannot be read is passed over."""
    found: list[Challenge] = []
    for line in islice(lines, MAX_LINES):
        for challenge in _challenges(line[:MAX_LINE]):
            found.append(challenge)
            if len(found) == MAX_CHALLENGES:
                return found
    return found


def _challenges(line: str) -> Iterator[Challenge]:
    position = 0
    while position < len(line):
        scheme = _SCHEME.match(line, position)
        if scheme is None:
            position = max(_end_of(line, position), position + 1)
            continue
        token68 = _TOKEN68.match(line, scheme.end())
        if token68 is not None and not _PARAMETER.match(line, scheme.end()):
            # A single word behind a scheme may be a token68, and in a list of schemes it cannot be one.
            yield Challenge(scheme[1], token68=token68[1])
            position = token68.end()
            continue
        parameters, position = _parameters(line, scheme.end())
        yield Challenge(scheme[1], parameters)


def _parameters(line: str, position: int) -> tuple[dict[str, str], int]:
    """The parameters from `position` on, and where they end: at the next scheme, or at something that is neither."""
    parameters: dict[str, str] = {}
    while found := _PARAMETER.match(line, position):
        name, quoted, plain = found.groups()
        value = plain if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
        parameters.setdefault(name.lower(), value)
        position = found.end()
    return parameters, position


def _end_of(line: str, position: int) -> int:
    """Where the list member that begins here ends: behind the next comma that is not quoted."""
    found = _NEXT.match(line, position)
    return found.end() if found else len(line)
