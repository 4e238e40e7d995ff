# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Whether the database can be reached and written and is up to date, whether there is room, and what the clock says."""

import os
import shutil
from datetime import datetime, timedelta

from sqlalchemy import inspect, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from openconnector.commands.checks import Check
from openconnector.commands.command import Context
from openconnector.commands.state import size_of
from openconnector.core.clock import now
from openconnector.core.diskspace import RESERVE_BYTES, is_full
from openconnector.logs.models import CallLog
from openconnector.migrations.upgrade import newest_revision

SCARCE_BYTES = 1024**3
SKEW = timedelta(seconds=30)
"""How far two clocks may be apart: tokens and signatures are refused by some servers beyond it."""


async def check_database(context: Context) -> list[Check]:
    """Reach it, compare its revision, and write to it. What comes later needs the one before."""
    database = context.database
    where = database.url.database if database.is_sqlite else f"{database.url.host}/{database.url.database}"
    kind = "SQLite" if database.is_sqlite else "PostgreSQL"
    try:
        revision = await database.run(_revision)
    except (SQLAlchemyError, OSError) as error:
        mend = (
            "Check OPENCONNECTOR_STORAGE_PATH, and who owns the directory."
            if database.is_sqlite
            else "Check OPENCONNECTOR_DATABASE_URL, and whether the server runs and lets this machine in."
        )
        return [Check("database", "failed", f"{kind} {where}: {_reason(error)}.", mend)]
    found = [Check("database", "ok", f"{kind} {where} can be reached.")]
    newest = newest_revision()
    if revision != newest:
        older = revision is None or revision < newest
        mend = (
            "Start the app: it brings the database up to date."
            if older
            else "Install the version of OpenConnector that the database belongs to, or a later one."
        )
        return [*found, Check("migrations", "failed", f"Revision {revision or 'none'} instead of {newest}.", mend)]
    found.append(Check("migrations", "ok", f"Revision {revision}, the newest."))
    try:
        await database.run(_write, writes=True)
    except (SQLAlchemyError, OSError) as error:
        mend = (
            "Make room on its disk."
            if is_full(error)
            else "Let the user of this process write it, and see who locks it."
        )
        return [*found, Check("writing", "failed", f"It cannot be written: {_reason(error)}.", mend)]
    return [*found, Check("writing", "ok", "It can be written.")]


async def check_disk(context: Context) -> list[Check]:
    """How much room is left where things are stored."""
    path = context.settings.storage_path
    try:
        usage = shutil.disk_usage(path)
    except OSError as error:
        return [Check("disk", "failed", f"{path}: {error.strerror}.", "Check OPENCONNECTOR_STORAGE_PATH.")]
    text = f"{size_of(usage.free)} free of {size_of(usage.total)} at {path}."
    mend = "Make room on this disk, or let the log keep less: config:set retention.maxBytes=…"
    if usage.free < RESERVE_BYTES:
        return [Check("disk", "failed", text, mend)]
    if usage.free < min(SCARCE_BYTES, usage.total // 20):
        return [Check("disk", "warning", text, mend)]
    if not os.access(path, os.W_OK | os.X_OK):
        return [Check("disk", "failed", f"{path} cannot be written.", "Let the user of this process write it.")]
    return [Check("disk", "ok", text)]


async def check_clock(context: Context) -> list[Check]:
    """Compare the clock with that of the database, and with the newest call."""
    mend = "Set the clock of this machine by NTP. Tokens and signatures depend on it."
    at = now()
    try:
        there, newest = await context.database.run(_times)
    except SQLAlchemyError:
        there, newest = None, None
    if there is not None and abs(there - at) > SKEW:
        return [Check("clock", "failed", f"It is {abs(there - at).total_seconds():.0f} s off the database's.", mend)]
    if newest is not None and newest > at + SKEW:
        return [
            Check("clock", "warning", f"The newest call is of {newest:%Y-%m-%d %H:%M:%S}Z, which is to come.", mend)
        ]
    return [Check("clock", "ok", f"{at:%Y-%m-%d %H:%M:%S}Z.")]


def _revision(session: Session) -> str | None:
    if not inspect(session.connection()).has_table("alembic_version"):
        return None
    return session.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _write(session: Session) -> None:
    session.execute(text("UPDATE alembic_version SET version_num = version_num"))


def _times(session: Session) -> tuple[datetime | None, datetime | None]:
    """The clock of a server of databases, and the start of the newest call."""
    there = None
    if session.get_bind().dialect.name == "postgresql":
        there = session.execute(text("SELECT clock_timestamp()")).scalar()
    if not inspect(session.connection()).has_table(CallLog.__tablename__):
        return there, None
    return there, session.scalar(select(CallLog.started_at).order_by(CallLog.number.desc()).limit(1))


def _reason(error: Exception) -> str:
    """The first line of what the driver says. It names hosts and files, and no password."""
    text = str(getattr(error, "orig", None) or error).strip()
    return (text.splitlines() or [type(error).__name__])[0].rstrip(".")[:300]
