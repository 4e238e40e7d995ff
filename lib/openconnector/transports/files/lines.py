# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The lines of a directory: facts (MLSD, RFC 3659, section 7), and what `ls -l` and Windows' `dir` print (LIST).

LIST was never defined. A line that is none of these is skipped. Its times have no zone: they are taken as UTC.
"""

import re
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final, NamedTuple

from openconnector.transports.files.session import EntryType, RemoteEntry

_SELF = frozenset({"cdir", "pdir"})
_TYPES: Final[dict[str, EntryType]] = {"file": "file", "dir": "directory"}
_LINK = ("os.unix=slink", "os.unix=symlink")
_DOTS = frozenset({"", ".", ".."})
_MAX_DIGITS = 19
_TIME_DIGITS = 14

_MODE = re.compile(r"([-dlbcps])([-rwxsStTlL]{9})[+.@]?\s")
_DATE = re.compile(
    r"\s(?:([A-Z][a-z]{2})\s{1,3}(\d{1,2})\s{1,3}(?:(\d{1,2}):(\d\d)|(\d{4}))"
    r"|(\d{4})-(\d\d)-(\d\d)\s(\d\d):(\d\d)(?::\d\d)?) "
)
_MODE_TYPES: Final[dict[str, EntryType]] = {"-": "file", "d": "directory", "l": "link"}
_MONTHS = {
    name: number
    for number, name in enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), 1)  # noqa: SIM905
}
_DOS = re.compile(
    r"(\d\d)-(\d\d)-(\d{4}|\d\d)\s{1,4}(\d\d):(\d\d)\s{0,2}([AP]M)?\s{1,20}(<[A-Z]{1,12}>|[\d,.]{1,30})\s{1,20}(.+)",
    re.IGNORECASE,
)
_PIVOT = 70
_NOON = 12
_SEARCHED = 300
"""Characters of a line in which its date must stand."""

_AHEAD = timedelta(days=1)
"""By how much the clock of a server may be ahead, so that a date without a year is still of this one."""


class Line(NamedTuple):
    """An entry, and where it leads if it is a link that tells."""

    entry: RemoteEntry
    target: str | None = None


def facts_line(line: str) -> Line | None:
    """A line of MLSD or MLST, without its end; None where it is none, or stands for the directory itself."""
    facts, blank, name = line.partition(" ")
    if not blank:
        return None
    found = {}
    for fact in facts.lower().split(";"):  # a directory may have many lines: this is the quick way
        key, _, value = fact.partition("=")
        found[key] = value
    kind = found.get("type", "")
    if kind in _SELF:
        return None
    type_, target = _TYPES.get(kind, "other"), None
    if kind.startswith(_LINK):
        type_, target = "link", _target(facts)
    permissions = _shown(found.get("unix.mode") or found.get("perm"))
    return Line(RemoteEntry(name, type_, bytes_of(found.get("size")), moment(found.get("modify")), permissions), target)


class FactLines:
    """Reads the lines of one directory, many at a time.

    A server mostly writes the same facts in the same order. A pattern that is made of the first line reads the others
    at once, in a fraction of the time that `facts_line` takes, which reads what the pattern does not fit.
    """

    def __init__(self) -> None:
        self._pattern: re.Pattern[str] | None = None

    def entries(self, block: str) -> list[RemoteEntry]:
        """What whole lines, without the end of the last one, describe."""
        if self._pattern is None:
            self._pattern = _pattern_of(block.partition(" ")[0])
        found = self._pattern.findall(block) if self._pattern else ()
        try:
            if found and len(found) == block.count("\n") + 1:
                return self._made(found)
        except ValueError:  # a date that is none
            pass
        lines = map(facts_line, map(_bare, block.split("\n")))
        return [line.entry for line in lines if line is not None and is_name(line.entry.name)]

    def _made(self, found: list[tuple[str, ...]]) -> list[RemoteEntry]:
        places = self._pattern.groupindex if self._pattern else {}
        modify, size, type_, permissions, name = (
            places[group] - 1 for group in ("modify", "size", "type", "permissions", "name")
        )
        return [
            RemoteEntry(
                groups[name],
                _TYPES[groups[type_]],
                int(groups[size]),
                datetime.fromisoformat(f"{groups[modify][:8]}T{groups[modify][8:]}+00:00"),
                _shown(groups[permissions]),
            )
            for groups in found
            if groups[name] not in _DOTS
        ]


def is_name(name: str) -> bool:
    """Whether an entry of a directory can have this name."""
    return name not in _DOTS and "/" not in name and "\0" not in name


def _pattern_of(facts: str) -> re.Pattern[str] | None:
    """A pattern for lines with these facts in this order; None where one of those that are wanted is missing."""
    keys = [fact.partition("=")[0] for fact in facts.split(";")[:-1]]
    lowered = [key.lower() for key in keys]
    shown = "unix.mode" if "unix.mode" in lowered else "perm"
    wanted = _PATTERNS | {shown: r"(?P<permissions>[^;\n]*)"}
    if sorted(key for key in lowered if key in wanted) != sorted(wanted):
        return None
    parts = [f"{re.escape(key)}={wanted.get(key.lower(), _ANYTHING)};" for key in keys]
    return re.compile("^" + "".join(parts) + r" (?P<name>[^/\0\r\n]+)\r?$", re.ASCII | re.MULTILINE)


def _bare(line: str) -> str:
    return line.rstrip("\r")


_ANYTHING = r"[^;\n]*"
_PATTERNS = {
    "modify": rf"(?P<modify>\d{{{_TIME_DIGITS}}})[^;\n]*",
    "size": rf"(?P<size>\d{{1,{_MAX_DIGITS}}})",
    "type": f"(?P<type>{'|'.join(_TYPES)})",
}


def own_facts_line(line: str) -> Line | None:
    """The line that MLST answers with, which may call a directory `cdir`."""
    return facts_line(re.sub(r"(?i)type=[cp]dir", "type=dir", line, count=1))


def listed_line(line: str, now: datetime) -> Line | None:
    """A line of LIST, without its end; None where it cannot be read."""
    try:
        return _unix(line, now) or _dos(line)
    except ValueError:  # a date that is none
        return None


def listed_lines(block: str, now: datetime) -> Iterator[Line]:
    """The lines of LIST that can be read."""
    for text in block.split("\n"):
        line = listed_line(_bare(text), now)
        if line is not None:
            yield line


def moment(text: str | None) -> datetime | None:
    """A time as FTP writes it: `YYYYMMDDHHMMSS` with or without a fraction, in UTC (RFC 3659, section 2.3)."""
    digits = text[:_TIME_DIGITS] if text else ""
    if len(digits) != _TIME_DIGITS or not (digits.isascii() and digits.isdigit()):
        return None
    try:
        return datetime.fromisoformat(f"{digits[:8]}T{digits[8:]}+00:00")
    except ValueError:
        return None


def _target(facts: str) -> str | None:
    """Where a link leads to, in `type=OS.unix=slink:/its/target`."""
    kind = next(fact for fact in facts.split(";") if fact.lower().startswith("type="))
    return kind.partition(":")[2] or None


def bytes_of(text: str | None) -> int | None:
    """A number of bytes as it is written; None where it is none."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS else None


