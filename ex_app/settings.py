# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Keeps the form in Nextcloud's settings and the settings of the engine the same (ADR 23).

The engine's row is the truth. A text of the form that is another than the one seen last was typed by an administrator,
and is taken over; after that every text that says something else than the row is written back. What was seen last is
kept beside the texts, in Nextcloud's configuration of the app, so that all processes and the next start know it.

Nextcloud tells nobody that its form was saved. So it is asked every now and then, and when the settings are looked at.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import structlog
from starlette.datastructures import State
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ex_app.appapi.client import NextcloudClient
from ex_app.appapi.errors import NextcloudAnswerError, NextcloudError
from openconnector.core.errors import OpenConnectorError, VersionConflict

if TYPE_CHECKING:
    from ex_app.settings_reading import Reading, Seen
    from openconnector.administration.schemas import SettingsRead
    from openconnector.administration.service import AdministrationService

EVERY_SECONDS = 20.0
"""Between two looks; with the time that one takes, what holds is at most 30 s old."""

LONGEST_PAUSE_SECONDS = 300.0
"""While Nextcloud is away, or does not accept the app because it is disabled."""

LOOK_SECONDS = 3.0
"""For which somebody who opens the settings waits for Nextcloud."""

SEEN = "settings_seen"
"""The key under which Nextcloud keeps what was seen last."""

_API = "/api/settings"
_TRIES = 3

log = structlog.get_logger(__name__)


