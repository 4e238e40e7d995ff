# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The places of a logged request that the redactor masked, as shell variables that are named for where they stand."""

import re
from collections.abc import Callable
from urllib.parse import unquote_plus

from openconnector.logs.exports.shell import Part, Variable
from openconnector.vault.redaction import REDACTED
from openconnector.vault.secret import MASK

MOST = 100
"""Variables of one command. What is masked beyond them stays as it is."""

_MASKED = re.compile(f"{re.escape(REDACTED)}|{re.escape(MASK)}")
_BEFORE = 300
"""Characters before a masked place that may tell what it is called."""

_LONGEST_NAME = 40

_QUERY = re.compile(r"[?&]([^=&#?]+)=[^&#=]*\Z")
_FORM = re.compile(r"(?:\A|&)([^=&]+)=[^&=]*\Z")
_COOKIE = re.compile(r"(?:\A|;)\s*([^=;]+)=[^;=]*\Z")
_JSON = re.compile(r"\"([^\"\\]+)\\*\"\s*:\s*\\*\"?[^\"]*\Z")
_ATTRIBUTE = re.compile(r"([\w.-]+)\s*=\s*[\"'][^\"'<>]*\Z")
_ELEMENT = re.compile(r"<(?:[\w.-]+:)?([\w.-]+)(?:\s[^<>]*)?>[^<]*\Z")

_TAKEN = frozenset(
    {
        *("_", "CDPATH", "COLUMNS", "DIRSTACK", "DISPLAY", "EDITOR", "ENV", "EUID", "FCEDIT", "FIGNORE", "FUNCNAME"),
        *("FUNCNEST", "GLOBIGNORE", "GROUPS", "HOME", "HOSTFILE", "HOSTNAME", "HOSTTYPE", "IFS", "IGNOREEOF"),
        *("INPUTRC", "LANG", "LINENO", "LINES", "LOGNAME", "MACHTYPE", "MAIL", "MAILCHECK", "MAILPATH", "NO_PROXY"),
        *("OLDPWD", "OPTARG", "OPTERR", "OPTIND", "OSTYPE", "PAGER", "PATH", "PIPESTATUS", "POSIXLY_CORRECT", "PPID"),
        *("PROMPT_COMMAND", "PWD", "RANDOM", "REPLY", "SECONDS", "SHELL", "SHELLOPTS", "SHLVL", "SSLKEYLOGFILE"),
        *("TERM", "TIMEFORMAT", "TMOUT", "TMPDIR", "TZ", "UID", "USER", "VISUAL"),
    }
)
_TAKEN_BEGINNINGS = ("BASH", "COMP_", "CURL_", "EPOCH", "HIST", "LC_", "LD_", "PS", "READLINE_", "SSL_", "XDG_")
"""Variables that a shell has without anybody having set them, or that change what it does: a secret named `pwd` would
silently be the current directory."""


class Blanks:
    """Gives every masked place of one command a variable of its own."""

    def __init__(self) -> None:
        self.variables: list[Variable] = []
        self.has_more = False
        """More was masked than there are variables."""

    def variable(self, name: str) -> Variable:
        """A new variable that is called as it says, or nearly so."""
        base = variable_name(name)
        taken = {variable.name for variable in self.variables}
        free = base
        number = 2
        while free in taken:
            free, number = f"{base}_{number}", number + 1
        variable = Variable(free)
        self.variables.append(variable)
        return variable

    def split(self, text: str, name_of: Callable[[str], str]) -> list[Part]:
        """A text with a variable for each masked place; `name_of` is told what stands before one of them."""
        parts: list[Part] = []
        position = 0
        for found in _MASKED.finditer(text):
            if len(self.variables) >= MOST:
                self.has_more = True
                break
            before = text[max(0, found.start() - _BEFORE) : found.start()]
            parts += [text[position : found.start()], self.variable(name_of(before))]
            position = found.end()
        return [*parts, text[position:]]


def is_masked(text: str) -> bool:
    """Whether something was taken out of a text."""
    return _MASKED.search(text) is not None


def in_url(before: str) -> str:
    """The name of the query parameter that ends here."""
    found = _QUERY.search(before)
    return unquote_plus(found[1]) if found else ""


def in_cookies(before: str) -> str:
    """The name of the cookie that ends here."""
    found = _COOKIE.search(before)
    return f"cookie_{found[1].strip()}" if found else "cookie"


def in_body(before: str) -> str:
    """The name of the member, element, attribute or field that ends here."""
    for pattern in (_JSON, _ATTRIBUTE, _ELEMENT):
        if found := pattern.search(before):
            return found[1]
    found = _FORM.search(before)
    return unquote_plus(found[1]) if found else ""


def variable_name(text: str) -> str:
    """A text as the name of a variable that no shell uses itself."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text)
    name = re.sub(r"[^A-Z0-9]+", "_", words.upper())[:_LONGEST_NAME].strip("_")
    if not name:
        return "SECRET"
    if name[0].isdigit() or name in _TAKEN or name.startswith(_TAKEN_BEGINNINGS) or name.endswith("_PROXY"):
        return f"SOURCE_{name}"
    return name
