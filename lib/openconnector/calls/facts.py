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
from openconnector.core.phrases import Phrase, all_of, any_of, phrase
from openconnector.egress.origin import DEFAULT_PORTS

_NAME = re.compile(r"\{(\w+)\}")

MAX_FACT = 500
"""Characters of a fact: what comes from the network has no bound of its own."""

_AUTHENTICATIONS = {
    "none": phrase("none"),
    "basic": "Basic",
    "bearer": phrase("Bearer token"),
    "apiKey": phrase("API key"),
    "oauth2": "OAuth 2.0",
    "jwt": phrase("self-issued JWT"),
    "digest": "Digest",
    "ntlm": "NTLM",
    "awsSigV4": "AWS Signature v4",
    "hmac": phrase("HMAC signature"),
    "ssh_key": phrase("SSH key"),
}


def fill(text: str, observed: Observed, found: Mapping[str, str]) -> Phrase:
    """The text of a row with its facts.

    Args:
        found: facts that come before those of `FACTS`.
    """
    facts = {name: found[name] if name in found else FACTS[name](observed) for name in _NAME.findall(text)}
    return Phrase(text, {name: cut(fact, MAX_FACT) for name, fact in facts.items()})


def cut(fact: str, limit: int) -> str:
    """A fact that is not longer than the limit; a phrase keeps what it is made of where it is not cut."""
    return fact if len(fact) <= limit else fact[:limit]


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
    return phrase("the proxy {proxy}", proxy=proxy) if proxy else split(observed.url).netloc


def _doubled(observed: Observed) -> str:
    """A path that repeats the end of the location's is the commonest reason of a 404."""
    base = [part for part in split(observed.location).path.split("/") if part]
    first = next((part for part in observed.path.split("?")[0].split("/") if part), None)
    return phrase(". “{part}” is in both of them.", part=first) if base and first == base[-1] else "."


def _other_scheme(observed: Observed) -> str:
    """The location, or the URL behind a redirect, with the other one of http and https, on the same port."""
    is_own = origin(observed.url) == origin(observed.location)
    parts = split(observed.location if is_own else observed.url)
    scheme = "http" if parts.scheme == "https" else "https"
    host, port = parts.netloc.removesuffix(f":{parts.port}"), parts.port or DEFAULT_PORTS.get(parts.scheme)
    authority = host if port == DEFAULT_PORTS[scheme] else f"{host}:{port}"
    return parts._replace(scheme=scheme, netloc=authority, query="", fragment="").geturl()


def _sent(observed: Observed) -> str:
    return all_of(list(sent_credentials(observed))) or phrase("nothing")


def _wanted(observed: Observed) -> str:
    if schemes := any_of(schemes_wanted(observed)):
        return phrase("It asks for {schemes}.", schemes=schemes)
    return phrase("It does not say which scheme it wants (no WWW-Authenticate).")


def _scope(observed: Observed) -> str:
    scopes = [challenge.parameters["scope"] for challenge in challenges(observed) if challenge.parameters.get("scope")]
    return phrase(" “{scope}”", scope=scopes[0]) if scopes else ""


def _allow(observed: Observed) -> str:
    if allowed := all_of([part.strip() for part in ",".join(observed.headers("allow")).split(",") if part.strip()]):
        return phrase("It takes {what}.", what=allowed)
    return phrase("It does not say which it takes (no header Allow).")


def _takes(observed: Observed) -> str:
    for name in ("accept-post", "accept-patch", "accept"):
        if value := observed.header(name):
            return phrase("It takes {what}.", what=value)
    return phrase("It does not say what it takes.")


def _retry(observed: Observed) -> str:
    if wait := wait_of(observed):
        return phrase("It asks to come back {when}.", when=wait)
    return phrase("It does not say when to come back (no Retry-After).")


FACTS: dict[str, Callable[[Observed], str]] = {
    "accept": lambda observed: observed.sent("accept") or phrase("anything"),
    "allow": _allow,
    "audience": lambda observed: all_of(list(observed.token.audience)) if observed.token else "",
    "as_http": _other_scheme,
    "as_https": _other_scheme,
    "beginning": lambda observed: beginning(culprit(observed), observed),
    "braces": lambda _: "{{ '{{' }}",
    "connecting": _connecting,
    "content_type": lambda observed: observed.header("content-type") or phrase("no Content-Type"),
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
    "proxy": lambda observed: (observed.connection.proxy if observed.connection else None) or phrase("of the source"),
    "reported": lambda observed: observed.failure.message if observed.failure else "",
    "retry": _retry,
    "schemes": lambda observed: any_of(schemes_wanted(observed)),
    "scheme": lambda observed: _AUTHENTICATIONS.get(observed.authentication, observed.authentication),
    "scope": _scope,
    "sent": _sent,
    "sent_type": lambda observed: observed.sent("content-type") or phrase("a body without Content-Type"),
    "status": lambda observed: str(observed.response.status_code) if observed.response else "",
    "subject": lambda observed: name_of(culprit(observed)),
    "takes": _takes,
    "target": target_of,
    "target_origin": lambda observed: origin(target_of(observed)),
    "type": lambda observed: observed.source_type,
    "url": lambda observed: observed.url,
    "wanted": _wanted,
}
