# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a call is found by: terms, each a 64-bit hash of a namespace and a value."""

import json
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, NamedTuple

from pydantic_core import from_json
from xxhash import xxh3_64_intdigest

from openconnector.logs.index.leaves import Tree, canonical, tree_of
from openconnector.logs.index.words import distinct_words

LONGEST_TEXT = 64 * 1024
"""Characters at the beginning of each text whose words are found."""

MOST_TEXT = 1024 * 1024
"""Characters of all texts of a call whose words are found."""

LARGEST_DOCUMENT = 256 * 1024
"""Bytes (characters of a str) of a JSON body; in a larger one no leaves are found, only words."""

MOST_DOCUMENTS = 32
"""JSON bodies of a call in which leaves are found."""

MOST_SEGMENTS = 32
"""Segments of a path that count."""

LONGEST_PATH = 4096
"""Characters of a path that count."""

_URL = re.compile(r"(?:[a-zA-Z][a-zA-Z0-9+.-]*:)?(?://([^/?#]*))?([^?#]*)", re.DOTALL)
_ESCAPE = re.compile(r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)", re.DOTALL)
_SPACES = "nrtbf"


@dataclass(slots=True, kw_only=True)
class CallFacts:
    """What the index takes of one call. Texts are as they are kept: redacted.

    `started_at` and `duration` are whole microseconds (since 1970), `size` the bytes of the response (None: no
    response), `status` None: no answer. `texts` are those of `HasText` except JSON bodies; JSON bodies of requests and
    responses stand in `documents` alone (UTF-8 or str; whatever is sent as JSON, valid or not): their words and their
    leaves are found.
    """

    number: int
    id: str = ""
    source: str
    status: int | None
    outcome: str
    error: str | None
    method: str
    trigger: str
    trigger_id: str | None
    user: str | None
    url: str
    started_at: int
    duration: int
    size: int | None
    is_pinned: bool = False
    texts: Sequence[str] = ()
    documents: Sequence[str | bytes] = ()


class Kind(NamedTuple):
    """What many calls have in common: what `IsOneOf` compares, without what their URLs tell."""

    source: str
    status: int | None
    outcome: str
    method: str
    trigger: str
    error: str | None
    trigger_id: str | None
    user: str | None


_kind_of = attrgetter(*Kind._fields)


def all_hashed(names: Collection[str]) -> list[int]:
    """The terms of names, each a namespace and a value, joined by a zero."""
    try:
        return [xxh3_64_intdigest(name.encode()) for name in names]
    except UnicodeEncodeError:  # half of a surrogate pair
        return [xxh3_64_intdigest(name.encode("utf-8", "surrogatepass")) for name in names]


def term(namespace: str, value: str) -> int:
    """The term of a value: unsigned, 64 bits. For questions; paths must have the form of `normal_path`."""
    return xxh3_64_intdigest(f"{namespace}\0{value}".encode("utf-8", "surrogatepass"))


def word_term(word: str) -> int:
    """The term of a word, such as `words_of` gives."""
    return term("w", word)


def leaf_term(path: str, canonical_text: str) -> int:
    """The term of a scalar at a path of a JSON body."""
    return term("leaf", f"{path}\0{canonical_text}")


def path_term(path: str) -> int:
    """The term of calls with a JSON body that has this path."""
    return term("leaf?", path)


def host_of(url: str) -> str:
    """The host in lower case, with the port where the URL names one; empty where there is none. Any text may come."""
    authority: str | None = _split(url)[0]
    return (authority or "").rpartition("@")[2].lower()


def path_of(url: str) -> str:
    """The path of a URL as `normal_path` has it."""
    return normal_path(_split(url)[1])


def _split(url: str) -> tuple[str | None, str]:
    match = _URL.match(url)
    return match.groups() if match else (None, url)  # type: ignore[return-value]  # two groups


def normal_path(path: str) -> str:
    """The path as it is compared: without empty segments, and not more than `MOST_SEGMENTS`."""
    segments = [segment for segment in path[:LONGEST_PATH].split("/") if segment]
    return "/" + "/".join(segments[:MOST_SEGMENTS])


def facets_of(facts: CallFacts) -> Iterator[tuple[str, str]]:
    """Field and value of everything that `IsOneOf` compares, except `id`."""
    yield from facets_of_kind(Kind(*_kind_of(facts)))
    yield from places_of(facts.url)


