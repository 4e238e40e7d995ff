# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How requests of Postman prove who they are."""

import json
from collections.abc import Callable

from openconnector.core.phrases import phrase
from openconnector.transfer.drafts import Note
from openconnector.transfer.formats.node import Node
from openconnector.transfer.formats.schemes import (
    IMPLICIT,
    Found,
    OAuth,
    api_key,
    aws,
    basic,
    bearer,
    digest,
    ntlm,
    oauth2,
    scheme,
    unknown,
)
from openconnector.transfer.formats.variables import Variables

_GRANTS = {
    "client_credentials": "client_credentials",
    "password_credentials": "password",
    "password": "password",
    "authorization_code": "authorization_code",
    "authorization_code_with_pkce": "authorization_code",
    "implicit": "authorization_code",
}
_NAMES = {
    "hawk": "Hawk",
    "oauth1": "OAuth 1.0",
    "edgegrid": "Akamai EdgeGrid",
    "asap": "ASAP",
}

Get = Callable[[str], str]


def authentication_of(auth: Node, known: Variables) -> Found | None:
    """The authentication of a request; None where it has none."""
    kind = auth["type"].text().lower()
    if kind in ("", "noauth"):
        return None
    told = _told(auth[kind], known)

    def get(name: str) -> str:
        return told.get(name, "")

    read = _READERS.get(kind)
    if read is None:
        return unknown(auth, _NAMES.get(kind, kind))
    return read(auth, get)


def _told(node: Node, known: Variables) -> dict[str, str]:
    """What an authentication says: rows in 2.1, an object in 2.0."""
    if node.is_object:
        told = {name: part.text() for name, part in node.members()}
    else:
        told = {row["key"].text(): row["value"].text() for row in node.entries()}
    node.take()
    return {name: known.fill(value) for name, value in told.items()}


def _api_key(at: Node, get: Get) -> Found:
    return api_key(at, get("key") or "X-API-Key", get("value"), place="query" if get("in") == "query" else "header")


def _oauth2(at: Node, get: Get) -> Found:
    written = get("grant_type") or get("grantType")
    grant = _GRANTS.get(written, "")
    token = get("accessToken")
    in_query = "access_token" if get("addTokenTo") == "queryParams" else ""
    if not get("accessTokenUrl") and token:
        return _fixed_token(at, get, token, in_query)
    told = OAuth(
        grant=grant or ("authorization_code" if get("authUrl") else "client_credentials"),
        client_id=get("clientId"),
        client_secret=get("clientSecret"),
        secret_in_body=get("client_authentication") == "body",
        token_url=get("accessTokenUrl"),
        authorization_url=get("authUrl"),
        scope=get("scope"),
        username=get("username"),
        password=get("password"),
        audience=get("audience"),
        resource=get("resource"),
        prefix=(get("headerPrefix") or "Bearer").strip(),
        in_query=in_query,
    )
    found = oauth2(at, told)
    if written == "implicit":
        found.notes.append(Note(at.pointer, IMPLICIT))
    if token:
        text = phrase("The access token in the document is not kept: a new one is fetched.")
        found.notes.append(Note(at.pointer, text))
    return found


def _fixed_token(at: Node, get: Get, token: str, in_query: str) -> Found:
    """A token that was fetched before, with nothing to fetch another one."""
    prefix = (get("headerPrefix") or "Bearer").strip()
    if in_query:
        return api_key(at, in_query, token, place="query")
    return bearer(at, token) if prefix == "Bearer" else api_key(at, "Authorization", token, prefix=prefix)


def _jwt(at: Node, get: Get) -> Found:
    algorithm = get("algorithm") or "HS256"
    in_query = get("addTokenTo") == "queryParam"
    definition = {
        "type": "jwt",
        "algorithm": algorithm,
        "claims": _object(get("payload")),
        "headerParameters": _object(get("header")),
        "in": "query" if in_query else "header",
        "name": get("queryParamKey") if in_query else "",
        "prefix": get("headerPrefix") or "Bearer",
        "secretEncoding": "base64" if get("isSecretBase64Encoded") == "true" else "",
    }
    if algorithm.startswith("HS"):
        return scheme(at, definition, {"secret": get("secret")})
    definition.pop("secretEncoding")
    return scheme(at, definition | {"key": {}}, {"key/privateKey": get("privateKey")})


def _object(text: str) -> str:
    """A JSON object that says something, else nothing."""
    try:
        return text if json.loads(text) else ""
    except ValueError:
        return text


_READERS: dict[str, Callable[[Node, Get], Found]] = {
    "basic": lambda at, get: basic(at, get("username"), get("password")),
    "bearer": lambda at, get: bearer(at, get("token")),
    "apikey": _api_key,
    "digest": lambda at, get: digest(at, get("username"), get("password")),
    "ntlm": lambda at, get: ntlm(
        at, get("username"), get("password"), domain=get("domain"), workstation=get("workstation")
    ),
    "oauth2": _oauth2,
    "jwt": _jwt,
    "awsv4": lambda at, get: aws(
        at,
        key_id=get("accessKey"),
        secret=get("secretKey"),
        token=get("sessionToken"),
        region=get("region"),
        service=get("service"),
    ),
}
