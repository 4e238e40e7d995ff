# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""docs/http-api.md names what openapi.json has, and nothing else; its examples are requests that the API takes."""

import json
import re
import shlex
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

import pytest
from jsonschema_rs import Draft202012Validator

PROJECT = Path(__file__).resolve().parents[3]
PAGE = (PROJECT / "docs" / "http-api.md").read_text("utf-8")
API: dict[str, Any] = json.loads((PROJECT / "openapi.json").read_text("utf-8"))
METHODS = ("GET", "POST", "PUT", "DELETE")


class Example(NamedTuple):
    """A request as a cURL command makes it. `parameters` are the names in its query."""

    method: str
    path: str
    parameters: frozenset[str]
    body: str | None


def group_of(path: str) -> str:
    """The path up to the first fixed part behind its resource: `/api/sources/{id}/files` of all that is below it."""
    resource, *parts = path.removeprefix("/api/").split("/")
    fixed = next((index for index, part in enumerate(parts) if not part.startswith("{")), None)
    return "/".join(["/api", resource, *([] if fixed is None else parts[: fixed + 1])])


def groups() -> dict[str, set[str]]:
    """The groups of paths that there are, with the methods of each."""
    found: dict[str, set[str]] = {}
    for path, operations in API["paths"].items():
        found.setdefault(group_of(path), set()).update(name.upper() for name in operations if name.upper() in METHODS)
    return found


def examples() -> list[Example]:
    """The commands that begin with `call`, a shell function of the document."""
    code = "\n".join(re.findall(r"^```sh\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL))
    lines = re.sub(r"\\\n\s*", "", code).splitlines()
    return [_example(shlex.split(command)) for line in lines for command in re.findall(r"\bcall (.*?)(?= \||$)", line)]


def _example(words: list[str]) -> Example:
    url = urlsplit(next(word for word in words if word.startswith("$API/")).replace("$API", "/api", 1))
    data = [words[index + 1] for index, word in enumerate(words) if word in ("-d", "--data-urlencode")]
    has_body = "-G" not in words and any(word in words for word in ("-d", "--data-binary"))
    method = words[words.index("-X") + 1] if "-X" in words else "POST" if has_body else "GET"
    query = "&".join([url.query, *([] if has_body else data)])
    body = data[0] if has_body and data else None
    return Example(method, url.path, frozenset(dict(parse_qsl(query, keep_blank_values=True))), body)


def templates_of(path: str) -> list[str]:
    """The paths of openapi.json that a path may be; one without a place for an id goes before one that has it."""
    matching = [one for one in API["paths"] if re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", one), path)]
    return sorted(matching, key=lambda one: one.count("{"))


def test_every_group_of_paths_is_named_with_its_methods_and_no_other() -> None:
    rows = re.findall(r"^\| `(/api/[^`]+)` \| ([A-Z, ]+) \|", PAGE, re.MULTILINE)
    assert len(rows) == len(dict(rows))
    assert {path: set(methods.split(", ")) for path, methods in rows} == groups()


def test_every_path_in_the_text_is_one_of_the_api() -> None:
    named = re.findall(r"(?<![\w/.])/api/[\w{}/-]+", re.sub(r"https?://\S+", "", PAGE))
    assert named
    assert [path for path in named if path not in groups() and not templates_of(path)] == []


@pytest.mark.parametrize("example", examples(), ids=lambda example: f"{example.method} {example.path}")
def test_examples_are_requests_that_the_api_takes(example: Example) -> None:
    operation = API["paths"][templates_of(example.path)[0]][example.method.lower()]
    assert example.parameters <= {parameter["name"] for parameter in operation.get("parameters", ())}
    if example.body is not None:
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        Draft202012Validator({**schema, "components": API["components"]}).validate(json.loads(example.body))
