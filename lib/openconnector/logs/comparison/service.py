# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Compares an entry of the log with another one, or with the last time that the same request went well."""

import asyncio
from collections.abc import Iterator
from itertools import chain, islice
from uuid import UUID

from sqlalchemy.orm import Session

from openconnector.core.clock import stopwatch
from openconnector.core.database import Database
from openconnector.core.errors import NotFound
from openconnector.core.phrases import phrase
from openconnector.logs import repository
from openconnector.logs.answers import Position
from openconnector.logs.comparison.bodies import KeptBody, compare_bodies
from openconnector.logs.comparison.fields import compare_facts, compare_headers
from openconnector.logs.comparison.findings import Deadline
from openconnector.logs.comparison.ignoring import IgnoreList
from openconnector.logs.comparison.schemas import Comparison
from openconnector.logs.entries import CallEntry, ExchangeEntry
from openconnector.logs.index.terms import path_of
from openconnector.logs.models import CallLog
from openconnector.logs.questions.clauses import IsOneOf, Question
from openconnector.logs.service import LogService
from openconnector.logs.shown import show_summary
from openconnector.logs.storage.compression import Compression

SECONDS = 8.0
"""That comparing may take. What is not compared by then is said to be left out."""

SEARCH_MS = 3000
"""For which one with exactly this path is looked for among the earlier successes at or below it."""

_LOOKED_AT = 200
"""Of them, at a time."""

_MAX_SAME_ACTION = 20
"""Of those with this path, how many are looked into for one of the same SOAP operation."""

_SIDE_KINDS = frozenset({"token", "discovery", "description"})
"""Kinds of exchanges that only prepare the request."""


class ComparisonService:
    """Reads two entries and compares them."""

    def __init__(self, database: Database, compression: Compression, logs: LogService) -> None:
        self._database = database
        self._compression = compression
        self._logs = logs

    async def compare(self, call_id: UUID, base_id: UUID | None, ignore: str) -> Comparison:
        """What is different in a call from the base; without one, from the previous success of the same request.

        Raises:
            NotFound: there is no such call, no such base, or no earlier success.
            InvalidInput: `ignore` has a part that is neither a name nor a path.
        """
        ignoring = IgnoreList(ignore)
        policies = await self._logs.policies()
        base, other = await self._database.run(lambda session: self._load(session, call_id, base_id))
        for call in (base, other):
            call.expires_at = policies.expires_at(
                source_id=call.source_id, outcome=call.outcome, started_at=call.started_at, is_pinned=call.is_pinned
            )
        return await asyncio.to_thread(compare_calls, base, other, ignoring)

    def _load(self, session: Session, call_id: UUID, base_id: UUID | None) -> tuple[CallEntry, CallEntry]:
        row = repository.find(session, call_id)
        other = repository.entry(session, self._compression, row, with_bodies=True)
        base_row = self._previous(session, row, other) if base_id is None else _base(session, base_id)
        return repository.entry(session, self._compression, base_row, with_bodies=True), other

    def _previous(self, session: Session, row: CallLog, call: CallEntry) -> CallLog:
        """The last success before a call of the same source, method and path; of SOAP, of the same operation."""
        path = path_of(row.url)
        wanted = {"source": str(row.source_id), "method": row.method.upper(), "outcome": "success", "path": path}
        question = Question(tuple(IsOneOf(field, (value,)) for field, value in wanted.items()))  # type: ignore[arg-type]
        until = stopwatch() + SEARCH_MS
        earlier = self._earlier(session, question, row.number, path, until)
        last = next(earlier, None)
        if last is None:
            raise NotFound(_no_base(row.method, path, is_certain=stopwatch() < until))
        return self._of_same_action(session, chain([last], earlier), _action_of(call)) or last

    def _earlier(self, session: Session, question: Question, before: int, path: str, until: float) -> Iterator[CallLog]:
        """The calls of exactly this path, newest first; what is below it matches the question, too."""
        asked = self._logs.answers.ask(session, question)
        after: Position | None = Position(number=before)
        while after is not None:
            found = asked.numbers(after=after, limit=_LOOKED_AT)
            some = repository.rows(session, found.numbers, with_details=False)
            exact = [call.number for call in some if path_of(call.url) == path]
            session.expunge_all()
            yield from repository.rows(session, exact)
            after = found.resume
            if len(found.numbers) == _LOOKED_AT:
                after = Position(number=found.numbers[-1])
            if stopwatch() > until:
                return

    def _of_same_action(self, session: Session, found: Iterator[CallLog], action: str | None) -> CallLog | None:
        """The first with this SOAP action: all operations of a service have the same path."""
        if action is None:
            return None
        for row in islice(found, _MAX_SAME_ACTION):
            if _action_of(repository.entry(session, self._compression, row, with_bodies=False)) == action:
                return row
        return None


def compare_calls(base: CallEntry, other: CallEntry, ignore: IgnoreList) -> Comparison:
    """What is different between two calls. Takes its time: not for the event loop."""
    deadline = Deadline(SECONDS)
    here, there = own_exchange(base), own_exchange(other)
    return Comparison(
        base=show_summary(base),
        other=show_summary(other),
        facts=compare_facts(base, other, ignore),
        request_headers=compare_headers(_headers(here, "request"), _headers(there, "request"), ignore),
        request_body=compare_bodies(_body(here, "request"), _body(there, "request"), ignore, deadline),
        response_headers=compare_headers(_headers(here, "response"), _headers(there, "response"), ignore),
        response_body=compare_bodies(_body(here, "response"), _body(there, "response"), ignore, deadline),
        ignored=ignore.parts,
    )


def own_exchange(call: CallEntry) -> ExchangeEntry | None:
    """The last exchange that is the request itself, and not what prepares it; None where nothing was sent."""
    own = [exchange for exchange in call.exchanges if exchange.kind not in _SIDE_KINDS]
    exchanges = own or call.exchanges
    return exchanges[-1] if exchanges else None


def _no_base(method: str, path: str, *, is_certain: bool) -> str:
    if is_certain:
        return phrase(
            "There is no earlier success of {method} {path} in the log to compare with. Choose another "
            "entry as the base.",
            method=method,
            path=path,
        )
    return phrase(
        "No earlier success of {method} {path} was found in time: there are too many calls of paths below it. Choose "
        "another entry as the base.",
        method=method,
        path=path,
    )


def _base(session: Session, base_id: UUID) -> CallLog:
    try:
        return repository.find(session, base_id)
    except NotFound:
        raise NotFound(
            phrase("The entry to compare with does not exist any more. Choose another one as the base.")
        ) from None


def _headers(exchange: ExchangeEntry | None, side: str) -> list[dict[str, str]]:
    message = getattr(exchange, side, None)
    headers: list[dict[str, str]] = message["headers"] if message else []
    return headers


def _body(exchange: ExchangeEntry | None, side: str) -> KeptBody:
    message = getattr(exchange, side, None)
    return KeptBody(message.get("body") if message else None, getattr(exchange, f"{side}_body", None))


def _action_of(call: CallEntry) -> str | None:
    """The SOAP action of a call: a header of its own in SOAP 1.1, a parameter of the content type in 1.2."""
    for header in _headers(own_exchange(call), "request"):
        name, value = header["name"].lower(), header["value"]
        if name == "soapaction":
            return value.strip(' "')
        if name == "content-type" and "action=" in value:
            return value.partition("action=")[2].partition(";")[0].strip(' "')
    return None
