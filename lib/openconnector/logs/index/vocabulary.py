# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Gathers the terms of many calls.

Calls of one block are alike: the same headers, words, and paths in their documents. So each is looked at and hashed
once for all calls that have it. `terms_of` tells the same of one call; whatever is long goes that way.
"""

from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Iterator
from itertools import chain, repeat
from operator import attrgetter
from typing import Any

from pyroaring import BitMap
from xxhash import xxh3_64_intdigest

from openconnector.logs.index.leaves import ANY_ITEM, DEEPEST, MOST_LEAVES, Scalar, canonical, step, tree_of
from openconnector.logs.index.terms import (
    LONGEST_TEXT,
    CallFacts,
    Kind,
    all_hashed,
    facets_of_kind,
    named_leaves,
    parsed_documents,
    places_of,
    readable,
    searched_texts,
)
from openconnector.logs.index.words import distinct_words, words_of_ascii

Offsets = int | list[int]
"""Of one call, or of some: in any order, and some of them several times."""

LONGEST_LINE = 256
"""Characters of a text that is remembered, because it may come again."""

LONGEST_WORD = 64
"""Bytes of a word that is remembered."""

LONGEST_DOCUMENT = 16 * 1024
"""Bytes (or characters) of a document whose values are remembered until the block is made."""

MOST_NODES = 20_000
"""Paths that are remembered. Documents may have ids as names, so that each has paths of its own."""

_kind_of = attrgetter(*Kind._fields)


class Vocabulary:
    """The terms of calls, each with the offsets of its calls."""

    def __init__(self) -> None:
        self._kinds: defaultdict[tuple[Any, ...], list[int]] = defaultdict(list)
        self._urls: defaultdict[str, list[int]] = defaultdict(list)
        self._lines: defaultdict[str, list[int]] = defaultdict(list)
        self._words: defaultdict[bytes, list[int]] = defaultdict(list)
        self._terms: defaultdict[int, list[int]] = defaultdict(list)
        self._nodes: list[_Node] = []
        self._root = _Node("$", self._nodes)

    def add(self, facts: CallFacts, offset: int) -> None:
        """Take a call in."""
        self._kinds[_kind_of(facts)].append(offset)
        self._urls[facts.url].append(offset)
        self._add_texts(facts, offset)
        for document, parsed in parsed_documents(facts):
            if self._is_remembered(document):
                _grow(self._root, parsed, offset, DEEPEST)
            else:
                _append(self._terms, all_hashed(list(named_leaves(tree_of(parsed)))), offset)

    def _add_texts(self, facts: CallFacts, offset: int) -> None:
        size = sum(map(len, facts.texts)) + sum(map(len, facts.documents))
        if size > LONGEST_TEXT:  # only then something may be cut off
            self._add_words(distinct_words("\n".join(searched_texts(facts))), offset, size)
            return
        words: set[bytes] = set()
        for text in facts.texts:
            if len(text) <= LONGEST_LINE:
                self._lines[text].append(offset)
            else:
                words |= distinct_words(text)
        for document in facts.documents:
            if isinstance(document, bytes) and document.isascii() and b"\\" not in document:
                words.update(words_of_ascii(document))
            else:
                words |= distinct_words(readable(document))
        self._add_words(words, offset, size)

    def _add_words(self, words: set[bytes], offset: int, size: int) -> None:
        if size > LONGEST_WORD and max(map(len, words), default=0) > LONGEST_WORD:
            long = {word for word in words if len(word) > LONGEST_WORD}
            words -= long
            _append(self._terms, map(_word_term, long), offset)
        _append(self._words, words, offset)

    def _is_remembered(self, document: str | bytes) -> bool:
        if len(document) > LONGEST_DOCUMENT or len(self._nodes) > MOST_NODES:
            return False
        signs: Iterable[Any] = (b",", b"[", b"{") if isinstance(document, bytes) else ",[{"
        return sum(map(document.count, signs)) < MOST_LEAVES  # so it has fewer leaves, and fewer branches

    def postings(self) -> tuple[list[int], list[Offsets]]:
        """The terms of all calls in no order, and beside each where it occurs; once, at the end.

        Now and then a term comes twice: two paths may be one when their names are cut off.
        """
        for line, offsets in self._lines.items():
            for word in distinct_words(line):
                self._words[word] += offsets
        self._lines.clear()
        terms = [xxh3_64_intdigest(b"w\0" + word) for word in self._words]
        terms += self._terms
        found: list[Offsets] = [*self._words.values(), *self._terms.values()]
        for names, offsets_of in self._named():
            terms += all_hashed(names)
            found += offsets_of
        return terms, found

    def _named(self) -> Iterator[tuple[Collection[str], Collection[Offsets]]]:
        facets: defaultdict[str, list[int]] = defaultdict(list)
        for kind, offsets in self._kinds.items():
            for field, value in facets_of_kind(Kind(*kind)):
                facets[f"{field}\0{value}"] += offsets
        for url, offsets in self._urls.items():
            for field, value in places_of(url):
                facets[f"{field}\0{value}"] += offsets
        yield facets, facets.values()
        for node in self._nodes:
            yield node.names(), node.scalars.values()
        paths = [(f"leaf?\0{node.path}", there) for node in self._nodes if (there := node.offsets())]
        yield [name for name, _ in paths], [there for _, there in paths]


class _Node(dict[str, "_Node"]):
    """A path of documents: what stands at it, and the paths below it by the name of their step."""

    __slots__ = ("_all", "_item", "branches", "path", "scalars")

    def __init__(self, path: str, nodes: "list[_Node]") -> None:
        self.path = path
        self.scalars: dict[Scalar | tuple[bool], Offsets] = {}
        """Where each scalar occurs. True and false stand in a tuple, because they equal 1 and 0."""
        self.branches: list[int] = []
        """Where it is an object or an array."""
        self._all = nodes
        self._item: _Node | None = None
        nodes.append(self)

    def __missing__(self, name: str) -> "_Node":
        node = self[name] = _Node(self.path + step(name), self._all)
        return node

    @property
    def item(self) -> "_Node":
        """The path of every step into an array."""
        if self._item is None:
            self._item = _Node(self.path + ANY_ITEM, self._all)
        return self._item

    def again(self, value: Scalar, known: Offsets, offset: int) -> None:
        """A scalar that is known of other calls occurs in this one, too."""
        if not isinstance(known, list):
            self.scalars[(value,) if isinstance(value, bool) else value] = [known, offset]
        elif known[-1] != offset:
            known.append(offset)

    def names(self) -> list[str]:
        """What the scalars are hashed as."""
        start = f"leaf\0{self.path}\0"
        return [
            f'{start}"{value}'  # as `canonical` has it: most are texts
            if isinstance(value, str)
            else start + canonical(value[0] if isinstance(value, tuple) else value)
            for value in self.scalars
        ]

    def offsets(self) -> list[int]:
        """Where something stands at this path."""
        single = [offset for offset in self.scalars.values() if isinstance(offset, int)]
        several = chain.from_iterable(offsets for offsets in self.scalars.values() if isinstance(offsets, list))
        return list(BitMap(self.branches + single).union(BitMap(list(several))))


def _grow(node: _Node, value: Any, offset: int, depth: int) -> None:
    """Enter what stands at a path, and below it. As `tree_of` does, without its bounds but that of depth."""
    kind = type(value)
    children: Iterable[tuple[_Node, Any]] = ((node, value),)
    if kind is dict or kind is list:
        node.branches.append(offset)
        if not (depth and value):
            return
        places = map(node.__getitem__, value) if kind is dict else repeat(node.item)
        children = zip(places, value.values() if kind is dict else value, strict=False)
    for place, child in children:
        kind = type(child)
        if kind is dict or kind is list:
            _grow(place, child, offset, depth - 1)
            continue
        known = place.scalars.setdefault((child,) if kind is bool else child, offset)
        if known != offset:
            place.again(child, known, offset)


def _word_term(word: bytes) -> int:
    return xxh3_64_intdigest(b"w\0" + word)


def _append(postings: defaultdict[Any, list[int]], keys: Iterable[Any], offset: int) -> None:
    # A loop that is none of Python's own: this is done a hundred times for each call.
    deque(map(list.append, map(postings.__getitem__, keys), repeat(offset)), maxlen=0)
