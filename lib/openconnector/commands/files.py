# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Files that commands write: for their owner alone, and there only when they are whole."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from openconnector.core.errors import InvalidInput


async def write_file(path: Path, pieces: AsyncIterator[bytes], after_each: Callable[[], None] = lambda: None) -> None:
    """Write pieces into a file. One that is there is replaced at the end.

    Raises:
        InvalidInput: it cannot be written.
    """
    if not path.name:
        raise InvalidInput.parameter("output", f"{path} is no file.")
    draft = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            async for piece in pieces:
                await asyncio.to_thread(file.write, piece)
                after_each()
        draft.replace(path)
    except OSError as error:
        raise InvalidInput.parameter("output", f"{path} cannot be written: {error.strerror}.") from None
    finally:
        draft.unlink(missing_ok=True)
