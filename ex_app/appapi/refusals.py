# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Why the face turns a request away, and how that is answered: a problem document (RFC 9457)."""

import json
from collections.abc import Sequence
from typing import ClassVar

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Scope

from ex_app.environment import PROJECT
from openconnector.core.errors import OpenConnectorError
from openconnector.core.languages import Languages
from openconnector.core.phrases import localised, phrase, spoken

LANGUAGES = Languages(PROJECT / "l10n")
MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 5


class RequestRefusedError(OpenConnectorError):
    """A request that the face does not pass on; the subclasses say why."""

    extra_headers: ClassVar[dict[str, str]] = {}

    def response_headers(self) -> dict[str, str]:
        """Headers of the answer, beside those of its body."""
        # Nextcloud's proxy keeps what is not exactly `application/json` for an hour, unless it is forbidden.
        return {"Cache-Control": "no-store", **self.extra_headers}


class NotFromNextcloudError(RequestRefusedError):
    """The request does not prove that it comes from this Nextcloud, or nobody is signed in there."""

    status, slug, title = 401, "not-authenticated", phrase("The request is not authenticated")


class ForbiddenError(RequestRefusedError):
    """The caller is known and may not do this."""

    status, slug = 403, "forbidden"
    title: ClassVar[str] = phrase("This is not allowed")


class AdministratorsOnlyError(ForbiddenError):
    """The acting user is not in Nextcloud's group `admin`."""

    slug, title = "administrator-required", phrase("Only administrators may do this")


class MissingCsrfHeaderError(ForbiddenError):
    """A write without a header that a page of another site cannot set."""

    slug, title = "csrf", "Writes need the header requesttoken or X-Requested-With"


class UnknownPathError(RequestRefusedError):
    """The app has no such path."""

    status, slug, title = 404, "not-found", phrase("There is no such thing")


class VerbNotAllowedError(RequestRefusedError):
    """The path exists, the verb does not."""

    status, slug, title = 405, "method-not-allowed", phrase("The method is not allowed here")

    def __init__(self, allowed: Sequence[str]) -> None:
        self._allowed = ", ".join(allowed)
        super().__init__(f"Allowed here: {self._allowed}")

    def response_headers(self) -> dict[str, str]:
        """Names the allowed methods, as RFC 9110 asks of a 405."""
        return {**super().response_headers(), "Allow": self._allowed}


class RoleUnknownError(RequestRefusedError):
    """Nextcloud could not be asked whether the user is an administrator."""

    status, slug, title = 503, "nextcloud-unavailable", phrase("Nextcloud could not be asked who you are")
    extra_headers: ClassVar[dict[str, str]] = {"Retry-After": str(RETRY_AFTER_SECONDS)}


class EngineUnavailableError(RequestRefusedError):
    """The engine has not started yet, or cannot start."""

    status, slug, title = 503, "unavailable", phrase("OpenConnector is not ready")
    extra_headers: ClassVar[dict[str, str]] = {"Retry-After": str(RETRY_AFTER_SECONDS)}


class FaultError(RequestRefusedError):
    """Something failed that should not have; the log has the details."""

    status, slug, title = 500, "internal", phrase("Something went wrong")


def refusal_response(refusal: RequestRefusedError, scope: Scope) -> Response:
    """The answer to a request that was turned away, in its language."""
    spoken.set(LANGUAGES.catalog(Headers(scope=scope).get("accept-language", "")))
    body = json.dumps(localised(refusal.problem()), ensure_ascii=False).encode()
    return Response(body, refusal.status, headers=refusal.response_headers(), media_type=MEDIA_TYPE)
