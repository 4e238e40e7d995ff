# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What an import would do, source by source. The functions are for threads."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal
from urllib.parse import urlsplit
from uuid import UUID

from openconnector.core.errors import FieldError, InvalidInput
from openconnector.core.ids import new_id
from openconnector.core.phrases import listed, phrase
from openconnector.sources.models import Source
from openconnector.sources.schemas import SourceCreate
from openconnector.sources.sealing import PatientSealer, masked_connection
from openconnector.transfer.candidates import Candidate, secrets_of, without_secrets
from openconnector.transfer.formats.native import digest_of
from openconnector.transfer.keeping import seal_onto
from openconnector.transfer.stored import masked, portable, scratch_of
from openconnector.vault.encryption import Vault
from openconnector.vault.leaves import path_of, put
from openconnector.vault.secret import MASK, is_mask

State = Literal["create", "update", "unchanged", "conflict", "unreadable"]
MatchedBy = Literal["id", "slug", "name"]

MAX_TEXT = 300
"""Characters of a value that are shown beside another."""


@dataclass(frozen=True, slots=True)
class Change:
    """One field that would be another one. Of secrets neither value is told."""

    pointer: str
    old: str | None = None
    new: str | None = None
    is_secret: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """What an import would do with one source of a document.

    Attributes:
        source: the stored one that it is taken for; None: there is none.
        conflict: why a person has to decide.
        open_places: JSON pointers of secrets that must be entered afterwards.
        sealed: a row in no session with what would be stored; None where there is nothing to store.
    """

    candidate: Candidate
    state: State
    source: Source | None = None
    matched_by: MatchedBy | None = None
    conflict: str | None = None
    changes: list[Change] = field(default_factory=list)
    open_places: list[str] = field(default_factory=list)
    errors: list[FieldError] = field(default_factory=list)
    sealed: Source | None = None


