# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Descriptions of APIs as they are written in the field, made small."""

from typing import Any

PETSTORE: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Petstore", "version": "1.0", "description": "Pets and their owners."},
    "servers": [
        {"url": "https://{region}.pets.example/v2", "variables": {"region": {"default": "eu", "enum": ["eu", "us"]}}},
        {"url": "https://test.pets.example/v2"},
    ],
    "security": [{"key": []}],
    "paths": {
        "/pets": {
            "parameters": [{"$ref": "#/components/parameters/limit"}],
            "get": {
                "operationId": "listPets",
                "summary": "List pets",
                "tags": ["pets"],
                "parameters": [
                    {
                        "name": "status",
                        "in": "query",
                        "required": True,
                        "description": "Only pets\nwith this status.",
                        "schema": {"type": "string", "enum": ["available", "sold"], "default": "available"},
                    },
                    {"name": "ids", "in": "query", "schema": {"type": "array", "items": {"type": "integer"}}},
                    {"name": "X-Trace", "in": "header", "schema": {"type": "string", "format": "uuid"}},
                    {"name": "Accept", "in": "header", "schema": {"type": "string"}},
                ],
                "responses": {
                    "200": {
                        "description": "Pets",
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/PetPage"}}},
                    }
                },
            },
            "post": {
                "summary": "Add a pet",
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}},
                },
                "responses": {"201": {"description": "Added"}},
            },
        },
        "/pets/{petId}": {
            "get": {
                "summary": "One pet",
                "parameters": [{"name": "petId", "in": "path", "required": True, "schema": {"type": "integer"}}],
                "responses": {"200": {"description": "A pet"}},
            },
            "delete": {"deprecated": True, "responses": {}},
        },
    },
    "components": {
        "parameters": {
            "limit": {
                "name": "limit",
                "in": "query",
                "schema": {"anyOf": [{"type": "integer", "format": "int32"}, {"type": "null"}]},
                "example": 20,
            }
        },
        "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Api-Key"}},
        "schemas": {
            "Pet": {
                "type": "object",
                "required": ["name"],
                "properties": {
                    "id": {"type": "integer", "readOnly": True},
                    "name": {"type": ["string", "null"], "examples": ["Rex"]},
                    "kind": {"enum": ["dog", "cat"]},
                    "born": {"type": "string", "format": "date"},
                    "weight": {"type": "number", "minimum": 0.5},
                    "parents": {"type": "array", "items": {"$ref": "#/components/schemas/Pet"}},
                    "owner": {"$ref": "#/components/schemas/Owner"},
                    "place": {"oneOf": [{"$ref": "#/components/schemas/Address"}, {"type": "string"}]},
                },
            },
            "Owner": {
                "allOf": [
                    {"$ref": "#/components/schemas/Named"},
                    {"type": "object", "properties": {"pet": {"$ref": "#/components/schemas/Pet"}}},
                ]
            },
            "Named": {"type": "object", "properties": {"name": {"type": "string"}}},
            "Address": {"type": "object", "properties": {"city": {"type": "string", "default": "Utrecht"}}},
            "PetPage": {
                "type": "object",
                "properties": {
                    "data": {
                        "type": "object",
                        "properties": {
                            "total": {"type": "integer"},
                            "items": {"type": "array", "items": {"$ref": "#/components/schemas/Pet"}},
                        },
                    }
                },
            },
        },
    },
}

SWAGGER = """
swagger: 2.0
info: {title: Orders, version: 2026-01-31}
host: api.orders.example
basePath: /rest/
schemes: [http, https]
consumes: [application/xml]
produces: [application/json]
securityDefinitions:
  login:
    type: oauth2
    flow: accessCode
    authorizationUrl: https://login.example/authorize
    tokenUrl: https://login.example/token
    scopes: {read: Read}
  basic: {type: basic}
security:
  - login: [read, write]
parameters:
  size:
    name: size
    in: query
    type: array
    items: {type: string, enum: [no, yes]}
    collectionFormat: csv
    default: [no]
paths:
  /orders:
    parameters:
      - $ref: '#/parameters/size'
    get:
      summary: Orders
      responses:
        200:
          schema: {type: array, items: {$ref: '#/definitions/Order'}}
    post:
      parameters:
        - {name: order, in: body, required: true, schema: {$ref: '#/definitions/Order'}}
      responses: {default: {description: Done}}
  /orders/{number}/note:
    post:
      consumes: [application/x-www-form-urlencoded]
      parameters:
        - {name: number, in: path, required: true, type: string}
        - {name: text, in: formData, type: string, example: two words}
        - {name: urgent, in: formData, type: boolean}
      responses: {}
definitions:
  Order:
    type: object
    xml: {name: order}
    properties:
      number: {type: integer, xml: {attribute: true}}
      lines:
        type: array
        xml: {wrapped: true}
        items: {type: object, xml: {name: line}, properties: {article: {type: string}}}
"""
