# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Documents of the original OpenConnector for the tests, and what becomes of them."""

import json
from typing import Any

from openconnector.sources.schemas import SourceCreate
from openconnector.transfer.drafts import Draft
from openconnector.transfer.formats import legacy


def source(**more: Any) -> dict[str, Any]:
    return {"name": "Zaken", "type": "json", "location": "https://zaken.example.org/api", **more}


def configured(**configuration: Any) -> dict[str, Any]:
    return source(configuration=configuration)


def only(document: Any) -> Draft:
    drafts = legacy.read(document)
    assert len(drafts) == 1
    SourceCreate.model_validate(completed(drafts[0]))
    return drafts[0]


def completed(draft: Draft) -> dict[str, Any]:
    """The definition when somebody has entered what is missing."""
    definition: dict[str, Any] = json.loads(json.dumps(draft.definition))
    for pointer in draft.missing:
        *steps, last = pointer.split("/")[1:]
        place: Any = definition
        for step in steps:
            place = place[int(step)] if isinstance(place, list) else place[step]
        place[last] = "entered"
    return definition


def texts_at(draft: Draft, pointer: str) -> list[str]:
    return [note.text for note in draft.notes if note.pointer == pointer]
