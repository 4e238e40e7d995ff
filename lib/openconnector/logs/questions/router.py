# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""`/api/logs/query`: how a query is understood while it is typed."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from openconnector.core.clock import now
from openconnector.core.database import Database
from openconnector.core.errors import AdministratorRequired, InvalidInput, NotAuthenticated, TooLarge
from openconnector.core.principal import administrator
from openconnector.core.problems import problems
from openconnector.logs.questions.completions import completions_at, place_of
from openconnector.logs.questions.filters import clauses_of_query, terms_of
from openconnector.logs.questions.language import check_characters
from openconnector.logs.questions.scanning import LONGEST_QUERY, QueryError
from openconnector.logs.questions.schemas import Completion, QueryProblem, QueryReading

router = APIRouter(
    prefix="/api/logs",
    tags=["logs"],
    dependencies=[Depends(administrator)],
    responses=problems(NotAuthenticated, AdministratorRequired, InvalidInput, TooLarge),
)

Cursor = Annotated[
    int | None,
    Query(ge=0, description="Where the text cursor stands, in characters (code points); else at the end."),
]


@router.get("/query")
async def read_query(
    request: Request,
    query: Annotated[str, Query(max_length=LONGEST_QUERY)] = "",
    cursor: Cursor = None,
) -> QueryReading:
    """The parts of a query, what is wrong with it, and what may follow at the cursor."""
    database: Database = request.app.state.database
    problem = await _problem_of(database, query)
    at = len(query) if cursor is None else min(cursor, len(query))
    return QueryReading(terms=terms_of(query), problem=problem, completions=await _completions(database, query, at))


async def _problem_of(database: Database, query: str) -> QueryProblem | None:
    try:
        await clauses_of_query(database, query, at=now())
    except QueryError as error:
        return QueryProblem(start=error.start, end=error.end, message=error.message, suggestion=error.suggestion)
    return None


async def _completions(database: Database, query: str, cursor: int) -> list[Completion]:
    try:
        check_characters(query)
    except QueryError:
        return []
    place = place_of(query, cursor)
    return [] if place is None else await database.run(partial(completions_at, place=place, at=now()))
