# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What those who measure are told of calls: spans in a real receiver, and metrics as Prometheus reads them."""

import asyncio
import os
import re
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr

from ex_app.environment import PROJECT, Operation
from ex_app.observability import traces
from ex_app.observability.composition import observability_of
from ex_app.observability.metrics import EXCHANGE_LABELS, OTHER, Metrics
from ex_app.observability.traces import Traces
from openconnector.app import create_app, engine
from openconnector.authentication.anonymous import NoAuthentication
from openconnector.authentication.bearer import BearerAuthentication
from openconnector.calls.schemas import CallRequest
from openconnector.core.clock import now
from openconnector.core.settings import Settings
from openconnector.core.telemetry import CallTold, ExchangeTold, Observer, Telemetry, current_trace
from openconnector.logs.schemas import Trigger
from openconnector.logs.vital_signs import read_vital_signs
from openconnector.sources.connection import Connection
from openconnector.sources.opened import OpenSource
from tests.factories import marked
from tests.upstream import answering, hang, request_head, serve

Call = Callable[..., Any]


@asynccontextmanager
async def calling(settings: Settings, *observers: Observer) -> AsyncIterator[tuple[Call, Any]]:
    """Makes calls to a location, with observers; and the state of the engine."""
    app = create_app(settings, Telemetry(observers) if observers else None)

    async def call(location: str, path: str = "", *, source_id: UUID | None = None, **values: Any) -> Any:
        source = OpenSource(
            id=source_id or uuid4(),
            version=1,
            slug="source",
            name="Zaaksysteem",
            location=location,
            type="json",
            is_enabled=True,
            headers=[],
            query=[],
            authentication=values.pop("authentication", NoAuthentication()),
            connection=Connection(**values),
            rate_state=None,
        )
        return await app.state.calls.call(source, CallRequest(path=path), Trigger(type="test"))

    async with engine(app, settings):
        yield call, app.state


@pytest.fixture
def spans() -> InMemorySpanExporter:
    return InMemorySpanExporter()


def told(traces: Traces, exporter: InMemorySpanExporter) -> Sequence[ReadableSpan]:
    """The spans as they have ended: the exchanges of a call, and the call."""
    traces.close()
    return exporter.get_finished_spans()


async def test_a_call_and_each_of_its_exchanges_is_a_span(
    sqlite_settings: Settings, httpbin: str, spans: InMemorySpanExporter
) -> None:
    traces = Traces(spans)
    secret = marked("span")
    async with calling(sqlite_settings, traces) as (call, _):
        entry = await call(httpbin, f"/redirect/1?token={secret}", redirects="same_origin")
    first, second, root = told(traces, spans)
    assert (root.name, root.kind, root.parent) == ("openconnector.call", SpanKind.INTERNAL, None)
    assert root.attributes is not None
    assert root.attributes["openconnector.call.id"] == str(entry.id)
    assert root.attributes["openconnector.outcome"] == "success"
    port = int(httpbin.rpartition(":")[2])
    for span, status in ((first, 302), (second, 200)):
        assert (span.name, span.kind) == ("GET", SpanKind.CLIENT)
        assert span.parent is not None
        assert span.parent.span_id == root.context.span_id
        attributes = dict(span.attributes or {})
        assert attributes["http.request.method"] == "GET"
        assert (attributes["server.address"], attributes["server.port"]) == ("127.0.0.1", port)
        assert attributes["http.response.status_code"] == status
        assert attributes["network.protocol.version"] == "1.1"
        assert "error.type" not in attributes
        assert secret not in str(attributes)
    assert dict(second.attributes or {})["http.request.resend_count"] == 1
    assert (root.start_time or 0) <= (first.start_time or 0)
    duration = (first.end_time or 0) - (first.start_time or 0)
    assert duration == pytest.approx(entry.exchanges[0].duration_ms * 1e6, abs=1000)


async def test_what_failed_says_how(sqlite_settings: Settings, httpbin: str, spans: InMemorySpanExporter) -> None:
    traces = Traces(spans)
    async with calling(sqlite_settings, traces) as (call, _):
        await call(httpbin, "/status/503")
        await call("http://127.0.0.1:9")
        await call("http://10.0.0.1")
    found = [
        (span.name, span.status.is_ok, dict(span.attributes or {}).get("error.type")) for span in told(traces, spans)
    ]
    assert found == [
        ("GET", False, "503"),
        ("openconnector.call", False, "503"),
        ("GET", False, "connection_refused"),
        ("openconnector.call", False, "connection_refused"),
        ("GET", False, "egress_denied"),
        ("openconnector.call", False, "egress_denied"),
    ]


