# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How requests of Bruno prove who they are."""

from collections.abc import Callable

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
    unknown,
)
from openconnector.transfer.formats.variables import Variables

_GRANTS = {
    "client_credentials": "client_credentials",
    "password": "password",
    "authorization_code": "authorization_code",
    "implicit": "authorization_code",
}

Get = Callable[[str], str]


def authentication_of(auth: Node, known: Variables) -> Found | None:
    """The authentication of a request; None where it has none."""
    kind = auth["mode"].text()
    told = {name: known.fill(part.text()) for name, part in auth[kind].members()}
    auth.take()
    if kind in ("", "none", "inherit"):
        return None

    def get(name: str) -> str:
        return told.get(name, "")

    read = _READERS.get(kind.lower())
    if read is None:
        return unknown(auth, kind)
    return read(auth, get)


def _api_key(at: Node, get: Get) -> Found:
    place = "query" if get("placement").lower() in ("queryparams", "query") else "header"
    return api_key(at, get("key") or "X-API-Key", get("value"), place=place)


def _oauth2(at: Node, get: Get) -> Found:
    in_query = get("tokenPlacement") == "url"
    told = OAuth(
        grant=_GRANTS.get(get("grantType"), "client_credentials"),
        client_id=get("clientId"),
        client_secret=get("clientSecret"),
        secret_in_body=get("credentialsPlacement") != "basic_auth_header",
        token_url=get("accessTokenUrl"),
        authorization_url=get("authorizationUrl"),
        scope=get("scope"),
        username=get("username"),
        password=get("password"),
        prefix=get("tokenHeaderPrefix").strip() or "Bearer",
        in_query=(get("tokenQueryKey") or "access_token") if in_query else "",
    )
    found = oauth2(at, told)
    if get("grantType") == "implicit":
        found.notes.append(Note(at.pointer, IMPLICIT))
    return found


_READERS: dict[str, Callable[[Node, Get], Found]] = {
    "basic": lambda at, get: basic(at, get("username"), get("password")),
    "bearer": lambda at, get: bearer(at, get("token")),
    "apikey": _api_key,
    "digest": lambda at, get: digest(at, get("username"), get("password")),
    "ntlm": lambda at, get: ntlm(at, get("username"), get("password"), domain=get("domain")),
    "oauth2": _oauth2,
    "awsv4": lambda at, get: aws(
        at,
        key_id=get("accessKeyId"),
        secret=get("secretAccessKey"),
        token=get("sessionToken"),
        region=get("region"),
        service=get("service"),
    ),
}
