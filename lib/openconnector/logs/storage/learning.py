# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Lets zstd learn a dictionary of what a source sent and answered before, and forgets those that nothing needs."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from openconnector.logs.models import CallBody, CallLog, Dictionary, LogState
from openconnector.logs.storage.bodies import read_many, unpack_ids
from openconnector.logs.storage.compression import Compression, Kind, zstd

EVERY = 1024
"""Calls between two looks at what may be learned."""

FEWEST, MOST = 64, 400
"""Samples that a dictionary is made of."""

SHORTEST_SAMPLE, LONGEST_SAMPLE = 32, 32 * 1024
DICTIONARY_BYTES = 8 * 1024
LOOK_BACK = 20_000
"""Calls among which samples are looked for."""

RENEWED_AFTER = 500_000
"""Calls of the log after which a dictionary is made anew: what sources answer changes."""


def learn(session: Session, compression: Compression, end: int) -> list[dict[str, Any]]:
    """Rows of `Dictionary` for sources that called lately, where none is known or an old one. It takes a while."""
    if end % EVERY:
        return []
    known = {
        (source_id, kind)
        for source_id, kind in session.execute(
            select(Dictionary.source_id, Dictionary.kind).where(
                Dictionary.last_number.is_(None), Dictionary.first_number > end - RENEWED_AFTER
            )
        )
    }
    sources = session.scalars(
        select(CallLog.source_id).where(CallLog.number >= end - EVERY, CallLog.number < end).distinct()
    ).all()
    learned = []
    for source_id in sources:
        if (source_id, "details") in known:
            continue
        for kind, samples in _samples(session, compression, source_id, end).items():
            if row := _row(samples, source_id, kind, end):
                learned.append(row)
    return learned


def keep(session: Session, learned: Sequence[dict[str, Any]], end: int) -> None:
    """Store new dictionaries; those before them are used no more, and those that nothing needs go."""
    state = session.execute(select(LogState.next_number, LogState.next_body).with_for_update()).one()
    known = set(session.scalars(select(Dictionary.id).where(Dictionary.id.in_([row["id"] for row in learned]))))
    for row in learned:
        if row["id"] in known:  # of the same samples: those of another source, or of this one some time ago
            continue
        known.add(row["id"])
        former = (Dictionary.source_id == row["source_id"], Dictionary.kind == row["kind"])
        session.execute(
            update(Dictionary)
            .where(*former, Dictionary.last_number.is_(None))
            .values(last_number=state.next_number, last_body=state.next_body)
        )
        session.execute(insert(Dictionary).values(row | {"first_number": end}))
    # A body may be used by calls that came long after it, and by another process some moments after this.
    oldest = session.scalar(select(func.min(CallLog.number))) or state.next_number
    oldest_body = session.scalar(select(func.min(CallBody.id))) or state.next_body
    session.execute(
        delete(Dictionary).where(
            Dictionary.last_number < min(oldest, end - RENEWED_AFTER), Dictionary.last_body < oldest_body
        )
    )


def _samples(session: Session, compression: Compression, source_id: UUID, end: int) -> dict[Kind, list[bytes]]:
    rows = session.scalars(
        select(CallLog)
        .where(CallLog.number >= end - LOOK_BACK, CallLog.number < end, CallLog.source_id == source_id)
        .order_by(CallLog.number.desc())
        .limit(MOST)
    ).all()
    details = [compression.decompress(session, row.details) for row in rows]
    ids = [number for row in rows for number in unpack_ids(row.bodies)][:MOST]
    small = session.scalars(select(CallBody.id).where(CallBody.id.in_(ids), CallBody.size <= LONGEST_SAMPLE)).all()
    bodies = list(read_many(session, compression, small).values())
    session.expunge_all()
    return {"details": details, "bodies": bodies}


def _row(samples: list[bytes], source_id: UUID, kind: Kind, end: int) -> dict[str, Any] | None:
    usable = list(_usable(samples))
    if len(usable) < FEWEST:
        return None
    try:
        dictionary = zstd.train_dict(usable, DICTIONARY_BYTES)
    except (zstd.ZstdError, ValueError):  # they have nothing in common, or are too small
        return None
    data = dictionary.dict_content
    return {"id": dictionary.dict_id, "source_id": source_id, "kind": kind, "first_number": end, "data": data}


def _usable(samples: Iterable[bytes]) -> Iterator[bytes]:
    return (sample for sample in samples if SHORTEST_SAMPLE <= len(sample) <= LONGEST_SAMPLE)
