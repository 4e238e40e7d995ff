# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How errors are answered: problem documents (RFC 9457), in the API and in its description."""

import json
import re
from collections.abc import Sequence
from typing import Annotated, Any, cast

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy.exc import DataError
from starlette.exceptions import HTTPException
from starlette.types import ExceptionHandler

from openconnector.core.errors import FieldError, InvalidInput, NotFound, OpenConnectorError, TooLarge
from openconnector.core.phrases import Phrase, any_of, localised, phrase, told

MAX_BODY_BYTES = 16 * 1024 * 1024
"""The largest body of a request to the API."""

MEDIA_TYPE = "application/problem+json"

log = structlog.get_logger()


class ProblemField(BaseModel):
    """One thing that is wrong with one field."""

    model_config = ConfigDict(extra="forbid")

    pointer: Annotated[str, Field(description="JSON pointer into the request body.")] = ""
    parameter: Annotated[str, Field(description="Name of the part of the URL, where it is not in the body.")] = ""
    detail: str
    code: str


class Problem(BaseModel):
    """A problem document (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[ProblemField] = []


def problems(*errors: type[OpenConnectorError]) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that may raise these errors."""
    return {
        error.status: {"description": error.title, "content": {MEDIA_TYPE: {"schema": {"$ref": _SCHEMA}}}}
        for error in errors
    }


_SCHEMA = "#/components/schemas/Problem"


def problem_response(error: OpenConnectorError) -> Response:
    """The answer for an error. It is never cached: Nextcloud's proxy would keep it for an hour."""
    return Response(
        json.dumps(localised(error.problem()), ensure_ascii=False),
        status_code=error.status,
        media_type=MEDIA_TYPE,
        headers={"Cache-Control": "no-store"},
    )


def install(app: FastAPI) -> None:
    """Answer every error with a problem document."""
    handlers: dict[type[Exception], Any] = {
        OpenConnectorError: _on_known,
        RequestValidationError: _on_invalid,
        HTTPException: _on_http,
        DataError: _on_unstorable,
        UnicodeEncodeError: _on_unstorable,
        Exception: _on_unknown,
    }
    for kind, handler in handlers.items():
        answer: ExceptionHandler = handler
        app.add_exception_handler(kind, answer)


async def _on_known(_request: Request, error: OpenConnectorError) -> Response:
    if error.status >= 500:  # noqa: PLR2004
        log.error("request failed", error=str(error))
    return problem_response(error)


async def _on_invalid(_request: Request, error: RequestValidationError) -> Response:
    # The framework's own answer repeats what was sent, secrets included. Only place and reason are told here.
    return problem_response(InvalidInput(errors=[_field(entry) for entry in error.errors()]))


async def _on_http(_request: Request, error: HTTPException) -> Response:
    known = _HTTP_ERRORS.get(error.status_code)
    if known is not None:
        return problem_response(known)
    document = {
        "type": "about:blank",
        "title": error.detail,
        "status": error.status_code,
        "detail": error.detail,
    }
    headers = {**(error.headers or {}), "Cache-Control": "no-store"}
    return Response(json.dumps(document), status_code=error.status_code, media_type=MEDIA_TYPE, headers=headers)


async def _on_unknown(_request: Request, error: Exception) -> Response:
    log.error("unexpected error", error=type(error).__name__, exc_info=error)
    return problem_response(OpenConnectorError(phrase("The server log says more.")))


async def _on_unstorable(_request: Request, _error: DataError | UnicodeEncodeError) -> Response:
    detail = phrase("A text contains a character that cannot be stored: NUL, or half of a pair.")
    return problem_response(InvalidInput(detail))


_HTTP_ERRORS: dict[int, OpenConnectorError] = {
    400: InvalidInput(phrase("The body is not valid JSON in UTF-8.")),
    404: NotFound(phrase("There is nothing at this address.")),
    413: TooLarge(phrase("Send at most {limit} MiB.", limit=MAX_BODY_BYTES // 1024 // 1024)),
}


def field_errors(error: ValidationError) -> list[FieldError]:
    """What a schema finds wrong with a document, with pointers into it."""
    found = error.errors(include_url=False, include_context=True, include_input=False)
    return [_field(cast("dict[str, Any]", entry) | {"loc": ("body", *entry["loc"])}) for entry in found]


def _field(entry: dict[str, Any]) -> FieldError:
    place, *path = entry["loc"]
    detail = _sentence(entry)
    if place == "body":
        return FieldError(_pointer(path), detail, entry["type"])
    return FieldError(None, detail, entry["type"], ".".join(map(str, path)) or str(place))


def _pointer(path: Sequence[str | int]) -> str:
    """RFC 6901. The tag of a discriminated union is a step of pydantic's, and no member of the document."""
    steps = [step for index, step in enumerate(path) if not _is_union_tag(path, index)]
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in steps)


_UNIONS = frozenset({"authentication", "client", "grant"})
"""Members that hold one of several kinds."""


def _is_union_tag(path: Sequence[str | int], index: int) -> bool:
    return index > 0 and path[index - 1] in _UNIONS


_WHOLE = phrase("Enter a whole number.")
_BOOLEAN = phrase("Enter true or false.")
_OBJECT = phrase("Enter an object.")
_SENTENCES = {
    "missing": phrase("This field is required."),
    "extra_forbidden": phrase("There is no such field."),
    "string_too_short": phrase("This field may not be empty."),
    "too_short": phrase("This field may not be empty."),
    "json_invalid": phrase("The body is not valid JSON."),
    "string_too_long": phrase("Use at most {max_length} characters."),
    "too_long": phrase("Enter at most {max_length} entries."),
    "greater_than_equal": phrase("Enter {ge} or more."),
    "less_than_equal": phrase("Enter {le} or less."),
    "literal_error": phrase("Choose one of {expected}."),
    "enum": phrase("Choose one of {expected}."),
    "union_tag_invalid": phrase("Choose one of {expected_tags}."),
    "union_tag_not_found": phrase("The field {discriminator} is missing here."),
    "string_type": phrase("Enter a text."),
    "string_pattern_mismatch": phrase("This does not match the pattern {pattern}."),
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_from_float": _WHOLE,
    "bool_type": _BOOLEAN,
    "bool_parsing": _BOOLEAN,
    "list_type": phrase("Enter a list."),
    "dict_type": _OBJECT,
    "model_type": _OBJECT,
    "model_attributes_type": _OBJECT,
}


_LISTS = frozenset({"expected", "expected_tags"})
"""What pydantic says of a choice: `'a', 'b' or 'c'`, or with commas alone."""


def _any_of(choices: str) -> str:
    return any_of(re.split(", | or ", choices))


def _sentence(entry: dict[str, Any]) -> str:
    kind = entry["type"]
    values = entry.get("ctx", {})
    if kind in _SENTENCES:
        return _SENTENCES[kind].filled(**values | {name: _any_of(values[name]) for name in _LISTS & values.keys()})
    reason = values.get("error")
    if isinstance(reason, ValueError) and isinstance(told(reason), Phrase):
        return told(reason)
    message = str(entry["msg"]).removeprefix("Value error, ")
    return message if message.endswith(".") else f"{message}."
