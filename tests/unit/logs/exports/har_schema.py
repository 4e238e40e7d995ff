# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Validates HAR documents: the published schema, and what the specification says beyond it."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema_rs import Draft6Validator, Registry

DIRECTORY = Path(__file__).parents[3] / "har_schema"


@cache
def _validator() -> Draft6Validator:
    schemas = {path.name: json.loads(path.read_text("utf-8")) for path in DIRECTORY.glob("*.json")}
    registry = Registry([(f"json-schema:///{name}", schema) for name, schema in schemas.items()])
    for schema in schemas.values():
        del schema["$id"]
    root = {"$ref": "json-schema:///har.json"}
    return Draft6Validator(root, registry=registry, validate_formats=True)


def problems_of(document: Any) -> list[str]:
    """What the schema says against a document."""
    return [f"{error.instance_path}: {error.message}" for error in _validator().iter_errors(document)]


def check(document: Any) -> list[dict[str, Any]]:
    """The entries of a valid document."""
    assert problems_of(document) == []
    log = document["log"]
    pages = {page["id"] for page in log.get("pages", [])}
    for entry in log["entries"]:
        assert entry.get("pageref") is None or entry["pageref"] in pages
        _check_timings(entry)
        _check_sizes(entry)
    entries: list[dict[str, Any]] = log["entries"]
    return entries


def _check_timings(entry: dict[str, Any]) -> None:
    timings = entry["timings"]
    for name in ("send", "wait", "receive"):
        assert timings[name] >= 0
    for name in ("blocked", "dns", "connect", "ssl"):
        assert timings[name] == -1 or timings[name] >= 0
    total = sum(value for name, value in timings.items() if name != "ssl" and value > 0)
    assert abs(entry["time"] - total) < 0.002


def _check_sizes(entry: dict[str, Any]) -> None:
    for message in (entry["request"], entry["response"]):
        assert message["headersSize"] >= -1
        assert message["bodySize"] >= -1
