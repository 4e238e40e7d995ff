# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The commands in occ: registered with AppAPI while the app is enabled, and run here when somebody types them.

What AppAPI does with them decides how they are declared and answered:

- Of an option it knows the modes `none`, `optional` and `required`. With `array` the command would vanish, and
  `required,array` would silently be a flag. So lists have commas, or are an argument.
- Values come as texts, and null where there is none.
- An answer with 200 is printed as it comes, and occ ends with 0. With any other status occ says only that the command
  failed, and ends with 1. Both at once cannot be had. So what went wrong is printed, with 200; and whoever asks for an
  exit code by `--fail` gets it in the place of the text, which is then written into Nextcloud's log.
"""

import asyncio
import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import structlog
from starlette.datastructures import State
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from ex_app.appapi.client import LogLevel, NextcloudClient
from ex_app.appapi.errors import NextcloudError, NextcloudNotFoundError
from ex_app.engine import REQUEST_PATIENCE_SECONDS, EngineRunner, EngineStartError
from ex_app.occ_output import OccOutput
from openconnector.commands import COMMANDS, Command
from openconnector.commands.command import Argument, Context, Face, Flag, Nextcloud, Option, key_of
from openconnector.core.errors import ConfigurationError, InvalidInput, NotFound, OpenConnectorError
from openconnector.core.settings import Settings

FACE: Face = "occ"
PREFIX = "openconnector:"
MEMORY = "registered-commands.json"
REGISTERING_SECONDS = 10.0
"""AppAPI gives `/enabled` 30 s in all. The commands are no reason to fail it."""

LOGGED_CHARACTERS = 600
FAILED = 500
MEDIA_TYPE = "text/plain; charset=utf-8"

log = structlog.get_logger(__name__)


def offered() -> dict[str, Command]:
    """The commands that occ has, under the names that it knows them by."""
    return {PREFIX + command.name: command for command in COMMANDS if FACE in command.faces}


def registration(command: Command) -> dict[str, Any]:
    """A command as AppAPI's `occ_command` takes it."""
    return {
        "name": PREFIX + command.name,
        "description": command.help,
        "hidden": 0,
        "arguments": [_argument(argument) for argument in command.arguments],
        "options": [_option(option) for option in command.options_on(FACE)],
        "usages": [PREFIX + example for example in command.examples],
        "execute_handler": f"/occ/{command.name.replace(':', '/')}",
    }


class OccCommands:
    """The commands of one app. AppAPI cannot be asked for a list of what is registered, so the storage has one."""

    def __init__(
        self,
        client: NextcloudClient,
        engine: EngineRunner,
        settings: Settings,
        nextcloud: Nextcloud,
    ) -> None:
        self._client = client
        self._engine = engine
        self._settings = settings
        self._nextcloud = nextcloud
        self._memory = settings.storage_path / MEMORY
        self._registering: asyncio.Task[None] | None = None

    def routes(self) -> list[Route]:
        """The routes to serve."""
        return [Route("/occ/{name:path}", self.execute, methods=["POST"])]

    async def register(self) -> None:
        """Register every command, and remove what earlier versions registered. What fails is logged, and no error.

        A slow Nextcloud is not waited for: the rest is done behind the answer.
        """
        await self.aclose()
        self._registering = asyncio.create_task(self._register())
        await asyncio.wait([self._registering], timeout=REGISTERING_SECONDS)

    async def aclose(self) -> None:
        """Give up a registration that is under way."""
        if self._registering is not None:
            self._registering.cancel()
            await asyncio.wait([self._registering])

    async def remove(self) -> None:
        """Remove every command. Nextcloud hides those of a disabled app anyway, so what fails is only logged."""
        await self.aclose()
        with suppress(TimeoutError):
            async with asyncio.timeout(REGISTERING_SECONDS):
                names = await asyncio.to_thread(_recall, self._memory)
                left = {name for name in sorted(names) if not await self._removed(name)}
                await asyncio.to_thread(_remember, self._memory, left)

    async def execute(self, request: Request) -> Response:
        """Run the command that AppAPI calls, and answer with what it says."""
        name = request.path_params["name"].replace("/", ":")
        command = offered().get(PREFIX + name)
        typed = _typed(await request.body())
        asked = _members(typed, "options")
        output = OccOutput(as_json=bool(asked.get("json")), is_document=command is not None and command.is_document)
        try:
            if command is None:
                raise NotFound(f"There is no command {PREFIX}{name} in this version.")
            values = values_of(command, typed)
            await self._ready(command, output)
        except OpenConnectorError as error:
            output.failed(error)
            return await self._held(name, output, has_failed=bool(asked.get("fail")))
        if values["fail"]:
            succeeded = await self._run(command, values, output)
            return await self._held(name, output, has_failed=not succeeded)
        said = output.stream(partial(self._run, command, values, output))
        return StreamingResponse(said, media_type=MEDIA_TYPE)

    async def _ready(self, command: Command, output: OccOutput) -> None:
        """Wait for the engine. Why there is none is told by a command that can do without, and is the end of others.

        Raises:
            ConfigurationError: there is none.
        """
        try:
            await self._engine.ready(REQUEST_PATIENCE_SECONDS)
        except EngineStartError as error:
            if command.needs_engine:
                raise ConfigurationError(str(error)) from None
            output.progress(str(error))

    async def _held(self, name: str, output: OccOutput, *, has_failed: bool) -> Response:
        """The answer when all is said: its status is known only then."""
        if has_failed:
            said = output.in_words()[:LOGGED_CHARACTERS].strip()
            with suppress(NextcloudError):
                await self._client.log(LogLevel.ERROR, f"{PREFIX}{name}: {said}")
        return Response(output.said, FAILED if has_failed else 200, media_type=MEDIA_TYPE)

    async def _run(self, command: Command, values: Mapping[str, Any], output: OccOutput) -> bool:
        """Run a command to its end; whether it succeeded."""
        from openconnector.commands.contexts import EngineContext, OwnContext  # noqa: PLC0415  they need the database

        state: State | None = self._engine.state
        if state is not None:
            return await self._run_on(EngineContext(self._settings, state, self._nextcloud), command, values, output)
        if command.needs_engine:
            output.failed(ConfigurationError("OpenConnector is stopping."))
            return False
        context = OwnContext(self._settings, self._nextcloud)
        try:
            return await self._run_on(context, command, values, output)
        finally:
            await context.close()

    async def _run_on(self, context: Context, command: Command, values: Mapping[str, Any], output: OccOutput) -> bool:
        try:
            return await command.load()(context, values, output) is not False
        except OpenConnectorError as error:
            output.failed(error)
        except Exception as error:
            state = self._engine.state
            if state is not None and state.disk.saw(error):
                output.failed(state.disk.problem())
                return False
            log.exception("a command failed unexpectedly", command=command.name)
            output.failed(OpenConnectorError("Something went wrong. The log of the app says more."))
        return False

    async def _register(self) -> None:
        commands = offered()
        known = await asyncio.to_thread(_recall, self._memory)
        await asyncio.to_thread(_remember, self._memory, known | commands.keys())
        for command in commands.values():
            try:
                await self._client.register_command(registration(command))
            except NextcloudError as error:
                log.warning("command not registered", command=command.name, error=str(error))
        left = {name for name in known - commands.keys() if not await self._removed(name)}
        await asyncio.to_thread(_remember, self._memory, commands.keys() | left)

    async def _removed(self, name: str) -> bool:
        try:
            await self._client.remove_command(name)
        except NextcloudNotFoundError:
            return True
        except NextcloudError as error:
            log.warning("command not removed", command=name, error=str(error))
            return False
        return True


