# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""`python -m tests.integration.work_process`: scheduled and queued work in a process of its own, with a clean-up.

DBOS is made for one start in the life of a process. Settings are in the environment.
"""

import asyncio
import sys
from datetime import timedelta
from typing import Any

from dbos import DBOS

from openconnector.core import durable
from openconnector.core.database import Database
from openconnector.core.durable import Job, Scheduler, Task
from openconnector.core.settings import Settings


async def main() -> None:
    """Tell how often the task has run, and what is left of ended work after the clean-up."""
    settings = Settings()
    database = Database.from_settings(settings)
    scheduler, done = Scheduler(settings, database), asyncio.Queue[Any]()

    async def run() -> None:
        await scheduler.enqueue("noted", {"some": ["thing"]})
        raise RuntimeError("a job that fails must not stop its schedule")

    await scheduler.open([Job("odd", "sometimes", run), Job("often", "* * * * * *", run)], [Task("noted", done.put)])
    for _ in range(2):
        sys.stdout.write(f"{await done.get()}\n")
    durable.KEPT, durable.REMOVED_AT_ONCE = timedelta(seconds=-1), 2
    ended = {one.workflow_id for one in await asyncio.to_thread(DBOS.list_workflows, status="SUCCESS")}
    await durable._clean_up()
    left = {one.workflow_id for one in await asyncio.to_thread(DBOS.list_workflows)}
    sys.stdout.write(f"{len(ended) > 0} {len(ended & left)}\n")
    await scheduler.close()
    await database.close()


if __name__ == "__main__":
    asyncio.run(main())
