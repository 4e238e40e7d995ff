# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
r"""Symfony's OutputFormatter, as far as an app can tell: each write is read for tags by itself; styles stay open.

After `Symfony\Component\Console\Formatter\OutputFormatter` of version 5.4 to 7.
"""

import re

_TAG = re.compile(r"<(([a-z](?:[^\\<>]|\\.)*)|/([a-z][^<>]*)?)>", re.IGNORECASE | re.DOTALL)
_STYLES = {"error": "37;41", "info": "32", "comment": "33", "question": "30;46"}
_COLOURS = {
    name: number for number, name in enumerate(("black", "red", "green", "yellow", "blue", "magenta", "cyan"), 30)
}
_COLOURS |= {"white": 37, "default": 39, "gray": 90}
_OPTIONS = {"bold": 1, "underscore": 4, "blink": 5, "reverse": 7, "conceal": 8}


class FormatError(Exception):
    """Symfony throws here, and the command breaks off."""


class Formatter:
    """One console's formatter. `is_decorated`: with colours; else tags go without a trace."""

    def __init__(self, *, is_decorated: bool) -> None:
        self._is_decorated = is_decorated
        self._open: list[tuple[str, str]] = []

    def format(self, message: str) -> str:
        """What is printed of one write."""
        output, offset = "", 0
        for found in _TAG.finditer(message):
            position = found.start()
            if position and message[position - 1] == "\\":
                continue
            output += self._styled(message[offset:position])
            offset = found.end()
            if found[2] is None and not found[3]:
                if self._open:
                    self._open.pop()
            elif (style := _style_of(found[2] or found[3])) is None:
                output += self._styled(found[0])
            elif found[2] is not None:
                self._open.append((found[2].lower(), style))
            else:
                self._close(found[3].lower())
        output += self._styled(message[offset:])
        return output.replace("\0", "\\").replace("\\<", "<").replace("\\>", ">")

    def _close(self, name: str) -> None:
        if not self._open:
            return
        for position in range(len(self._open) - 1, -1, -1):
            if self._open[position][0] == name:
                del self._open[position:]
                return
        raise FormatError("Incorrectly nested style tag found.")

    def _styled(self, text: str) -> str:
        if not (text and self._is_decorated and self._open):
            return text
        return f"\x1b[{self._open[-1][1]}m{text}\x1b[0m"


def _style_of(tag: str) -> str | None:
    """The codes of a style, named or written out (`fg=red;options=bold`); None: this is no style, but text."""
    if tag.lower() in _STYLES:
        return _STYLES[tag.lower()]
    codes: list[str] = []
    for part in tag.split(";"):
        kind, equals, value = part.partition("=")
        if not equals:
            return None
        match kind.strip().lower():
            case "fg" if value in _COLOURS:
                codes.append(str(_COLOURS[value]))
            case "bg" if value in _COLOURS:
                codes.append(str(_COLOURS[value] + 10))
            case "options" if value in _OPTIONS:
                codes.append(str(_OPTIONS[value]))
            case "fg" | "bg" | "options":
                raise FormatError(f'Invalid "{value}" color.')
            case _:
                return None
    return ";".join(codes)
