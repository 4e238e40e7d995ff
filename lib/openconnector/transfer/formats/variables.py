# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Variables of the programs: `{{name}}` in a text, filled in with what environments and collections say."""

import re
from collections import ChainMap
from collections.abc import Iterator, Mapping

from openconnector.transfer.formats.node import Node

MAX_GROWTH = 256 * 1024
"""Characters that variables may add to a text."""

_MAX_ROUNDS = 8
_VARIABLE = re.compile(r"\{\{([^{}]{1,200})\}\}")
_TAG = re.compile(r"\{%([^{}%]{1,200})%\}")
_INSOMNIA = re.compile(r"""_\.(?P<name>.+)|_\[['"](?P<quoted>[^'"]+)['"]\]""")

_DYNAMIC = {
    **dict.fromkeys(("$guid", "$randomUUID", "$uuid"), "{{ uuid() }}"),
    **dict.fromkeys(("$timestamp",), "{{ now('unix') }}"),
    **dict.fromkeys(("$isoTimestamp", "$randomISODate"), "{{ now() }}"),
}
"""Names that the programs make a value for, and what makes the same here."""

_TAGS = {
    ("uuid", ""): "{{ uuid() }}",
    ("uuid", "'v4'"): "{{ uuid() }}",
    ("timestamp", ""): "{{ now('unixMs') }}",
    ("now", "'iso-8601'"): "{{ now() }}",
    ("now", "'unix'"): "{{ now('unix') }}",
    ("now", "'millis'"): "{{ now('unixMs') }}",
}
"""Tags of Insomnia with their arguments."""

_OURS = frozenset({*_DYNAMIC.values(), *_TAGS.values()})


class Variables:
    """What is known by name. More specific ones are in a layer of their own."""

    def __init__(self, values: Mapping[str, str] | None = None) -> None:
        self.values = values if isinstance(values, ChainMap) else ChainMap(dict(values or {}))

    def over(self, values: Mapping[str, str]) -> "Variables":
        """These, with others that go before them."""
        return Variables(ChainMap(dict(values), *self.values.maps)) if values else self

    def fill(self, text: str) -> str:
        """The text with what is known filled in. What is not known stays as it is."""
        limit = len(text) + MAX_GROWTH
        for _ in range(_MAX_ROUNDS):
            filled = self._once(text, limit)
            if filled == text:
                break
            text = filled
        return text

    def _once(self, text: str, limit: int) -> str:
        room = limit - len(text)

        def value(match: re.Match[str]) -> str:
            nonlocal room
            name = _name(match)
            known = self.values.get(name, _DYNAMIC.get(name, match[0]))
            room -= len(known) - len(match[0])
            return known if room >= 0 else match[0]

        text = _VARIABLE.sub(value, text)
        return _TAG.sub(lambda match: _TAGS.get(_words(match), match[0]), text)

    def leading(self, text: str) -> str:
        """What a variable stands for that a text begins with; empty where it begins with none."""
        match = _VARIABLE.match(text.lstrip())
        filled = self.fill(match[0]) if match else ""
        return "" if match is None or filled == match[0] else filled


def unknown_in(text: str) -> Iterator[str]:
    """The names of variables that are left in a text, and of tags."""
    yield from (_name(match) for match in _VARIABLE.finditer(text) if match[0] not in _OURS)
    yield from (_words(match)[0] for match in _TAG.finditer(text))


def without_unknown(text: str) -> str:
    """The text with `{name}` for variables that nobody knows, so that it is no template."""
    text = _VARIABLE.sub(lambda match: match[0] if match[0] in _OURS else f"{{{_name(match)}}}", text)
    return _TAG.sub(lambda match: f"{{{_words(match)[0]}}}", text)


def flattened(node: Node, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Nested variables by their dotted names."""
    for name, part in node.members():
        if part.is_object:
            yield from flattened(part, f"{prefix}{name}.")
        elif not part.is_list:
            yield f"{prefix}{name}", part.text()


def _name(variable: re.Match[str]) -> str:
    """The name of a variable, without what Insomnia writes around it."""
    name = variable[1].strip()
    match = _INSOMNIA.fullmatch(name)
    return name if match is None else match["name"] or match["quoted"]


def _words(tag: re.Match[str]) -> tuple[str, str]:
    """The name of a tag of Insomnia, and its arguments."""
    name, _, arguments = tag[1].strip(" -\t").partition(" ")
    return name, arguments.strip().replace('"', "'")
