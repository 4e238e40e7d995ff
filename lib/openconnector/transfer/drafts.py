# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Sources as a document of another program, or of this one, describes them."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from openconnector.core.errors import OpenConnectorError
from openconnector.core.phrases import phrase

if TYPE_CHECKING:
    from openconnector.transfer.openapi.described import Understood


@dataclass(frozen=True, slots=True)
class Note:
    """What could not be carried over, or was understood in another way than it was written.

    Attributes:
        pointer: JSON pointer (RFC 6901) into the document that was read; empty: all of it.
        text: one sentence for people. Never a secret.
    """

    pointer: str
    text: str


@dataclass(frozen=True, slots=True)
class SavedRequest:
    """A request that a document holds, with the members of `TestRequest`.

    Attributes:
        name: what the document calls it.
        path: below the location of the source, without a query.
        query: rows `{"name": …, "value": …}`, values as they are before they are percent-encoded.
        headers: rows as above, without what the source or its authentication sends.
        body_encoding: `text`, or `base64` for bytes that are no text.
    """

    name: str
    method: str = "GET"
    path: str = ""
    query: list[dict[str, str]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    body: str | None = None
    body_encoding: str = "text"


@dataclass(frozen=True, slots=True)
class Draft:
    """A source as a document describes it, before it is checked.

    Attributes:
        key: its identity within the document: a slug, an id, a reference or a name. It finds the stored source.
        definition: the JSON of `SourceCreate` as far as the document says; secrets are in clear where the document has
            them, and absent where it has not.
        missing: JSON pointers into `definition` of secrets that must be entered again.
        base: digest of the source as it was when it was written into the document; None: it does not say.
        api: what the document says of the API, which completes requests; None: nothing.
    """

    key: str
    definition: dict[str, Any] = field(repr=False)
    notes: list[Note] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    requests: list[SavedRequest] = field(default_factory=list)
    base: str | None = None
    api: "Understood | None" = field(default=None, repr=False)


class Unreadable(OpenConnectorError):
    """A document that cannot be understood. The sentence names what is wrong; `pointer` or `line` says where.

    Attributes:
        pointer: JSON pointer into the document; None where it could not be parsed that far.
        line: of the text, counted from 1; None where it is not known.
    """

    status, slug, title = 422, "unreadable", phrase("This cannot be imported")

    def __init__(self, detail: str, *, pointer: str | None = None, line: int | None = None) -> None:
        where: dict[str, Any] = {"pointer": pointer, "line": line}
        super().__init__(detail, **{name: value for name, value in where.items() if value is not None})
        self.pointer = pointer
        self.line = line
