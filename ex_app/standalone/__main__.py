# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""`python -m ex_app.standalone`: Nextcloud's part on this machine, with the app and a sample API behind it."""

import argparse
import asyncio
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from ex_app.standalone.host import DEFAULT_DATA, DEFAULT_PORT, HostError, StandaloneHost

_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main(given: Sequence[str] | None = None, program: str = "python -m ex_app.standalone") -> int:
    """Run until interrupted; 1 when something is missing or breaks."""
    arguments = _parser(program).parse_args(given)
    try:
        asyncio.run(_run(arguments))
    except HostError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _parser(program: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=program,
        description="Runs OpenConnector without a Nextcloud, on the loopback interface of this machine only. "
        "Requests without a session cookie count as those of the administrator.",
    )
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="0 takes a free one (default: %(default)s)")
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="database and keys (default: .standalone)")
    parser.add_argument("--quiet", action="store_true", help="do not show the logs of the app")
    return parser


async def _run(arguments: argparse.Namespace) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in _STOP_SIGNALS:
        loop.add_signal_handler(number, stop.set)
    host = StandaloneHost(port=arguments.port, data=arguments.data, quiet=arguments.quiet)
    stopping = asyncio.create_task(stop.wait())
    running = asyncio.create_task(_serve(host, quiet=arguments.quiet))
    try:
        await asyncio.wait((stopping, running), return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            running.result()
    finally:
        for task in (stopping, running):
            task.cancel()
            with suppress(asyncio.CancelledError, HostError):
                await task
        await host.stop()


async def _serve(host: StandaloneHost, *, quiet: bool) -> None:
    await host.start()
    if not quiet:
        sys.stderr.write("Listening on 127.0.0.1 only. Without a session cookie, requests are the administrator's.\n")
    if host.sample_url:
        sys.stdout.write(f"Sample API at {host.sample_url}\n")
    sys.stdout.write(f"OpenConnector is ready at {host.url}\n")
    sys.stdout.flush()
    await host.wait()


if __name__ == "__main__":
    sys.exit(main())
