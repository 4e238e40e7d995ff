# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The descriptions of the APIs of sources: loaded, kept, and asked for operations."""

import asyncio
from urllib.parse import parse_qsl, urlsplit

from openconnector.administration.service import AdministrationService
from openconnector.core.database import Database
from openconnector.core.errors import InvalidInput, NotFound
from openconnector.core.phrases import from_stored, phrase
from openconnector.logs.shown import show_call
from openconnector.sources.api_descriptions import DescribedApi, forget_api, keep_api, read_api, read_details
from openconnector.sources.opened import OpenSource
from openconnector.transfer.drafts import Unreadable
from openconnector.transfer.openapi.described import Understood, prefix_of, understand, wrong_with
from openconnector.transfer.openapi.loading import DescriptionFetcher, Fetched, check_address, usual_urls, whole_url
from openconnector.transfer.openapi.schemas import (
    ApiDescriptionLoaded,
    ApiDescriptionRead,
    ApiDescriptionWanted,
    OperationList,
    OperationRead,
    OperationSummary,
)
from openconnector.vault.redaction import named_values


class ApiDescriptions:
    """Descriptions of APIs. One instance serves a process."""

    def __init__(self, database: Database, fetcher: DescriptionFetcher, administration: AdministrationService) -> None:
        self._database = database
        self._fetcher = fetcher
        self._administration = administration

    async def load(self, source: OpenSource, wanted: ApiDescriptionWanted, user_id: str | None) -> ApiDescriptionLoaded:
        """Use a description in place of what was kept. What cannot be read changes nothing.

        Raises:
            InvalidInput: the text is no description, or the URL is none that may be fetched and kept.
        """
        _check(source)
        if (wanted.content is None) == (wanted.url is None):
            raise InvalidInput.field(
                "/url", phrase("Enter where the description is, or choose a file."), code="missing"
            )
        if wanted.url is not None:
            url = await self._checked(source, wanted.url)
            return await self._take(source, await self._fetcher.fetch(source, [url], user_id))
        try:
            understood = await asyncio.to_thread(understand, wanted.content or "", None)
        except Unreadable as error:
            raise InvalidInput.field("/content", wrong_with(error)) from None
        return await self._take(source, Fetched(understood))

    async def find(self, source: OpenSource, user_id: str | None) -> ApiDescriptionLoaded:
        """Look for the description at the usual places of the source's host, one after another."""
        _check(source)
        fetched = await self._fetcher.fetch(source, usual_urls(source.location), user_id)
        return await self._take(source, fetched)

    async def forget(self, source: OpenSource) -> None:
        """Keep nothing for this source any more."""
        await self._database.run(lambda session: forget_api(session, source.id), writes=True)

    async def operations(self, source: OpenSource, search: str, limit: int) -> OperationList:
        """The operations whose method, path, summary or tags have all the words of `search`."""
        api = await self._database.run(lambda session: read_api(session, source.id))
        if api is None:
            return OperationList(description=None, results=[], total=0)
        prefix = prefix_of(source.location, api.server)
        words = search.lower().split()
        found = [one for one in api.operations if all(word in _searched(one, prefix) for word in words)]
        shown = [OperationSummary(**{**one, "path": prefix + one["path"]}) for one in found[:limit]]
        return OperationList(description=_read(api), results=shown, total=len(found))

    async def operation(self, source: OpenSource, key: str) -> OperationRead:
        """All of an operation.

        Raises:
            NotFound: there is none with this key.
        """
        server, details = await self._database.run(lambda session: read_details(session, source.id))
        if key not in details:
            raise NotFound(phrase("The description of this source has no such operation."))
        found = OperationRead.model_validate(details[key])
        return found.model_copy(update={"path": prefix_of(source.location, server) + found.path})

    async def _take(self, source: OpenSource, fetched: Fetched) -> ApiDescriptionLoaded:
        """Keep what was understood, and tell what is kept now."""
        understood = fetched.understood
        if understood is not None:
            await self._keep(source, understood)
            api: DescribedApi | None = understood.api
        else:
            api = await self._database.run(lambda session: read_api(session, source.id))
        return ApiDescriptionLoaded(
            description=None if api is None else _read(api),
            problem=fetched.problem,
            call=None if fetched.entry is None else show_call(fetched.entry),
        )

    async def _keep(self, source: OpenSource, understood: Understood) -> None:
        api, details = understood.api, understood.details
        await self._database.run(lambda session: keep_api(session, source.id, api, details), writes=True)

    async def _checked(self, source: OpenSource, written: str) -> str:
        """The whole URL. It is stored and shown, so it may hold no secret."""
        url = whole_url(source.location, written)
        problem = check_address(url)
        if problem is None:
            names = (await self._administration.current()).redaction_names
            query = parse_qsl(urlsplit(url).query, keep_blank_values=True)
            secrets = [value for value in named_values((), query, names) if value]
            if secrets or source.redactor().text(url) != url:
                problem = phrase(
                    "This URL holds a secret, which would be stored with it. The host of the source gets its "
                    "authentication anyway; from elsewhere, load the description as a file."
                )
        if problem is not None:
            raise InvalidInput.field("/url", problem)
        return url


def _check(source: OpenSource) -> None:
    if source.type not in ("json", "xml"):
        raise NotFound(phrase("Only sources of the types JSON and XML have a description of their API."))


def _searched(operation: dict[str, object], prefix: str) -> str:
    tags = operation["tags"]
    parts = (
        operation["method"],
        f"{prefix}{operation['path']}",
        operation["summary"],
        *(tags if isinstance(tags, list) else ()),
    )
    return " ".join(map(str, parts)).lower()


def _read(api: DescribedApi) -> ApiDescriptionRead:
    return ApiDescriptionRead(
        title=api.title,
        version=api.version,
        standard=api.standard,
        url=api.url or None,
        server=api.server,
        fetched_at=api.fetched_at,
        operations=len(api.operations),
        notes=from_stored(api.notes),
    )
