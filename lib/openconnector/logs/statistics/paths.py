# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Paths as the statistics count them, and how the counts of one source and hour or day are kept.

Kept are pieces that add up, as with sketches: a byte for the kind (`t` text, `z` zlib), four for the length
(little-endian), and JSON: the name of a path → [calls, errors].
"""

import re
import zlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from struct import Struct
from struct import error as StructError  # noqa: N812 - it is a class
from uuid import UUID

from pydantic_core import from_json, to_json

MOST_PATHS = 200
REST = "…"
"""The path under which stand those beyond the bound."""

_LONGEST = 200
_WORTH_COMPRESSING = 500
_LARGEST = 1_000_000
_HEAD = Struct("<cI")

Paths = Mapping[str, Sequence[int]]
"""The name of a path → calls and errors. A name is the method and the path; among all sources, a source before them."""

_CHANGING = re.compile(
    r"""
      [-+]?\d+(?:[.,]\d+)*                                                           # numbers
    | (?:%7B|\{)?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?:%7D|\})?  # UUIDs
    | (?=[a-f]*\d)[0-9a-f]{8,}                                                       # hexadecimal digits
    | \d{4}-\d\d(?:-\d\d)?(?:(?:T|_|%20)[\d:.Z%A+-]+)?                               # dates and times (ISO 8601)
    | \d{8}T\d{4,6}Z?
    """,
    re.VERBOSE | re.IGNORECASE,
)
_TOKEN = re.compile(
    r"(?=\D*\d)(?=[^A-Z]*[A-Z])(?:(?=[^a-z]*[a-z])[\w=.~+-]{20,}|[A-Z0-9]{20,})|(?=(?:\D*\d){4})[a-z0-9]{20,}"
)
"""Base64, ULIDs and their like: long, with digits, and of more cases than words have."""
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
_KEYED = re.compile(r"([A-Za-z_][\w.]*)\([^()]+\)")
"""How OData writes the key of an entity: `Orders(42)`."""
_SUFFIX = re.compile(r"\.[A-Za-z]{2,5}")


def path_of(url: str) -> str:
    """The path of a URL without its query; what changes from call to call is `{id}`. At most 200 characters."""
    address = url.partition("?")[0].partition("#")[0]
    _, scheme, behind = address.partition("://")
    path = address if not scheme else "/" + behind.partition("/")[2]
    parts = [part if part.isalpha() else "{id}" if part.isdigit() else _segment(part) for part in path.split("/", 100)]
    path = "/".join(parts)
    if not path.isprintable():
        path = "".join([character if character.isprintable() else "\ufffd" for character in path])
    return path if len(path) <= _LONGEST else path[: _LONGEST - 1] + REST


@lru_cache(maxsize=4096)
def _segment(text: str) -> str:
    if len(text) > _LONGEST or _changes(text):
        return "{id}"
    if keyed := _KEYED.fullmatch(text):
        return f"{keyed[1]}({{id}})"
    stem, dot, suffix = text.rpartition(".")
    if dot and _SUFFIX.fullmatch(dot + suffix) and _changes(stem):
        return "{id}." + suffix
    return text


def _changes(text: str) -> bool:
    # The digits of escapes are not those of a token: `Stra%C3%9Fe` is a word.
    return bool(_CHANGING.fullmatch(text) or _TOKEN.fullmatch(_ESCAPE.sub("", text)))


def name_of(method: str, url: str) -> str:
    """The name of a call's path."""
    return f"{method} {path_of(url)}"


def name_among_all(source: int, name: str) -> str:
    """The name of a path of a source (its UUID as a number) among those of all sources."""
    return f"{source:032x} {name}" if name != REST else REST


def split(name: str, source: UUID | None = None) -> tuple[UUID, str, str] | None:
    """Source, method and path of a name, of one source or among all. None: it stands for those beyond the bound."""
    if name == REST:
        return None
    if source is None:
        first, _, name = name.partition(" ")
        source = UUID(first)
    method, _, path = name.partition(" ")
    return source, method, path


def pack_paths(paths: Paths) -> bytes:
    """One piece with these paths: the most frequent ones, and the rest as one where they are too many."""
    text = to_json(bounded(paths))
    if len(text) < _WORTH_COMPRESSING:
        return _HEAD.pack(b"t", len(text)) + text
    packed = zlib.compress(text, 1)
    return _HEAD.pack(b"z", len(packed)) + packed


def bounded(paths: Paths) -> Paths:
    """At most 200 of them."""
    if len(paths) <= MOST_PATHS:
        return paths
    order = sorted(paths, key=lambda name: (name != REST, paths[name][0]), reverse=True)
    rest = [paths[name] for name in order[MOST_PATHS - 1 :]]
    kept: dict[str, Sequence[int]] = {name: paths[name] for name in order[: MOST_PATHS - 1]}
    return kept | {REST: [sum(calls for calls, _ in rest), sum(errors for _, errors in rest)]}


def unpack_paths(data: bytes, sums: dict[str, list[int]]) -> None:
    """Add what is in all pieces to `sums`: the name of a path → [calls, errors].

    Raises:
        ValueError: the bytes are none.
    """
    position = 0
    try:
        while position < len(data):
            kind, length = _HEAD.unpack_from(data, position)
            position += _HEAD.size + length
            payload = data[position - length : position]
            for name, (calls, errors) in _load(kind, payload, length).items():
                sum_ = sums.setdefault(name, [0, 0])
                sum_[0] += calls
                sum_[1] += errors
    except (StructError, zlib.error) as problem:
        raise ValueError("these bytes are no paths") from problem


def _load(kind: bytes, payload: bytes, length: int) -> dict[str, list[int]]:
    text = zlib.decompressobj().decompress(payload, _LARGEST) if kind == b"z" else payload
    paths = from_json(text)
    if len(payload) < length or not isinstance(paths, dict):
        raise ValueError("these bytes are no paths")
    return paths


def merge_paths(data: bytes) -> bytes:
    """The same sums in one piece."""
    sums: dict[str, list[int]] = {}
    unpack_paths(data, sums)
    return pack_paths(sums)


def path_pieces_in(data: bytes) -> int:
    """Of how many pieces these bytes are."""
    pieces = position = 0
    while position + _HEAD.size <= len(data):
        pieces, position = pieces + 1, position + _HEAD.size + _HEAD.unpack_from(data, position)[1]
    return pieces
