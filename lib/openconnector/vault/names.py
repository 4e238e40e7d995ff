# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Names that carry credentials by convention, as OpenTelemetry and HAR practice list them, and where they stand."""

import re
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import quote_plus

SENSITIVE_HEADERS = frozenset(
    {
        "api-key",
        "apikey",
        "authentication",
        "authorization",
        "cookie",
        "dpop",
        "ocp-apim-subscription-key",
        "private-token",
        "proxy-authorization",
        "set-cookie",
        "x-access-token",
        "x-amz-security-token",
        "x-api-key",
        "x-api-token",
        "x-apikey",
        "x-auth-key",
        "x-auth-token",
        "x-csrf-token",
        "x-functions-key",
        "x-goog-api-key",
        "x-session-token",
        "x-vault-token",
        "x-xsrf-token",
    }
)
"""Header names, in lower case, whose value is taken out."""

SENSITIVE_PARAMETERS = frozenset(
    {
        "access-token",
        "api-key",
        "api-token",
        "assertion",
        "auth-token",
        "authenticity-token",
        "aws-access-key-id",
        "client-assertion",
        "client-secret",
        "code-verifier",
        "id-token",
        "jwt",
        "passphrase",
        "password",
        "passwd",
        "private-key",
        "pwd",
        "refresh-token",
        "saml-request",
        "saml-response",
        "secret",
        "session-token",
        "sig",
        "signature",
        "subscription-key",
        "token",
        "x-amz-credential",
        "x-amz-security-token",
        "x-amz-signature",
        "x-goog-signature",
    }
)
"""Names of query parameters, form fields, JSON members and XML elements whose value is taken out. Case does not count,
and a hyphen stands for a hyphen, an underscore or nothing: `access-token` is `access_token` and `accessToken`, too."""

SCHEMES = frozenset(
    {
        "apikey",
        "aws4-hmac-sha256",
        "basic",
        "bearer",
        "digest",
        "dpop",
        "hawk",
        "hmac",
        "hoba",
        "jwt",
        "key",
        "mutual",
        "negotiate",
        "ntlm",
        "oauth",
        "token",
        "vapid",
    }
)
"""Words that may stand before the credentials of an authorization, in lower case. Any other word may be a secret."""


Names = tuple[str, ...]
"""Names that an administrator adds to the conventional ones, for headers, parameters and fields alike."""

_KEPT = 64
"""Sets of names whose patterns are kept. There is one, and a former one for a while, and each source's own."""


def _alternatives(names: Iterable[str]) -> str:
    """The names as one pattern, arranged by their first letters: most words are told apart by those."""
    by_letter: dict[str, list[str]] = {}
    for name in sorted({name.lower().replace("_", "-") for name in names}, key=lambda name: (-len(name), name)):
        by_letter.setdefault(name[0], []).append("[-_]?".join(re.escape(part) for part in name[1:].split("-")))
    branches = "|".join(
        f"{'[-_]?' if letter == '-' else re.escape(letter)}(?:{'|'.join(rest)})" for letter, rest in by_letter.items()
    )
    letters = "".join(re.escape(letter) for letter in by_letter)
    first = "" if "-" in by_letter else f"(?=[{letters}])"
    return f"{first}(?:{branches})"


@lru_cache(_KEPT)
def header_pattern(names: Names) -> re.Pattern[str]:
    """Matches the names of headers that an administrator has named."""
    return re.compile(_alternatives(names), re.IGNORECASE)


@lru_cache(_KEPT)
def json_member(names: Names = ()) -> re.Pattern[str]:
    r"""Finds a sensitive member of a JSON object; group 1 is what stands before its value.

    Where a JSON text stands in a string of another, each of its quotes has backslashes before it: k of them, group 2,
    are as many as follow the name. A quote with k of them ends the value, when all that come before it are in pairs of
    the same depth (2k + 2); any other run of backslashes, with the quote behind it, belongs to the value. Nothing is
    looked at twice: a value of nothing but quotes and backslashes takes no longer than any other.
    """
    string = r'\2"(?:[^\\"]++|(?:\2\\\2\\)++|(?!\2")(?:\\++"?|"))*+(?:\2")?'
    array, object_ = r"\[(?:[^\[\]]++|\[[^\[\]]*+\]?)*+\]?", r"\{(?:[^{}]++|\{[^{}]*+\}?)*+\}?"
    return re.compile(
        rf'("{_alternatives(SENSITIVE_PARAMETERS.union(names))}(\\*+)"\s*+:\s*+)'
        rf"(?:{string}|-?\d[\d.eE+-]*+|{array}|{object_})",
        re.IGNORECASE,
    )


@lru_cache(_KEPT)
def xml_element(names: Names = ()) -> re.Pattern[str]:
    """Finds a sensitive element of XML or HTML that holds text; group 1 is its start tag."""
    return re.compile(
        rf"(<(?:[\w.-]++:)?{_alternatives(SENSITIVE_PARAMETERS.union(names))}(?:\s[^<>]*+)?>)"
        r"(?:<!\[CDATA\[.*?(?:\]\]>|\Z)|[^<]++)++",
        re.IGNORECASE | re.DOTALL,
    )


@lru_cache(_KEPT)
def xml_attribute(names: Names = ()) -> re.Pattern[str]:
    """Finds a sensitive attribute of an element of XML or HTML; group 1 is what stands before its value."""
    return re.compile(
        rf"(\s(?:[\w.-]++:)?{_alternatives(SENSITIVE_PARAMETERS.union(names))}\s*+=\s*+)"
        r"""(?:"[^"<]*+"?|'[^'<]*+'?)""",
        re.IGNORECASE,
    )


@lru_cache(_KEPT)
def parameter_pattern(names: Names = (), exact: Names = ()) -> re.Pattern[str]:
    """Finds `name=value` in a query, a fragment or a form: the sensitive names, and `exact` ones of a source.

    `exact` are written as they stand in a URL. `user[password]` is a password, too.
    """
    encoded = {quote_plus(name) for name in names}
    own = "".join(f"|{re.escape(name)}" for name in sorted(exact, key=len, reverse=True))
    members = r"(?:(?:[\w.-]|\]|%5D)*+(?:\[|%5B))*+"
    return re.compile(
        rf"((?:^|[&?#])(?:{members}{_alternatives(SENSITIVE_PARAMETERS.union(names, encoded))}(?:\]|%5D)?{own})=)"
        r"[^&#\s]+",
        re.IGNORECASE,
    )
