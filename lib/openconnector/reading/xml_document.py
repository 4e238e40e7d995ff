# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""An XML body: walked, asked by XPath, and taken apart into records."""

from io import BytesIO

from openconnector.core.phrases import Phrase, told
from openconnector.reading.document import Unreadable
from openconnector.reading.positions import ROOT, RecordsMissing, position_of
from openconnector.reading.records import COLUMN_SAMPLE, record_page, unreadable_page
from openconnector.reading.schemas import BodyMatches, Finding, NodePage, RecordPage, RecordsProblem
from openconnector.reading.xml_nodes import page_of
from openconnector.reading.xml_outline import Outline
from openconnector.reading.xml_query import matches_of
from openconnector.reading.xml_records import RecordReader, place_by_itself
from openconnector.reading.xml_text import XmlText
from openconnector.reading.xml_tree import Tree
from openconnector.reading.xml_values import Record


class XmlDocument:
    """An XML text in memory.

    Args:
        raw: in UTF-8, whatever its declaration says; or with another encoding and a byte order mark.
        is_cut: it is the beginning of a text. Tree and records go as far as the text does.

    Attributes:
        namespaces: prefixes for XPath. A default namespace has one that we have invented: `ns`, `ns2` …
        findings: what is odd about it, at most 20.

    Raises:
        Unreadable: it is no well-formed XML, or too large or too deep for a tree.
    """

    def __init__(self, raw: bytes, *, is_cut: bool = False) -> None:
        self._raw = raw
        self._is_cut = is_cut
        self._tree = Tree(raw, is_cut=is_cut)
        self._outline: Outline | None = None
        self.namespaces: dict[str, str] = self._tree.namespaces
        self.findings: list[Finding] = self._tree.findings

    def nodes(self, path: str, offset: int, limit: int) -> NodePage:
        """What is below a node. The empty path is the root element.

        Raises:
            NodeNotFound: no node has this path.
        """
        return page_of(self._tree, path, offset, limit)

    def query(self, expression: str, limit: int) -> BodyMatches:
        """What an XPath 1.0 finds.

        Raises:
            ExpressionInvalid: it is none, or has a prefix that the body does not have.
        """
        return matches_of(self._tree, expression, limit)

    def records(self, position: str, offset: int, limit: int) -> RecordPage:
        """A part of the records at a position, or why there are none; in both cases with other places."""
        try:
            outline = self._outline = self._outline or Outline.of(self._text())
            found, records = self._locate(outline, position, offset, limit)
        except RecordsMissing as missing:
            page = unreadable_page(position, offset, "")
            problem = RecordsProblem(type=missing.type, message=told(missing))
            return page.model_copy(update={"problem": problem, "proposals": outline.proposals()})
        except Unreadable as error:
            return unreadable_page(position, offset, _with_place(error))
        page = record_page(records, ROOT, offset, limit)
        named = {"position": found, "is_found_by_itself": position == "", "proposals": outline.proposals(found)}
        return page.model_copy(update=named)

    def _locate(self, outline: Outline, position: str, offset: int, limit: int) -> tuple[str, list[Record]]:
        """The position that counts, and as many records as there are; only those that are shown are filled."""
        if position == "":
            place = place_by_itself(outline)
            position = position_of(place.names)
            if place.is_empty:
                return position, []
        shown = range(offset, offset + limit)
        reader = RecordReader(self._text(), position, lambda number: number < COLUMN_SAMPLE or number in shown)
        read = list(reader.records())
        records: list[Record] = [{}] * reader.total
        wanted = (number for number in range(reader.total) if number < COLUMN_SAMPLE or number in shown)
        for number, record in zip(wanted, read, strict=True):
            records[number] = record
        return position, records

    def _text(self) -> XmlText:
        return XmlText(BytesIO(self._raw), is_cut=self._is_cut)


def _with_place(error: Unreadable) -> str:
    if not error.location:
        return told(error)
    return Phrase("{problem} {place}", {"problem": told(error), "place": error.location})
