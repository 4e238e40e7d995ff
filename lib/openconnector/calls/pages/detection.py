# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Finds out how an answer goes on: by its headers, by names and values in its body, and by what was asked."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from openconnector.calls.pages.answer import is_number
from openconnector.calls.pages.following import ODATA_LINKS
from openconnector.calls.pages.links import next_link
from openconnector.calls.pages.schemas import PaginationProposal
from openconnector.core.phrases import phrase
from openconnector.reading.positions import position_of
from openconnector.reading.values import clean, is_whole
from openconnector.sources.pagination import Pagination
from openconnector.transports.exchange import Headers

MAX_PROPOSALS = 5
MAX_DEPTH = 3
"""Levels in which names are looked at: what tells of pages stands above the records."""

MAX_MEMBERS = 200
MAX_POSITION = 500
MAX_PARAMETER = 255
"""Characters, as the setting takes them."""


_NEXT = frozenset({"next", "nextlink", "nexturl", "nexturi", "nextpage", "nextpageurl", "nexthref"})
_CURSORS = {
    "nextcursor": "cursor",
    "cursornext": "cursor",
    "nextpagetoken": "pageToken",
    "nexttoken": "nextToken",
    "continuationtoken": "continuationToken",
    "continuation": "continuation",
    "endcursor": "after",
    "after": "after",
    "scrollid": "scroll_id",
    "cursor": "cursor",
}
"""Names of cursors, without case and separators, and the parameter that they usually go into."""