class Shelf:
    """The stored sources, by all that one can be recognised by."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self.by_id = {source.id: source for source in sources}
        self.by_slug = {source.slug: source for source in sources}
        self.by_name = {_name_of(source): source for source in sources}

    def find(self, candidate: Candidate) -> tuple[Source | None, MatchedBy | None]:
        """The source that a candidate is taken for, and how it was recognised."""
        by_id = self.by_id.get(candidate.id) if candidate.id is not None else None
        if by_id is not None:
            return by_id, "id"
        by_slug = self.by_slug.get(candidate.slug or "")
        if by_slug is not None:
            return by_slug, "slug"
        by_name = self.by_name.get(_name_of(candidate.wanted)) if candidate.wanted is not None else None
        return by_name, None if by_name is None else "name"


def plan(
    shelf: Shelf, candidates: Sequence[Candidate], vault: Vault, names: Sequence[str], step: Callable[[], None]
) -> list[Step]:
    """What would be done with each candidate.

    Args:
        names: what the administrator calls sensitive beside the conventional names.
        step: is called after each of them.
    """
    planning, steps = _Planning(shelf, vault, names), []
    for candidate in candidates:
        steps.append(planning.step(candidate))
        step()
    return steps


class _Planning:
    def __init__(self, shelf: Shelf, vault: Vault, names: Sequence[str]) -> None:
        self._shelf = shelf
        self._vault = vault
        self._names = names
        self._claimed: dict[UUID | str, str] = {}

    def step(self, candidate: Candidate) -> Step:
        wanted = candidate.wanted
        if wanted is None:
            return Step(candidate, "unreadable", errors=candidate.errors)
        source, matched_by = self._shelf.find(candidate)
        try:
            if source is None:
                sealed = Source(id=candidate.id or new_id())
                made = Step(candidate, "create", open_places=seal_onto(sealed, wanted, self._vault), sealed=sealed)
            else:
                made = self._update(candidate, wanted, source, matched_by)
        except InvalidInput as error:
            return Step(candidate, "unreadable", errors=error.errors)
        conflict = self._claim(made, wanted) or made.conflict
        return replace(made, state="conflict", conflict=conflict) if conflict else made

    def _update(self, candidate: Candidate, wanted: SourceCreate, source: Source, matched_by: MatchedBy | None) -> Step:
        changes = list(_changes(source, candidate, wanted, self._vault, self._names))
        scratch = scratch_of(source, self._vault, self._names)
        made = Step(candidate, "update" if changes else "unchanged", source, matched_by, changes=changes)
        if not changes:
            return made
        open_places = seal_onto(scratch, wanted, self._vault)
        conflict = self._conflict(candidate, wanted, source, matched_by) or _exposure(source, wanted, open_places)
        return replace(made, open_places=open_places, conflict=conflict, sealed=scratch)

    def _conflict(
        self, candidate: Candidate, wanted: SourceCreate, source: Source, matched_by: MatchedBy | None
    ) -> str | None:
        other = self._shelf.by_slug.get(wanted.slug or "")
        if other is not None and other.id != source.id:
            return phrase("The slug “{slug}” belongs to another source, “{name}”.", slug=other.slug, name=other.name)
        if matched_by == "slug" and _host(wanted.location) != _host(source.location):
            return phrase(
                "The slug “{slug}” belongs to another source, “{name}”, with another host.",
                slug=source.slug,
                name=source.name,
            )
        base = candidate.draft.base
        if base is not None and base not in (_digest(wanted), _digest(masked(source, self._names))):
            return phrase("It was changed here and in the document since it was exported.")
        return None

    def _claim(self, step: Step, wanted: SourceCreate) -> str | None:
        """Whether something else of the same document is for the same source."""
        owns: list[UUID | str] = [step.source.id] if step.source is not None else []
        owns += [one for one in (step.candidate.id, wanted.slug) if one and (step.source is None or one not in owns)]
        taken = next((self._claimed[one] for one in owns if one in self._claimed), None)
        for one in owns:
            self._claimed.setdefault(one, wanted.name)
        return None if taken is None else phrase("The document has another source for this one: “{name}”.", name=taken)


def _changes(
    source: Source, candidate: Candidate, wanted: SourceCreate, vault: Vault, names: Sequence[str]
) -> Iterator[Change]:
    stored = masked(source, names)
    old, new = stored.to_json(), wanted.to_json()
    for definition, pointers in ((old, secrets_of(stored)), (new, candidate.secrets)):
        for pointer in pointers:
            put(definition, path_of(pointer.removeprefix("/")), MASK)  # rows have theirs in clear
    if wanted.slug is None:
        new["slug"] = old["slug"]
    yield from _differences(old, new, "")
    if candidate.secrets:
        known = secrets_of(portable(source, PatientSealer(vault, source.id), names))
        for pointer, text in candidate.secrets.items():
            if known.get(pointer) != text:
                yield Change(pointer, is_secret=True)


def _differences(old: Any, new: Any, pointer: str) -> Iterator[Change]:
    if isinstance(old, dict) and isinstance(new, dict):
        for name in dict.fromkeys([*old, *new]):
            yield from _differences(old.get(name), new.get(name), f"{pointer}/{name}")
    elif old != new:
        yield Change(pointer, _shown(old), _shown(new))


def _shown(value: Any) -> str | None:
    if value is None:
        return None
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= MAX_TEXT else f"{text[: MAX_TEXT - 1]}…"


def _exposure(source: Source, wanted: SourceCreate, open_places: Sequence[str]) -> str | None:
    """Why somebody should look at the way that stored secrets would go: a file may come from anyone. Else None."""
    if not any(is_mask(text) and pointer not in open_places for pointer, text in secrets_of(wanted).items()):
        return None
    old, new = masked_connection(source.connection), wanted.connection
    changed = {
        phrase("another proxy"): new.proxy is not None and (old.proxy is None or old.proxy.url != new.proxy.url),
        phrase("no check of certificates"): old.verify_tls and not new.verify_tls,
        phrase("other trusted authorities"): bool(new.ca_certificates) and new.ca_certificates != old.ca_certificates,
        phrase("other pinned certificates"): bool(old.pinned_certificates)
        and (not new.pinned_certificates or not set(new.pinned_certificates) <= set(old.pinned_certificates)),
    }
    ways = [way for way, is_changed in changed.items() if is_changed]
    if not ways:
        return None
    return phrase("The secrets that are stored here would be sent in a new way: {ways}.", ways=listed(ways))


def _digest(source: SourceCreate) -> str:
    return digest_of(without_secrets(source))


def _name_of(source: Source | SourceCreate) -> tuple[str, str]:
    return source.name.casefold(), source.location.rstrip("/")


def _host(location: str) -> str | None:
    return urlsplit(location).hostname
