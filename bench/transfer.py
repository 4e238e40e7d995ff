# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How long an import of 1,000 sources takes: read, checked, planned twice, sealed and committed.

python -m bench.transfer
"""

import asyncio
import json
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.metric import Metric
from openconnector.administration.service import AdministrationService
from openconnector.core.database import Database
from openconnector.core.settings import Settings
from openconnector.migrations.upgrade import upgrade
from openconnector.transfer.service import Imports
from openconnector.vault.encryption import Vault

SOURCES, ROUNDS = 1000, 3
LIMIT_S = 5.0


async def measure_transfer() -> dict[str, Metric]:
    """From the text to the answer: the preview, and the import behind it, into an empty database."""
    seconds = [await _one_round() for _ in range(ROUNDS)]
    against = f"{SOURCES} sources with two secrets each: preview and import, median of {ROUNDS}"
    return {"import_s": Metric(statistics.median(seconds), "s", against, LIMIT_S)}


async def _one_round() -> float:
    with tempfile.TemporaryDirectory() as directory:
        settings = Settings(storage_path=Path(directory), background_work=False)
        database = Database.from_settings(settings)
        await upgrade(database)
        ring = [b"k" * 32]
        imports = Imports(database, Vault(lambda: ring), AdministrationService(settings, database))
        text = json.dumps(
            {"format": "openconnector-sources", "version": 1, "sources": list(map(_source, range(SOURCES)))}
        )
        started = time.perf_counter()
        plan = await imports.preview(text)
        stored = await imports.apply(text, plan.revision)
        taken = time.perf_counter() - started
        assert [one.action for one in stored] == ["created"] * SOURCES
        await database.close()
        return taken


def _source(number: int) -> dict[str, Any]:
    return {
        "name": f"Source {number}",
        "slug": f"source-{number}",
        "type": "json",
        "location": f"https://api-{number}.example.org/v1",
        "headers": [{"name": "X-Team", "value": f"team-{number}", "isSecret": True}],
        "authentication": {"type": "basic", "username": "clerk", "password": f"password-{number}"},
    }


if __name__ == "__main__":
    print(asyncio.run(measure_transfer()))
