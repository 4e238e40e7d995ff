# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The operations of a description, as far as they help to write a request."""

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from openconnector.core.phrases import phrase
from openconnector.transfer.openapi.bodies import example_text
from openconnector.transfer.openapi.document import Document, escaped, first_members, line, mapping, sequence, words
from openconnector.transfer.openapi.examples import NOTHING, given, type_of
from openconnector.transfer.openapi.records import results_position
from openconnector.transfer.openapi.security import METHODS
from openconnector.transfer.openapi.swagger import upgraded

MAX_OPERATIONS = 2000
MAX_PARAMETERS = 100
MAX_CHOICES = 50
MAX_MEDIA_TYPES = 10
MAX_EXAMPLES = 4 * 1024 * 1024
"""Characters of the examples of one description. Operations behind them have none."""

MAX_WORDS = 32 * 1024 * 1024
"""Characters of the parameters of one description: many operations may refer to the same ones."""

_IGNORED_HEADERS = frozenset({"accept", "content-type", "authorization"})
"""A description may not define them as parameters (OpenAPI 3.1.1, section 4.8.12.2)."""

_NOT_CALLED = frozenset({"trace", "query", "additionalOperations"})
"""Of a path; the last two are of OpenAPI 3.2."""

_SUCCESS = ("200", "201", "202", "203", "206", "2XX", "2xx", "default")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of an operation.

    Attributes:
        type: for people, such as `integer (int64)` or `list of string`.
        choices: all values that are allowed, as text; empty: not only these.
        example: a value to begin with; empty where the description says none.
        default: what the server takes where the parameter is missing.
    """

    name: str
    place: str
    is_required: bool
    description: str
    type: str
    choices: list[str]
    example: str
    default: str
    is_deprecated: bool


@dataclass(frozen=True, slots=True)
class RequestBody:
    """A form in which an operation takes its body. `example` is empty where none could be made."""

    media_type: str
    example: str


@dataclass(frozen=True, slots=True)
class Operation:
    """What can be called.

    Attributes:
        key: names it within its description, also when that is read again. No character of it means something in a URL.
        path: below the server, with placeholders such as `/pets/{petId}`.
        results_position: where the records of an answer are, as a source names it; None: not known.
        media_types: of requests and answers.
    """

    key: str
    method: str
    path: str
    summary: str
    description: str
    tags: list[str]
    is_deprecated: bool
    parameters: list[Parameter] = field(default_factory=list)
    is_body_required: bool = False
    bodies: list[RequestBody] = field(default_factory=list)
    results_position: str | None = None
    media_types: list[str] = field(default_factory=list)


def operations_of(document: Document, *, with_examples: bool = True) -> Iterator[Operation]:
    """The operations in the order of the document, at most `MAX_OPERATIONS`. What is left out is noted."""
    number, left, words_left = 0, MAX_EXAMPLES if with_examples else 0, MAX_WORDS
    for path, item, pointer in document.members(document.root.get("paths"), "/paths"):
        if path.startswith("x-"):
            continue
        if not path.startswith("/") or len(path) > 1000:  # noqa: PLR2004
            document.note(pointer, phrase("This path does not begin with a slash, or is very long, and is left out."))
            continue
        if not item.keys().isdisjoint(_NOT_CALLED):
            document.note(
                pointer,
                phrase("Operations with a method of their own, QUERY or TRACE cannot be called, and are left out."),
            )
        for method in METHODS:
            if not isinstance(item.get(method), dict):
                continue
            number += 1
            if number > MAX_OPERATIONS or words_left < 0:
                text = phrase("Only the first {count} operations are used.", count=f"{number - 1:,}")
                document.note("/paths", text)
                return
            operation = _operation(document, path, method, item, with_examples=left > 0)
            left -= sum(len(body.example) for body in operation.bodies)
            words_left -= sum(map(_size, operation.parameters))
            yield operation


def _size(parameter: Parameter) -> int:
    texts = (parameter.name, parameter.description, parameter.example, parameter.default, *parameter.choices)
    return sum(map(len, texts)) + 100  # of an empty one


def _operation(document: Document, path: str, method: str, item: dict[str, Any], *, with_examples: bool) -> Operation:
    pointer = f"/paths/{escaped(path)}/{method}"
    written = mapping(item[method])
    parameters = _parameters(document, item, written, pointer)
    if document.is_swagger:
        written = upgraded(document, written, parameters)
        parameters = written["parameters"]
    body = document.resolve(written.get("requestBody"), f"{pointer}/requestBody")
    content = dict(first_members(body.get("content"), MAX_MEDIA_TYPES))
    answer = _answer(document, written, pointer)
    return Operation(
        key=_key(method, path),
        method=method.upper(),
        path=path,
        summary=line(written.get("summary") or written.get("operationId"), 200),
        description=words(written.get("description") or item.get("description"), 2000),
        tags=[line(tag, 100) for tag in sequence(written.get("tags"))[:10] if isinstance(tag, str)],
        is_deprecated=written.get("deprecated") is True,
        parameters=[_parameter(document, one) for one in parameters if _is_offered(one)][:MAX_PARAMETERS],
        is_body_required=body.get("required") is True,
        bodies=[
            RequestBody(kind[:255], example_text(document, kind, mapping(media)) if with_examples else "")
            for kind, media in content.items()
        ],
        results_position=_results(document, answer) if method == "get" else None,
        media_types=[*content, *(kind for kind, _ in first_members(answer, MAX_MEDIA_TYPES))],
    )


def _key(method: str, path: str) -> str:
    digest = hashlib.blake2b(f"{method} {path}".encode("utf-8", "replace"), digest_size=12)
    return base64.urlsafe_b64encode(digest.digest()).decode()


def _parameters(
    document: Document, item: dict[str, Any], operation: dict[str, Any], pointer: str
) -> list[dict[str, Any]]:
    """Of the path and of the operation, which goes before."""
    found = {}
    for holder, place in ((item, pointer.rpartition("/")[0]), (operation, pointer)):
        for index, one in enumerate(sequence(holder.get("parameters"))[: 2 * MAX_PARAMETERS]):
            parameter = document.resolve(one, f"{place}/parameters/{index}")
            if isinstance(parameter.get("name"), str) and isinstance(parameter.get("in"), str):
                found[parameter["in"], parameter["name"]] = parameter
    return list(found.values())


def _is_offered(parameter: dict[str, Any]) -> bool:
    place, name = parameter.get("in"), parameter["name"]
    if not name or len(name) > 255:  # noqa: PLR2004
        return False
    return place in ("path", "query", "cookie") or (place == "header" and name.lower() not in _IGNORED_HEADERS)


def _parameter(document: Document, parameter: dict[str, Any]) -> Parameter:
    schema = document.resolve(parameter.get("schema"))
    if not schema:  # a parameter may have one media type instead
        media = next(iter(mapping(parameter.get("content")).values()), None)
        schema = document.resolve(mapping(media).get("schema"))
    schema = _chosen(document, schema)
    items = _chosen(document, document.resolve(schema.get("items"))) if type_of(schema) == "array" else {}
    choices = sequence((items or schema).get("enum"))[:MAX_CHOICES]
    example = given(parameter, document)
    if example is NOTHING:
        example = given(schema, document)
    if example is NOTHING and items:
        example = given(items, document)
    return Parameter(
        name=parameter["name"],
        place=str(parameter["in"]),
        is_required=parameter.get("required") is True or parameter["in"] == "path",
        description=line(parameter.get("description") or schema.get("description"), 500),
        type=_type(schema, items),
        choices=[_text(choice, parameter) for choice in choices if choice is not None],
        example="" if example is NOTHING else _text(example, parameter),
        default=_text(schema.get("default"), parameter),
        is_deprecated=parameter.get("deprecated") is True,
    )


def _chosen(document: Document, schema: dict[str, Any]) -> dict[str, Any]:
    """The first choice of a schema that leaves one and is not null, with what stands beside."""
    for name in ("anyOf", "oneOf", "allOf"):
        for choice in map(document.resolve, sequence(schema.get(name))[:10]):
            if type_of(choice) != "null":
                return {**choice, **{key: value for key, value in schema.items() if key != name}}
    return schema


def _type(schema: dict[str, Any], items: dict[str, Any]) -> str:
    kind = type_of(schema)
    if kind == "array":
        return f"list of {type_of(items) or 'anything'}"
    shape = schema.get("format")
    return f"{kind} ({shape[:50]})" if kind and isinstance(shape, str) and shape else kind[:50]


def _text(value: Any, parameter: dict[str, Any]) -> str:
    """A value as it stands in a request. Of a list that goes as several parameters, the first."""
    if not isinstance(value, list):
        return _scalar(value)
    is_joined = parameter.get("explode") is False or parameter["in"] in ("path", "header")
    return ",".join(map(_scalar, value[: 20 if is_joined else 1]))[:500]


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)[:500] if isinstance(value, str | int | float) else ""


def _answer(document: Document, operation: dict[str, Any], pointer: str) -> dict[str, Any]:
    """The media types of the answer of a call that went well."""
    responses = {str(code): answer for code, answer in mapping(operation.get("responses")).items()}
    code = next((code for code in _SUCCESS if code in responses), None)
    if code is None:
        return {}
    return mapping(document.resolve(responses[code], f"{pointer}/responses/{code}").get("content"))


def _results(document: Document, answer: dict[str, Any]) -> str | None:
    media = next((media for kind, media in answer.items() if "json" in str(kind) or kind == "*/*"), None)
    return results_position(document, mapping(media).get("schema")) if media is not None else None
