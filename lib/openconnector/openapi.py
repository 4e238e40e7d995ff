# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The description of the API: `python -m openconnector.openapi` prints it. `openapi.json` is its committed copy."""

import json
import sys
from typing import Any

from fastapi import FastAPI

from openconnector.app import create_app
from openconnector.core.problems import Problem
from openconnector.core.settings import Settings


def describe(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI 3.1 document of the engine's routes."""
    document = app.openapi()
    schemas: dict[str, Any] = document["components"]["schemas"]
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    parts = problem.pop("$defs") | {"Problem": problem}
    for part in parts.values():
        for member in part["properties"].values():
            # What may be left out has no default in an answer; with one, clients would take it for always there.
            member.pop("default", None)
    schemas |= parts
    return document


if __name__ == "__main__":
    sys.stdout.write(json.dumps(describe(create_app(Settings())), indent=2, ensure_ascii=False, sort_keys=True) + "\n")
