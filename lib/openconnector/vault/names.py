# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Names that carry credentials by convention, as OpenTelemetry and HAR practice list them, and where they stand."""

import re
from collections.abc import Iterable

SENSITIVE_HEADERS = frozenset(
    {
        "api-key",
        "apikey",
        "authentication",
        "authorization",
        "cookie",
        "ocp-apim-subscription-key",
        "private-token",
        "proxy-authorization",
        "set-cookie",
        "x-access-token",
        "x-amz-security-token",
        "x-api-key",
        "x-apikey",
        "x-auth-token",
        "x-csrf-token",
        "x-functions-key",
        "x-goog-api-key",
        "x-vault-token",
        "x-xsrf-token",
    }
)
"""Header names, in lower case, whose value is taken out."""

SENSITIVE_PARAMETERS = frozenset(
    {
        "access-token",
        "api-key",
        "auth-token",
        "aws-access-key-id",
        "client-assertion",
        "client-secret",
        "code-verifier",
        "id-token",
        "password",
        "passwd",
        "private-key",
        "refresh-token",
        "secret",
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


def _alternatives(names: Iterable[str]) -> str:
    ordered = sorted(names, key=len, reverse=True)
    return "|".join("[-_]?".join(re.escape(part) for part in name.split("-")) for name in ordered)


_NAMES = _alternatives(SENSITIVE_PARAMETERS)

JSON_MEMBER = re.compile(
    # Quotes may be escaped, where a JSON text stands in a string of another; both quotes are escaped alike.
    rf'((\\*)"(?:{_NAMES})\2"\s*:\s*)'
    r'(?:\2"(?:(?!\2")(?:\\.|.))*+(?:\2")?|-?\d[\d.eE+-]*|\[[^\[\]]*+\]?|\{[^{}]*+\}?)',
    re.IGNORECASE | re.DOTALL,
)
XML_ELEMENT = re.compile(
    rf"(<(?:[\w.-]+:)?(?:{_NAMES})(?:\s[^<>]*)?>)(?:<!\[CDATA\[.*?(?:\]\]>|\Z)|[^<])+", re.IGNORECASE | re.DOTALL
)


def parameter_pattern(more: Iterable[str] = ()) -> re.Pattern[str]:
    """Finds `name=value` in a query, a fragment or a form: the conventional names, and `more`, which are exact."""
    own = "".join(f"|{re.escape(name)}" for name in sorted(more, key=len, reverse=True))
    return re.compile(rf"((?:^|[&?#])(?:{_NAMES}{own})=)[^&#\s]+", re.IGNORECASE)
