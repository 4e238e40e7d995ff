# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Plans and results as the API tells them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from openconnector.core.rows import HeaderRow, QueryRow
from openconnector.transfer.drafts import Draft, SavedRequest
from openconnector.transfer.planning import Step
from openconnector.transfer.schemas import (
    ChangeRead,
    ErrorRead,
    ImportedSource,
    ImportPreview,
    ImportResult,
    MatchRead,
    NoteRead,
    PreviewItem,
    RequestRead,
    SavedRequestRead,
)
from openconnector.transfer.service import Plan
from openconnector.transfer.storing import Stored, actions_of
from openconnector.vault.redaction import Redactor

MAX_REQUESTS, MAX_NOTES, MAX_CHANGES = 100, 100, 200
"""Of one source, that are told."""

_MAX_NAME, _MAX_LOCATION, _MAX_POINTER = 255, 2048, 500


def preview_of(plan: Plan, content: str | None = None, log_id: UUID | None = None) -> ImportPreview:
    """A plan in words."""
    return ImportPreview(
        revision=plan.revision,
        format=plan.document.format,
        is_encrypted=plan.document.is_encrypted,
        content=content,
        log_id=log_id,
        sources=[_item(step) for step in plan.steps],
    )


def result_of(stored: Sequence[Stored]) -> ImportResult:
    """What has been done, counted."""
    done = [one.action for one in stored]
    return ImportResult(
        created=done.count("created"),
        updated=done.count("updated"),
        unchanged=done.count("unchanged"),
        skipped=done.count("skipped"),
        sources=[
            ImportedSource(
                position=one.position,
                action=one.action,
                id=one.id,
                slug=one.slug,
                name=one.name,
                missing_secrets=one.open_places,
                request=None if one.request is None else request_of(one.request),
            )
            for one in stored
        ],
    )


def notes_of(draft: Draft) -> list[NoteRead]:
    """The first notes of a draft."""
    return [NoteRead(pointer=note.pointer, text=note.text) for note in draft.notes[:MAX_NOTES]]


def request_of(request: SavedRequest) -> SavedRequestRead:
    """A request as it is put into the test panel, where what is wrong with it is told."""
    return SavedRequestRead.model_construct(
        name=request.name,
        method=request.method,
        path=request.path,
        query=[QueryRow.model_construct(name=row["name"], value=row["value"]) for row in request.query],
        headers=[HeaderRow.model_construct(name=row["name"], value=row["value"]) for row in request.headers],
        body=request.body,
        body_encoding="base64" if request.body_encoding == "base64" else "text",
    )


def _item(step: Step) -> PreviewItem:
    candidate, source = step.candidate, step.source
    draft, wanted = candidate.draft, candidate.wanted
    match = None
    if source is not None and step.matched_by is not None:
        match = MatchRead(id=source.id, slug=source.slug, name=source.name, by=step.matched_by)
    return PreviewItem(
        position=candidate.position,
        state=step.state,
        name=wanted.name if wanted is not None else _text(draft.definition.get("name") or draft.key, _MAX_NAME),
        slug=wanted.slug if wanted is not None else None,
        location=_location(draft.definition.get("location") if wanted is None else wanted.location),
        type=wanted.type if wanted is not None else _text(draft.definition.get("type"), _MAX_NAME),
        match=match,
        conflict=step.conflict,
        actions=actions_of(step),
        changes=[
            ChangeRead(pointer=change.pointer, old=change.old, new=change.new, is_secret=change.is_secret)
            for change in step.changes[:MAX_CHANGES]
        ],
        notes=notes_of(draft),
        missing_secrets=step.open_places,
        errors=[ErrorRead(pointer=(error.pointer or "")[:_MAX_POINTER], detail=error.detail) for error in step.errors],
        requests=[
            RequestRead(name=one.name[:_MAX_NAME], method=one.method, path=one.path[:_MAX_LOCATION])
            for one in draft.requests[:MAX_REQUESTS]
        ],
        request_count=len(draft.requests),
    )


def _text(value: Any, longest: int) -> str:
    return value[:longest] if isinstance(value, str) else ""


def _location(value: Any) -> str:
    """A location as it may be shown: one that cannot be accepted may have a password in it."""
    return Redactor().url(_text(value, _MAX_LOCATION))
