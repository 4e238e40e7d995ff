# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""`logs:list`, `logs:show`, `logs:prune`."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from openconnector.commands.command import Context, Output
from openconnector.commands.state import size_of
from openconnector.commands.styled import Block, Cell, Quoted, Span, Table, bad, facts, faint, good, strong, warning
from openconnector.core.errors import InvalidInput
from openconnector.core.problems import field_errors
from openconnector.logs.keeping.removal import Removed
from openconnector.logs.listing import LogFilter
from openconnector.logs.schemas import Body, CallRead, CallSummary, ExchangeRead

SHOWN_CHARACTERS = 16_384
"""Of a body, for people. The JSON has more of it."""


async def list_calls(context: Context, values: Mapping[str, Any], output: Output) -> None:
    """List calls that answer a question.

    Raises:
        InvalidInput: the question cannot be understood.
    """
    async with context.log() as opened:
        page = await opened.logs.page(
            filter_of(values["query"]), sort=values["sort"], cursor=values["cursor"], limit=values["limit"]
        )
    rows = [_row(call) for call in page.results]
    table = Table(("STARTED", "STATUS", "METHOD", "TIME", "SOURCE", "URL", "ID"), rows, frozenset({3}))
    about = "about " if page.is_estimate else ""
    said: list[Block] = ["No call matches." if page.next_cursor is None else "No call found so far."]
    if rows:
        said = [table, faint(f"{len(rows)} of {about}{page.total} calls.")]
    if page.next_cursor:
        said.append(faint(f"{'The next ones' if rows else 'Search on'}: --cursor {page.next_cursor}"))
    output.result(said, **page.model_dump(mode="json", by_alias=True))


async def show_call(context: Context, values: Mapping[str, Any], output: Output) -> None:
    """Show one call with its exchanges.

    Raises:
        NotFound: there is none.
        InvalidInput: this is no id.
    """
    try:
        call_id = UUID(values["id"])
    except ValueError:
        raise InvalidInput.parameter("id", "This is no id of a call. logs:list shows them.") from None
    async with context.log() as opened:
        call = await opened.logs.read(call_id)
    blocks = described(call, with_bodies=values["bodies"], with_headers=True)
    output.result(blocks, **call.model_dump(mode="json", by_alias=True))


async def prune(context: Context, values: Mapping[str, Any], output: Output) -> None:
    """Remove what the settings let go, or tell what that would be."""
    async with context.log() as opened:
        if values["dry_run"]:
            retention = (await context.administration().read()).retention
            found = await opened.clean_up.preview(retention, None)
            text = f"About {found.calls} calls would go, and the bodies of {found.bodies} more: {size_of(found.bytes)}."
            rows = [(s.source_name, str(s.calls), str(s.bodies), size_of(s.bytes)) for s in found.sources]
            table = Table(("SOURCE", "CALLS", "BODIES", "SIZE"), rows, frozenset({1, 2, 3}))
            output.result([text, *([table] if rows else [])], **found.model_dump(mode="json", by_alias=True))
            return
        gone = Removed()

        def watch(step: Removed) -> None:
            nonlocal gone
            gone += step
            if step.calls:
                output.progress(f"{gone.calls} calls, {size_of(gone.bytes)}")

        removed = await opened.clean_up.run(watch)
    text = f"{removed.calls} calls are removed, {size_of(removed.bytes)} with their bodies."
    output.result([good(text)], calls=removed.calls, bytes=removed.bytes)


def filter_of(query: str | None) -> LogFilter:
    """What a question in the query language asks for.

    Raises:
        InvalidInput: it is too long.
    """
    try:
        return LogFilter(query=query or None)
    except ValidationError as error:
        raise InvalidInput.parameter("query", field_errors(error)[0].detail) from None


def described(call: CallRead, *, with_bodies: bool, with_headers: bool) -> list[Block]:
    """A call for people."""
    pairs: list[tuple[str, Cell]] = [
        ("Call", f"{call.method} {call.url}"),
        ("Source", call.source_name),
        ("Result", _status_of(call, with_reason=True)),
        ("Started", f"{call.started_at:%Y-%m-%d %H:%M:%S}Z, {call.duration_ms:.0f} ms"),
        ("Log entry", str(call.id)),
    ]
    blocks: list[Block] = [facts(pairs)]
    if call.diagnosis is not None:
        blocks += ["", *diagnosed(call)]
    shown = call.exchanges if with_headers else call.exchanges[-1:]
    for exchange in shown:
        blocks += _exchange(exchange, with_bodies=with_bodies, with_headers=with_headers)
    return blocks


def diagnosed(call: CallRead) -> list[Block]:
    """What is wrong with a call, and what to do."""
    found = call.diagnosis
    if found is None:
        return []
    colour = warning if call.outcome == "success" else bad
    evidence: list[Block] = [facts([(one.name, one.value) for one in found.evidence])] if found.evidence else []
    return [colour(found.title), found.detail, *evidence, *(f"→ {remedy.text}" for remedy in found.remedies)]


def _exchange(exchange: ExchangeRead, *, with_bodies: bool, with_headers: bool) -> Iterator[Block]:
    request, response = exchange.request, exchange.response
    if with_headers:
        yield ""
        yield strong(f"{exchange.position + 1}. {exchange.kind}")
        yield f"{request.method} {request.url}"
        yield from (_field(row.name, row.value) for row in request.headers)
        if with_bodies:
            yield from _body(request.body)
        if response is not None:
            yield ""
            yield f"{response.http_version} {response.status_code} {response.reason}".strip()
            yield from (_field(row.name, row.value) for row in response.headers)
        if exchange.error is not None:
            yield bad(f"{exchange.error.type}: {exchange.error.message}")
    if with_bodies and response is not None:
        yield from _body(response.body)


def _field(name: str, value: str) -> list[Cell]:
    return [faint(f"{name}: "), value]


def _body(body: Body | None) -> Iterator[Block]:
    if body is None or not body.content:
        return
    yield ""
    if body.encoding == "base64":
        yield faint(f"{size_of(body.size)} of {body.media_type or 'bytes'}")
        return
    yield Quoted(body.content[:SHOWN_CHARACTERS].rstrip("\n"))
    if len(body.content) > SHOWN_CHARACTERS or body.is_truncated or body.is_preview:
        yield faint(f"… of {size_of(body.size)}. With --json there is more.")


def _row(call: CallSummary) -> tuple[Cell, ...]:
    started, duration = faint(f"{call.started_at:%Y-%m-%d %H:%M:%S}Z"), f"{call.duration_ms:.0f} ms"
    return started, _status_of(call), call.method, duration, call.source_name, call.url, faint(str(call.id))


def _status_of(call: CallSummary, *, with_reason: bool = False) -> Span:
    if call.status_code is None:
        return bad(call.error_type or call.outcome)
    text = f"{call.status_code} {call.reason or ''}".strip() if with_reason else str(call.status_code)
    if call.error_type and call.outcome != "success":
        text += f" {call.error_type}" if with_reason else ""
    return good(text) if call.outcome == "success" else bad(text)
