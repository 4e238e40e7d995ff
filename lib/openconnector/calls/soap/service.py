# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The service descriptions of sources: kept, understood, and turned into forms and envelopes."""

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID
from weakref import WeakValueDictionary

from openconnector.calls.recording import redacted_text
from openconnector.calls.soap.described import Known, described, wsdl_url
from openconnector.calls.soap.loading import DescriptionLoader, Loaded
from openconnector.calls.soap.schemas import (
    EnvelopeRead,
    EnvelopeRequest,
    FormField,
    OperationForm,
    OperationName,
    ServiceRead,
    WsdlUpload,
)
from openconnector.core.clock import now
from openconnector.core.database import Database
from openconnector.core.errors import InvalidInput, NotFound
from openconnector.core.phrases import phrase, told
from openconnector.core.rows import HeaderRow
from openconnector.sources.opened import OpenSource
from openconnector.sources.service_descriptions import (
    DescriptionHead,
    forget_description,
    keep_description,
    read_documents,
    read_head,
)
from openconnector.transports.soap.endpoint import endpoint_of

if TYPE_CHECKING:
    from openconnector.transports.soap.operations import Operation, Port, ServiceModel

MAX_MODELS = 4
"""WSDLs that are kept in memory as they were understood."""

MAX_MODEL_SIZE = 8 * 1024 * 1024
"""Characters of their documents, of all but the latest: a model takes some 40 times as many bytes, and 2 s for each
million to be made."""

Made = TypeVar("Made")


