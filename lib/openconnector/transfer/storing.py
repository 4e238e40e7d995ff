# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Does what was chosen of a plan, within one transaction. The functions are for threads."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from openconnector.core.clock import now
from openconnector.core.errors import Conflict, FieldError, InvalidInput
from openconnector.core.ids import new_id
from openconnector.core.phrases import phrase
from openconnector.sources.api_descriptions import keep_api
from openconnector.sources.models import Source
from openconnector.sources.schemas import SourceCreate
from openconnector.sources.slugs import free_slug
from openconnector.transfer.drafts import SavedRequest
from openconnector.transfer.keeping import seal_onto
from openconnector.transfer.planning import Step
from openconnector.vault.encryption import Vault

Action = Literal["create", "update", "skip", "create_as"]

_COLUMNS = ("location", "headers", "query", "authentication", "connection")


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody has chosen for one step. `pointer` is where the choice stands in the request."""

    action: Action
    name: str = ""
    pointer: str = ""


@dataclass(frozen=True, slots=True)
class Stored:
    """What has become of one source of the document.

    Attributes:
        request: the first that the document has for a new source.
    """

    position: int
    action: Literal["created", "updated", "unchanged", "skipped"]
    name: str
    id: UUID | None = None
    slug: str | None = None
    open_places: list[str] = field(default_factory=list)
    request: SavedRequest | None = None


def actions_of(step: Step) -> list[Action]:
    """What can be chosen for a step; the first is what is proposed."""
    match step.state:
        case "create":
            return ["create", "skip", "create_as"]
        case "update":
            return ["update", "skip", "create_as"]
        case "unchanged":
            return ["skip", "create_as"]
        case "conflict":
            return (
                ["skip", "create_as"] if step.source is None or step.sealed is None else ["skip", "update", "create_as"]
            )
        case "unreadable":
            return ["skip"]


class Storing:
    """Stores the steps of one import."""

    def __init__(self, session: Session, vault: Vault, stored: Sequence[Source]) -> None:
        self._session = session
        self._vault = vault
        self._slugs = {source.slug for source in stored}

    def store(self, steps: Sequence[Step], wishes: Mapping[int, Wish], step: Callable[[], None]) -> list[Stored]:
        """Do what was chosen.

        Raises:
            InvalidInput: a choice does not fit its step.
            Conflict: a slug was taken meanwhile.
        """
        done = []
        for one in steps:
            done.append(self._one(one, wishes.get(one.candidate.position, Wish("skip"))))
            step()
        try:
            self._session.flush()
        except IntegrityError:
            raise Conflict(
                phrase("Somebody else has added such a source meanwhile. Preview the import again.")
            ) from None
        for one, made in zip(steps, done, strict=True):
            api = one.candidate.draft.api
            if made.action == "created" and made.id is not None and api is not None:
                keep_api(self._session, made.id, api.api, api.details)
        return done

    def _one(self, step: Step, wish: Wish) -> Stored:
        position, wanted = step.candidate.position, step.candidate.wanted
        if wish.action not in actions_of(step):
            raise InvalidInput.field(f"{wish.pointer}/action", phrase("This cannot be done with this source."))
        if wish.action == "skip" or wanted is None:
            name = wanted.name if wanted is not None else str(step.candidate.draft.definition.get("name", ""))[:255]
            found = step.source
            return Stored(
                position,
                "unchanged" if step.state == "unchanged" else "skipped",
                name,
                found.id if found is not None else None,
                found.slug if found is not None else None,
            )
        if wish.action == "update" and step.source is not None:
            return self._update(step, step.source, wanted)
        return self._create(step, wanted, wish)

    def _update(self, step: Step, source: Source, wanted: SourceCreate) -> Stored:
        if wanted.slug and wanted.slug not in self._slugs:
            # Its former slug is not given to another of this import: the database would see both at once.
            self._slugs.add(wanted.slug)
            source.slug = wanted.slug
        _put(source, wanted, step.sealed)
        source.updated_at = now()
        return Stored(step.candidate.position, "updated", source.name, source.id, source.slug, step.open_places)

    def _create(self, step: Step, wanted: SourceCreate, wish: Wish) -> Stored:
        sealed, open_places = step.sealed, step.open_places
        if wish.action == "create_as":
            wanted = _renamed(wanted, wish)
            sealed = Source(id=new_id())
            open_places = seal_onto(sealed, wanted, self._vault)
        slug = wanted.slug if wanted.slug and wanted.slug not in self._slugs else free_slug(wanted.name, self._slugs)
        self._slugs.add(slug)
        source = Source(id=sealed.id if sealed is not None else new_id(), slug=slug)
        _put(source, wanted, sealed)
        self._session.add(source)
        request = next(iter(step.candidate.draft.requests), None)
        return Stored(step.candidate.position, "created", source.name, source.id, slug, open_places, request)


def _renamed(wanted: SourceCreate, wish: Wish) -> SourceCreate:
    name = wish.name.strip()
    if not name or not name.isprintable():
        error = FieldError(f"{wish.pointer}/name", phrase("Enter a name for the new source."), "missing")
        raise InvalidInput(errors=[error])
    return wanted.model_copy(update={"name": name, "slug": None})


def _put(source: Source, wanted: SourceCreate, sealed: Source | None) -> None:
    source.name = wanted.name
    source.description = wanted.description
    source.type = wanted.type
    source.is_enabled = wanted.is_enabled
    source.results_position = wanted.results_position
    source.pagination = None if wanted.pagination is None else wanted.pagination.to_json()
    for column in _COLUMNS:
        setattr(source, column, getattr(sealed, column))
