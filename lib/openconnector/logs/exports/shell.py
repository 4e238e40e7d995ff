# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Words for a POSIX shell, made of texts that anybody may have written and of variables.

They may be pasted into a terminal. There, a control character in a quoted word is still a key that is pressed: Ctrl+C
would leave the word, and the end of a bracketed paste would have the rest of it typed. So a word contains none but the
end of a line: the shell makes them itself. The same goes for characters that nobody sees.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

NOT_SET = "set it first"

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Categories of Unicode: controls, formats, halves of pairs, what has no meaning, ends of lines and paragraphs."""

_PLAIN_IN_DOUBLE_QUOTES = re.compile(r"[\w ./:,;=@%+*()<>?&|~^#{}\[\]'-]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Variable:
    """A shell variable whose value nobody has written down."""

    name: str

    @property
    def required(self) -> str:
        """Its value, within double quotes; where it is not set, the shell says so and does nothing."""
        return f"${{{self.name}:?{NOT_SET}}}"


Part = str | Variable


def word(parts: Iterable[Part]) -> str:
    """One word of a command. Texts in it must not contain NUL."""
    parts = [part for part in parts if part != ""]
    if not any(isinstance(part, Variable) for part in parts):
        return quoted("".join(part for part in parts if isinstance(part, str)))
    if all(isinstance(part, Variable) or _PLAIN_IN_DOUBLE_QUOTES.fullmatch(part) for part in parts):
        return '"' + "".join(part.required if isinstance(part, Variable) else part for part in parts) + '"'
    return "".join(f'"{part.required}"' if isinstance(part, Variable) else quoted(part) for part in parts)


def quoted(text: str) -> str:
    """A text as a word, or as a part of one."""
    pieces = []
    for unseen, letters in groupby(text, is_unseen):
        run = "".join(letters)
        pieces.append(_made(run) if unseen else "'" + run.replace("'", r"'\''") + "'")
    return "".join(pieces) or "''"


def is_unseen(letter: str) -> bool:
    """Whether a character may not stand in a command as itself."""
    return letter != "\n" and unicodedata.category(letter) in _UNSEEN


def unseen_runs(text: str) -> int:
    """How many commands a text would need for what may not stand in it as itself."""
    return sum(unseen for unseen, _ in groupby(text, is_unseen))


def _made(run: str) -> str:
    """A word that the shell makes of numbers. What it would strip, ends of lines, is not among them."""
    octal = "".join(f"\\{byte:03o}" for byte in run.encode("utf-8", "replace"))
    return f"\"$(printf '{octal}')\""
