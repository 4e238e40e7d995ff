# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Nextcloud's console as far as the app's commands need it: `POST /standalone/occ` runs what is typed behind `occ`.

The answer is NDJSON, a line as it comes: `{"out": …}` and `{"err": …}` are printed, `{"exit": …}` is the end. As in
AppAPI, an answer of the app with status 200 is printed in pieces of 1 KiB and the exit code is 0; of any other is
printed that the command failed, and the exit code is 1.
"""

import codecs
import json
from collections.abc import AsyncIterator, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from ex_app.standalone.definition import Definition, DefinitionError, InputError
from ex_app.standalone.envelopes import php_json
from ex_app.standalone.formatter import FormatError, Formatter
from ex_app.standalone.registry import InstalledApp
from ex_app.standalone.signing import COMMAND_LINE_ID, signed_headers
from openconnector.core.http import AsyncClient, HTTPError, Timeout

PATH = "/standalone/occ"
READ_BYTES = 1024
SILENT_SECONDS = 60.0
"""PHP's `default_socket_timeout`."""

Event = dict[str, Any]


class Console:
    """occ with the commands of one app."""

    def __init__(self, app: InstalledApp, client: AsyncClient) -> None:
        self._app = app
        self._client = client

    def routes(self) -> list[Route]:
        """The routes to serve."""
        return [Route(PATH, self.answer, methods=["POST"])]

    async def answer(self, request: Request) -> Response:
        """Run one command. The header keeps pages of others out, which cannot send it without asking first."""
        if request.headers.get("ocs-apirequest", "").lower() != "true":
            return JSONResponse({"message": "CSRF check failed"}, 412)
        try:
            body = await request.json()
            tokens = [str(token) for token in body["tokens"]]
            is_decorated = bool(body.get("decorated"))
        except (ValueError, KeyError, TypeError):
            return JSONResponse({"message": "tokens are missing"}, 400)
        events = self.run(tokens, is_decorated=is_decorated)
        return StreamingResponse(_lines(events), media_type="application/x-ndjson")

    def definitions(self) -> dict[str, Definition]:
        """The commands that there are: none of a disabled app, and none that Symfony refuses."""
        found: dict[str, Definition] = {}
        for fields in self._app.occ_commands.values() if self._app.enabled else ():
            try:
                definition = Definition(fields)
            except (DefinitionError, KeyError):  # it stands in Nextcloud's log, and nowhere else
                continue
            found[definition.name] = definition
        return dict(sorted(found.items()))

    async def run(self, tokens: Sequence[str], *, is_decorated: bool = False) -> AsyncIterator[Event]:
        """What occ prints, and its exit code at the end."""
        definitions = self.definitions()
        name, *rest = tokens or ["list"]
        if name == "list":
            yield {"out": _listed(definitions)}
            yield {"exit": 0}
            return
        definition = definitions.get(name)
        if definition is None:
            yield {"err": _boxed(f'Command "{name}" is not defined.', [one for one in definitions if name in one])}
            yield {"exit": 1}
            return
        if "--help" in rest or "-h" in rest:
            yield {"out": definition.help()}
            yield {"exit": 0}
            return
        try:
            typed = definition.read([token for token in rest if token not in ("--ansi", "--no-ansi")])
        except InputError as error:
            yield {"err": _boxed(str(error))}
            yield {"exit": 1}
            return
        decorated = (is_decorated or "--ansi" in rest) and "--no-ansi" not in rest
        async for event in self._execute(definition, typed, Formatter(is_decorated=decorated)):
            yield event

    async def _execute(self, definition: Definition, typed: Any, formatter: Formatter) -> AsyncIterator[Event]:
        failed: list[Event] = [{"err": f"[{definition.name}] command executeHandler failed\n"}, {"exit": 1}]
        headers = [
            ("Content-Type", "application/json"),
            *signed_headers(self._app, uid="", request_id=COMMAND_LINE_ID),
            ("Accept-Language", "en"),
            ("User-Agent", "Nextcloud Server Crawler"),
            ("Accept-Encoding", "gzip"),
        ]
        url = f"{self._app.address}/{definition.handler.lstrip('/')}"
        timeout = Timeout(SILENT_SECONDS)
        try:
            async with self._client.stream(
                "POST", url, headers=headers, content=php_json({"occ": typed}), timeout=timeout
            ) as response:
                if response.status_code != 200:  # noqa: PLR2004  201 is a failure, too
                    for event in failed:
                        yield event
                    return
                async for piece in _pieces(response.aiter_bytes()):
                    yield {"out": formatter.format(piece)}
        except (HTTPError, FormatError) as error:
            yield {"err": _boxed(str(error) or type(error).__name__)}
            yield {"exit": 1}
            return
        yield {"exit": 0}


async def _pieces(arriving: AsyncIterator[bytes]) -> AsyncIterator[str]:
    """What arrives, at most 1 KiB at a time. A character that is cut in two waits for its rest, as in a terminal."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    async for chunk in arriving:
        for start in range(0, len(chunk), READ_BYTES):
            if text := decoder.decode(chunk[start : start + READ_BYTES]):
                yield text


async def _lines(events: AsyncIterator[Event]) -> AsyncIterator[bytes]:
    async for event in events:
        yield json.dumps(event).encode() + b"\n"


def _listed(definitions: dict[str, Definition]) -> str:
    width = max((len(name) for name in definitions), default=0) + 2
    lines = [f"  {name:<{width}}{one.description}" for name, one in definitions.items()]
    return "\n".join(["Available commands:", *lines]) + "\n"


def _boxed(text: str, alternatives: Sequence[str] = ()) -> str:
    more = ["", "Did you mean one of these?", *(f"    {name}" for name in alternatives)] if alternatives else []
    return "\n" + "".join(f"  {line}\n" for line in (text, *more)) + "\n"
