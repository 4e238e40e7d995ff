# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Two XML texts compared by structure: elements and attributes by name, with the namespace and not the prefix.

Where something identifies elements of the same name, their order does not count; nor do comments and the layout.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from openconnector.logs.comparison.findings import MAX_SHOWN, Findings
from openconnector.logs.comparison.ignoring import IgnoreList
from openconnector.logs.comparison.keyed import KEYS, LONGEST_KEY, identifying, pairs
from openconnector.logs.comparison.path_patterns import States
from openconnector.reading.xml_tree import Tree

_KEYS = tuple(mark + key for key in KEYS for mark in ("@", ""))

Trail = tuple[Any, str] | None


class _Pair(NamedTuple):
    """Two elements at the same place; None where only one text has it."""

    base: Any
    other: Any
    trail: Trail
    states: States


class _Comparison:
    """What both texts and the whole walk share."""

    def __init__(self, ignore: IgnoreList, found: Findings, prefixes: dict[str, str]) -> None:
        self.ignore = ignore
        self.found = found
        self._prefixes = prefixes

    def walk(self, base: Any, other: Any) -> None:
        """Compare two root elements and everything below."""
        if base.tag != other.tag:
            self.found.add("/", "changed", base.tag, other.tag)  # with their namespaces, as lxml writes them
            return
        patterns = self.ignore.xml_paths
        states = patterns.below(patterns.start, _local(base.tag), 1)
        stack = [iter([_Pair(base, other, (None, f"/{self._name(base.tag)}"), states)])]
        while not self.found.is_at_end() and stack:
            pair = next(stack[-1], None)
            if pair is None:
                stack.pop()
            elif patterns.matches(pair.states) or self.ignore.has_member(_local(_either(pair).tag)):
                self._whole(pair, is_ignored=True)
            elif pair.base is None or pair.other is None:
                self._whole(pair, is_ignored=False)
            else:
                self._attributes(pair)
                self._text(pair)
                stack.append(self._children(pair))

    def _attributes(self, pair: _Pair) -> None:
        here, there = pair.base.attrib, pair.other.attrib
        for name in dict.fromkeys((*here, *there)):
            base, other = here.get(name), there.get(name)
            if base == other:
                continue
            step = f"@{_local(name)}"
            states = self.ignore.xml_paths.below(pair.states, step)
            is_ignored = self.ignore.xml_paths.matches(states) or self.ignore.has_member(step)
            self._leaf((pair.trail, f"/@{self._name(name)}"), _local(name), base, other, is_ignored=is_ignored)

    def _text(self, pair: _Pair) -> None:
        base, other = _text_of(pair.base), _text_of(pair.other)
        if base != other:
            self._leaf(pair.trail, _local(pair.base.tag), base or "", other or "", is_ignored=False)

    def _children(self, pair: _Pair) -> Iterator[_Pair]:
        here, there = _by_tag(pair.base), _by_tag(pair.other)
        for tag in dict.fromkeys((*here, *there)):
            base, other = here.get(tag, []), there.get(tag, [])
            key = identifying(base, other, _key_of, _KEYS)
            is_one = max(len(base), len(other)) == 1
            for at_base, at_other in pairs(base, other, _key_of, key):
                first = None if at_base is None else base[at_base]
                second = None if at_other is None else other[at_other]
                if self.found.deadline.is_over():
                    return
                if _is_same_leaf(first, second):
                    continue
                position = ((at_base if at_other is None else at_other) or 0) + 1
                segment = f"/{self._name(tag)}"
                if key is not None:
                    segment += f"[{key}={_quoted(str(_key_of(first if second is None else second, key)))}]"
                elif not is_one:
                    segment += f"[{position}]"
                states = self.ignore.xml_paths.below(pair.states, _local(tag), position)
                yield _Pair(first, second, (pair.trail, segment), states)

    def _whole(self, pair: _Pair, *, is_ignored: bool) -> None:
        """An element that only one text has, or that is left out."""
        base, other = _source_of(pair.base), _source_of(pair.other)
        if base != other:
            self._leaf(pair.trail, "", base, other, is_ignored=is_ignored)

    def _leaf(self, trail: Trail, name: str, base: str | None, other: str | None, *, is_ignored: bool) -> None:
        if base is None or other is None:
            change = "added" if base is None else "removed"
        else:
            change = "changed"
            is_ignored = is_ignored or bool(base and other and self.ignore.are_alike(base, other, name))
        self.found.add(_path(trail), "ignored" if is_ignored else change, base, other)  # type: ignore[arg-type]

    def _name(self, tag: str) -> str:
        """A name with the prefix that one of the texts has for it."""
        namespace, _, local = tag.rpartition("}")
        prefix = self._prefixes.get(namespace[1:]) if namespace else None
        return f"{prefix}:{local}" if prefix else local


def compare_xml(base: bytes, other: bytes, ignore: IgnoreList, found: Findings, *, is_cut: bool = False) -> None:
    """Note what is different between two XML texts in UTF-8.

    Args:
        is_cut: at least one is only the beginning of a text.

    Raises:
        Unreadable: one of them is no well-formed XML, or too large or too deep.
    """
    first, second = Tree(base, is_cut=is_cut), Tree(other, is_cut=is_cut)
    _Comparison(ignore, found, first.prefixes | second.prefixes).walk(first.root, second.root)


def _either(pair: _Pair) -> Any:
    return pair.other if pair.base is None else pair.base


def _is_same_leaf(base: Any, other: Any) -> bool:
    """Whether two elements with nothing in them but text are the same. Most are."""
    if base is None or other is None or len(base) or len(other):
        return False
    return bool(base.text == other.text and base.attrib == other.attrib)


def _by_tag(element: Any) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for child in element:
        if isinstance(child.tag, str):  # comments and instructions have none
            found.setdefault(child.tag, []).append(child)
    return found


def _text_of(element: Any) -> str:
    """The text of an element itself. Between other elements white space is layout."""
    pieces = [element.text, *(child.tail for child in element)]
    return " ".join(" ".join(piece for piece in pieces if piece).split())


def _key_of(element: Any, name: str) -> str | None:
    if name.startswith("@"):
        key = element.get(name[1:])
    else:
        key = next((_text_of(child) for child in element if child.tag == name or _local(child.tag) == name), None)
    return key if key and len(key) <= LONGEST_KEY else None


def _local(tag: Any) -> str:
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _quoted(text: str) -> str:
    return f'"{text}"' if "'" in text else f"'{text}'"


def _source_of(element: Any) -> str | None:
    """An element as it is written, without the text behind it; None where there is none."""
    if element is None:
        return None
    from lxml import etree  # noqa: PLC0415  # only XML needs it, and it takes memory

    text: str = etree.tostring(element, encoding="unicode", with_tail=False)
    return text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN + 1]


def _path(trail: Trail) -> str:
    segments: list[str] = []
    while trail is not None:
        trail, segment = trail
        segments.append(segment)
    return "".join(reversed(segments))
