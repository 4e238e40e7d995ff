# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""An engine with its background work in a process of its own. Its settings are in the environment."""

import asyncio
import sys

from openconnector.app import create_app, engine
from openconnector.core.settings import Settings


async def main() -> None:
    settings = Settings()
    async with engine(create_app(settings), settings):
        sys.stdout.write("open\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
