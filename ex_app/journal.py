# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Structured logs on standard error: one JSON object a line, or lines for people.

A record names the request of Nextcloud (`requestId`) and the trace (`traceId`) that it belongs to. What is a secret by
its name, and the credentials in a URL, are taken out here whoever wrote them.
"""

import logging
import re
import sys
from collections.abc import Iterable
from typing import Any, Literal, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from ex_app.appapi.client import request_id
from openconnector.core.telemetry import current_trace
from openconnector.vault.names import SENSITIVE_HEADERS, SENSITIVE_PARAMETERS

Format = Literal["json", "human"]

REDACTED = "REDACTED"
MAX_DEPTH = 4
"""Of values inside of values; what is deeper is left out."""

_QUIET = (
    *("httpx", "httpcore", "niquests", "urllib3", "urllib3_future", "alembic", "aiosqlite", "asyncio"),
    *("opentelemetry", "uvicorn.error"),
)
"""Libraries that tell every request, statement or step at level info or debug, addresses and queries included."""

_NAMES = frozenset(name.replace("-", "") for name in SENSITIVE_HEADERS | SENSITIVE_PARAMETERS) | {
    *("authorizationappapi", "harpsharedkey", "requesttoken", "appsecret", "cookies", "metricstoken", "credentials"),
}
_CREDENTIALS = re.compile(r"(?<=://)[^/\s@'\"]+@")


class Secrets:
    """Values that stand in no line, whatever has brought them there."""

    def __init__(self, values: Iterable[str | None]) -> None:
        self._values = sorted({value for value in values if value and len(value) >= _SHORTEST}, key=len, reverse=True)

    def __call__(self, _logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
        """A processor: the record without secrets."""
        return {key: self._clean(key, value, MAX_DEPTH) for key, value in event.items()}

    def _clean(self, key: str, value: Any, depth: int) -> Any:
        if key.lower().replace("-", "").replace("_", "") in _NAMES and value is not None:
            return REDACTED
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, bytes):
            return self._text(value.decode(errors="replace"))
        if isinstance(value, dict):
            return {str(name): self._clean(str(name), one, depth - 1) for name, one in value.items()} if depth else "…"
        if isinstance(value, list | tuple | set | frozenset):
            return [self._clean("", one, depth - 1) for one in value] if depth else "…"
        return value if value is None or isinstance(value, bool | int | float) else self._text(str(value))

    def _text(self, text: str) -> str:
        for secret in self._values:
            text = text.replace(secret, REDACTED)
        return _CREDENTIALS.sub(f"{REDACTED}@", text) if "://" in text else text


_SHORTEST = 8
"""Characters from which on a secret is looked for: a shorter one would be found in any word."""


def add_context(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """A processor: which request and which trace the record belongs to."""
    request, trace = request_id.get(), current_trace()
    if request:
        event.setdefault("requestId", request)
    if trace is not None:
        event.setdefault("traceId", trace.trace_id)
    return event


def configure_journal(
    level: str, form: Format = "json", secrets: Secrets | None = None, stream: TextIO | None = None
) -> None:
    """Send the records of the engine, of the face and of every library to standard error.

    Args:
        secrets: takes out what no line may hold, such as the secret that is shared with Nextcloud.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        structlog.processors.format_exc_info,
        add_context,
        secrets or Secrets(()),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    stream = stream or sys.stderr
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(allow=()), *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _renderer(form, stream)],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def _renderer(form: Format, stream: TextIO) -> Processor:
    if form == "json":
        return structlog.processors.JSONRenderer(ensure_ascii=False, default=str)
    return structlog.dev.ConsoleRenderer(colors=stream.isatty(), timestamp_key="at", event_key="event")
