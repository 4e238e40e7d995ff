# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Links of an answer to its next page, and the requests that follow them."""

import re
from collections.abc import Iterable
from urllib.parse import parse_qsl, quote, unquote_plus, urlencode, urljoin, urlsplit

from openconnector.calls.schemas import CallRequest
from openconnector.core.http import URL, InvalidURL
from openconnector.core.phrases import phrase
from openconnector.egress.origin import origin_of
from openconnector.transports.exchange import Headers

_LINK = re.compile(r"<([^<>]{0,8192})>((?:\s*;\s*[\w!#$&+.^`|~-]+\*?\s*(?:=\s*(?:\"[^\"]*\"|[^\s;,\"]+))?)*)")
_PARAMETER = re.compile(r";\s*([\w!#$&+.^`|~-]+)\s*=\s*(?:\"([^\"]*)\"|([^\s;,\"]+))")
MAX_LINK_HEADER = 16 * 1024
_SAFE = "/:@!$&'()*+,;=~-._"


class PageElsewhere(ValueError):
    """The next page is not below the location of the source; `str()` says where it is."""


def next_link(headers: Headers) -> str | None:
    """The target of `rel="next"` in a `Link` header (RFC 8288, section 3)."""
    for name, value in headers:
        if name.lower() != "link":
            continue
        for target, parameters in _LINK.findall(value[:MAX_LINK_HEADER]):
            relations = [quoted or word for key, quoted, word in _PARAMETER.findall(parameters) if key.lower() == "rel"]
            if relations and "next" in relations[0].lower().split():  # a second `rel` does not count (section 3.3)
                return str(target).strip()
    return None


def request_of_link(wanted: CallRequest, location: str, url: str, link: str) -> CallRequest:
    """The request for a link that was found in the answer from `url`.

    The link says what is asked for; the parameters that the caller had are replaced by its own. Its text comes from
    the other side, so nothing in it may be taken for a placeholder: braces are encoded.

    Raises:
        PageElsewhere: it does not lead below the location.
    """
    try:
        target = URL(urljoin(url, link.strip()))
        base = URL(location)
    except (InvalidURL, ValueError):
        raise PageElsewhere(phrase("The link to the next page is no URL.")) from None
    root = base.raw_path.decode("ascii").partition("?")[0].rstrip("/")
    path = target.raw_path.decode("ascii").partition("?")[0]
    shown = f"{target.scheme}://{target.netloc.decode('ascii')}{path}"
    if origin_of(target) != origin_of(base) or not (path == root or path.startswith(f"{root}/")):
        words = phrase("The next page is at {place}, which is not below the location of the source.", place=shown)
        raise PageElsewhere(words)
    already = set(parse_qsl(urlsplit(location).query, keep_blank_values=True))
    asked = [pair for pair in _pairs(target.query.decode("ascii", "replace")) if _decoded(pair) not in already]
    query = "&".join(asked).replace("{", "%7B").replace("}", "%7D")
    below = quote(path[len(root) :], safe=f"{_SAFE}%")
    return wanted.model_copy(update={"path": f"{below}?{query}" if query else below, "query": []})


def request_with(wanted: CallRequest, parameters: Iterable[tuple[str, str]]) -> CallRequest:
    """The request with these parameters in the place of those that have their names.

    What else is written into its path stays as it is: there are placeholders of the caller in it. The values of the
    parameters come from the other side, and are encoded.
    """
    parameters = list(parameters)
    names = {name for name, _ in parameters}
    path, _, query = wanted.path.partition("#")[0].partition("?")
    written = [pair for pair in _pairs(query) if _decoded(pair)[0] not in names]
    asked = [*written, urlencode(parameters, quote_via=quote, safe="")]
    rows = [row for row in wanted.query if row.name not in names]
    return wanted.model_copy(update={"path": f"{path}?{'&'.join(asked)}", "query": rows})


def _pairs(query: str) -> list[str]:
    """The parameters of a query as they are written: decoded and encoded again, some would be others."""
    return [pair for pair in query.split("&") if pair]


def _decoded(pair: str) -> tuple[str, str]:
    name, _, value = pair.partition("=")
    return unquote_plus(name), unquote_plus(value)