class SoapDescriptions:
    """Service descriptions and what is made of them. One instance serves a process."""

    def __init__(self, database: Database, loader: DescriptionLoader) -> None:
        self._database = database
        self._loader = loader
        self._models: OrderedDict[str, ServiceModel] = OrderedDict()
        self._parsing = asyncio.Lock()
        self._loading: WeakValueDictionary[UUID, asyncio.Lock] = WeakValueDictionary()

    async def read(self, source: OpenSource, user_id: str | None) -> ServiceRead:
        """What the WSDL offers. It is fetched where none is kept, or the kept one is that of another address."""
        return described(source, await self._known(source, user_id))

    async def refresh(self, source: OpenSource, user_id: str | None) -> ServiceRead:
        """Fetch the WSDL again. Where that fails, what was kept stays. An uploaded one gives way to the fetched one."""
        async with self._lock(source.id):
            fetched = await self._fetch(source, user_id)
            if fetched.model is not None:
                return described(source, fetched)
            kept = await self._kept(source)
        return described(source, Known(kept.head, kept.model, fetched.problem, fetched.loaded))

    async def upload(self, source: OpenSource, wanted: WsdlUpload, user_id: str | None) -> ServiceRead:
        """Use this WSDL in place of one that is fetched.

        Raises:
            InvalidInput: it cannot be used; what was kept stays.
        """
        _check(source)
        url = wsdl_url(source)
        async with self._lock(source.id):
            loaded = await self._loader.complete(source, url, wanted.content, wanted.imports, user_id)
            known = await self._take(source, url, loaded, is_uploaded=True)
        if known.model is None:
            raise InvalidInput.field("/content", known.problem or phrase("This WSDL cannot be used."))
        return described(source, known)

    async def forget(self, source: OpenSource) -> None:
        """Keep nothing for this source any more."""
        await self._database.run(lambda session: forget_description(session, source.id), writes=True)

    async def form(self, source: OpenSource, wanted: OperationName, user_id: str | None) -> OperationForm:
        """The form of an operation.

        Raises:
            NotFound: there is no such operation.
        """
        from openconnector.transports.soap.forms import form_of  # noqa: PLC0415  # zeep: 36 MiB that SOAP alone needs

        model, _, operation = await self._find(source, wanted, user_id)
        form = await self._in_thread(lambda: form_of(model, operation))
        return OperationForm(
            service=wanted.service,
            port=wanted.port,
            operation=wanted.operation,
            fields=[FormField.model_validate(field) for field in form.fields],
            headers=[FormField.model_validate(field) for field in form.headers],
            example=form.example,
        )

    async def envelope(self, source: OpenSource, wanted: EnvelopeRequest, user_id: str | None) -> EnvelopeRead:
        """The request of an operation with these values.

        Raises:
            NotFound: there is no such operation.
            InvalidInput: values are wrong; each error has the pointer of its field.
        """
        return await self.call_envelope(source, wanted, wanted.values, wanted.header_values, user_id=user_id)

    async def call_envelope(
        self,
        source: OpenSource,
        operation: OperationName,
        values: Mapping[str, Any],
        header_values: Mapping[str, Any] | None = None,
        *,
        user_id: str | None = None,
    ) -> EnvelopeRead:
        """The request of an operation, for whoever calls it, as `CallRequest` wants it.

        Args:
            values: as the form of the operation names them.

        Raises:
            NotFound: there is no such operation.
            InvalidInput: values are wrong; each error has the pointer of its field.
        """
        from openconnector.transports.soap.envelopes import make_envelope  # noqa: PLC0415  # as above

        model, port, found = await self._find(source, operation, user_id)
        addressing = source.connection.soap.addressing
        make = partial(
            make_envelope,
            model,
            port,
            found,
            values,
            header_values or {},
            address=endpoint_of(source.location),
            with_addressing=addressing == "always" or (addressing == "auto" and port.wants_addressing),
        )
        envelope = await self._in_thread(make)
        headers = [HeaderRow(name=name, value=value) for name, value in envelope.headers]
        return EnvelopeRead(method="POST", path="", headers=headers, body=envelope.body)

    async def _find(
        self, source: OpenSource, wanted: OperationName, user_id: str | None
    ) -> "tuple[ServiceModel, Port, Operation]":
        known = await self._known(source, user_id)
        if known.model is None:
            raise NotFound(known.problem or phrase("There is no WSDL for this source."))
        found = known.model.find(wanted.service, wanted.port, wanted.operation)
        if found is None:
            words = phrase("The WSDL has no operation {operation} at port {port} of service {service}.")
            raise NotFound(words.filled(operation=wanted.operation, port=wanted.port, service=wanted.service))
        return (known.model, *found)

    async def _known(self, source: OpenSource, user_id: str | None) -> Known:
        """What is kept, else what can be fetched now."""
        _check(source)
        async with self._lock(source.id):  # who comes second finds what the first has fetched
            kept = await self._kept(source)
            return kept if kept.head is not None else await self._fetch(source, user_id)

    async def _kept(self, source: OpenSource) -> Known:
        """What is kept and still true: an uploaded WSDL, or one that was fetched from where it is now."""
        head = await self._database.run(lambda session: read_head(session, source.id))
        if head is None or (not head.is_uploaded and head.url != wsdl_url(source)):
            return Known(None, None)
        try:
            model = self._remembered(head.digest)
            if model is None:
                documents = await self._database.run(lambda session: read_documents(session, source.id, head.digest))
                model = await self._understand(documents, head.digest) if documents else None
        except ValueError as error:  # an earlier version of ours could read it
            return Known(head, None, told(error))
        return Known(head, model) if model is not None else Known(None, None)

    async def _fetch(self, source: OpenSource, user_id: str | None) -> Known:
        _check(source)
        url = wsdl_url(source)
        return await self._take(source, url, await self._loader.fetch(source, url, user_id), is_uploaded=False)

    async def _take(self, source: OpenSource, url: str, loaded: Loaded, *, is_uploaded: bool) -> Known:
        """Keep what was loaded, if it can be understood."""
        if loaded.problem is not None:
            return Known(None, None, loaded.problem, loaded)
        digest = _digest(loaded.documents)
        try:
            model = await self._understand(loaded.documents, digest)
        except ValueError as error:
            return Known(None, None, redacted_text(told(error), source.redactor()), loaded)
        head = DescriptionHead(url, is_uploaded, digest, now())
        await self._database.run(
            lambda session: keep_description(session, source.id, head, loaded.documents), writes=True
        )
        return Known(head, model, None, loaded)

    def _remembered(self, digest: str) -> "ServiceModel | None":
        model = self._models.get(digest)
        if model is not None:
            self._models.move_to_end(digest)
        return model

    async def _understand(self, documents: Mapping[str, str], digest: str) -> "ServiceModel":
        """The model of these documents.

        Raises:
            UnusableDocument: there is none; it is a ValueError.
        """
        from openconnector.transports.soap.operations import ServiceModel  # noqa: PLC0415  # as above

        model = self._remembered(digest)
        if model is None:
            model = await self._in_thread(lambda: ServiceModel(documents))
            self._models[digest] = model
            while len(self._models) > 1 and self._is_crowded():
                self._models.popitem(last=False)
        return model

    def _is_crowded(self) -> bool:
        return len(self._models) > MAX_MODELS or sum(one.size for one in self._models.values()) > MAX_MODEL_SIZE

    async def _in_thread(self, work: Callable[[], Made]) -> Made:
        """The models are for one thread at a time, and its work would stop the loop."""
        async with self._parsing:
            return await asyncio.to_thread(work)

    def _lock(self, source_id: UUID) -> asyncio.Lock:
        lock = self._loading.get(source_id)
        if lock is None:
            lock = self._loading[source_id] = asyncio.Lock()
        return lock


def _check(source: OpenSource) -> None:
    if source.type != "soap":
        raise NotFound(phrase("Only sources of the type SOAP have a WSDL."))


def _digest(documents: Mapping[str, str]) -> str:
    """What tells one description from another: SHA-256 of its addresses and texts."""
    hashed = hashlib.sha256()
    for address, text in documents.items():
        hashed.update(f"\0{len(address)} {len(text)}\0{address}{text}".encode("utf-8", "replace"))
    return hashed.hexdigest()
