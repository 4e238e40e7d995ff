# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
r"""Results as text: plain, with the colours of a terminal, or with the tags of Symfony's console, which occ is.

What occ prints passes through Symfony's formatter: there `<info>` is a colour, `</info>` may even be an error, and
`\<` is `<`. So what could be a tag is escaped, and JSON gets its own escapes, which the formatter leaves alone.
"""

import json
import re
from collections.abc import Callable, Sequence
from typing import Any

from openconnector.commands.styled import Block, Span, Style, lines_of

_ANSI: dict[Style, str] = {"good": "32", "warning": "33", "bad": "31", "faint": "2", "strong": "1"}
_TAGS: dict[Style, str] = {
    "good": "<info>",
    "warning": "<comment>",
    "bad": "<fg=red>",
    "strong": "<options=bold>",
}
_UNSAFE_IN_JSON = re.compile(r"[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")

Render = Callable[[Span], str]


def plain(span: Span) -> str:
    """The text alone."""
    return span.text


def coloured(span: Span) -> str:
    """The text with the colours of a terminal (ECMA-48)."""
    code = _ANSI.get(span.style)
    return f"\x1b[{code}m{span.text}\x1b[0m" if code else span.text


def tagged(span: Span) -> str:
    """The text as Symfony's formatter prints it."""
    tag = _TAGS.get(span.style)
    return f"{tag}{escaped(span.text)}</>" if tag else escaped(span.text)


def escaped(text: str) -> str:
    """A text that Symfony's formatter prints as it is, whatever stands behind it: NUL is its sign for a backslash."""
    safe = text.replace("<", "\\<").replace("\\>", "\\\\>")
    inner = safe.rstrip("\\")
    return inner + "\0" * (len(safe) - len(inner))


def rendered(blocks: str | Sequence[Block], render: Render) -> str:
    """The lines of a result, each with its end."""
    return "".join("".join(map(render, line)) + "\n" for line in lines_of(blocks))


def as_document(members: dict[str, Any]) -> str:
    """One JSON document in one line. What a terminal would take for a command is written as an escape."""
    text = json.dumps(members, ensure_ascii=False)
    return _UNSAFE_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def json_in_tags(text: str) -> str:
    """JSON that Symfony's formatter prints as other JSON of the same meaning. Angle brackets stand in strings only."""
    return text.replace("<", "\\u003c").replace(">", "\\u003e")
