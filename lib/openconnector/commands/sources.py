# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""`source:list`, `source:show`, `source:enable`, `source:disable`, `source:remove`."""

import json
from collections.abc import Mapping
from typing import Any

from openconnector.commands.command import Context, Output
from openconnector.commands.styled import Block, Cell, Table, bad, facts, faint, good, strong, warning
from openconnector.core.errors import InvalidInput
from openconnector.core.schema import in_utc
from openconnector.sources.health import health_of
from openconnector.sources.models import LastCall, Source
from openconnector.sources.repository import SourceFilter, SourceRepository
from openconnector.sources.schemas import LastCallRead, SourceRead
from openconnector.sources.service import SourceService

TYPES = ("json", "xml", "soap", "ftp")


async def list_sources(context: Context, values: Mapping[str, Any], output: Output) -> None:
    """List the sources by name."""
    await context.ready()
    types = frozenset(values["type"] or ())
    if unknown := types.difference(TYPES):
        raise InvalidInput.parameter("type", f"There is no type “{min(unknown)}”. Choose from {', '.join(TYPES)}.")
    enabled = None if values["enabled"] is None else values["enabled"] == "true"
    wanted = SourceFilter(values["search"], types, enabled)
    async with context.database.read_session() as session:
        sources = SourceRepository(session)
        # The rows as they are stored: to validate a thousand configurations would take a second, and nobody reads them.
        found, _ = await sources.page(wanted, sort="name", cursor=None, limit=values["limit"])
        total = await sources.count(wanted)
    table = Table(("SLUG", "NAME", "TYPE", "STATE", "LAST CALL", "LOCATION"), [_row(source) for source in found])
    more = [] if len(found) == total else [faint(f"{len(found)} of {total} sources. See --limit.")]
    members = [_summary(source) for source in found]
    output.result([table, *more] if found else "There are no sources.", results=members, total=total)


async def show_source(context: Context, values: Mapping[str, Any], output: Output) -> None:
    """Show one source.

    Raises:
        NotFound: there is none.
    """
    await context.ready()
    async with context.database.read_session() as session:
        source = await SourceService(session, context.vault()).read(values["source"])
    output.result(described(source), **source.model_dump(mode="json", by_alias=True))


async def enable(context: Context, values: Mapping[str, Any], output: Output) -> None:
    """Allow calls of a source."""
    await _switch(context, values["source"], output, is_enabled=True)


async def disable(context: Context, values: Mapping[str, Any], output: Output) -> None:
    """Stop calls of a source."""
    await _switch(context, values["source"], output, is_enabled=False)


async def remove(context: Context, values: Mapping[str, Any], output: Output) -> None:
    """Remove a source.

    Raises:
        NotFound: there is none.
    """
    await context.ready()
    async with context.database.write_session() as session:
        service = SourceService(session, context.vault())
        source = await service.read(values["source"])
        await service.delete(str(source.id))
    output.result(
        [good(f"Removed {source.name}."), faint("The log entries of its calls stay until they expire.")],
        id=str(source.id),
        slug=source.slug,
        name=source.name,
    )


def described(source: SourceRead) -> list[Block]:
    """A source for people: what differs from source to source first, the rest as it is set."""
    pairs: list[tuple[str, Cell]] = [
        ("Slug", source.slug),
        ("Id", str(source.id)),
        ("Type", source.type),
        ("Location", source.location),
        ("State", _state_of(source)),
        ("Last call", _last_call_of(source)),
        ("Authentication", source.authentication.type),
    ]
    if source.description:
        pairs.insert(1, ("Description", source.description))
    blocks: list[Block] = [strong(source.name), facts(pairs)]
    for title, rows in (("Headers", source.headers), ("Query", source.query)):
        if rows:
            blocks += ["", strong(title), facts([(row.name, row.value) for row in rows])]
    members = source.model_dump(mode="json", by_alias=True)
    for title in ("authentication", "connection"):
        blocks += ["", strong(title.capitalize()), facts(list(_settings(members[title])))]
    blocks += [warning(f"{entry.pointer}: {_when(entry.days_left)}") for entry in source.warnings]
    return blocks


def _settings(members: Mapping[str, Any], prefix: str = "") -> list[tuple[str, Cell]]:
    """Members of a document with dotted names, as `source:set` takes them."""
    pairs: list[tuple[str, Cell]] = []
    for name, value in members.items():
        if isinstance(value, dict) and value:
            pairs += _settings(value, f"{prefix}{name}.")
        elif value not in (None, "", [], {}):
            pairs.append((prefix + name, as_text(value)))
    return pairs


def as_text(value: Any) -> str:
    """A value of a document as `key=value` takes it."""
    if isinstance(value, list) and all(isinstance(entry, str | int) for entry in value):
        return ",".join(str(entry) for entry in value)
    if isinstance(value, str):
        return value

    return json.dumps(value, ensure_ascii=False)


async def _switch(context: Context, reference: str, output: Output, *, is_enabled: bool) -> None:
    await context.ready()
    async with context.database.write_session() as session:
        source = await SourceService(session, context.vault()).set_enabled(reference, is_enabled=is_enabled)
    text = f"{source.name} is {'enabled' if is_enabled else 'disabled'}."
    output.result([good(text)], **source.model_dump(mode="json", by_alias=True))


def _row(source: Source) -> tuple[Cell, ...]:
    return source.slug, source.name, source.type, _state_of(source), _last_call_of(source), faint(source.location)


def _summary(source: Source) -> dict[str, Any]:
    """What a list tells of a source; `source:show` tells all of it."""
    call, health = source.last_call, None if source.watch is None else health_of(source, source.watch)
    return {
        "id": str(source.id),
        "slug": source.slug,
        "name": source.name,
        "description": source.description,
        "type": source.type,
        "location": source.location,
        "isEnabled": source.is_enabled,
        "version": source.version,
        "updatedAt": in_utc(source.updated_at),
        "lastCall": None if call is None else LastCallRead.model_validate(call).to_json(),
        "health": None if health is None else health.to_json(),
    }


def _state_of(source: Source | SourceRead) -> Cell:
    return good("enabled") if source.is_enabled else faint("disabled")


def _last_call_of(source: Source | SourceRead) -> Cell:
    call: LastCall | LastCallRead | None = source.last_call
    if call is None:
        return faint("never")
    text = f"{call.status_code or call.error_type or call.outcome} at {call.at:%Y-%m-%d %H:%M}Z"
    return good(text) if call.outcome == "success" else bad(text)


def _when(days_left: int) -> str:
    return "it has expired" if days_left < 0 else f"it expires in {days_left} days"
