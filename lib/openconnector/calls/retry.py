# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""When a call is made again by itself, and how long it waits before that. Nothing here waits or sends."""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from openconnector.calls.progress import TO_AUTHORIZE
from openconnector.sources.connection import Retry
from openconnector.transports.exchange import Exchange
from openconnector.transports.http import IDEMPOTENT

_BEFORE_SENDING = frozenset(
    {"connection_refused", "connect_timeout", "dns_timeout", "pool_timeout", "proxy_unreachable", "tls_timeout"}
)
"""What goes wrong before a request is sent."""

_PASSING = _BEFORE_SENDING | frozenset(
    ("connection_not_kept", "connection_reset", "empty_reply", "read_timeout", "incomplete_body", "http2_error")
)
"""What may go well the next time.

`name_not_resolved` is not among them: the name service has answered, after tries of its own, and what it says is kept
by caches for longer than any pause of ours. Certificates, policies and redirects do not change by asking again.
"""

_SECONDS = re.compile(r"\d{1,12}(\.\d{1,9})?", re.ASCII)
_MAX_WAIT = timedelta(days=3650)


def pause_before_retry(
    exchanges: Sequence[Exchange],
    attempt: int,
    retry: Retry,
    *,
    method: str,
    remaining_ms: float,
    jitter: Callable[[], float],
) -> float | None:
    """Milliseconds until the request is sent again; None: it is not.

    Args:
        exchanges: those of the attempt. The last one tells how it has ended.
        attempt: how many retries came before: 0 after the first attempt.
        method: that of the call. A redirect may have changed it, but a retry begins at the beginning.
        remaining_ms: what is left of the total timeout. A pause that does not end within it is not begun.
        jitter: a number from 0 to 1, different each time, so that many callers do not come back together.
    """
    last = exchanges[-1]
    if attempt >= retry.max_retries or not _may_go_well(last, retry):
        return None
    if not _may_be_sent_again(exchanges, retry, method):
        return None
    backoff_ms = min(retry.backoff_ms * 2.0**attempt, retry.max_backoff_ms)
    pause_ms = max(backoff_ms / 2 * (1 + jitter()), _asked_ms(last))
    return pause_ms if pause_ms < remaining_ms else None


def retry_after(headers: Iterable[tuple[str, str]], since: datetime) -> datetime | None:
    """When the other side wants to be asked again (RFC 9110, section 10.2.3); None where it does not say so.

    Args:
        since: when the answer came; seconds count from there.
    """
    found = (_instant(value.strip(), since) for name, value in headers if name.lower() == "retry-after")
    return max((instant for instant in found if instant is not None), default=None)


def _may_go_well(last: Exchange, retry: Retry) -> bool:
    if last.failure is not None:
        return last.failure.type in _PASSING
    return last.response is not None and last.response.status_code in retry.statuses


def _may_be_sent_again(exchanges: Sequence[Exchange], retry: Retry, method: str) -> bool:
    if retry.all_methods or method.upper() in IDEMPOTENT:
        return True
    failure = exchanges[-1].failure
    # What follows a redirect may not have been sent; what came before it was.
    was_sent = any(
        exchange.request.wire_size is not None and exchange.kind not in TO_AUTHORIZE for exchange in exchanges
    )
    return not was_sent and failure is not None and failure.type in _BEFORE_SENDING


def _asked_ms(last: Exchange) -> float:
    if last.response is None:
        return 0
    came_at = last.started_at + timedelta(milliseconds=last.duration_ms)
    until = retry_after(last.response.headers, came_at)
    return 0 if until is None else (until - came_at) / timedelta(milliseconds=1)


def _instant(text: str, since: datetime) -> datetime | None:
    if _SECONDS.fullmatch(text):
        return since + min(timedelta(seconds=float(text)), _MAX_WAIT)
    try:
        parsed = parsedate_to_datetime(text)  # also the two old forms of a date (RFC 9110, section 5.6.7)
        return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
