# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a body becomes that was read: a tree that can be walked, asked and taken apart into records."""

from typing import ClassVar, Protocol

from openconnector.core.phrases import phrase
from openconnector.reading.schemas import BodyMatches, Finding, FindingType, NodePage, RecordPage


class Unreadable(ValueError):
    """A body is not what it says it is, or we do not read it; `str()` is one sentence for the administrator.

    Attributes:
        location: line and column, where they are known; else empty.
        finding: what it is told as.
    """

    finding: ClassVar[FindingType] = "not_well_formed"

    def __init__(self, message: str, location: str = "") -> None:
        super().__init__(message)
        self.location = location


def line_and_column(line: int, column: int) -> str:
    """Where something is wrong in a text; both count from 1."""
    return phrase("line {line}, column {column}", line=line, column=column)


class TooDeep(Unreadable):
    """A tree has more levels than are read."""

    finding = "too_deep"


class ExpressionInvalid(ValueError):
    """An expression cannot be evaluated; `str()` is one sentence that says what is wrong with it and where."""


class NodeNotFound(LookupError):
    """There is no node with this path."""


class Document(Protocol):
    """A body that was read."""

    namespaces: dict[str, str]
    """XML: prefixes of the document for XPath; JSON has none."""

    findings: list[Finding]
    """What is odd about it, at most 20."""

    def nodes(self, path: str, offset: int, limit: int) -> NodePage:
        """What is below a node; the empty path is the top.

        Raises:
            NodeNotFound: no node has this path.
        """

    def query(self, expression: str, limit: int) -> BodyMatches:
        """What an expression finds, at most `limit` matches.

        Raises:
            ExpressionInvalid: it is none, or it gives no nodes.
        """

    def records(self, position: str, offset: int, limit: int) -> RecordPage:
        """A part of the records at a position (`resultsPosition`)."""
