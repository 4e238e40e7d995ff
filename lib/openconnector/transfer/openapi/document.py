# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A description as a document: which standard it follows, and what its references mean."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from urllib.parse import unquote

from openconnector.core.phrases import phrase
from openconnector.transfer.drafts import Note, Unreadable

MAX_REFERENCES = 20
"""References that lead from one to the next."""

MAX_NOTES = 50


def recognises(document: Any) -> bool:
    """Whether a parsed document calls itself OpenAPI 3 or Swagger 2."""
    return _standard(document) is not None


def mapping(value: Any) -> dict[str, Any]:
    """The value itself if it is an object, else an empty one: a description may have anything anywhere."""
    return value if isinstance(value, dict) else {}


def sequence(value: Any) -> list[Any]:
    """The value itself if it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def words(value: Any, limit: int) -> str:
    """A text for people, cut at `limit` characters; empty if it is no text."""
    text = value[: 4 * limit].strip() if isinstance(value, str) else ""
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…"


def line(value: Any, limit: int) -> str:
    """A text for people in one line, without what cannot be shown: a database may not take it either."""
    text = value[: 4 * limit] if isinstance(value, str) else ""
    return words(" ".join("".join(char if char.isprintable() else " " for char in text).split()), limit)


def first_members(value: Any, limit: int = 200) -> Iterator[tuple[str, Any]]:
    """The first members of an object; none if it is no object."""
    return ((str(name), member) for name, member in islice(mapping(value).items(), limit))


def escaped(step: str) -> str:
    """A step of a JSON pointer (RFC 6901)."""
    return step.replace("~", "~0").replace("/", "~1")


@dataclass(slots=True)
class Document:
    """A description that can be read.

    Attributes:
        root: the whole document.
        standard: what it follows, such as `OpenAPI 3.1.0`.
        notes: what could not be understood. The list grows while the document is read.
    """

    root: dict[str, Any]
    standard: str
    notes: list[Note] = field(default_factory=list)

    @classmethod
    def of(cls, document: Any) -> "Document":
        """Take a parsed document.

        Raises:
            Unreadable: it is no description of an API.
        """
        standard = _standard(document)
        if standard is None:
            detail = phrase("This describes no API: it begins neither with “openapi: 3…” nor with “swagger: 2.0”.")
            raise Unreadable(detail, pointer="")
        return cls(document, standard)

    @property
    def is_swagger(self) -> bool:
        return "swagger" in self.root

    @property
    def title(self) -> str:
        return line(mapping(self.root.get("info")).get("title"), 255)

    @property
    def version(self) -> str:
        return line(str(mapping(self.root.get("info")).get("version", "")), 100)

    def note(self, pointer: str, text: str) -> None:
        """Tell people something, once."""
        note = Note(pointer[:500], text)
        if note not in self.notes and len(self.notes) < MAX_NOTES:
            self.notes.append(note)

    def resolve(self, value: Any, pointer: str = "") -> dict[str, Any]:
        """The object that a value is, or refers to. Empty where there is none; that is noted.

        A reference leads to a place in the same document (RFC 6901 in a fragment). Others are not fetched.
        """
        return self.follow(value, pointer)[0]

    def follow(self, value: Any, pointer: str = "") -> tuple[dict[str, Any], str]:
        """As `resolve`, with the last step of the reference: the name of a schema; empty where there is none."""
        name = ""
        for _ in range(MAX_REFERENCES):
            node = mapping(value)
            reference = node.get("$ref")
            if not isinstance(reference, str):
                return node, name
            if not reference.startswith("#"):
                text = phrase(
                    "“{reference}” is outside of this document, and is not fetched.", reference=reference[:200]
                )
                self.note(pointer, text)
                return {}, name
            target = self._at(unquote(reference[1:]))
            if target is None:
                self.note(pointer, phrase("“{reference}” leads nowhere.", reference=reference[:200]))
                return {}, name
            name = unquote(reference).rpartition("/")[2].replace("~1", "/").replace("~0", "~")
            # Beside a reference, OpenAPI 3.1 allows what says more about it.
            beside = {
                key: text for key, text in node.items() if key in ("description", "summary", "default", "example")
            }
            value = {**target, **beside} if beside and "$ref" not in target else target
        self.note(pointer, phrase("References lead from one to the next and never to an end."))
        return {}, name

    def _at(self, pointer: str) -> dict[str, Any] | None:
        node: Any = self.root
        for step in pointer.split("/")[1:]:
            node = _member(node, step.replace("~1", "/").replace("~0", "~"))
        return node if isinstance(node, dict) else None

    def members(self, value: Any, pointer: str) -> Iterator[tuple[str, dict[str, Any], str]]:
        """Names and objects of a map of objects or references, with the pointer of each."""
        for name, member in mapping(value).items():
            yield str(name), self.resolve(member, f"{pointer}/{escaped(str(name))}"), f"{pointer}/{escaped(str(name))}"


def _member(node: Any, step: str) -> Any:
    if isinstance(node, dict):
        return node.get(step)
    if isinstance(node, list) and step.isdecimal() and len(step) < 8 and int(step) < len(node):  # noqa: PLR2004
        return node[int(step)]
    return None


def _standard(document: Any) -> str | None:
    head = mapping(document)
    openapi, swagger = head.get("openapi"), head.get("swagger")
    if isinstance(openapi, str | float) and str(openapi).startswith("3."):
        return f"OpenAPI {str(openapi)[:10]}"
    return "Swagger 2.0" if str(swagger) == "2.0" else None