def facets_of_kind(kind: Kind) -> Iterator[tuple[str, str]]:
    """Field and value of everything that is not in the URL."""
    yield "source", kind.source
    if kind.status is None:
        yield "status", "none"
    else:
        yield "status", str(kind.status)
        yield "status", f"{kind.status // 100}xx"
    yield "outcome", kind.outcome
    yield "method", kind.method.upper()
    yield "trigger", kind.trigger
    if kind.error is not None:
        yield "error", kind.error
    if kind.trigger_id is not None:
        yield "trigger_id", kind.trigger_id
    if kind.user is not None:
        yield "user", kind.user


def places_of(url: str) -> Iterator[tuple[str, str]]:
    """The host of a URL, and its path with each beginning of it."""
    host = host_of(url)
    if host:
        yield "host", host
    yield "path", "/"
    path = path_of(url)
    end = path.find("/", 1)
    while end > 0:
        yield "path", path[:end]
        end = path.find("/", end + 1)
    if path != "/":
        yield "path", path


def searched_texts(facts: CallFacts) -> Iterator[str]:
    """The texts in which words are found, as far as the bounds go; escapes of JSON bodies are resolved."""
    left = MOST_TEXT
    for text in (*facts.texts, *map(readable, facts.documents)):
        if left <= 0:
            return
        if text:
            yield text[: min(LONGEST_TEXT, left)]
        left -= min(LONGEST_TEXT, len(text))


def readable(document: str | bytes) -> str:
    r"""A JSON text with its escapes resolved: people look for `café`, not for what stands there as `caf\u00e9`."""
    if isinstance(document, bytes):
        # No character takes more than four bytes, and no escape more than twelve.
        document = document[: 12 * LONGEST_TEXT].decode("utf-8", "replace")
    document = document[: 12 * LONGEST_TEXT]
    return _ESCAPE.sub(_resolved, document) if "\\" in document else document


def _resolved(match: re.Match[str]) -> str:
    escape = match.group()[1:]
    if escape in _SPACES:
        return " "
    if len(escape) == 1:
        return escape
    if len(escape) == len("uXXXX"):
        return chr(int(escape[1:], 16))
    high, low = int(escape[1:5], 16), int(escape[-4:], 16)
    return chr(0x10000 + ((high & 0x3FF) << 10) + (low & 0x3FF))


def parsed_documents(facts: CallFacts) -> Iterator[tuple[str | bytes, Any]]:
    """The JSON bodies with what stands in them, as far as the bounds go; what cannot be parsed is left out."""
    for document in facts.documents[:MOST_DOCUMENTS]:
        if len(document) > LARGEST_DOCUMENT:
            continue
        try:
            yield document, _parsed(document)
        except (ValueError, RecursionError):  # also: numbers of thousands of digits, bytes that are no text
            continue


def _parsed(document: str | bytes) -> Any:
    try:
        return from_json(document, allow_inf_nan=False, cache_strings="keys")
    except (ValueError, TypeError):
        # Twice as slow, and takes more: NaN, UTF-16, halves of surrogate pairs, documents of more than 200 levels.
        return json.loads(document, parse_constant=str)


def trees_of(facts: CallFacts, items: Sequence[int | None] = ()) -> Iterator[Tree]:
    """The trees of the JSON bodies, as far as the bounds go. `items`: those of `tree_of`."""
    return (tree_of(parsed, items) for _, parsed in parsed_documents(facts))


def named_leaves(tree: Tree) -> Iterator[str]:
    """What the leaves and paths of a document are hashed as."""
    for path, value in tree.leaves:
        yield f"leaf\0{path}\0{canonical(value)}"
    for path in {path for path, _ in tree.leaves}.union(tree.branches):
        yield f"leaf?\0{path}"


def terms_of(facts: CallFacts) -> set[int]:
    """Every term that finds the call."""
    words = distinct_words("\n".join(searched_texts(facts)))
    found = {xxh3_64_intdigest(b"w\0" + word) for word in words}
    named = [f"{field}\0{value}" for field, value in facets_of(facts)]
    for tree in trees_of(facts):
        named += named_leaves(tree)
    found.update(all_hashed(named))
    return found
