# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Imports with a preview. What is done is what was looked at, or nothing."""

import asyncio
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from openconnector.administration.service import AdministrationService
from openconnector.core.clock import stopwatch
from openconnector.core.database import Database
from openconnector.core.errors import Conflict, NotFound
from openconnector.core.phrases import phrase
from openconnector.sources.models import Source
from openconnector.transfer.candidates import Candidate, check_all
from openconnector.transfer.planning import Shelf, Step, plan
from openconnector.transfer.reading import ReadDocument, read_document
from openconnector.transfer.storing import Stored, Storing, Wish, actions_of
from openconnector.vault.encryption import Vault

REMEMBERED, REMEMBERED_MS = 50, 600_000
"""Imports whose end can still be read, and for how long."""

PHASES = 3
"""Each source is looked at so often: checked, planned, stored."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import would do with a document, and the state of the database that this holds for."""

    document: ReadDocument
    steps: list[Step]

    @property
    def revision(self) -> str:
        """Is another one as soon as anything is, that the plan was made from."""
        parts = [self.document.digest, str(self.document.is_encrypted)]
        for step in self.steps:
            found = f"{step.source.id}/{step.source.version}" if step.source is not None else ""
            secrets = len(step.candidate.secrets)
            parts.append(f"{step.candidate.position} {step.state} {found} {secrets} {' '.join(step.open_places)}")
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:40]


class ImportOutdatedError(Exception):
    """Something was changed since the preview. `plan` is what would be done now."""

    def __init__(self, plan: Plan) -> None:
        super().__init__("Something has changed since the preview.")
        self.plan = plan


@dataclass(slots=True)
class Progress:
    """How far one import is, in sources."""

    total: int = 0
    looks: int = 0
    state: str = "running"
    ended: float | None = None

    def step(self) -> None:
        """One more source was looked at."""
        self.looks += 1

    @property
    def done(self) -> int:
        return self.total if self.state == "done" else min(self.total, self.looks // PHASES)


class Imports:
    """Previews and does imports, and knows how far they are. One instance serves a process."""

    def __init__(self, database: Database, vault: Vault, administration: AdministrationService) -> None:
        self._database = database
        self._vault = vault
        self._administration = administration
        self._running: dict[UUID, Progress] = {}

    async def preview(self, content: str | bytes, passphrase: str | None = None) -> Plan:
        """What an import would do. Nothing is changed.

        Args:
            passphrase: of the secrets in our own format; None: they are left out.

        Raises:
            Unreadable: the document is of no known format, or broken.
        """
        progress = Progress()
        document, candidates, names = await self._read(content, passphrase, progress)
        planning = partial(self._plan, candidates=candidates, names=names, step=progress.step)
        return Plan(document, await self._database.run(lambda session: planning(session)[1]))

    async def apply(
        self,
        content: str | bytes,
        revision: str | None,
        wishes: Mapping[int, Wish] | None = None,
        *,
        passphrase: str | None = None,
        progress: Progress | None = None,
    ) -> list[Stored]:
        """Do an import, in one transaction.

        Args:
            revision: of the preview that was looked at; None: whatever the plan is now.
            wishes: what was chosen, by position; what is not there is skipped. None: what is proposed.

        Raises:
            ImportOutdatedError: something was changed since the preview.
            InvalidInput: a choice does not fit its source.
            Conflict: somebody else was faster.
            Unreadable: as in a preview.
        """
        progress = progress or Progress()
        try:
            document, candidates, names = await self._read(content, passphrase, progress)

            def work(session: Session) -> list[Stored]:
                sources, steps = self._plan(session, candidates, names, progress.step, locks=True)
                plan_now = Plan(document, steps)
                if revision is not None and plan_now.revision != revision:
                    session.expunge_all()  # the plan is told when the transaction is gone
                    raise ImportOutdatedError(plan_now)  # noqa: TRY301  # the transaction ends with it
                chosen = _proposed(steps) if wishes is None else wishes
                return Storing(session, self._vault, sources).store(steps, chosen, progress.step)

            stored = await self._database.run(work, writes=True)
        except BaseException:
            progress.state, progress.ended = "failed", stopwatch()
            raise
        progress.state, progress.ended = "done", stopwatch()
        return stored

    def begin(self, import_id: UUID | None) -> Progress:
        """The progress of a new import, which can be read by its name.

        Raises:
            Conflict: an import of this name is running.
        """
        self._forget_old()
        progress = Progress()
        if import_id is not None:
            if import_id in self._running and self._running[import_id].state == "running":
                raise Conflict(phrase("An import with this importId is running."))
            self._running[import_id] = progress
        return progress

    def progress(self, import_id: UUID) -> Progress:
        """How far an import is.

        Raises:
            NotFound: there is none, or it ended a while ago.
        """
        self._forget_old()
        if import_id not in self._running:
            raise NotFound(phrase("This import is not known any more."))
        return self._running[import_id]

    async def _read(
        self, content: str | bytes, passphrase: str | None, progress: Progress
    ) -> tuple[ReadDocument, list[Candidate], Sequence[str]]:
        document = await asyncio.to_thread(read_document, content, passphrase)
        progress.total = len(document.drafts)
        names = (await self._administration.current()).redaction_names
        candidates = await asyncio.to_thread(check_all, document.drafts, names, progress.step)
        return document, candidates, names

    def _plan(
        self,
        session: Session,
        candidates: Sequence[Candidate],
        names: Sequence[str],
        step: Callable[[], None],
        *,
        locks: bool = False,
    ) -> tuple[Sequence[Source], list[Step]]:
        statement = select(Source).order_by(Source.id)  # every writer takes the rows in the same order
        # A call that ends meanwhile may refer to its source: it writes what its last one was.
        sources = session.scalars(statement.with_for_update(key_share=True) if locks else statement).all()
        return sources, plan(Shelf(sources), candidates, self._vault, names, step)

    def _forget_old(self) -> None:
        oldest = stopwatch() - REMEMBERED_MS
        ended = [key for key, one in self._running.items() if one.ended is not None]
        for count, key in enumerate(ended):
            if count < len(ended) - REMEMBERED or (self._running[key].ended or 0) < oldest:
                del self._running[key]


def _proposed(steps: Sequence[Step]) -> dict[int, Wish]:
    return {step.candidate.position: Wish(actions_of(step)[0]) for step in steps}
