# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the placeholders in the rows of the diagnosis stand for. Each fact is a text that fits into a sentence."""

import re
from collections.abc import Callable, Mapping
from urllib.parse import urljoin

from openconnector.calls.certificates import (
    beginning,
    certificate_names,
    culprit,
    expiry,
    missing_issuer,
    name_of,
)
from openconnector.calls.credentials import challenges, schemes_wanted, sent_credentials
from openconnector.calls.observed import Observed, origin, split
from openconnector.calls.waiting import wait_of
from openconnector.egress.origin import DEFAULT_PORTS

MAX_FACT = 500
"""Characters of a fact: what comes from the network has no bound of its own."""

_AUTHENTICATIONS = {
    "none": "none",
    "basic": "Basic",
    "bearer": "Bearer token",
    "apiKey": "API key",
    "oauth2": "OAuth 2.0",
    "jwt": "self-issued JWT",
    "digest": "Digest",
    "ntlm": "NTLM",
    "awsSigV4": "AWS Signature v4",
    "hmac": "HMAC signature",
    "ssh_key": "SSH key",
}


def fill(text: str, observed: Observed, found: Mapping[str, str]) -> str:
    """The text with its facts. One pass: a fact comes from the network, and is not read as a text of ours itself.

    Args:
        found: facts that come before those of `FACTS`.
    """

    def fact(match: re.Match[str]) -> str:
        name = match[1]
        return (found[name] if name in found else FACTS[name](observed))[:MAX_FACT]

    return re.sub(r"\{(\w+)\}", fact, text)


def joined(items: list[str], last: str = "and") -> str:
    """`a, b and c`."""
    return f" {last} ".join(part for part in (", ".join(items[:-1]), items[-1] if items else "") if part)


def target_of(observed: Observed) -> str:
    """Where a redirect leads, as an absolute URL where it makes one."""
    location = observed.header("location") or ""
    try:
        return urljoin(observed.url, location)
    except ValueError:
        return location


def _connecting(observed: Observed) -> str:
    """The host that a connection was opened to: the proxy where there is one."""
    proxy = observed.connection.proxy if observed.connection else None
    return f"the proxy {proxy}" if proxy else split(observed.url).netloc


def _doubled(observed: Observed) -> str:
    """A path that repeats the end of the location's is the commonest reason of a 404."""
    base = [part for part in split(observed.location).path.split("/") if part]
    first = next((part for part in observed.path.split("?")[0].split("/") if part), None)
    return f". “{first}” is in both of them." if base and first == base[-1] else "."


def _other_scheme(observed: Observed) -> str:
    """The location, or the URL behind a redirect, with the other one of http and https, on the same port."""
    is_own = origin(observed.url) == origin(observed.location)
    parts = split(observed.location if is_own else observed.url)
    scheme = "http" if parts.scheme == "https" else "https"
    host, port = parts.netloc.removesuffix(f":{parts.port}"), parts.port or DEFAULT_PORTS.get(parts.scheme)
    authority = host if port == DEFAULT_PORTS[scheme] else f"{host}:{port}"
    return parts._replace(scheme=scheme, netloc=authority, query="", fragment="").geturl()


def _sent(observed: Observed) -> str:
    return joined(list(sent_credentials(observed))) or "nothing"


def _wanted(observed: Observed) -> str:
    schemes = joined(schemes_wanted(observed), "or")
    return f"It asks for {schemes}." if schemes else "It does not say which scheme it wants (no WWW-Authenticate)."


def _scope(observed: Observed) -> str:
    scopes = [challenge.parameters["scope"] for challenge in challenges(observed) if challenge.parameters.get("scope")]
    return f" “{scopes[0]}”" if scopes else ""


def _allow(observed: Observed) -> str:
    allowed = joined([part.strip() for part in ",".join(observed.headers("allow")).split(",") if part.strip()])
    return f"It takes {allowed}." if allowed else "It does not say which it takes (no header Allow)."


def _takes(observed: Observed) -> str:
    for name in ("accept-post", "accept-patch", "accept"):
        if value := observed.header(name):
            return f"It takes {value}."
    return "It does not say what it takes."


def _retry(observed: Observed) -> str:
    wait = wait_of(observed)
    return f"It asks to come back {wait}." if wait else "It does not say when to come back (no Retry-After)."


FACTS: dict[str, Callable[[Observed], str]] = {
    "accept": lambda observed: observed.sent("accept") or "anything",
    "allow": _allow,
    "audience": lambda observed: joined(list(observed.token.audience)) if observed.token else "",
    "as_http": _other_scheme,
    "as_https": _other_scheme,
    "beginning": lambda observed: beginning(culprit(observed), observed),
    "braces": lambda _: "{{ '{{' }}",
    "connecting": _connecting,
    "content_type": lambda observed: observed.header("content-type") or "no Content-Type",
    "doubled": _doubled,
    "expiry": lambda observed: expiry(culprit(observed), observed),
    "host": lambda observed: split(observed.url).netloc or observed.url,
    "joined": lambda observed: observed.first.request.url if observed.first else observed.location,
    "location": lambda observed: observed.location,
    "method": lambda observed: observed.request.method if observed.request else "",
    "missing_issuer": lambda observed: missing_issuer(observed.chain),
    "names": lambda observed: certificate_names(observed.chain),
    "origin": lambda observed: origin(observed.url),
    "path": lambda observed: observed.path or "/",
    "proxy": lambda observed: (observed.connection.proxy if observed.connection else None) or "of the source",
    "reported": lambda observed: observed.failure.message if observed.failure else "",
    "retry": _retry,
    "schemes": lambda observed: joined(schemes_wanted(observed), "or"),
    "scheme": lambda observed: _AUTHENTICATIONS.get(observed.authentication, observed.authentication),
    "scope": _scope,
    "sent": _sent,
    "sent_type": lambda observed: observed.sent("content-type") or "a body without Content-Type",
    "status": lambda observed: str(observed.response.status_code) if observed.response else "",
    "subject": lambda observed: name_of(culprit(observed)),
    "takes": _takes,
    "target": target_of,
    "target_origin": lambda observed: origin(target_of(observed)),
    "type": lambda observed: observed.source_type,
    "url": lambda observed: observed.url,
    "wanted": _wanted,
}
