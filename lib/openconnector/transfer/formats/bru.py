# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The format of Bruno's own files (`.bru`), as the objects of its JSON export.

A file is made of blocks. In a dictionary (`headers {`), each line is a name and a value, and `~` before a name switches
it off; a text (`body:json {`) ends with a brace at the beginning of a line; a list (`vars:secret [`) has names.
https://docs.usebruno.com/bru-lang/language
"""

import re
import textwrap
from typing import Any

from openconnector.core.phrases import phrase
from openconnector.transfer.drafts import Unreadable

MAX_LINES = 200_000

METHODS = frozenset({"get", "post", "put", "delete", "patch", "options", "head", "connect", "trace"})

_BEGIN = re.compile(r"([A-Za-z][\w:-]{0,60})[ \t]{0,20}([{\[])[ \t]{0,20}([}\]])?")
_TEXTS = ("body", "script", "tests", "docs")
_MANY = frozenset({"example"})
"""Blocks that a file may have several of."""

_DICTIONARIES = frozenset({"body:form-urlencoded", "body:multipart-form", "body:file"})
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_START = re.compile(r"\s*(meta|vars(:[\w-]+)?|get|post|put|delete|patch|headers|auth(:\w+)?)\s*[{\[]\s*$", re.MULTILINE)

Rows = list[dict[str, Any]]


class BruFiles(dict[str, str]):
    """Texts of files by their paths."""


def looks_like_bru(text: str) -> bool:
    """Whether a text begins like a file of Bruno."""
    return _START.match(text) is not None


def blocks_of(text: str, path: str) -> dict[str, Any]:
    """The blocks of a file: rows `{name, value, enabled}` of dictionaries and lists, and texts.

    Raises:
        Unreadable: with the line.
    """
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    if len(lines) > MAX_LINES:
        raise _wrong(path, phrase("The file has more than {limit} lines.", limit=MAX_LINES))
    blocks: dict[str, Any] = {}
    at = 0
    while at < len(lines):
        line = lines[at]
        if not line.strip():
            at += 1
            continue
        match = _BEGIN.fullmatch(line.rstrip())
        if match is None:
            raise _wrong(path, phrase("This is no block of Bruno, such as “headers {”."), at + 1)
        name, closing = match[1], "}" if match[2] == "{" else "]"
        if name in blocks and name not in _MANY:
            raise _wrong(path, phrase("The block “{name}” stands twice.", name=name), at + 1)
        begin = at + 1
        end = begin if match[3] else _end(lines, begin, closing, path)
        blocks[name] = _content(name, closing, lines[begin:end])
        at = begin if match[3] else end + 1
    return blocks


def _end(lines: list[str], begin: int, closing: str, path: str) -> int:
    for at in range(begin, len(lines)):
        if lines[at].rstrip() == closing:
            return at
    problem = phrase("A block is not closed with “{closing}” at the beginning of a line.", closing=closing)
    raise _wrong(path, problem, begin)


def _wrong(path: str, problem: str, line: int | None = None) -> Unreadable:
    return Unreadable(phrase("{file}: {problem}", file=path[:200], problem=problem), line=line)


def _content(name: str, closing: str, lines: list[str]) -> Any:
    if closing == "]":
        names = (line.strip().rstrip(",").strip() for line in lines)
        return [{"name": name.removeprefix("~"), "value": "", "enabled": name[0] != "~"} for name in names if name]
    if name.partition(":")[0] in _TEXTS and name not in _DICTIONARIES:
        return textwrap.dedent("\n".join(lines))
    return _rows(lines)


def _rows(lines: list[str]) -> Rows:
    rows: Rows = []
    at = 0
    while at < len(lines):
        name, value, is_on = _pair(lines[at].strip())
        at += 1
        if not name:
            continue
        if value.startswith("'''") and not (value.endswith("'''") and len(value) > 5):  # noqa: PLR2004  # '''…'''
            inner = [value[3:]] if value[3:] else []
            while at < len(lines) and not lines[at].strip().endswith("'''"):
                inner.append(lines[at])
                at += 1
            last = lines[at].rstrip()[:-3] if at < len(lines) else ""
            inner += [last] if last.strip() else []
            value, at = textwrap.dedent("\n".join(inner)), at + 1
        elif value.startswith("'''"):
            value = value[3:-3]
        rows.append({"name": name, "value": value, "enabled": is_on})
    return rows


def _pair(line: str) -> tuple[str, str, bool]:
    """Name and value of a line, and whether it is switched on. The name may stand in quotation marks."""
    is_on, line = not line.startswith("~"), line.removeprefix("~").lstrip()
    quoted = _QUOTED.match(line)
    if quoted:
        return re.sub(r"\\(.)", r"\1", quoted[1]), line[quoted.end() :].lstrip(" \t:"), is_on
    name, colon, value = line.partition(":")
    return (name.rstrip() if colon else ""), value.strip(), is_on