async def test_a_source_learns_of_the_trace_only_where_that_is_wanted(
    sqlite_settings: Settings, spans: InMemorySpanExporter
) -> None:
    heads: list[bytes] = []

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await request_head(reader))
        writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
        await writer.drain()

    traces = Traces(spans, hosts=("127.0.0.1",))
    async with (
        serve(handler) as port,
        serve(handler, host="127.0.0.2") as other,
        calling(sqlite_settings, traces) as (call, _),
    ):
        await call(f"http://127.0.0.1:{port}")
        await call(f"http://127.0.0.2:{other}")
    span, root = told(traces, spans)[:2]
    context = span.context
    assert f"traceparent: 00-{context.trace_id:032x}-{context.span_id:016x}-01".encode() in heads[0]
    assert root.context.trace_id == context.trace_id
    assert b"traceparent" not in heads[1].lower()


async def test_without_observers_nothing_is_told_and_nothing_is_sent(sqlite_settings: Settings, httpbin: str) -> None:
    async with calling(sqlite_settings) as (call, _):
        entry = await call(httpbin, "/headers")
        assert current_trace() is None
    assert b"raceparent" not in (entry.exchanges[0].response_body or b"")


async def test_an_observer_that_fails_does_not_disturb_the_call(sqlite_settings: Settings, httpbin: str) -> None:
    class Broken(Metrics):
        def began(self) -> None:
            raise RuntimeError

        def ended(self, *_: object) -> None:
            raise RuntimeError

    metrics = Metrics()
    async with calling(sqlite_settings, Broken(), metrics) as (call, _):
        assert (await call(httpbin, "/status/204")).status_code == 204
    assert 'outcome="success"' in metrics.exposition(None).decode()


async def test_a_real_receiver_gets_the_spans_over_http(
    sqlite_settings: Settings, httpbin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    received: list[tuple[bytes, bytes]] = []

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await request_head(reader)
        length = next(
            int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-le")
        )
        received.append((head, await reader.readexactly(length)))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()

    token = marked("otlp")
    async with serve(handler) as port:
        environ = {
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{port}",
            "OTEL_EXPORTER_OTLP_HEADERS": "x-tenant=zaken",
            "OTEL_SERVICE_NAME": "connector-of-zaken",
        }
        for name, value in environ.items():
            monkeypatch.setenv(name, value)
        observability = observability_of(Operation(), environ)
        assert observability.traces is not None
        async with calling(sqlite_settings, observability.traces) as (call, _):
            await call(httpbin, "/bearer", authentication=BearerAuthentication(type="bearer", token=SecretStr(token)))
        await asyncio.to_thread(observability.close)
    ((head, body),) = received
    assert head.startswith(b"POST /v1/traces ")
    assert b"x-tenant: zaken" in head.lower()
    (resource,) = ExportTraceServiceRequest.FromString(body).resource_spans
    names = {one.key: one.value.string_value for one in resource.resource.attributes}
    assert names["service.name"] == "connector-of-zaken"
    exported = [span for scope in resource.scope_spans for span in scope.spans]
    assert sorted(span.name for span in exported) == ["GET", "openconnector.call"]
    assert len({span.trace_id for span in exported}) == 1
    assert token.encode() not in body


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318", "OTEL_SDK_DISABLED": "true"},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318", "OTEL_TRACES_EXPORTER": "none"},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4317", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"},
    ],
)
def test_there_are_no_traces_without_a_receiver_that_understands_them(environ: dict[str, str]) -> None:
    observability = observability_of(Operation(), environ)
    assert observability.traces is None
    assert observability.telemetry is None


async def test_prometheus_reads_the_metrics(settings: Settings, httpbin: str) -> None:
    metrics, source_id = Metrics(), uuid4()
    async with calling(settings, metrics) as (call, state):
        for path in ("/status/200", "/status/200", "/status/404"):
            await call(httpbin, path, source_id=source_id)
        signs = await read_vital_signs(state.database, state.writer, state.disk)
        exposed = metrics.exposition(signs).decode()
    families = {family.name: family for family in text_string_to_metric_families(exposed)}
    samples = {
        (sample.name, sample.labels.get("http_response_status_code"), sample.labels.get("error_type")): sample
        for sample in families["http_client_request_duration_seconds"].samples
        if not sample.name.endswith("_bucket")
    }
    count = "http_client_request_duration_seconds_count"
    assert samples[count, "200", ""].value == 2
    assert samples[count, "404", "404"].value == 1
    labels = samples[count, "200", ""].labels
    assert (labels["http_request_method"], labels["server_address"], labels["url_scheme"]) == (
        "GET",
        "127.0.0.1",
        "http",
    )
    calls = {
        sample.labels["outcome"]: sample
        for sample in families["openconnector_calls"].samples
        if sample.name.endswith("_total")
    }
    assert calls["success"].value == 2
    assert calls["http_error"].value == 1
    assert calls["success"].labels["source_id"] == str(source_id)
    values = {name: family.samples[0].value for name, family in families.items() if family.type == "gauge"}
    assert values["openconnector_engine_up"] == 1
    assert values["openconnector_log_calls"] == 3
    assert values["openconnector_log_queue_calls"] == 0
    assert values["openconnector_log_index_lag_calls"] in (3, 4)
    assert values["openconnector_database_size_bytes"] > 50_000
    assert ("openconnector_disk_free_bytes" in values) == (settings.database_url is None)


