# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Code, manifest and documents name the same environment variables."""

import re
from xml.etree import ElementTree as ET

import pytest
from pydantic.fields import FieldInfo

from ex_app.environment import PROJECT, Environment, EnvironmentProblemError, Operation
from openconnector.commands.values import COMMAND_PASSPHRASE, COMMAND_SECRET
from openconnector.core.settings import Settings
from tests.unit.ex_app.test_environment import GIVEN

INTERNAL = {"OPENCONNECTOR_STORAGE_PATH", "OPENCONNECTOR_OWN_PORTS"}
"""What the app sets itself from what AppAPI tells."""

OF_OPENTELEMETRY = {
    *("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_HEADERS", "OTEL_SERVICE_NAME"),
    *("OTEL_RESOURCE_ATTRIBUTES", "OTEL_TRACES_SAMPLER", "OTEL_TRACES_SAMPLER_ARG"),
}

OF_COMMANDS = {COMMAND_SECRET, COMMAND_PASSPHRASE}

FIELDS = {
    f"OPENCONNECTOR_{name.upper()}": field
    for model in (Settings, Operation)
    for name, field in model.model_fields.items()
}
DECLARED = {
    (variable.findtext("name") or ""): variable
    for variable in ET.fromstring((PROJECT / "appinfo" / "info.xml").read_text("utf-8")).iter("variable")
}
DOCUMENT = (PROJECT / "docs" / "environment.md").read_text("utf-8")


def documented(heading: str) -> dict[str, str]:
    """Variables of the table below a heading, with their second column."""
    section = DOCUMENT.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    assert section, heading
    rows = re.findall(r"^\| (`[^|]+`) \| ([^|]*) \|", section, re.MULTILINE)
    return {name: column.strip() for names, column in rows for name in re.findall(r"`(\w+)`", names)}


def default_of(field: FieldInfo) -> str:
    value = field.get_default(call_default_factory=True)
    return "" if value in (None, [], (), frozenset()) else str(value).lower()


def test_the_manifest_declares_what_the_code_reads() -> None:
    assert set(DECLARED) == (set(FIELDS) - INTERNAL) | OF_COMMANDS | OF_OPENTELEMETRY


def test_the_documents_describe_what_the_manifest_declares() -> None:
    headings = ("Of OpenConnector", "Of its operation", "For commands in occ", "Of OpenTelemetry")
    tables = [documented(heading) for heading in headings]
    assert {name for table in tables for name in table} == set(DECLARED)
    assert set(documented("For those who build and test")) >= INTERNAL


def test_everywhere_the_default_is_the_same() -> None:
    written = documented("Of OpenConnector") | documented("Of its operation")
    for name, variable in DECLARED.items():
        default = variable.findtext("default")
        # AppAPI deploys the text "Array" for an empty default.
        assert default is None or default.strip()
        if name in FIELDS:
            real = default_of(FIELDS[name])
            assert default in (None, real), name
            assert written[name] == f"`{real}`" or (not real and "`" not in written[name].split(" ")[0]), name


def test_a_description_fits_into_the_form() -> None:
    for name, variable in DECLARED.items():
        assert 0 < len(variable.findtext("display-name") or "") <= 50, name
        assert 0 < len(variable.findtext("description") or "") <= 250, name


def test_what_appapi_sets_is_described_as_it_is_read() -> None:
    table = documented("Set by AppAPI")
    needed = {name for name, column in table.items() if column == "yes"}
    assert needed == set(GIVEN)
    for name in needed:
        with pytest.raises(EnvironmentProblemError, match=rf"^{name} "):
            Environment.read({**GIVEN, name: ""})


def test_what_is_empty_counts_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    empty = dict.fromkeys(FIELDS, " ")
    assert Operation.read(empty) == Operation()
    for name in FIELDS:
        monkeypatch.setenv(name, "")
    assert Settings() == Settings.model_construct()
    hosts = Operation.read({"OPENCONNECTOR_TRACE_HOSTS": "ERP.example.org, *.zaken.example"}).trace_hosts
    assert hosts == ("erp.example.org", "*.zaken.example")
