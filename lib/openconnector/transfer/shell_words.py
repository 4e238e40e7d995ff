# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Takes a command apart into its words, as the shell would that it was copied for: `sh` and bash, cmd, PowerShell.

Nothing is run or looked up. A variable stays in its word as a mark, since only its owner knows what it stands for.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from openconnector.core.phrases import phrase
from openconnector.transfer.drafts import Unreadable

MAX_WORDS = 5000

VARIABLE = re.compile("\ue000([A-Za-z_][A-Za-z0-9_]*|[0-9@*#?!$-])\ue001")
"""How a variable stands in a word: its name between two characters that have no meaning of their own."""

_NAMED = re.compile(r"\$(?:\{([A-Za-z_]\w*)(?:[:?=+-][^}]{0,500})?\}|([A-Za-z_]\w*|[0-9@*#?!$-]))", re.ASCII)
_MADE = re.compile(r"\$\(printf '((?:\\[0-7]{3})+)'\)")
_ANSI = re.compile(
    r"\\(?:x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|([0-7]{1,3})|c(.)|(.))", re.DOTALL
)
_ANSI_LETTERS = {"a": "\a", "b": "\b", "e": "\x1b", "E": "\x1b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_OPERATORS = "|&;<>()"
_UNCLOSED = phrase("The quote {quote} is not closed: the end of the command is missing.")


@dataclass(slots=True)
class Command:
    """One command of a line: its words, and the operator behind it."""

    words: list[str] = field(default_factory=list)
    operator: str = ""


def commands_of(text: str) -> list[Command]:
    """The commands of a text, in the dialect that it is written in.

    Raises:
        Unreadable: a quote is not closed, or there are too many words.
    """
    text = text.replace("\r\n", "\n").strip()
    if re.search(r"\^\s*\n|\^\"|\s\^$", text):
        found = [Command(list(_argv(_without_carets(text), doubles=True)))]
    elif re.search(r"`\s*\n", text):
        found = [Command(list(_PowerShell(text).words()))]
    elif re.match(r"curl\.exe\s", text) and "\\\n" not in text:
        found = [Command(list(_argv(text)))]
    else:
        found = _Posix(text).commands()
    if sum(len(command.words) for command in found) > MAX_WORDS:
        raise Unreadable(phrase("The command has more than {limit} words.", limit=MAX_WORDS))
    return found


class _Posix:
    """Words of POSIX `sh` (XCU, section 2.2), with the `$'…'` of bash."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._word: list[str] | None = None
        self._found = [Command()]

    def commands(self) -> list[Command]:
        text, length = self._text, len(self._text)
        while self._at < length:
            letter = text[self._at]
            if letter in " \t":
                self._end_word()
                self._at += 1
            elif letter == "\n" or letter in _OPERATORS:
                self._operator(letter)
            elif letter == "#" and self._word is None:
                end = text.find("\n", self._at)
                self._at = length if end < 0 else end
            else:
                self._part(letter)
        self._end_word()
        return [command for command in self._found if command.words or command.operator]

    def _part(self, letter: str) -> None:
        text = self._text
        if letter == "'":
            self._add(self._until_quote())
        elif letter == '"':
            self._double_quoted()
        elif text.startswith("$'", self._at):
            self._ansi_quoted()
        elif letter == "\\":
            escaped = text[self._at + 1 : self._at + 2]
            if escaped != "\n":
                self._add(escaped)
            self._at += 2
        elif letter == "$":
            self._expansion()
        else:
            self._add(letter)
            self._at += 1

    def _add(self, text: str) -> None:
        self._word = self._word if self._word is not None else []
        self._word.append(text)

    def _end_word(self) -> None:
        if self._word is not None:
            self._found[-1].words.append("".join(self._word))
            self._word = None

    def _operator(self, letter: str) -> None:
        self._end_word()
        end = self._at + 1
        while end < len(self._text) and letter != "\n" and self._text[end] in _OPERATORS:
            end += 1
        operator, self._at = self._text[self._at : end], end
        if operator == "\n" and not self._found[-1].words:
            return  # a pipe goes on in the next line
        self._found[-1].operator = operator
        self._found.append(Command())

    def _until_quote(self) -> str:
        end = self._text.find("'", self._at + 1)
        if end < 0:
            raise self._unclosed("'")
        inner, self._at = self._text[self._at + 1 : end], end + 1
        return inner

    def _double_quoted(self) -> None:
        start = self._at
        self._add("")
        self._at += 1
        while self._at < len(self._text):
            letter = self._text[self._at]
            if letter == '"':
                self._at += 1
                return
            if letter == "\\":
                escaped = self._text[self._at + 1 : self._at + 2]
                self._add("" if escaped == "\n" else escaped if escaped in '$`"\\' else letter + escaped)
                self._at += 2
            elif letter == "$":
                self._expansion()
            else:
                self._add(letter)
                self._at += 1
        self._at = start
        raise self._unclosed('"')

    def _ansi_quoted(self) -> None:
        match = re.compile(r"\$'((?:[^'\\]|\\.)*)'", re.DOTALL).match(self._text, self._at)
        if match is None:
            raise self._unclosed("$'")
        self._add(_ANSI.sub(_ansi, match[1]))
        self._at = match.end()

    def _expansion(self) -> None:
        if made := _MADE.match(self._text, self._at):
            raw = bytes(int(digits, 8) & 0xFF for digits in made[1].split("\\")[1:])
            self._add(raw.decode("utf-8", "replace"))
            self._at = made.end()
        elif named := _NAMED.match(self._text, self._at):
            self._add(f"\ue000{named[1] or named[2]}\ue001")
            self._at = named.end()
        else:
            self._add("$")
            self._at += 1

    def _unclosed(self, quote: str) -> Unreadable:
        line = self._text.count("\n", 0, self._at) + 1
        return Unreadable(_UNCLOSED.filled(quote=quote), line=line)


def _ansi(match: re.Match[str]) -> str:
    two, four, eight, octal, control, letter = match.groups()
    if digits := two or four or eight:
        code = int(digits, 16)
        return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"  # noqa: PLR2004
    if octal:
        return chr(int(octal, 8) & 0xFF)
    if control:
        return chr(ord(control.upper()) & 0x1F)
    return _ANSI_LETTERS.get(letter, letter if letter in "\\'\"?" else f"\\{letter}")


def _without_carets(text: str) -> str:
    """What cmd hands on: a caret outside of quotes makes the next character plain, and continues a line."""
    found, at, is_quoted = [], 0, False
    while at < len(text):
        letter = text[at]
        if letter == "^" and not is_quoted:
            at += 1
            if text[at : at + 1] == "\n":
                at += 1
            found.append(text[at : at + 1])
        else:
            is_quoted = is_quoted is not (letter == '"')
            found.append(letter)
        at += 1
    return "".join(found)


_QUOTED = re.compile(r'(\\*+)(""|")?')


def _argv(line: str, *, doubles: bool = False) -> Iterator[str]:  # noqa: C901  # one pass, with the rules in their order
    """The words of a command line of Windows, as the C runtime of Microsoft reads it.

    Args:
        doubles: each backslash was doubled, as browsers do. The C runtime wants that before a quote only, and would
            leave two of them elsewhere; what the browser has sent is meant.
    """
    word: list[str] | None = None
    at, is_quoted = 0, False
    while at < len(line):
        letter = line[at]
        if letter in " \t\n" and not is_quoted:
            if word is not None:
                yield "".join(word)
            word = None
            at += 1
            continue
        word = [] if word is None else word
        if doubles and line.startswith("\\\\", at):
            word.append("\\")
            at += 2
            continue
        match = _QUOTED.match(line, at)
        if match is None or match[2] is None:
            plain = match[1] if match is not None and match[1] else letter
            word.append(plain)
            at += len(plain)
            continue
        slashes = len(match[1])
        word.append("\\" * (slashes // 2))
        at = match.end(1) + 1
        if slashes % 2:
            word.append('"')
        elif is_quoted and match[2] == '""':
            word.append('"')
            at += 1
        else:
            is_quoted = not is_quoted
    if is_quoted:
        raise Unreadable(_UNCLOSED.filled(quote='"'))
    if word is not None:
        yield "".join(word)


class _PowerShell:
    """Words of PowerShell: a backtick escapes and continues lines, and two quotes are one."""

    _WORD = re.compile(r"""(?:'(?:[^']|'')*'|"(?:[^"`]|`.|"")*"|`[^\n]|[^\s'"`])+""", re.DOTALL)
    _PART = re.compile(r"""'((?:[^']|'')*)'|"((?:[^"`]|`.|"")*)"|`(.)|([^'"`]+)""", re.DOTALL)
    _LETTERS = {"n": "\n", "r": "\r", "t": "\t", "0": "\0", "a": "\a", "b": "\b", "f": "\f", "v": "\v", "e": "\x1b"}

    def __init__(self, text: str) -> None:
        self._text = re.sub(r"`[ \t]*\n", " ", text)

    def words(self) -> Iterator[str]:
        for word in self._WORD.finditer(self._text):
            yield "".join(self._part(part) for part in self._PART.finditer(word[0]))

    def _part(self, part: re.Match[str]) -> str:
        single, double, escaped, plain = part.groups()
        if single is not None:
            return str(single.replace("''", "'"))
        if double is not None:
            return re.sub(
                r'""|`(.)', lambda one: '"' if one[1] is None else self._plain(one[1]), double, flags=re.DOTALL
            )
        return self._plain(escaped) if escaped is not None else str(plain)

    def _plain(self, letter: str) -> str:
        return self._LETTERS.get(letter, letter)
