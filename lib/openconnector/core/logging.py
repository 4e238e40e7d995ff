# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The process's own log: one line of JSON an event on stderr. It is not the call log."""

import logging
import sys

import structlog


def configure(level: str) -> None:
    """Send our events and those of the libraries to stderr.

    Tracebacks are kept short and without the values of variables, which may hold secrets. The HTTP libraries are
    kept at warnings: below, they write URLs and headers.
    """
    threshold = getattr(logging, level.upper())
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=threshold, format="%(levelname)s %(name)s %(message)s", stream=sys.stderr, force=True)
    for library in (
        "httpx",
        "httpcore",
        "sqlalchemy",
        "aiosqlite",
        "alembic",
        "asyncio",
        "dbos",
        "niquests",
        "urllib3",
    ):
        logging.getLogger(library).setLevel(max(threshold, logging.WARNING))
