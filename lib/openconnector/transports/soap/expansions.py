# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How much comes of the named parts of schemas when they are unfolded.

Groups refer to groups, and unions to unions: forty lines of a schema can stand for more elements than a computer has
bytes. zeep unfolds whatever it is given, so this is counted before.
"""

from typing import Any

from openconnector.core.phrases import phrase

MAX_EXPANSION = 20_000
"""Parts that one named part may unfold to. The largest public schemas stay far below."""

_REFERRING = {"group": ("ref",), "attributeGroup": ("ref",), "union": ("memberTypes",), "list": ("itemType",)}
_KINDS = {"union": "simpleType", "list": "simpleType", "restriction": "simpleType"}

Name = tuple[str, str | None, str]


class TooLargeToUnfold(ValueError):
    """A schema unfolds to more than can be handled; `str()` is a sentence."""


class Expansions:
    """Counts what named groups, attribute groups and simple types unfold to."""

    def __init__(self) -> None:
        self._references: dict[Name, tuple[int, list[Name]]] = {}
        self._sizes: dict[Name, int] = {}

    def note(self, kind: str, node: Any, namespace: str | None) -> None:
        """Take down what a named part refers to."""
        found: list[Name] = []
        parts = 1
        for inner in node.iterdescendants():
            tag = inner.tag.rpartition("}")[2] if isinstance(inner.tag, str) else ""
            parts += tag in ("element", "attribute")
            attributes = ("base",) if tag == "restriction" and kind == "simpleType" else _REFERRING.get(tag, ())
            texts = (text for attribute in attributes for text in (inner.get(attribute) or "").split())
            found += [(_KINDS.get(tag, tag), *_resolved(text, inner, namespace)) for text in texts]
        self._references[(kind, namespace, node.get("name", ""))] = (parts, found)

    def check(self) -> None:
        """Count.

        Raises:
            TooLargeToUnfold: some part of the schemas becomes too large.
        """
        self._sizes = {}
        for name in self._references:
            if self._size(name, frozenset()) > MAX_EXPANSION:
                raise TooLargeToUnfold(
                    phrase(
                        "{name} in it unfolds to more than {limit} parts. Such a schema is not read.",
                        name=name[2],
                        limit=MAX_EXPANSION,
                    )
                )

    def _size(self, name: Name, within: frozenset[Name]) -> int:
        known = self._sizes.get(name)
        if known is None:
            parts, references = self._references.get(name, (1, []))
            inner = [one for one in references if one not in within]
            known = parts + sum(self._size(one, within | {name}) for one in inner)
            self._sizes[name] = min(known, MAX_EXPANSION + 1)
        return self._sizes[name]


def _resolved(written: str, node: Any, namespace: str | None) -> tuple[str | None, str]:
    prefix, _, local = written.rpartition(":")
    # Without a prefix it may be of the including schema, too.
    return node.nsmap.get(prefix or None, namespace), local