_PAGES = ("page", "pageNumber", "page_number", "currentPage", "current_page", "p")
_OFFSETS = ("offset", "skip", "start", "startIndex", "from", "$skip")
_SIZES = (
    "per_page", "perPage", "pageSize", "page_size", "pagesize", "limit", "size", "top", "$top", "max", "rows", "count",
)  # fmt: skip
_TOTALS = frozenset(
    {"total", "totalcount", "totalitems", "totalelements", "totalresults", "count", "hits", "totalhits"}
)
_PAGE_TOTALS = frozenset({"totalpages", "pages", "pagecount", "lastpage", "numpages"})
_LOOKS_LIKE_LINK = re.compile(r"(?:https?://|/|\?|\.{0,2}/)\S+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Answer:
    """A page, and the request that brought it.

    Attributes:
        value: its body as plain values.
        records: how many were found in it; None where the position finds none.
    """

    url: str
    headers: Headers
    value: Any
    records: int | None
    members: Sequence[tuple[tuple[str, ...], Any]] = field(default=())


def proposals_for(url: str, headers: Headers, value: Any, records: int | None) -> list[PaginationProposal]:
    """The ways in which the answer from `url` may go on, the likeliest first."""
    answer = Answer(url, headers, value, records, list(_members(value)))
    found = (proposal for look in _LOOKS for proposal in look(answer))
    kept: list[PaginationProposal] = []
    for proposal in found:
        if proposal.pagination not in [one.pagination for one in kept]:
            kept.append(proposal)
        if len(kept) == MAX_PROPOSALS:
            break
    return kept


def _link_header(answer: Answer) -> Iterator[PaginationProposal]:
    link = next_link(answer.headers)
    if link is not None:
        yield _proposal(phrase("The header Link names the next page: {link}", link=_short(link)), type="link_header")


def _odata(answer: Answer) -> Iterator[PaginationProposal]:
    for path, value in answer.members:
        if path[-1] in ODATA_LINKS and path[:-1] in ((), ("d",)) and isinstance(value, str):
            evidence = phrase("OData names the next page at {place}: {link}", place=path[-1], link=_short(value))
            yield _proposal(evidence, type="odata")


def _next_link(answer: Answer) -> Iterator[PaginationProposal]:
    empty = []
    for path, value in answer.members:
        name = path[-2] if path[-1] in ("href", "url") and len(path) > 1 else path[-1]
        if _plain(name) not in _NEXT:
            continue
        position = position_of(path[:-1] if path[-1] == "href" else path)
        if isinstance(value, str) and _LOOKS_LIKE_LINK.fullmatch(value):
            evidence = phrase("There is a link to the next page at {place}.", place=position)
            yield _proposal(evidence, type="next_link", position=position)
        elif value is None:
            empty.append(position)
    for position in empty:
        evidence = phrase(
            "There is a place for a link to the next page at {place}; on this page it is empty.", place=position
        )
        yield _proposal(evidence, type="next_link", position=position)


def _cursor(answer: Answer) -> Iterator[PaginationProposal]:
    asked = _asked(answer)
    for path, value in answer.members:
        usual = _CURSORS.get(_plain(path[-1]))
        if usual is None or isinstance(value, bool | dict | list) or value in (None, ""):
            continue
        if _LOOKS_LIKE_LINK.fullmatch(str(value)):
            continue
        same = (name for name in asked if _CURSORS.get(_plain(name)) == usual)
        snake = {"pageToken": "page_token", "nextToken": "next_token", "continuationToken": "continuation_token"}
        guess = snake.get(usual, usual) if "_" in path[-1] else usual
        position, parameter = position_of(path), next(same, guess)
        evidence = phrase(
            "There is a cursor at {place}. It is sent as {parameter}, which may be called otherwise.",
            place=position,
            parameter=parameter,
        )
        yield _proposal(evidence, type="cursor", position=position, parameter=parameter)


def _numbered(answer: Answer) -> Iterator[PaginationProposal]:
    asked, size = _asked(answer), _size(answer)
    for names, kind in ((_PAGES, "page"), (_OFFSETS, "offset")):
        name = next((name for name in names if is_number(asked.get(name, ""))), None)
        if name is not None:
            first = 0 if kind == "page" and asked[name] == "0" else 1
            evidence = phrase("The request asks for {name}={value}.", name=name, value=asked[name])
            yield _proposal(evidence, type=kind, parameter=name, first=first, **size)
    numbers = {path[-1]: value for path, value in answer.members if _is_number(value)}
    for told, kind in ((_PAGES[:-1], "page"), (_OFFSETS, "offset")):
        name = next((name for name in told if name in numbers), None)
        if name is not None:
            first = 0 if kind == "page" and numbers[name] == 0 else 1
            parameter = "page" if kind == "page" and _plain(name) in ("currentpage", "pagenumber") else name
            evidence = phrase(
                "The answer says {name}: {value}. Whether {parameter} is a parameter is to be tried.",
                name=name,
                value=numbers[name],
                parameter=parameter,
            )
            yield _proposal(evidence, type=kind, parameter=parameter, first=first, **size)


def _counted(answer: Answer) -> Iterator[PaginationProposal]:
    """More records, or pages, are told of than came."""
    for path, value in answer.members:
        name = _plain(path[-1])
        if not _is_number(value):
            continue
        if name in _PAGE_TOTALS and value > 1:
            evidence = phrase(
                "The answer says {name}: {value}. Whether page is the parameter is to be tried.",
                name=path[-1],
                value=value,
            )
            yield _proposal(evidence, type="page", parameter="page")
        elif name in _TOTALS and answer.records and value > answer.records:
            evidence = phrase(
                "The answer says {name}: {value}, and {records} came. Whether page is the parameter is to be tried.",
                name=path[-1],
                value=value,
                records=answer.records,
            )
            yield _proposal(evidence, type="page", parameter="page")


_LOOKS: tuple[Callable[[Answer], Iterator[PaginationProposal]], ...] = (
    _link_header,
    _odata,
    _next_link,
    _cursor,
    _numbered,
    _counted,
)


def _proposal(evidence: str, **values: Any) -> PaginationProposal:
    return PaginationProposal(pagination=Pagination(**values), evidence=evidence)


def _size(answer: Answer) -> dict[str, Any]:
    """The size of a page, where it was asked for."""
    asked = _asked(answer)
    name = next((name for name in _SIZES if is_number(asked.get(name, ""))), None)
    if name is None or not 0 < int(asked[name]) <= 100_000:  # noqa: PLR2004  # as the schema has it
        return {}
    return {"size_parameter": name, "size": int(asked[name])}


def _asked(answer: Answer) -> dict[str, str]:
    asked = parse_qsl(urlsplit(answer.url).query, keep_blank_values=True)
    return {name: value for name, value in asked if len(name) <= MAX_PARAMETER}


def _members(value: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Members of objects near the top with the names that lead there; what stands in lists is a record."""
    level: list[tuple[tuple[str, ...], Any]] = [((), value)]
    looks = 0
    for _ in range(MAX_DEPTH + 1):
        below: list[tuple[tuple[str, ...], Any]] = []
        for path, parent in level:
            for name, member in parent.items() if isinstance(parent, dict) else ():
                looks += 1
                if looks > MAX_MEMBERS:
                    return
                here = (*path, name)
                if is_whole(name) and len(position_of(here)) <= MAX_POSITION:
                    yield here, member
                    below.append((here, member))
        level = below


def _plain(name: str) -> str:
    return re.sub(r"[^a-z]", "", name.lower())


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _short(text: str) -> str:
    return clean(text if len(text) <= 100 else f"{text[:99]}…")  # noqa: PLR2004
