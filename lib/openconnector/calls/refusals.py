# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Why a call was not sent, or not to its end, where that is not for the network to say."""

import structlog

from openconnector.authentication.base import CredentialsUnusable
from openconnector.calls.concurrency import TooManyAtOnce
from openconnector.calls.files.refusal import FileRefused
from openconnector.calls.rate_limit import RateLimited
from openconnector.calls.tokens.fetching import TokenFailed
from openconnector.core.http import InvalidURL
from openconnector.core.phrases import phrase, told
from openconnector.egress.origin import PathLeavesOrigin
from openconnector.sources.opened import OpenSource
from openconnector.sources.sealing import why_closed
from openconnector.templates.problem import TemplateProblem
from openconnector.transports.exchange import Failure
from openconnector.transports.soap.security import EnvelopeUnusable

_UNENTERED = phrase(
    "A secret of this source has not been entered since it was imported. Enter it in the configuration."
)

_REFUSALS: tuple[tuple[type[Exception], str], ...] = (
    (RateLimited, "rate_limited"),
    (TooManyAtOnce, "rate_limited"),
    (TemplateProblem, "invalid_template"),
    (CredentialsUnusable, "credentials_unusable"),
    (EnvelopeUnusable, "envelope_unusable"),
    (PathLeavesOrigin, "path_leaves_origin"),
    (InvalidURL, "invalid_request"),
    (ValueError, "invalid_request"),
)

log = structlog.get_logger()


def refusal_of(source: OpenSource) -> Failure | None:
    """Why nothing is sent to a source as it is configured."""
    if not source.is_enabled:
        return Failure("source_disabled", phrase("The source is disabled."))
    if source.closed:
        return Failure("secret_unreadable", why_closed(source.closed))
    return Failure("credentials_unusable", _UNENTERED) if source.has_unentered_secrets else None


def failure_of(error: Exception) -> Failure:
    """Why a request was not sent. What the network does is not told here: that is in the exchanges."""
    if isinstance(error, TokenFailed | FileRefused):
        return Failure(error.type, told(error))
    for kind, name in _REFUSALS:
        if isinstance(error, kind):
            return Failure(name, told(error))
    log.error("the transport failed unexpectedly", error=type(error).__name__, exc_info=error)
    return Failure("internal_error", type(error).__name__)