def values_of(command: Command, typed: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed, read as the command declares it.

    Raises:
        InvalidInput: something cannot be read, is missing, or is not known.
    """
    arguments, options = _members(typed, "arguments"), _members(typed, "options")
    values: dict[str, Any] = {}
    for argument in command.arguments:
        values[key_of(argument.name)] = _given(argument, arguments.pop(argument.name, None))
    for option in command.options_on(FACE):
        raw = options.pop(option.name, None)
        values[key_of(option.name)] = bool(raw) if isinstance(option, Flag) else _chosen(option, raw)
    strange = [name for name, value in (arguments | options).items() if value]
    if strange:
        raise InvalidInput.parameter(strange[0], "This version has no such argument or option.")
    return values


def _argument(argument: Argument) -> dict[str, Any]:
    declared = {"name": argument.name, "description": argument.help}
    if argument.is_list:
        # Whether one is needed is looked at here: AppAPI takes a default with `array` alone.
        return {**declared, "mode": "array", "default": []}
    return {**declared, "mode": "required" if argument.is_required else "optional", "default": None}


def _option(option: Option | Flag) -> dict[str, Any]:
    declared = {"name": option.name, "description": option.help}
    if isinstance(option, Flag):
        return {**declared, "mode": "none"}
    return {**declared, "mode": "required", "default": None}  # defaults are ours: they need not be texts


def _given(argument: Argument, raw: Any) -> Any:
    if argument.is_list:
        texts = raw if isinstance(raw, list) else []
        if argument.is_required and not texts:
            raise InvalidInput.parameter(argument.name, "Enter at least one.")
        return [_parsed(argument, str(text)) for text in texts]
    if raw is None:
        if argument.is_required:
            raise InvalidInput.parameter(argument.name, "This argument is required.")
        return None
    return _parsed(argument, str(raw))


def _chosen(option: Option, raw: Any) -> Any:
    if raw is None:
        return option.default
    value = _parsed(option, str(raw))
    if option.choices and value not in option.choices:
        raise InvalidInput.parameter(option.name, f"Choose one of {', '.join(option.choices)}.")
    return value


def _parsed(one: Argument | Option, text: str) -> Any:
    try:
        return one.parse(text)
    except ValueError as error:
        raise InvalidInput.parameter(one.name, str(error)) from None


def _typed(body: bytes) -> Mapping[str, Any]:
    """What AppAPI says was typed."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        document = None
    return _members(document if isinstance(document, dict) else {}, "occ")


def _members(document: Mapping[str, Any], name: str) -> dict[str, Any]:
    members = document.get(name)
    return dict(members) if isinstance(members, dict) else {}


def _recall(path: Path) -> set[str]:
    try:
        names = json.loads(path.read_text("utf-8"))
        return {name for name in names if isinstance(name, str)}
    except FileNotFoundError:
        return set()
    except (OSError, ValueError, TypeError) as error:
        log.warning("list of earlier commands not readable", error=type(error).__name__)
        return set()


def _remember(path: Path, names: Iterable[str]) -> None:
    draft = path.with_suffix(".new")
    try:
        draft.write_text(json.dumps(sorted(names)) + "\n", "utf-8")
        draft.replace(path)
    except OSError as error:
        log.warning("list of commands not kept", error=type(error).__name__)
