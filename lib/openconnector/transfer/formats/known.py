# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The formats that sources are imported from. They are large, and rarely needed: import this where it is."""

from typing import Any, Protocol

from openconnector.core.phrases import phrase
from openconnector.transfer import openapi
from openconnector.transfer.drafts import Draft, Unreadable
from openconnector.transfer.formats import bruno, insomnia, legacy, native, postman
from openconnector.transfer.formats.parsing import document_of

__all__ = ["FORMATS", "Format", "name_of", "read_any"]


class Format(Protocol):
    """A module that knows one kind of document."""

    @property
    def __name__(self) -> str: ...

    def recognises(self, document: Any) -> bool:
        """Whether a parsed document is of this kind."""

    def read(self, document: Any) -> list[Draft]:
        """The sources of one.

        Raises:
            Unreadable: it cannot be understood, or has no source.
        """


FORMATS: tuple[Format, ...] = (native, postman, insomnia, bruno, legacy, openapi)
"""In the order in which they are asked. A bundle of the original may call itself OpenAPI, too, and goes before it."""


def name_of(known: Format) -> str:
    """What a format is called: native, postman, insomnia, bruno, legacy or openapi."""
    return known.__name__.rpartition(".")[2]


def read_any(content: str | bytes) -> tuple[str, list[Draft]]:
    """The name of the format, and the sources of a text or a file.

    Raises:
        Unreadable: it cannot be parsed, is not known, or has no source; with line or pointer where that is known.
    """
    document = document_of(content)
    for known in FORMATS:
        if known.recognises(document):
            return name_of(known), known.read(document)
    raise Unreadable(
        phrase(
            "Sources cannot be read from this document. Known are exports of OpenConnector, Postman, Insomnia and "
            "Bruno, and descriptions in OpenAPI or Swagger."
        ),
        pointer="",
    )
