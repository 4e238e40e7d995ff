# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How requests of Insomnia prove who they are."""

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
    "refresh_token": "refresh_token",
}
_PLACES = {"header": "header", "queryParams": "query", "cookie": "cookie"}

Get = Callable[[str], str]


def authentication_of(auth: Node, known: Variables) -> Found | None:
    """The authentication of a request; None where it has none."""
    kind = auth["type"].text().lower()
    told = {name: known.fill(part.text()) for name, part in auth.members()}
    auth.take()
    if kind in ("", "none") or told.get("disabled") == "true":
        return None

    def get(name: str) -> str:
        return told.get(name, "")

    read = _READERS.get(kind)
    if read is None:
        return unknown(auth, kind)
    return read(auth, get)


def _bearer(at: Node, get: Get) -> Found:
    prefix = get("prefix").strip()
    if prefix and prefix != "Bearer":
        return api_key(at, "Authorization", get("token"), prefix=prefix)
    return bearer(at, get("token"))


def _oauth2(at: Node, get: Get) -> Found:
    told = OAuth(
        grant=_GRANTS.get(get("grantType"), "client_credentials"),
        client_id=get("clientId"),
        client_secret=get("clientSecret"),
        secret_in_body=get("credentialsInBody") == "true",
        token_url=get("accessTokenUrl"),
        authorization_url=get("authorizationUrl"),
        scope=get("scope"),
        username=get("username"),
        password=get("password"),
        refresh_token=get("refreshToken"),
        audience=get("audience"),
        resource=get("resource"),
        prefix=get("tokenPrefix").strip() or "Bearer",
    )
    found = oauth2(at, told)
    if get("grantType") == "implicit":
        found.notes.append(Note(at.pointer, IMPLICIT))
    return found


_READERS: dict[str, Callable[[Node, Get], Found]] = {
    "basic": lambda at, get: basic(at, get("username"), get("password")),
    "bearer": _bearer,
    "singletoken": lambda at, get: api_key(at, "Authorization", get("token")),
    "apikey": lambda at, get: api_key(
        at, get("key") or "X-API-Key", get("value"), place=_PLACES.get(get("addTo"), "header")
    ),
    "digest": lambda at, get: digest(at, get("username"), get("password")),
    "ntlm": lambda at, get: ntlm(at, get("username"), get("password")),
    "oauth2": _oauth2,
    "iam": lambda at, get: aws(
        at,
        key_id=get("accessKeyId"),
        secret=get("secretAccessKey"),
        token=get("sessionToken"),
        region=get("region"),
        service=get("service"),
    ),
}