def _unix(line: str, now: datetime) -> Line | None:
    mode = _MODE.match(line)
    date = _DATE.search(line, 10, _SEARCHED) if mode else None
    if mode is None or date is None:
        return None
    before = line[mode.end() : date.start()].split()
    size = bytes_of(before[-1]) if before else None
    name, target = line[date.end() :], None
    type_ = _MODE_TYPES.get(mode[1], "other")
    if type_ == "link":
        name, arrow, aim = name.partition(" -> ")
        target = aim if arrow else None
    entry = RemoteEntry(name, type_, None if type_ != "file" else size, _date(date, now), mode[2])
    return Line(entry, target)


def _date(found: re.Match[str], now: datetime) -> datetime | None:
    month, day, hour, minute, year, *whole = found.groups()
    if whole[0]:
        return datetime(*map(int, whole), tzinfo=UTC)  # type: ignore[arg-type,misc]
    if month not in _MONTHS:
        return None
    if year:
        return datetime(int(year), _MONTHS[month], int(day), tzinfo=UTC)
    for candidate in range(now.year, now.year - 5, -1):  # 29 February is in one of them
        try:
            dated = datetime(candidate, _MONTHS[month], int(day), int(hour), int(minute), tzinfo=UTC)
        except ValueError:
            continue
        if dated <= now + _AHEAD:
            return dated
    return None


def _dos(line: str) -> Line | None:
    found = _DOS.fullmatch(line)
    if found is None:
        return None
    month, day, year, hour, minute, half, size, name = found.groups()
    century = 0 if len(year) > 2 else 1900 if int(year) >= _PIVOT else 2000  # noqa: PLR2004
    hours = int(hour) % _NOON + (_NOON if half.upper() == "PM" else 0) if half else int(hour)
    dated = datetime(int(year) + century, int(month), int(day), hours, int(minute), tzinfo=UTC)
    if size.startswith("<"):
        type_: EntryType = "directory" if size.upper() == "<DIR>" else "link"
        return Line(RemoteEntry(name, type_, None, dated))
    return Line(RemoteEntry(name, "file", bytes_of(re.sub(r"[,.]", "", size)), dated))


@lru_cache(maxsize=256)  # a large directory has few different ones
def _shown(permissions: str | None) -> str | None:
    """A mode of Unix in letters, as SFTP and `ls` show it; what else a server says as it is."""
    digits = (permissions or "").lower().removeprefix("0o")
    if 3 <= len(digits) <= 7 and re.fullmatch("[0-7]+", digits):  # noqa: PLR2004
        return stat.filemode(int(digits, 8))[1:]
    return permissions or None
