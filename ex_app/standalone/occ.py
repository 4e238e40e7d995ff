# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""occ of the standalone host that runs: `python -m ex_app.standalone.occ openconnector:source:list --json`."""

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence

from ex_app.standalone.console import PATH
from ex_app.standalone.host import DEFAULT_PORT, LOOPBACK
from openconnector.core.http import AsyncClient, HTTPError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command, and return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m ex_app.standalone.occ", description=__doc__)
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="of the host (default: %(default)s)")
    parser.add_argument("tokens", nargs=argparse.REMAINDER, help="the command with what belongs to it; none: a list")
    given = parser.parse_args(arguments)
    tokens = given.tokens[1:] if given.tokens[:1] == ["--"] else given.tokens
    try:
        return asyncio.run(run(f"http://{LOOPBACK}:{given.port}", tokens))
    except HTTPError as error:
        reason = str(error) or type(error).__name__
        sys.stderr.write(f"No standalone host answers on port {given.port} ({reason}). Start it with `make run`.\n")
        return 1
    except KeyboardInterrupt:
        return 130


async def run(host: str, tokens: Sequence[str]) -> int:
    """Have the host run a command, and print what it says as it comes.

    Raises:
        HTTPError: no host is there, or it has gone away meanwhile.
    """
    body = {"tokens": list(tokens), "decorated": sys.stdout.isatty()}
    async with (
        AsyncClient(trust_env=False, timeout=None) as client,  # a command takes its time
        client.stream("POST", host + PATH, json=body, headers={"OCS-APIRequest": "true"}) as answer,
    ):
        answer.raise_for_status()
        async for line in answer.aiter_lines():
            event = json.loads(line)
            for name, stream in (("out", sys.stdout), ("err", sys.stderr)):
                if name in event:
                    stream.write(event[name])
                    stream.flush()
            if "exit" in event:
                return int(event["exit"])
    return 1


if __name__ == "__main__":
    sys.exit(main())
