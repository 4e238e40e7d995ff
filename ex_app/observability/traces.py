# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Traces for OpenTelemetry, by its own variables (`OTEL_…`): a span for a call, and a client span for each exchange.

Exchanges are told when the call has ended, redacted as the log has them; their spans get the times that were measured.
"""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from threading import Thread

from opentelemetry.context import Context
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.trace import SpanKind, Status, StatusCode, set_span_in_context

from ex_app.observability.attributes import error_of, is_http, method_of, server_of, version_of
from openconnector import __version__
from openconnector.core.clock import now
from openconnector.core.telemetry import CallTold, ExchangeTold, Trace

CLOSE_SECONDS = 3.0

_AGAIN = frozenset({"retry", "redirect", "authentication"})
"""Kinds of exchanges that say the same again: `http.request.resend_count` counts them."""


class Traces:
    """The traces of one process. An `Observer`.

    Args:
        hosts: who is told of the trace that a request belongs to: `erp.example.org`, `*.example.org`, `*`.
        service: `service.name` of the resource.
    """

    def __init__(self, exporter: SpanExporter, hosts: Sequence[str] = (), *, service: str = "openconnector") -> None:
        self._provider = TracerProvider(
            # Beside it the library reads OTEL_RESOURCE_ATTRIBUTES, OTEL_TRACES_SAMPLER and OTEL_BSP_….
            resource=Resource.create({SERVICE_NAME: service, SERVICE_VERSION: __version__}),
            id_generator=_ChosenIds(),
            shutdown_on_exit=False,
        )
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("openconnector", __version__)
        self._hosts = hosts

    def began(self) -> Trace:
        """Open the span of a call. It has no parent: Nextcloud sends none."""
        # By the clock that the exchanges go by, so that none of them seems to begin before its call.
        span = self._tracer.start_span("openconnector.call", Context(), start_time=_nanoseconds(now()))
        context = span.get_span_context()
        return Trace(f"{context.trace_id:032x}", context.trace_flags.sampled, span)

    def header(self, trace: Trace, host: str) -> str | None:
        """`traceparent` with an id of its own, which the span of the exchange gets later."""
        if not any(_covers(pattern, host.lower()) for pattern in self._hosts):
            return None
        return f"00-{trace.trace_id}-{secrets.token_hex(8)}-{int(trace.is_sampled):02x}"

    def ended(self, call: CallTold, trace: Trace | None) -> None:
        """End the span of a call, with one below it for each exchange."""
        if trace is None or not trace.span.is_recording():
            return
        span = trace.span
        span.set_attributes(
            {
                "openconnector.call.id": call.id,
                "openconnector.source.id": call.source_id,
                "openconnector.source.name": call.source_name,
                "openconnector.source.type": call.source_type,
                "openconnector.trigger": call.trigger,
                "openconnector.outcome": call.outcome,
            }
        )
        if call.outcome != "success":
            span.set_attribute("error.type", call.error_type or call.outcome)
            span.set_status(Status(StatusCode.ERROR))
        context = set_span_in_context(span, Context())
        ids, again = _ids_of(call.exchanges), 0
        for exchange, span_id in zip(call.exchanges, ids, strict=True):
            again = again + 1 if exchange.kind in _AGAIN else 0
            self._tell(exchange, context, span_id, again)
        span.end()

    def close(self) -> None:
        """Send what is left, in a few seconds at most: a receiver that is away must not keep the process alive."""
        sending = Thread(target=self._provider.shutdown, daemon=True)
        sending.start()
        sending.join(CLOSE_SECONDS)

    def _tell(self, exchange: ExchangeTold, context: Context, span_id: int | None, again: int) -> None:
        name = method_of(exchange)
        started = _nanoseconds(exchange.started_at)
        with _chosen(span_id):
            span = self._tracer.start_span(
                "HTTP" if name == "_OTHER" and is_http(exchange) else exchange.method if name == "_OTHER" else name,
                context,
                SpanKind.CLIENT,
                attributes=_attributes(exchange, again),
                start_time=started,
            )
        if error_of(exchange) is not None:
            span.set_status(Status(StatusCode.ERROR))
        span.end(started + round(exchange.duration_ms * 1_000_000))


def _attributes(exchange: ExchangeTold, again: int) -> dict[str, str | int]:
    scheme, address, port = server_of(exchange)
    values: dict[str, str | int | None] = {
        "server.address": address,
        "server.port": port or None,
        "url.full": exchange.url,
        "url.scheme": scheme,
        "network.peer.address": exchange.address,
        "network.peer.port": exchange.port if exchange.address else None,
        "network.protocol.name": "http" if is_http(exchange) else scheme or None,
        "network.protocol.version": version_of(exchange),
        "error.type": error_of(exchange),
        "openconnector.exchange.kind": exchange.kind,
    }
    if is_http(exchange):
        method = method_of(exchange)
        values |= {
            "http.request.method": method,
            "http.request.method_original": exchange.method if method == "_OTHER" else None,
            "http.response.status_code": exchange.status_code,
            "http.request.resend_count": again or None,
        }
    return {name: value for name, value in values.items() if value is not None}


def _ids_of(exchanges: Sequence[ExchangeTold]) -> list[int | None]:
    """The ids that were sent along. A redirect repeats the one of its request: that of the first answer has it."""
    ids: list[int | None] = [None] * len(exchanges)
    for header in {exchange.traceparent for exchange in exchanges if exchange.traceparent}:
        sent = [place for place, exchange in enumerate(exchanges) if exchange.traceparent == header]
        first = next((place for place in sent if exchanges[place].status_code is not None), sent[0])
        ids[first] = _id_in(header)
    return ids


def _id_in(header: str) -> int | None:
    """The id of the span in a `traceparent`; None where a source has one of its own that is none."""
    try:
        return int(header.split("-")[2], 16) or None
    except (IndexError, ValueError):
        return None


def _nanoseconds(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(microseconds=1) * 1000


def _covers(pattern: str, host: str) -> bool:
    return pattern in ("*", host) or (pattern.startswith("*.") and host.endswith(pattern[1:]))


_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
_next_id: ContextVar[int | None] = ContextVar("span id", default=None)


@contextmanager
def _chosen(span_id: int | None) -> Iterator[None]:
    token = _next_id.set(span_id)
    try:
        yield
    finally:
        _next_id.reset(token)


class _ChosenIds(RandomIdGenerator):
    """Gives the span that is started the id that has been sent for it."""

    def generate_span_id(self) -> int:
        return _next_id.get() or super().generate_span_id()
