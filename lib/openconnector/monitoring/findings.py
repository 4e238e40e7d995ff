# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What one check says about a source."""

from dataclasses import dataclass
from datetime import datetime

from openconnector.calls.progress import TO_AUTHORIZE
from openconnector.core.phrases import phrase
from openconnector.logs.entries import CallEntry, ExchangeEntry
from openconnector.monitoring.schemas import Check, Expiry, Verdict, WatchSettings

_OWN_REFUSALS = frozenset({"rate_limited", "cancelled", "source_disabled"})
"""Kinds of failure that say nothing about the source: we have not asked it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A check with what it means.

    Attributes:
        reason: one sentence without secrets: the log entry has been redacted.
        certificate: of the server; None: none was seen.
        is_plain: the server has answered without TLS, so it has no certificate.
    """

    check: Check
    reason: str
    certificate: Expiry | None
    is_plain: bool = False


def finding_of(call: CallEntry, settings: WatchSettings, *, is_file_server: bool) -> Finding:
    """Judge a call by what is expected of it."""
    verdict, reason = _judge(call, settings, is_file_server=is_file_server)
    check = Check(
        log_id=call.id,
        at=call.started_at,
        verdict=verdict,
        status_code=call.status_code,
        outcome=call.outcome,
        duration_ms=call.duration_ms,
    )
    return Finding(check, reason, _certificate(call), is_plain=_is_plain(call))


def is_expected(status_code: int, expected: str) -> bool:
    """Whether a status code is in a list such as `2xx,404`."""
    return any(part in (str(status_code), f"{status_code // 100}xx") for part in expected.split(","))


def _judge(call: CallEntry, settings: WatchSettings, *, is_file_server: bool) -> tuple[Verdict, str]:
    if call.error_type in _OWN_REFUSALS:
        return "skipped", _because(call)
    if call.status_code is None or call.outcome in ("transport_error", "refused"):
        return "failed", _because(call)
    if is_file_server and call.outcome != "success":
        return "failed", _because(call)
    status, duration = f"{call.status_code} {call.reason or ''}".strip(), f"{call.duration_ms:.0f}"
    if not is_file_server and not is_expected(call.status_code, settings.expected_status):
        return "failed", _unexpected(status, settings.expected_status.split(","))
    if settings.max_duration_ms is not None and call.duration_ms > settings.max_duration_ms:
        took = phrase("It took {duration} ms, more than {limit} ms.", duration=duration, limit=settings.max_duration_ms)
        return "slow", took
    return "passed", phrase("It answered {status} in {duration} ms.", status=status, duration=duration)


def _unexpected(status: str, expected: list[str]) -> str:
    # In notifications, Nextcloud translates the sentence and not its values: a list needs no translation.
    if len(expected) == 1:
        return phrase("It answered {status}; expected is {expected}.", status=status, expected=expected[0])
    return phrase("It answered {status}; expected is one of {expected}.", status=status, expected=", ".join(expected))


def _because(call: CallEntry) -> str:
    title: str | None = (call.diagnosis or {}).get("title")
    return title or phrase("No answer came ({outcome}).", outcome=call.error_type or call.outcome)


def _certificate(call: CallEntry) -> Expiry | None:
    """When the certificate ends that the server has shown at the last connection of the call."""
    for exchange in reversed(_to_the_source(call)):
        chain = ((exchange.connection or {}).get("tls") or {}).get("chain") or []
        if chain and chain[0].get("notAfter"):
            return Expiry(type="server_certificate", expires_at=datetime.fromisoformat(chain[0]["notAfter"]))
    return None


def _is_plain(call: CallEntry) -> bool:
    ways = [exchange.connection for exchange in _to_the_source(call) if exchange.response and exchange.connection]
    return bool(ways) and all(way.get("tls") is None for way in ways)


def _to_the_source(call: CallEntry) -> list[ExchangeEntry]:
    """The exchanges of a call without those with an authorization server, which has a certificate of its own."""
    return [exchange for exchange in call.exchanges if exchange.kind not in TO_AUTHORIZE]
