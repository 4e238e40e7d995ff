# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Sources as a question names them: by id, slug or name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from uuid import UUID

from sqlalchemy import String, Uuid, column, func, or_, select, table
from sqlalchemy.orm import Session

from openconnector.core.phrases import phrase
from openconnector.logs.questions.scanning import Value, quoted

# The log does not import the slice of sources. Like a foreign key, a source is looked up by the name of the table.
SOURCES = table("sources", column("id", Uuid()), column("slug", String()), column("name", String()))

_MOST_COMPARED = 2000
"""Sources among which the one that was meant is looked for."""


@dataclass(frozen=True, slots=True)
class KnownSources:
    """What references stand for. Keys are folded references."""

    ids: Mapping[str, Sequence[UUID]] = field(default_factory=dict)
    closest: Mapping[str, str] = field(default_factory=dict)
    """Slugs that may have been meant by references that stand for nothing."""

    def find(self, reference: str) -> Sequence[UUID]:
        """The sources that a reference stands for. An id stands for itself, although its source may be gone."""
        as_id = _id_of(reference)
        return self.ids.get(_key(reference), ()) if as_id is None else (as_id,)

    def demand(self, value: Value) -> Sequence[UUID]:
        """The sources that a value of a query stands for.

        Raises:
            QueryError: there is none.
        """
        found = self.find(value.value)
        if found:
            return found
        close = self.closest.get(_key(value.value))
        if close:
            message = phrase("There is no source “{value}”. Did you mean “{meant}”?", value=value.shown, meant=close)
            raise value.wrong(message, quoted(close))
        raise value.wrong(
            phrase("There is no source “{value}”. A source that was deleted is found by its id.", value=value.shown)
        )


def known_sources(session: Session, references: Sequence[str]) -> KnownSources:
    """Look up references, for a thread. Several sources may have the same name."""
    wanted = {_key(reference): reference.strip() for reference in references if _id_of(reference) is None}
    if not wanted:
        return KnownSources()
    # `lower` of SQLite knows ASCII only: other names are found as they are written.
    names = [*wanted, *wanted.values()]
    statement = select(SOURCES).where(
        or_(SOURCES.c.slug.in_(list(wanted)), func.lower(SOURCES.c.name).in_(names), SOURCES.c.name.in_(names))
    )
    ids: dict[str, list[UUID]] = {}
    for source_id, slug, name in session.execute(statement):
        for key in {slug, _key(name)}:
            ids.setdefault(key, []).append(source_id)
    unknown = [key for key in wanted if key not in ids]
    return KnownSources(ids, _closest(session, unknown) if unknown else {})


def _closest(session: Session, unknown: Sequence[str]) -> dict[str, str]:
    statement = select(SOURCES.c.slug, SOURCES.c.name).order_by(SOURCES.c.slug).limit(_MOST_COMPARED)
    slugs = {key: slug for slug, name in session.execute(statement) for key in (_key(name), slug)}
    found = {}
    for key in unknown[:1]:  # only the first is told
        containing = [known for known in slugs if key in known]
        close = sorted(containing, key=len) or get_close_matches(key[:60], slugs, n=1)
        if close:
            found[key] = slugs[close[0]]
    return found


def _key(reference: str) -> str:
    return reference.strip().casefold()


def _id_of(reference: str) -> UUID | None:
    try:
        return UUID(reference.strip())
    except ValueError:
        return None
