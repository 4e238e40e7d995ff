# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The processes that the host starts: the app, and the sample API."""

import asyncio
import os
import signal
import sys
from collections import deque
from collections.abc import Mapping
from pathlib import Path

from ex_app.environment import PROJECT
from ex_app.standalone.registry import APPAPI_VERSION, InstalledApp

STOP_SECONDS = 15.0
"""Longer than the app takes to end the calls that are running, so that they are logged."""

START_SECONDS = 30.0

_REMEMBERED_LINES = 20
_LONGEST_LINE = 2**20


class ChildError(Exception):
    """A process ended that should run; `str()` is one line."""


class Child:
    """A Python module that runs as a process of its own."""

    def __init__(
        self, title: str, module: str, *, environ: Mapping[str, str], quiet: bool, interpreter: str = sys.executable
    ) -> None:
        self._title = title
        self._interpreter = interpreter
        self._module = module
        self._environ = dict(environ)
        self._quiet = quiet
        self._last_lines: deque[str] = deque(maxlen=_REMEMBERED_LINES)
        self._process: asyncio.subprocess.Process | None = None
        self._relaying: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start the process, apart from the terminal: Ctrl-C is for the host, which ends its children in order."""
        self._process = await asyncio.create_subprocess_exec(
            self._interpreter,
            "-m",
            self._module,
            cwd=PROJECT,
            env=self._environ,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=_LONGEST_LINE,
            start_new_session=True,
        )
        self._relaying = asyncio.create_task(self._relay())

    async def first_line(self) -> str:
        """The first line of the process's standard output.

        Raises:
            ChildError: the process ended, or said nothing in time.
        """
        stdout = self._running().stdout
        line = b""
        if stdout is not None:
            try:
                line = await asyncio.wait_for(stdout.readline(), START_SECONDS)
            except TimeoutError:
                raise ChildError(f"{self._title} did not start within {START_SECONDS:g} s") from None
        if not line:
            await self.ended()
        return line.decode().strip()

    async def ended(self) -> None:
        """Wait until the process ends by itself.

        Raises:
            ChildError: always, with the last thing that the process said.
        """
        code = await self._running().wait()
        if self._relaying is not None:
            await self._relaying
        how = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
        # Log records are objects in JSON; what a start that failed says is a plain line.
        said = next((line for line in reversed(self._last_lines) if line and not line.startswith("{")), "")
        raise ChildError(f"{self._title} {how}" + (f": {said}" if said and code > 0 else ""))

    async def stop(self) -> None:
        """End the process: politely, and after a few seconds by force."""
        process = self._process
        if process is None:
            return
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(process.wait(), STOP_SECONDS)
            except TimeoutError:
                process.kill()
                await process.wait()
        if self._relaying is not None:
            await self._relaying
        if process.stdin is not None:
            process.stdin.close()

    def _running(self) -> asyncio.subprocess.Process:
        if self._process is None:
            raise ChildError(f"{self._title} has not been started")
        return self._process

    async def _relay(self) -> None:
        """Pass on what the process says, and remember the end of it."""
        stderr = self._running().stderr
        while stderr is not None and (raw := await stderr.readline()):
            line = raw.decode(errors="replace").rstrip("\n")
            self._last_lines.append(line)
            if not self._quiet:
                sys.stderr.write(line + "\n")


def app_environment(
    app: InstalledApp, *, nextcloud_url: str, storage: Path, inherited: Mapping[str, str] = os.environ
) -> dict[str, str]:
    """The environment of the app: that of this process, as of an image, under what AppAPI sets."""
    environ = {name: value for name, value in inherited.items() if not name.startswith("HP_")}
    # On a developer's machine everything that is called is on the loopback. Nextcloud's host has to be asked first.
    environ.setdefault("OPENCONNECTOR_EGRESS_ALLOW", "127.0.0.0/8,::1")
    environ.setdefault("OPENCONNECTOR_NEXTCLOUD_LOG", "off")  # there is none beside the lines that are shown
    # As in the image.
    environ |= {"MALLOC_ARENA_MAX": "2", "PYTHONNODEBUGRANGES": "1"}
    return environ | {
        "AA_VERSION": APPAPI_VERSION,
        "APP_ID": app.app_id,
        "APP_DISPLAY_NAME": app.manifest.name,
        "APP_VERSION": app.manifest.version,
        "APP_SECRET": app.secret,
        "APP_HOST": "127.0.0.1",
        "APP_PORT": str(app.port),
        "APP_PERSISTENT_STORAGE": str(storage),
        "NEXTCLOUD_URL": nextcloud_url,
        "COMPUTE_DEVICE": "CPU",
    }
