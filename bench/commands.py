# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""`source:list` and `doctor` with 1,000 sources: from a command to the last byte of its answer, without the start.

python -m bench.commands
"""

import asyncio
import io
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

from bench.metric import Metric
from openconnector.commands import COMMANDS
from openconnector.commands.contexts import OwnContext
from openconnector.commands.terminal import Terminal
from openconnector.core.settings import Settings
from openconnector.sources.schemas import SourceCreate
from openconnector.sources.service import SourceService

SOURCES = 1000
ROUNDS = 5
COUNTED: tuple[tuple[str, Mapping[str, Any]], ...] = (
    ("source:list", {"search": None, "type": None, "enabled": None, "limit": SOURCES}),
    ("doctor", {}),
)


async def measure_commands() -> dict[str, Metric]:
    """The slower of the two: of each, the best of some rounds, because other work on the machine only adds."""
    with tempfile.TemporaryDirectory() as directory:
        settings = Settings(storage_path=Path(directory), background_work=False)
        context = OwnContext(settings)
        try:
            await context.ready()
            await fill(context)
            took = {name: await best(context, name, values) for name, values in COUNTED}
        finally:
            await context.close()
    shown = ", ".join(f"{name} {milliseconds:.0f} ms" for name, milliseconds in took.items())
    return {"command_ms": Metric(max(took.values()), "ms", f"{shown}, {SOURCES:,} sources, best of {ROUNDS}", 300)}


async def fill(context: OwnContext) -> None:
    """Sources as people have them: some headers, credentials, a few settings."""
    async with context.database.write_session() as session:
        sources = SourceService(session, context.vault())
        for number in range(SOURCES):
            await sources.create(
                SourceCreate.model_validate(
                    {
                        "name": f"Source {number}",
                        "slug": f"source-{number}",
                        "type": "json",
                        "location": f"https://192.0.2.{number % 250 + 1}/api/v{number}",
                        "headers": [
                            {"name": "Accept", "value": "application/json"},
                            {"name": "X-Key", "value": f"key {number}", "isSecret": True},
                        ],
                        "authentication": {"type": "basic", "username": "bench", "password": f"password {number}"},
                        "connection": {"retry": {"maxRetries": 2}},
                    }
                )
            )


async def best(context: OwnContext, name: str, values: Mapping[str, Any]) -> float:
    """Milliseconds of the fastest round, as a person and as a program get the answer."""
    run = next(command for command in COMMANDS if command.name == name).load()
    took = []
    for as_json in [False, True] * ROUNDS:
        with redirect_stdout(io.StringIO()):
            started = time.perf_counter()
            await run(context, values, Terminal(as_json=as_json))
            took.append((as_json, (time.perf_counter() - started) * 1000))
    return max(min(seconds for kind, seconds in took if kind is as_json) for as_json in (False, True))


if __name__ == "__main__":
    for key, metric in asyncio.run(measure_commands()).items():
        sys.stdout.write(f"{key} {metric.value:.1f} {metric.unit} {metric.against}\n")
