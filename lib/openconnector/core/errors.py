# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every error that the engine raises on purpose, and how it is answered.

    OpenConnectorError
    ├── NotAuthenticated          401
    ├── AdministratorRequired     403
    ├── NotFound                  404
    ├── Conflict                  409
    ├── TooLarge                  413
    ├── InvalidInput              422  names the fields
    ├── StorageFull               507
    └── ConfigurationError        the engine cannot start; one line for the administrator

Answers are problem documents (RFC 9457).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from openconnector.core.phrases import phrase


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing that is wrong with one field of a request.

    `pointer` is a JSON pointer (RFC 6901) into the body, such as `/headers/0/value`; for a part of the URL it is
    null and `parameter` names the part.
    """

    pointer: str | None
    detail: str
    code: str
    parameter: str | None = None

    def as_member(self) -> dict[str, str]:
        """The member of the `errors` list of a problem document."""
        where = {"parameter": self.parameter} if self.pointer is None else {"pointer": self.pointer}
        return {name: text for name, text in where.items() if text} | {
            "detail": self.detail,
            "code": self.code,
        }


class OpenConnectorError(Exception):
    """Root of what the engine raises on purpose; `str()` is a sentence for the user."""

    status: ClassVar[int] = 500
    slug: ClassVar[str] = "internal"
    title: ClassVar[str] = phrase("Something went wrong")

    def __init__(self, detail: str | None = None, *, errors: Sequence[FieldError] = (), **members: Any) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.errors = list(errors)
        self.members = members

    def problem(self) -> dict[str, Any]:
        """The problem document (RFC 9457) of this error, with its phrases."""
        document: dict[str, Any] = {
            "type": f"urn:openconnector:problem:{self.slug}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
        }
        if self.errors:
            document["errors"] = [error.as_member() for error in self.errors]
        return document | self.members


class NotAuthenticated(OpenConnectorError):
    status, slug, title = 401, "not-authenticated", phrase("The request is not authenticated")


class AdministratorRequired(OpenConnectorError):
    status, slug, title = 403, "administrator-required", phrase("Only administrators may do this")


class NotFound(OpenConnectorError):
    status, slug, title = 404, "not-found", phrase("Not found")


class Conflict(OpenConnectorError):
    status, slug, title = 409, "conflict", phrase("The request conflicts with what is stored")


class VersionConflict(Conflict):
    """Somebody else saved in the meantime. The member `current` holds what is stored now."""

    slug, title = "version-conflict", phrase("Somebody else has changed this in the meantime")


class TooLarge(OpenConnectorError):
    status, slug, title = 413, "too-large", phrase("The request is too large")


class InvalidInput(OpenConnectorError):
    status, slug, title = 422, "validation", phrase("Some fields need attention")

    @classmethod
    def field(cls, pointer: str, detail: str, *, code: str = "invalid", **members: Any) -> "InvalidInput":
        """An error about a single field. `members` stand in the problem document beside the others."""
        return cls(detail, errors=[FieldError(pointer, detail, code)], **members)

    @classmethod
    def parameter(cls, name: str, detail: str, **members: Any) -> "InvalidInput":
        """An error about a parameter of the path or the query, with `members` as above."""
        return cls(detail, errors=[FieldError(None, detail, "invalid", name)], **members)


class StorageFull(OpenConnectorError):
    """The disk of the database has no room, so nothing is written and nothing is called (RFC 4918, section 11.5)."""

    status, slug, title = 507, "storage-full", phrase("The disk is full")


class ConfigurationError(OpenConnectorError):
    """The engine cannot work with its settings, its key or its database."""

    slug, title = "configuration", phrase("OpenConnector is not configured correctly")
