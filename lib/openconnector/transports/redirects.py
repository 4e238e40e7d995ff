# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which request follows a redirect (RFC 9110, section 15.4), and what it may carry along.

Redirects are followed here and not by the HTTP library: each hop is an exchange of its own, and what proves who we are
stays on the origin of the source. The library takes off `Authorization` only, and would carry an `X-API-Key` along.
"""

from dataclasses import dataclass, field
from typing import Literal

from openconnector.core.http import URL, InvalidURL, Request
from openconnector.egress.origin import origin_of
from openconnector.transports.exchange import Exchange, Failure

REDIRECT_STATUSES = frozenset({301, 302, 303, 307, 308})
_SEE_OTHER = 303
_MAY_BECOME_GET = frozenset({301, 302})

# What proves a caller to one connection (RFC 4559) is not said again on it.
_SCHEMES_OF_CONNECTIONS = (b"ntlm ", b"negotiate ")

# What a request says about the network it goes through, and nothing about who sends it: all that crosses an origin.
_HEADERS_ACROSS_ORIGINS = frozenset({"accept", "accept-encoding", "accept-language", "user-agent"})


@dataclass(slots=True)
class Redirects:
    """The redirects of one request, as they come.

    Attributes:
        policy: which ones are followed.
        remaining: how many more.
        may_return: whether the same request may be made again, as after a login that only set a cookie.
    """

    policy: Literal["never", "same_origin", "all"]
    remaining: int
    may_return: bool = False
    _seen: set[tuple[str, str]] = field(default_factory=set)

    def next_request(self, request: Request, exchange: Exchange) -> Request | None:
        """The request that follows `exchange`; None where there is none. What goes wrong is noted in the exchange."""
        response = exchange.response
        if self.policy == "never" or response is None or exchange.failure is not None:
            return None
        if response.status_code not in REDIRECT_STATUSES:
            return None
        target = _target(request, exchange)
        if target is None or not self._follows(request, response.status_code, target):
            return None
        self._seen.add((request.method, str(request.url)))
        following = _redirected(request, target, response.status_code)
        if not self.may_return and (following.method, str(following.url)) in self._seen:
            exchange.failure = Failure("redirect_loop", "The redirect leads back to a request of this call.")
            return None
        if self.remaining == 0:
            exchange.failure = Failure("too_many_redirects", f"More than {len(self._seen) - 1} redirects.")
            return None
        self.remaining -= 1
        return following

    def _follows(self, request: Request, status: int, target: URL) -> bool:
        if origin_of(target) == origin_of(request.url):
            return True
        # A request that keeps its body (RFC 9110, section 15.4.8) ends here: its body is not for another origin.
        return self.policy == "all" and not (request.content and not _drops_body(request, status))


def _target(request: Request, exchange: Exchange) -> URL | None:
    headers = exchange.response.headers if exchange.response else []
    location = next((value for name, value in headers if name.lower() == "location"), None)
    if location is None:
        return None
    try:
        target = request.url.join(location)
        host = target.host  # its Unicode form, which not every name has
    except (InvalidURL, ValueError):
        exchange.failure = Failure("invalid_redirect", "The header Location is no URL.")
        return None
    if target.scheme not in ("http", "https") or not host:
        exchange.failure = Failure("invalid_redirect", "The header Location is no address of HTTP.")
        return None
    return target.copy_with(fragment=None)


def _drops_body(request: Request, status: int) -> bool:
    return status == _SEE_OTHER or (status in _MAY_BECOME_GET and request.method == "POST")


def _redirected(request: Request, target: URL, status: int) -> Request:
    """Across origins the next request carries nothing that names or proves the sender."""
    drops_body = _drops_body(request, status)
    method = "GET" if drops_body and request.method != "HEAD" else request.method
    same_origin = origin_of(target) == origin_of(request.url)
    dropped = {"host", "content-length", "transfer-encoding"} | ({"content-type"} if drops_body else set())
    headers = [
        (name, value)
        for name, value in request.headers.raw
        if (lowered := name.decode("latin-1").lower()) not in dropped
        and (same_origin or lowered in _HEADERS_ACROSS_ORIGINS)
        and not (lowered == "authorization" and value.lower().startswith(_SCHEMES_OF_CONNECTIONS))
    ]
    return Request(method, target, headers=headers, content=None if drops_body else request.content or None)
