# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""One kept body, or one part of it, that is looked at: read once, when something asks for its tree."""

from collections.abc import Callable
from typing import Any, Literal

from openconnector.core.phrases import phrase, told
from openconnector.core.schema import Schema
from openconnector.reading.charset import content_type, read_text
from openconnector.reading.document import Document, Unreadable
from openconnector.reading.multipart import Part, boundary_of, split
from openconnector.reading.records import unreadable_page
from openconnector.reading.schemas import (
    BodyMatches,
    BodyPart,
    BodySearch,
    BodyView,
    Finding,
    NodePage,
    RecordPage,
    TextMatches,
)
from openconnector.reading.search import search
from openconnector.reading.view import BodyFacts, guess_format, open_document

Operation = Literal["view", "nodes", "query", "records", "search"]
"""What can be asked."""

REPLACED = "\N{REPLACEMENT CHARACTER}".encode()


class PartMissing(LookupError):
    """A body has no such part."""


class OpenBody:
    """What can be asked of one body.

    Args:
        part: number of a part of a multipart body; None: all of it.

    Raises:
        PartMissing: it has none of this number.
    """

    def __init__(self, facts: BodyFacts, raw: bytes, part: int | None = None) -> None:
        self.facts, self.raw = (facts, raw) if part is None else _part(facts, raw, part)
        self._guess = guess_format(self.facts, self.raw)
        self.format = self._guess.format
        self._document: Document | None = None
        self._problem: Unreadable | None = None
        self._is_read = False

    def ask(self, operation: Operation, arguments: dict[str, Any]) -> bytes:
        """What one of the methods below answers, as JSON for the API.

        Raises:
            NodeNotFound, ExpressionInvalid, Unreadable: as they do.
        """
        method: Callable[..., Schema] = getattr(self, operation)
        return method(**arguments).model_dump_json(by_alias=True).encode()

    def view(self) -> BodyView:
        """What it is, and how it can be looked at."""
        document, facts = self.read(), self.facts
        return BodyView(
            format=self.format,
            media_type=facts.media_type,
            charset=facts.charset,
            charset_from=facts.charset_from,
            size=facts.size,
            kept_size=facts.kept_size,
            has_tree=document is not None,
            namespaces=document.namespaces if document else {},
            findings=self._findings(document),
            parts=_described(self.facts, self.raw) if self.format == "multipart" else [],
        )

    def nodes(self, path: str, offset: int, limit: int) -> NodePage:
        """What is below a node.

        Raises:
            NodeNotFound: no node has this path.
            Unreadable: it has no tree.
        """
        return self._tree().nodes(path, offset, limit)

    def query(self, expression: str, limit: int) -> BodyMatches:
        """What an expression finds.

        Raises:
            ExpressionInvalid: it is none.
            Unreadable: it has no tree.
        """
        return self._tree().query(expression, limit)

    def records(self, position: str, offset: int, limit: int) -> RecordPage:
        """A part of the records at a position."""
        try:
            document = self._tree()
        except Unreadable as problem:
            return unreadable_page(position, offset, told(problem))
        return document.records(position, offset, limit)

    def search(self, **wanted: Any) -> TextMatches:
        """Where a text stands; the arguments are the fields of `BodySearch`."""
        return search(self.raw, BodySearch(**wanted))

    def _tree(self) -> Document:
        document = self.read()
        if document is not None:
            return document
        raise self._problem or Unreadable(phrase("There is no tree in this body: it is not JSON, XML or CSV."))

    def read(self) -> Document | None:
        """Its tree, which is read now if it has not been; None where there is none."""
        if self._is_read:
            return self._document
        self._is_read = True
        try:
            self._document = open_document(self.format, self.facts, self.raw)
        except Unreadable as problem:
            if self._guess.certain:
                self._problem = problem
            else:
                self.format = self._guess.other
        return self._document

    def _findings(self, document: Document | None) -> list[Finding]:
        findings = list(document.findings) if document else []
        facts = self.facts
        if self._problem is not None:
            problem = self._problem
            findings.append(Finding(type=problem.finding, message=told(problem), location=problem.location))
        if facts.is_truncated:
            findings.append(
                Finding(
                    type="cut",
                    message=phrase(
                        "Only the first {kept} of {size} bytes are kept.", kept=facts.kept_size, size=facts.size
                    ),
                )
            )
        if facts.is_text and facts.charset and REPLACED in self.raw:
            message = phrase(
                "Some bytes are no characters in {charset}. They are shown as \N{REPLACEMENT CHARACTER}.",
                charset=facts.charset,
            )
            findings.append(Finding(type="replaced_characters", message=message))
        return findings


def _parts(facts: BodyFacts, raw: bytes) -> list[Part]:
    boundary = boundary_of(facts.content_type, raw) if (facts.media_type or "").startswith("multipart/") else None
    return split(raw, boundary) if boundary else []


def _described(facts: BodyFacts, raw: bytes) -> list[BodyPart]:
    return [
        BodyPart(
            position=position,
            media_type=part.media_type,
            content_id=part.content_id,
            file_name=part.file_name,
            size=len(part.content(raw)),
        )
        for position, part in enumerate(_parts(facts, raw))
    ]


def _part(facts: BodyFacts, raw: bytes, number: int) -> tuple[BodyFacts, bytes]:
    """One part as a body of its own; text becomes UTF-8, as it is kept everywhere."""
    parts = _parts(facts, raw)
    if number >= len(parts):
        raise PartMissing
    part = parts[number]
    content = part.content(raw)
    media_type, declared = content_type(part.content_type)
    found = read_text(content, media_type, declared)
    is_cut = facts.is_truncated and part.end == len(raw)
    kept = content if found is None else found[0].encode("utf-8", "replace")
    charset = found[1] if found else None
    return (
        BodyFacts(
            content_type=part.content_type,
            media_type=media_type,
            charset=charset.name if charset else None,
            charset_from=charset.origin if charset else None,
            is_text=charset is not None,
            is_truncated=is_cut,
            size=len(content),
            kept_size=len(kept),
            file_name=part.file_name,
        ),
        kept,
    )