class NextcloudSettings:
    """The form of this app, and who looks after it."""

    def __init__(
        self,
        client: NextcloudClient,
        engine: Callable[[], State | None],
        *,
        every: float = EVERY_SECONDS,
    ) -> None:
        """`engine` gives what the engine shares; None: it does not serve at the moment."""
        self._client = client
        self._engine = engine
        self._every = every
        self._looking = asyncio.Lock()
        self._following: asyncio.Task[None] | None = None
        self._patient: asyncio.Task[None] | None = None
        self._woken = asyncio.Event()
        self._is_registered = False
        self._is_switched = False

    def start(self) -> None:
        """Follow the form from now on: the app is enabled, and may have been registered anew."""
        self._is_registered, self._is_switched = False, True
        self._woken.set()
        if self._following is None:
            self._following = asyncio.create_task(self._follow())

    async def start_where_enabled(self) -> bool:
        """Follow the form, unless the app is disabled: Nextcloud does not tell an app that starts again.

        Returns:
            Whether it is enabled, as far as that is known.
        """
        try:
            is_enabled = await self._client.is_enabled()
        except NextcloudError:
            is_enabled = True  # Nextcloud is away for a moment; who follows tries again
        if is_enabled and not self._is_switched:  # else Nextcloud has told it meanwhile
            self.start()
        return is_enabled

    def stop(self) -> None:
        """Follow it no more: the app is disabled. Nextcloud shows no form of such an app, and drops it with the app."""
        self._is_switched = True
        for task in (self._following, self._patient):
            if task is not None:
                task.cancel()
        self._following = None

    async def aclose(self) -> None:
        """End everything."""
        tasks = [task for task in (self._following, self._patient) if task is not None]
        self.stop()
        await asyncio.gather(*tasks, return_exceptions=True)

    def around(self, engine: ASGIApp) -> ASGIApp:
        """The engine, with a look at the form before its settings are read, and one after they are changed."""

        async def serve(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http" or scope["path"] != _API or self._following is None:
                await engine(scope, receive, send)
                return
            if scope["method"] in ("GET", "HEAD"):
                await self._look_patiently()
            elif scope["method"] == "PUT":
                send = self._then_look(send)
            await engine(scope, receive, send)

        return serve

    async def look(self) -> None:
        """Take over what was typed into the form, and write back what it shows otherwise than the settings say.

        Raises:
            NextcloudError: Nextcloud did not answer.
        """
        state = self._engine()
        if state is None:
            return
        # Behind the engine, which has imported the most of it: the heartbeat must not wait for that.
        from ex_app.settings_form import FIELDS, FORM  # noqa: PLC0415
        from ex_app.settings_reading import Seen  # noqa: PLC0415

        administration: AdministrationService = state.administration
        async with self._looking:
            if not self._is_registered:
                await self._register(FORM)
            texts = await self._client.read_config([*(each.id for each in FIELDS), SEEN])
            seen = Seen.parse(texts.get(SEEN))
            taken = await self._take_over(administration, texts, seen)
            if taken is None:
                return  # it is being changed all the time; the next look will do
            settings, reading = taken
            self._tell(reading)
            administration.note_refused(list(reading.refused.values()))
            await self._write_back(settings, texts, reading)

    async def _register(self, form: dict[str, Any]) -> None:
        """Nextcloud before 29 has no such forms and says so. What it keeps is read all the same."""
        try:
            await self._client.register_settings_form(form)
        except NextcloudAnswerError as error:
            log.info("no form in the settings of Nextcloud", error=str(error))
        self._is_registered = True

    async def _take_over(
        self, administration: "AdministrationService", texts: Mapping[str, str], seen: "Seen | None"
    ) -> "tuple[SettingsRead, Reading] | None":
        """The settings with what was typed; None: somebody else changes them again and again."""
        from ex_app.settings_reading import read_form  # noqa: PLC0415
        from openconnector.administration.schemas import SettingsUpdate  # noqa: PLC0415

        for _ in range(_TRIES):
            settings = await administration.read()
            reading = read_form(settings, texts, seen)
            if not reading.is_changed:
                return settings, reading
            wanted = SettingsUpdate.model_validate({**reading.content, "version": settings.version})
            with suppress(VersionConflict):
                settings = await administration.replace(wanted)
                log.info("settings taken over from Nextcloud", version=settings.version)
                return settings, reading
        return None

    async def _write_back(self, settings: "SettingsRead", texts: Mapping[str, str], reading: "Reading") -> None:
        """What cannot be used stays in the form, to be mended there, until the settings are saved elsewhere."""
        from ex_app.settings_field import content_of  # noqa: PLC0415
        from ex_app.settings_form import FIELDS  # noqa: PLC0415
        from ex_app.settings_reading import Seen, text_of  # noqa: PLC0415

        content, shown = content_of(settings), {}
        there = {each.id: text_of(texts, each) for each in FIELDS}
        for each in FIELDS:
            shown[each.id] = there[each.id] if each.id in reading.refused else each.text_of(content)
        changed = {name: text for name, text in shown.items() if text != there[name]}
        if changed:
            # Before: when this ends in between, the next look must not take our texts for those of somebody else.
            await self._client.write_config(SEEN, Seen(settings.version, there, changed).to_json())
        for name, text in changed.items():
            await self._client.write_config(name, text)
        kept = Seen(settings.version, shown).to_json()
        if changed or kept != texts.get(SEEN):
            await self._client.write_config(SEEN, kept)

    def _tell(self, reading: "Reading") -> None:
        for name in reading.fresh:
            refused = reading.refused[name]
            # Not what was typed: see `Unusable`.
            log.warning("setting from Nextcloud not usable", field=refused.field, reason=refused.reason)

    async def _follow(self) -> None:
        pause = self._every
        while True:
            self._woken.clear()
            try:
                await self.look()
                pause = self._every
            except (NextcloudError, OpenConnectorError) as error:
                log.info("settings of Nextcloud not read", error=str(error))
                pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
            except Exception:
                log.exception("settings of Nextcloud not read")
                pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._woken.wait()

    async def _look_patiently(self) -> None:
        """Look, but do not wait for long. A look that takes longer goes on, and all who ask share it.

        To break it off would be worse: what it has written into the form would count as typed by somebody.
        """
        if self._patient is None or self._patient.done():
            self._patient = asyncio.create_task(self._look_quietly())
        await asyncio.wait([self._patient], timeout=LOOK_SECONDS)

    async def _look_quietly(self) -> None:
        with suppress(Exception):  # the settings are shown all the same; who follows the form tells what is wrong
            await self.look()

    def _then_look(self, send: Send) -> Send:
        async def sending(message: Message) -> None:
            await send(message)
            if message["type"] == "http.response.body" and not message.get("more_body"):
                self._woken.set()

        return sending
