# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""One body of one exchange, in pieces: no other body is loaded for it, and never all of it at once."""

import struct
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from openconnector.core.database import Database
from openconnector.core.errors import NotFound
from openconnector.core.phrases import phrase
from openconnector.logs.models import CallBody
from openconnector.logs.repository import find
from openconnector.logs.storage.bodies import unpack_ids
from openconnector.logs.storage.compression import LARGEST, Compression
from openconnector.logs.storage.details import decode
from openconnector.reading.view import BodyFacts

Side = Literal["request", "response"]

DAMAGED = phrase("This body cannot be read any more: what is stored of it is damaged.")
_NO_BODY: dict[Side, str] = {
    "request": phrase("This request has no body."),
    "response": phrase("This response has no body."),
}
_NOT_KEPT: dict[Side, str] = {
    "request": phrase("The body of this request is not kept, or not any longer."),
    "response": phrase("The body of this response is not kept, or not any longer."),
}

_INDEX = {"request": "sent", "response": "received"}


class LoggedBody:
    """A body in the log: what is known of it, and its bytes."""

    def __init__(
        self,
        database: Database,
        compression: Compression,
        key: tuple[UUID, int, Side],
        facts: BodyFacts,
        stored: tuple[int, list[int]],
    ) -> None:
        self._database = database
        self._compression = compression
        self._number, self._frames = stored
        self.key = key
        self.facts = facts

    async def read(self, offset: int, length: int) -> bytes:
        """Bytes from an offset on, as far as there are.

        Raises:
            NotFound: the entry was deleted meanwhile.
        """
        length = min(length, self.facts.kept_size - offset)
        if length <= 0:
            return b""
        try:
            piece = await self._database.run(lambda session: self._read(session, offset, length))
        except LookupError:
            raise NotFound(DAMAGED) from None
        if piece is None:
            raise NotFound(phrase("This log entry does not exist any more."))
        return piece

    def _read(self, session: Session, offset: int, length: int) -> bytes | None:
        first, last = offset // LARGEST, (offset + length - 1) // LARGEST
        start = sum(self._frames[:first])
        stored = self._stored(session, start, sum(self._frames[first : last + 1]))
        if stored is None:
            return None
        pieces, at = [], 0
        for size in self._frames[first : last + 1]:
            pieces.append(self._compression.decompress(session, stored[at : at + size]))
            at += size
        offset -= first * LARGEST
        return b"".join(pieces)[offset : offset + length]

    def _stored(self, session: Session, start: int, length: int) -> bytes | None:
        connection = session.connection()
        driver: Any = connection.connection.driver_connection
        if not self._database.is_sqlite:
            piece = select(func.substr(CallBody.data, start + 1, length)).where(CallBody.id == self._number)
            statement = piece.compile(connection)
            # As text, bytes would come as twice as many digits.
            found = driver.execute(str(statement), statement.params, binary=True).fetchone()
            return bytes(found[0]) if found else None
        # Its `substr` loads the whole value first, a handle does not.
        if session.scalar(select(CallBody.id).where(CallBody.id == self._number)) is None:
            return None
        with driver.blobopen(CallBody.__tablename__, CallBody.data.key, self._number, readonly=True) as blob:
            blob.seek(start)
            return bytes(blob.read(length))


async def find_body(
    database: Database, compression: Compression, call_id: UUID, position: int, side: Side
) -> LoggedBody:
    """The body of one side of one exchange.

    Raises:
        NotFound: there is no such call, exchange or body.
    """
    try:
        return await database.run(lambda session: _find(session, database, compression, (call_id, position, side)))
    except LookupError:
        raise NotFound(DAMAGED) from None


def _find(session: Session, database: Database, compression: Compression, key: tuple[UUID, int, Side]) -> LoggedBody:
    call_id, position, side = key
    row = find(session, call_id)
    _, exchanges = decode(compression.decompress(session, row.details), row.url)
    if position >= len(exchanges):
        raise NotFound(phrase("This call has no exchange at this position."))
    message, index = exchanges[position][side], exchanges[position][_INDEX[side]]
    described = message and message.get("body")
    if not described:
        raise NotFound(_NO_BODY[side])
    ids = unpack_ids(row.bodies)
    number = ids[index] if index is not None and index < len(ids) else 0
    stored = session.execute(
        select(CallBody.size, CallBody.frames, func.length(CallBody.data)).where(CallBody.id == number)
    ).one_or_none()
    if index is not None and stored is None:
        raise NotFound(_NOT_KEPT[side])
    size, frames, length = stored or (0, None, 0)
    lengths = list(struct.unpack(f"<{len(frames) // 4}I", frames)) if frames else [length]
    return LoggedBody(database, compression, key, _facts(message, described, size), (number, lengths))


def _facts(message: dict[str, Any], described: dict[str, Any], kept_size: int) -> BodyFacts:
    headers = message.get("headers", [])
    content_type = next((header["value"] for header in headers if header["name"].lower() == "content-type"), "")
    is_text = described["encoding"] == "text"
    return BodyFacts(
        content_type=content_type,
        media_type=described["mediaType"],
        charset=(described["charset"] or "utf-8") if is_text else None,
        charset_from=described.get("charsetFrom") if is_text else None,
        is_text=is_text,
        is_truncated=described["isTruncated"],
        size=described["size"],
        kept_size=kept_size,
    )
