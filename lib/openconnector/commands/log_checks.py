# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Whether the index of the log keeps up, and whether scheduled work is done: told by what it leaves undone."""

from datetime import timedelta
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from openconnector.commands.checks import Check
from openconnector.commands.command import Context
from openconnector.core.clock import now
from openconnector.core.cron import last_due
from openconnector.logs.index.block import SHIFTS
from openconnector.logs.keeping.expiry import groups_by_age
from openconnector.logs.models import LogState
from openconnector.monitoring.repository import count_due

LAG = 16 << SHIFTS[0]
"""Calls that may wait for the index: each is read by itself meanwhile."""

OVERDUE = timedelta(hours=2)
"""After which calls that are to go should be gone."""

UNCHECKED = timedelta(minutes=30)
"""After which a watch that is due should have been checked: it waits ten minutes for its turn at most, and its call
takes ten at most."""


async def check_log(context: Context) -> list[Check]:
    """Look at the lag of the index, for calls that should be gone, and for watches that should have been checked."""
    async with context.log() as opened:
        waiting = await context.database.run(_waiting)
        policies, at = await opened.logs.policies(), now() - OVERDUE
        overdue = [await opened.logs.count(group.question(at)) for group in groups_by_age(policies)]
    # A watch that is due waits until it is looked which ones are.
    due_at = last_due(context.settings.watch_cron, now() - UNCHECKED)
    unchecked = 0 if due_at is None else await context.database.run(partial(count_due, at=due_at))
    return [_index(waiting), _work(context, sum(count.total for count in overdue), unchecked)]


def _waiting(session: Session) -> int:
    return session.scalar(select(LogState.next_number - 1 - LogState.indexed_number).where(LogState.id == 1)) or 0


def _index(waiting: int) -> Check:
    text = f"{max(waiting, 0)} calls are not in it yet."
    if waiting <= LAG:
        return Check("index", "ok", text)
    return Check("index", "warning", text, "The app makes it in the background: see its log for what keeps it.")


def _work(context: Context, overdue: int, unchecked: int) -> Check:
    if context.has_scheduler is False:
        mend = "Take OPENCONNECTOR_BACKGROUND_WORK=false out, unless another process does the work."
        return Check("scheduled-work", "warning", "It is switched off in this process.", mend)
    found: list[str] = []
    mends: list[str] = []
    if overdue:
        found.append(f"{overdue} calls should have been removed {OVERDUE.total_seconds() / 3600:.0f} hours ago.")
        mends.append("Run logs:prune.")
    if unchecked:
        minutes = UNCHECKED.total_seconds() / 60
        found.append(f"{unchecked} watched sources should have been checked more than {minutes:.0f} minutes ago.")
        mends.append("Is the app running, and enabled in Nextcloud?")
    if found:
        mends.append("See the log of the app for what keeps it.")
        return Check("scheduled-work", "warning", " ".join(found), " ".join(mends))
    return Check("scheduled-work", "ok", "Nothing is overdue.")
