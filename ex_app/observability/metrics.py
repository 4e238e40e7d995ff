# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Metrics in the form that Prometheus reads.

`http_client_request_duration_seconds` is OpenTelemetry's `http.client.request.duration` under the name that Prometheus
gives it. Every label has a bound: what comes after the first hosts and sources counts as `_OTHER`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Histogram, PlatformCollector, ProcessCollector
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

from ex_app.observability.attributes import error_of, is_http, method_of, server_of, version_of
from openconnector import __version__
from openconnector.core.telemetry import CallTold, ExchangeTold, Trace, VitalSigns

CONTENT_TYPE = CONTENT_TYPE_LATEST
OTHER = "_OTHER"
MAX_SERVERS = 200
MAX_SOURCES = 200
MAX_SERIES = 2000
"""Of exchanges: a server may answer with any status, and each series takes some KiB."""

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)
"""Seconds, as the semantic conventions advise."""

EXCHANGE_LABELS = (
    *("http_request_method", "http_response_status_code", "error_type"),
    *("server_address", "server_port", "url_scheme", "network_protocol_version"),
)


class Metrics:
    """The metrics of one process. An `Observer`."""

    def __init__(
        self, *, max_servers: int = MAX_SERVERS, max_sources: int = MAX_SOURCES, max_series: int = MAX_SERIES
    ) -> None:
        self._registry = CollectorRegistry()
        self._servers = _Known(max_servers)
        self._sources = _Known(max_sources)
        self._series = _Known(max_series)
        self._signs = _Gauges()
        self._exchanges = Histogram(
            "http_client_request_duration_seconds",
            "Duration of HTTP client requests.",
            EXCHANGE_LABELS,
            buckets=BUCKETS,
            registry=self._registry,
        )
        self._calls = Counter(
            "openconnector_calls",
            "Calls that have ended, by source and outcome.",
            ("source_id", "source", "trigger", "outcome"),
            registry=self._registry,
        )
        self._registry.register(self._signs)
        ProcessCollector(registry=self._registry)
        PlatformCollector(registry=self._registry)

    def began(self) -> Trace | None:
        """Nothing is traced here."""
        return None

    def header(self, trace: Trace, host: str) -> str | None:  # noqa: ARG002
        """Nothing is traced here."""
        return None

    def ended(self, call: CallTold, trace: Trace | None) -> None:  # noqa: ARG002
        """Count a call, and what it took."""
        source = (call.source_id, call.source_name)
        if not self._sources.knows(source):
            source = (OTHER, OTHER)
        self._calls.labels(*source, call.trigger, call.outcome).inc()
        for exchange in call.exchanges:
            if is_http(exchange):
                labels = self._labels(exchange)
                if not self._series.knows(labels):
                    labels = (OTHER,) * len(EXCHANGE_LABELS)
                self._exchanges.labels(*labels).observe(exchange.duration_ms / 1000)

    def exposition(self, signs: VitalSigns | None) -> bytes:
        """All of it as text, with the signs of the engine; None: it does not serve."""
        self._signs.signs = signs
        return generate_latest(self._registry)

    def _labels(self, exchange: ExchangeTold) -> tuple[str, ...]:
        scheme, address, port = server_of(exchange)
        server = (address, str(port), scheme) if self._servers.knows((address, port, scheme)) else (OTHER, "", "")
        status = "" if exchange.status_code is None else str(exchange.status_code)
        return (method_of(exchange), status, error_of(exchange) or "", *server, version_of(exchange) or "")


class _Known:
    """The first values of a label; a bound of what a label may cost."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: set[object] = set()

    def knows(self, value: object) -> bool:
        if value not in self._known and len(self._known) < self._most:
            self._known.add(value)
        return value in self._known


@dataclass(eq=False, slots=True)
class _Gauges(Collector):
    """What is looked at when it is asked for."""

    signs: VitalSigns | None = None

    def collect(self) -> Iterator[Metric]:
        signs = self.signs
        info = GaugeMetricFamily("openconnector_build_info", "The version that runs.", labels=("version",))
        info.add_metric((__version__,), 1)
        yield info
        yield _gauge("openconnector_engine_up", "Whether the engine serves.", int(signs is not None))
        if signs is None:
            return
        yield _gauge("openconnector_log_queue_calls", "Calls that wait to be written into the log.", signs.queue)
        yield _gauge("openconnector_log_index_lag_calls", "Calls that are not in the index yet.", signs.index_lag)
        yield _gauge("openconnector_log_calls", "Calls in the log.", signs.calls)
        yield _gauge("openconnector_database_size_bytes", "What the database takes.", signs.database_bytes)
        yield _gauge("openconnector_log_read_only", "Whether nothing is written: no room.", int(signs.is_read_only))
        if signs.free_bytes is not None:
            yield _gauge("openconnector_disk_free_bytes", "What is free on the database's disk.", signs.free_bytes)


def _gauge(name: str, text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, text, value=value)
