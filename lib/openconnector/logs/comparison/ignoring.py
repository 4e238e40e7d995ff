# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a comparison leaves out: kinds of values (`dates`, `ids`), names of headers and facts, paths.

What is left out is reported all the same, as `ignored`: whoever looks sees that something differs there.
"""

import re
from functools import lru_cache

from openconnector.core.errors import InvalidInput
from openconnector.core.phrases import phrase, told
from openconnector.logs.comparison.path_patterns import PathPattern, PathPatterns, PatternInvalid, read_pattern

MAX_PARTS = 100

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}")
"""A token of HTTP (RFC 9110, section 5.6.2)."""

_DATE_HEADERS = frozenset({"date", "age", "expires", "last-modified", "x-response-time", "x-runtime", "server-timing"})
_ID_NAMES = frozenset(
    {
        "cfray", "correlationid", "etag", "messageid", "requestid", "sessionid", "spanid", "traceid", "traceparent",
        "tracestate", "transactionid", "xamzcfid", "xamzid2", "xamznrequestid", "xamzntraceid",
        "xamzrequestid", "xb3parentspanid", "xb3spanid", "xb3traceid", "xcloudtracecontext", "xcorrelationid",
        "xmsrequestid", "xrequestid", "xtraceid", "xtransactionid",
    }
)  # fmt: skip
"""Names of what is another one in every call, in lower case and without hyphens and underscores."""

_DATE_NAME = re.compile(
    r"(?:^|[._-]|(?<=[a-z0-9]))(?:[Dd]ates?|[Tt]ime(?:stamp)?s?|[Aa]t|[Oo]n|[Ss]ince|[Uu]ntil|[Ee]xpir(?:y|es?|ation)"
    r"|[Cc]reated|[Uu]pdated|[Mm]odified|[Cc]hanged|[Ii]ssued|DATE|TIME(?:STAMP)?|datum|Datum)$"
    r"|^(?:iat|exp|nbf|auth_time|ts|epoch|now|mtime|ctime|atime)$"
)
"""Names under which a bare number may be a time: `createdAt`, `expires_on`, `iat` …"""

_EPOCHS = ((1e8, 5e9), (1e11, 5e12), (1e14, 5e15), (1e17, 5e18))
"""Seconds, milliseconds, microseconds and nanoseconds of 1973 to 2128."""

_DATES = re.compile(
    r"(?<![\d.])\d{4}-[01]\d-[0-3]\d"
    r"(?:[Tt ][0-2]\d:[0-5]\d(?::[0-6]\d(?:[.,]\d{1,9})?)?(?:\s?[Zz]|[+-][01]\d:?[0-5]\d)?)?(?!\d)"
    r"|(?<!\d)\d{8}T\d{6}Z?(?!\d)"
    r"|\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6},? "
    r"(?:\d{1,2}[ -][A-Z][a-z]{2}[ -]\d{2,4} \d\d:\d\d:\d\d(?: (?:GMT|UTC|[+-]\d{4}))?"
    r"|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4})"
    r"|(?<![\d:])[0-2]\d:[0-5]\d:[0-5]\d(?:[.,]\d{1,9})?(?![\d:])"
)
"""ISO 8601 (extended, and basic with a time), the three forms of HTTP, and a time of the day."""

_IDS = re.compile(
    r"(?<![0-9A-Za-z])(?:[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}"
    r"|(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{16,512}|(?=[0-9A-F]*\d)(?=[0-9A-F]*[A-F])[0-9A-F]{16,512}"
    r"|[0-7][0-9A-HJKMNP-TV-Z]{25})(?![0-9A-Za-z])"
)
"""UUIDs, long hexadecimal numbers, and ULIDs."""

_COOKIE_EXPIRY = re.compile(r";\s*(?:expires|max-age)\s*=[^;]*", re.IGNORECASE)
_DATE_MARK, _ID_MARK = "\x00d", "\x00i"
"""What stands for a date or an id when two texts are compared. No kept text has a NUL."""


class IgnoreList:
    """What is left out.

    Args:
        text: its parts, comma separated; commas in brackets and quotes are parts of a path.

    Attributes:
        parts: as they were understood.

    Raises:
        InvalidInput: a part is none of these.
    """

    def __init__(self, text: str) -> None:
        self.parts = list(dict.fromkeys(part for raw in _split(text) if (part := raw.strip())))
        if len(self.parts) > MAX_PARTS:
            raise InvalidInput.parameter(
                "ignore", phrase("At most {most} names and paths can be left out.", most=MAX_PARTS)
            )
        self.dates = self.ids = False
        self._names: set[str] = set()
        patterns: list[PathPattern] = []
        for part in self.parts:
            self._take(part, patterns)
        self.json_paths = PathPatterns([one for one in patterns if one.language == "jsonpath"])
        self.xml_paths = PathPatterns([one for one in patterns if one.language == "xpath"])

    def _take(self, part: str, patterns: list[PathPattern]) -> None:
        if part.startswith(("$", "/")):
            try:
                patterns.append(read_pattern(part))
            except PatternInvalid as problem:
                raise InvalidInput.parameter("ignore", told(problem)) from None
        elif part.lower() == "dates":
            self.dates = True
        elif part.lower() == "ids":
            self.ids = True
        elif _NAME.fullmatch(part):
            self._names.add(part.lower())
        else:
            raise InvalidInput.parameter(
                "ignore",
                phrase(
                    "“{part}” is neither a name nor a path: use dates, ids, a header, $.a.b or /a/b.", part=part[:100]
                ),
            )

    def has_name(self, name: str) -> bool:
        """Whether a header or a fact of this name is left out, whatever its values are."""
        name = name.lower()
        return name in self._names or (self.dates and name in _DATE_HEADERS) or (self.ids and _is_id_name(name))

    def has_member(self, name: str) -> bool:
        """Whether a member, an element or an attribute of this name is left out, whatever its values are."""
        return self.ids and _is_id_name(name)

    def are_alike(self, base: str, other: str, name: str = "") -> bool:
        """Whether two texts differ in nothing but what is left out. `name` is that of the place where they stand."""
        if name.lower() == "set-cookie" and self.dates:
            base, other = _COOKIE_EXPIRY.sub("", base), _COOKIE_EXPIRY.sub("", other)
        if self.plain(base) == self.plain(other):
            return True
        return self.dates and bool(_DATE_NAME.search(name)) and _is_epoch(base) and _is_epoch(other)

    def plain(self, text: str) -> str:
        """A text with marks in the place of dates and ids, where those are left out."""
        if self.ids:
            text = _IDS.sub(_ID_MARK, text)
        return _DATES.sub(_DATE_MARK, text) if self.dates else text


@lru_cache(1000)
def _is_id_name(name: str) -> bool:
    return name.lower().replace("-", "").replace("_", "").lstrip("@") in _ID_NAMES


def _is_epoch(text: str) -> bool:
    if len(text) > 30:  # noqa: PLR2004  # nanoseconds with a fraction are shorter
        return False
    try:
        number = float(text)
    except ValueError:
        return False
    return any(low <= number < high for low, high in _EPOCHS)


def _split(text: str) -> list[str]:
    """At commas that stand in no brackets and in no quotes."""
    parts, depth, quote = [""], 0, ""
    for character in text:
        if quote:
            quote = "" if character == quote else quote
        elif depth and character in "'\"":
            quote = character
        else:
            depth = max(0, depth + (character == "[") - (character == "]"))
            if character == "," and not depth:
                parts.append("")
                continue
        parts[-1] += character
    return parts
