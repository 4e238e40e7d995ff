# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Bodies for the API, with what a test does not care about filled in."""

from typing import Any

from openconnector.core.http import AsyncClient

MARK = "MarkedSecretQ7Zx"
"""Stands in secrets of the tests, and may be found nowhere when they have run. See `tests/leaks.py`."""


def marked(text: str) -> str:
    """A secret that is searched for when all tests have run: in files, in answers and in what was logged."""
    return f"{MARK}-{text}"


def source(**values: Any) -> dict[str, Any]:
    """The body of a new source."""
    return {"name": "Zaaksysteem", "location": "https://api.zaken.example/v1", "type": "json", **values}


async def create_source(api: AsyncClient, **values: Any) -> dict[str, Any]:
    """A stored source."""
    response = await api.post("/api/sources", json=source(**values))
    assert response.status_code == 201, response.text
    created: dict[str, Any] = response.json()
    return created


async def test_call(api: AsyncClient, source_id: str, path: str = "", /, **values: Any) -> dict[str, Any]:
    """The answer of a test call."""
    response = await api.post(f"/api/sources/{source_id}/test", json={"path": path, **values})
    assert response.status_code == 200, response.text
    call: dict[str, Any] = response.json()
    return call


test_call.__test__ = False  # type: ignore[attr-defined]  # it makes a test call, and is not a test
