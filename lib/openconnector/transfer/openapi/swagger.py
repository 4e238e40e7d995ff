# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Operations of Swagger 2 in the words of OpenAPI 3, one at a time. References stay as they are."""

from typing import Any

from openconnector.transfer.openapi.document import Document, mapping, sequence

_FORM = ("multipart/form-data", "application/x-www-form-urlencoded")
_OF_PARAMETERS = frozenset({"name", "in", "description", "required", "allowEmptyValue", "collectionFormat"})


def upgraded(document: Document, operation: dict[str, Any], parameters: list[dict[str, Any]]) -> dict[str, Any]:
    """The operation with `parameters`, `requestBody` and `responses` as OpenAPI 3 has them.

    Args:
        parameters: of the operation and of its path, references resolved.
    """
    consumes = _media_types(operation.get("consumes", document.root.get("consumes")))
    produces = _media_types(operation.get("produces", document.root.get("produces"))) or ["application/json"]
    form = [one for one in parameters if one.get("in") == "formData"]
    body = next((one for one in parameters if one.get("in") == "body"), None)
    own = {name: value for name, value in operation.items() if name != "requestBody"}
    if body is not None:
        content = {kind: {"schema": body.get("schema")} for kind in consumes or ["application/json"]}
        own["requestBody"] = {
            "description": body.get("description"),
            "required": body.get("required"),
            "content": content,
        }
    elif form:
        kinds = [kind for kind in consumes if kind in _FORM] or [_FORM[any(one.get("type") != "file" for one in form)]]
        own["requestBody"] = {"content": {kind: {"schema": _form_schema(form)} for kind in kinds}}
    own["parameters"] = [_parameter(one) for one in parameters if one.get("in") in ("path", "query", "header")]
    own["responses"] = {
        code: {**response, "content": {kind: {"schema": response.get("schema")} for kind in produces}}
        for code, response, _ in document.members(operation.get("responses"), "")
    }
    return own


def _media_types(value: Any) -> list[str]:
    return [kind for kind in sequence(value) if isinstance(kind, str)]


def _schema(parameter: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in parameter.items() if name not in _OF_PARAMETERS}


def _parameter(parameter: dict[str, Any]) -> dict[str, Any]:
    explode = parameter.get("collectionFormat") == "multi"
    kept = {name: value for name, value in parameter.items() if name in _OF_PARAMETERS}
    return {**kept, "schema": _schema(parameter), "explode": explode}


def _form_schema(form: list[dict[str, Any]]) -> dict[str, Any]:
    fields = {str(one.get("name")): {**_schema(one), "description": one.get("description")} for one in form}
    return {"type": "object", "properties": {name: mapping(field) for name, field in fields.items()}}
