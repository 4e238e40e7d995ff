# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads what shall be measured, and makes those who do it. Their libraries are imported only where they are wanted."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING

import structlog

from ex_app.environment import EnvironmentProblemError, Operation
from openconnector.core.telemetry import Observer, Telemetry

if TYPE_CHECKING:
    from ex_app.observability.metrics import Metrics
    from ex_app.observability.traces import Traces

log = structlog.get_logger(__name__)

ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
_PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
_PROTOCOL = "http/protobuf"
_INSTALL = "needs the extra: pip install 'openconnector[observability]'"


@dataclass(frozen=True, slots=True)
class Observability:
    """What measures this process; nothing by default."""

    metrics: "Metrics | None" = None
    traces: "Traces | None" = None

    @property
    def telemetry(self) -> Telemetry | None:
        """What the engine tells; None: there is nobody to tell."""
        observers: list[Observer] = [one for one in (self.traces, self.metrics) if one is not None]
        return Telemetry(observers) if observers else None

    def close(self) -> None:
        """Send what has not been sent. It may take some seconds."""
        if self.traces is not None:
            self.traces.close()


def observability_of(operation: Operation, environ: Mapping[str, str]) -> Observability:
    """What the variables ask for.

    Raises:
        EnvironmentProblemError: metrics are wanted and their library is not there.
    """
    return Observability(_metrics(operation), _traces(operation, environ))


def _metrics(operation: Operation) -> "Metrics | None":
    if operation.metrics_token is None:
        return None
    if not _is_there("prometheus_client"):
        raise EnvironmentProblemError("OPENCONNECTOR_METRICS_TOKEN", _INSTALL)
    from ex_app.observability.metrics import Metrics  # noqa: PLC0415

    return Metrics()


def _traces(operation: Operation, environ: Mapping[str, str]) -> "Traces | None":
    """Traces, where the standard variables name a receiver; without one nothing is traced."""
    wanted = environ.get("OTEL_TRACES_EXPORTER", "otlp").strip() or "otlp"
    is_disabled = environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true"
    if is_disabled or wanted == "none" or not any(environ.get(name, "").strip() for name in ENDPOINTS):
        return None
    protocol = next((environ[name] for name in _PROTOCOLS if environ.get(name)), _PROTOCOL)
    if wanted != "otlp" or protocol != _PROTOCOL:
        log.warning("there are no traces: only otlp over http/protobuf can be sent", exporter=wanted, protocol=protocol)
        return None
    if not _is_there("opentelemetry.exporter.otlp.proto.http"):
        log.warning("there are no traces: their library is missing", what=_INSTALL)
        return None
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415

    from ex_app.observability.traces import Traces  # noqa: PLC0415

    service = environ.get("OTEL_SERVICE_NAME", "").strip() or "openconnector"
    return Traces(OTLPSpanExporter(), operation.trace_hosts, service=service)


def _is_there(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False
