# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Finds the cURL command in what was pasted: prompts, variables and the commands of a pipe may stand around it."""

import base64
import binascii
import posixpath
import re
from collections.abc import Sequence
from dataclasses import dataclass

from openconnector.core.phrases import phrase
from openconnector.transfer.drafts import Unreadable
from openconnector.transfer.shell_words import Command, commands_of


@dataclass(frozen=True, slots=True)
class CurlLine:
    """One call of curl.

    Attributes:
        arguments: the words behind `curl`.
        piped: what is written to its input; None: nothing.
        goes_on: whether another command stands behind it.
    """

    arguments: Sequence[str]
    piped: bytes | None
    goes_on: bool


def line_of(text: str) -> CurlLine:
    """The first cURL command.

    Raises:
        Unreadable: there is none, or it has no end.
    """
    commands = commands_of(text)
    for at, command in enumerate(commands):
        arguments = _arguments(command)
        if arguments is not None:
            rest = any(following.words for following in commands[at + 1 :])
            return CurlLine(arguments, _piped(commands[:at]), rest and command.operator not in ("|", ">", ">>"))
    raise Unreadable(phrase("This is no cURL command: it should begin with “curl”."))


def _arguments(command: Command) -> Sequence[str] | None:
    """The words behind `curl`; None: this is another command. A prompt and settings of variables may come before."""
    for at, word in enumerate(command.words):
        if re.fullmatch(r"curl(?:\.exe)?", posixpath.basename(word.replace("\\", "/")), re.IGNORECASE):
            return command.words[at + 1 :]
        if word not in ("$", "%", ">", "sudo", "time", "env", "&") and "=" not in word:
            return None
    return None


def _piped(commands: Sequence[Command]) -> bytes | None:
    """What the commands before would write: those that copied commands have, `printf` and `base64`."""
    total, current = b"", b""
    is_fed = bool(commands) and commands[-1].operator == "|"
    for at, command in enumerate(commands):
        words = [word for word in command.words if word not in ("{", "}", "(", ")")]
        if words[:2] == ["printf", "%s"] and len(words) == 3:  # noqa: PLR2004  # the command, its format and the text
            current = words[2].encode("utf-8", "surrogateescape")
        elif words and words[0] == "base64" and words[1:2] in (["--decode"], ["-d"], ["-D"]):
            try:
                current = base64.b64decode(current)
            except binascii.Error:
                return None
        elif words and words[0] not in (":", "set"):
            return None
        if command.operator != "|" or at == len(commands) - 1:
            total, current = total + current, b""
    return total if is_fed else None
