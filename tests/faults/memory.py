# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Measures how much memory this process takes while something happens."""

import asyncio
import gc
import os
from collections.abc import Coroutine
from pathlib import Path
from typing import TypeVar

PAGE = os.sysconf("SC_PAGE_SIZE")
T = TypeVar("T")


def resident() -> int:
    """Bytes of this process that are in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE


async def growth_of(work: Coroutine[object, object, T]) -> tuple[T, int]:
    """What `work` gives, and by how many bytes the process has grown meanwhile at most."""
    gc.collect()
    before = peak = resident()
    task = asyncio.ensure_future(work)
    while not task.done():
        await asyncio.wait([task], timeout=0.005)
        peak = max(peak, resident())
    return task.result(), peak - before