async def test_what_labels_may_cost_has_a_bound(sqlite_settings: Settings) -> None:
    metrics = Metrics(max_servers=2, max_sources=2)
    raw = b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"
    async with calling(sqlite_settings, metrics) as (call, _):
        for _ in range(4):
            async with serve(answering(raw)) as port:
                await call(f"http://127.0.0.1:{port}")
    families = {family.name: family for family in text_string_to_metric_families(metrics.exposition(None).decode())}
    counts = [one for one in families["http_client_request_duration_seconds"].samples if one.name.endswith("_count")]
    assert sorted(one.labels["server_address"] for one in counts) == ["127.0.0.1", "127.0.0.1", OTHER]
    sources = [one for one in families["openconnector_calls"].samples if one.name.endswith("_total")]
    assert sorted(one.value for one in sources) == [1, 1, 2]
    assert OTHER in {one.labels["source_id"] for one in sources}


def test_a_server_that_answers_with_everything_makes_no_series_without_end() -> None:
    metrics = Metrics(max_series=3)
    for status in range(200, 300):
        url = "https://api.example/"
        exchange = ExchangeTold("request", "GET", url, now(), 1.0, status, "HTTP/1.1", None, None, None, None)
        told = CallTold("1", "2", "Zaaksysteem", "rest", "test", "success", None, now(), 1.0, [exchange])
        metrics.ended(told, None)
    families = {family.name: family for family in text_string_to_metric_families(metrics.exposition(None).decode())}
    counts = [one for one in families["http_client_request_duration_seconds"].samples if one.name.endswith("_count")]
    assert sorted(one.value for one in counts) == [1, 1, 1, 97]


def test_the_framework_tells_nothing_by_itself(sqlite_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its telemetry can be switched on by the environment, and would send the bodies of requests that are refused."""
    monkeypatch.setenv("FASTAPI_OTEL_AUTO_CONFIGURE", "true")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    config = create_app(sqlite_settings)._telemetry
    assert not any(config[name] for name in ("auto_configure", "tracing", "metrics", "logs"))


async def test_the_documents_name_every_metric(sqlite_settings: Settings, httpbin: str) -> None:
    metrics = Metrics()
    async with calling(sqlite_settings, metrics) as (call, state):
        await call(httpbin, "/status/204")
        exposed = metrics.exposition(await read_vital_signs(state.database, state.writer, state.disk)).decode()
    names = {line.split()[2] for line in exposed.splitlines() if line.startswith("# TYPE")}
    section = (
        (PROJECT / "docs" / "operations.md").read_text("utf-8").partition("\n## Metrics\n")[2].partition("\n## ")[0]
    )
    written = set(re.findall(r"`((?:http|openconnector)_\w+)`", section.partition("| --- |")[2]))
    labels = set(EXCHANGE_LABELS)
    own = {name for name in names if not name.startswith(("process_", "python_"))}
    # The library tells when a series began; that is no metric of ours.
    assert {name for name in own if not name.endswith("_created")} == written - labels
    assert all(f"`{label}`" in section for label in labels)


async def test_a_receiver_that_hangs_does_not_keep_the_process_from_ending(
    sqlite_settings: Settings, httpbin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(traces, "CLOSE_SECONDS", 0.2)
    async with serve(hang) as port:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{port}")
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "4")
        observability = observability_of(Operation(), os.environ)
        assert observability.traces is not None
        async with calling(sqlite_settings, observability.traces) as (call, _):
            await call(httpbin, "/status/204")
        started = time.monotonic()
        await asyncio.to_thread(observability.close)
        assert time.monotonic() - started < 3
        await asyncio.sleep(4.2)  # its thread ends before the test does
