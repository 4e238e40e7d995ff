# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Compares an entry of the log with another one, or with the last time that the same request went well."""

import asyncio
from collections.abc import Sequence
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy.orm import Session

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
from openconnector.logs.index.terms import normal_path
from openconnector.logs.models import CallLog
from openconnector.logs.questions.clauses import IsOneOf, Question
from openconnector.logs.service import LogService
from openconnector.logs.shown import show_summary
from openconnector.logs.storage.compression import Compression

SECONDS = 8.0
"""That comparing may take. What is not compared by then is said to be left out."""

MAX_CANDIDATES = 200
"""Earlier successes below the same path that are looked at for one with exactly this path."""

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
        path = normal_path(urlsplit(row.url).path)
        wanted = {"source": str(row.source_id), "method": row.method.upper(), "outcome": "success", "path": path}
        question = Question(tuple(IsOneOf(field, (value,)) for field, value in wanted.items()))  # type: ignore[arg-type]
        after = Position(number=row.number)
        numbers = self._logs.answers.numbers(session, question, after=after, limit=MAX_CANDIDATES)
        # What is below the path matches the question, too.
        found = [
            candidate
            for candidate in repository.rows(session, numbers)
            if normal_path(urlsplit(candidate.url).path) == path
        ]
        if not found:
            raise NotFound(
                phrase(
                    "There is no earlier success of {method} {path} in the log to compare with. Choose another "
                    "entry as the base.",
                    method=row.method,
                    path=path,
                )
            )
        return self._of_same_action(session, found, _action_of(call)) or found[0]

    def _of_same_action(self, session: Session, found: Sequence[CallLog], action: str | None) -> CallLog | None:
        """The first with this SOAP action: all operations of a service have the same path."""
        if action is None:
            return None
        for row in found[:_MAX_SAME_ACTION]:
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
