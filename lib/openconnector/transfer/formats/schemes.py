# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Authentication as the programs describe it, as one of ours."""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from openconnector.core.phrases import phrase
from openconnector.transfer.drafts import Note
from openconnector.transfer.formats.node import Node
from openconnector.transfer.formats.sketch import Sketch

_PLACEHOLDER = re.compile(r"\*+|•+|\**\[?REDACTED\]?\**|<[^<>]*>|\{\{[^{}]*\}\}", re.IGNORECASE)

IMPLICIT = phrase("The implicit grant is not for servers. The authorization code took its place.")

KEPT_ELSEWHERE = phrase("The document has no secret here, only the name of one that is kept elsewhere. Enter it again.")

_WORDS = re.compile(r"(?P<prefix>[A-Za-z][A-Za-z0-9_-]{0,40}) +(?P<value>\S.*)", re.DOTALL)


@dataclass(slots=True)
class Found:
    """An authentication that a document has.

    Attributes:
        definition: as `SourceCreate` has it.
        pointer: where it stands in the document.
        missing: places below it of secrets that the document does not have, such as `client/secret`.
        places: where in the document its members stand, by their names.
    """

    definition: dict[str, Any]
    pointer: str
    missing: list[str] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)

    def put_into(self, sketch: Sketch) -> None:
        """Make it the authentication of a source."""
        sketch.put("authentication", dict(self.definition), self.pointer)
        for name in self.missing:
            sketch.require(f"authentication/{name}")
        for note in self.notes:
            sketch.note(note.pointer, note.text)


def is_placeholder(text: str) -> bool:
    """Whether a text stands for a secret that was taken out of the document."""
    return _PLACEHOLDER.fullmatch(text.strip()) is not None


def _is_unknown(value: Any) -> bool:
    return isinstance(value, str) and is_placeholder(value)


def unknown(at: Node, kind: str) -> Found:
    """What stands in the place of an authentication that is not known here."""
    text = phrase(
        "The authentication “{name}” is not known here. Choose another one, or enter its headers.", name=kind[:50]
    )
    return Found({"type": "none"}, at.pointer, notes=[Note(at.pointer, text)])


def scheme(at: Node, definition: Mapping[str, Any], secrets: Mapping[str, str]) -> Found:
    """An authentication of members that say something, and of secrets by their places."""
    said = {name: value for name, value in definition.items() if value not in ("", None) and not _is_unknown(value)}
    found = Found(said, at.pointer)
    for place, text in secrets.items():
        if text.strip() and not is_placeholder(text):
            *steps, last = place.split("/")
            holder = found.definition
            for step in steps:
                holder = holder.setdefault(step, {})
            holder[last] = text
        else:
            found.missing.append(place)
    return found


def basic(at: Node, username: str, password: str) -> Found:
    return scheme(at, {"type": "basic", "username": username}, {"password": password})


def bearer(at: Node, token: str) -> Found:
    return scheme(at, {"type": "bearer"}, {"token": token})


def api_key(at: Node, name: str, value: str, *, place: str = "header", prefix: str = "") -> Found:
    """`place`: header, query or cookie."""
    return scheme(at, {"type": "apiKey", "in": place, "name": name, "prefix": prefix}, {"value": value})


def authorization(at: Node, name: str, value: str) -> Found:
    """What a header `Authorization` with a fixed value means."""
    match = _WORDS.fullmatch(value.strip())
    if match is None:
        return api_key(at, name, value)
    prefix, value = match["prefix"], match["value"].strip()
    if prefix.lower() == "bearer":
        return bearer(at, value)
    if prefix.lower() != "basic":
        return api_key(at, name, value, prefix=prefix)
    if is_placeholder(value):
        return basic(at, "", "")
    username, password = _pair(value)
    if not username:
        return api_key(at, name, value, prefix=prefix)
    found = basic(at, username, password)
    found.missing = found.missing if is_placeholder(password) else []  # an empty password is sent as it is
    return found


def _pair(text: str) -> tuple[str, str]:
    """User name and password (RFC 7617); empty where it is something else."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        return "", ""
    try:
        username, colon, password = raw.decode().partition(":")
    except UnicodeDecodeError:
        username, colon, password = raw.decode("latin-1").partition(":")
    return (username, password) if colon else ("", "")


def digest(at: Node, username: str, password: str) -> Found:
    return scheme(at, {"type": "digest", "username": username}, {"password": password})


def ntlm(at: Node, username: str, password: str, *, domain: str = "", workstation: str = "") -> Found:
    named = {"type": "ntlm", "username": username, "domain": domain, "workstation": workstation}
    return scheme(at, named, {"password": password})


def aws(at: Node, *, key_id: str, secret: str, token: str, region: str, service: str) -> Found:
    named = {
        "type": "awsSigV4",
        "accessKeyId": key_id,
        "region": region or "us-east-1",
        "service": service or "execute-api",
    }
    secrets = {"secretAccessKey": secret} | ({"sessionToken": token} if token else {})
    return scheme(at, named, secrets)


@dataclass(frozen=True, slots=True)
class OAuth:
    """What the programs ask for an access token of OAuth 2.0; empty is what they do not say.

    Attributes:
        grant: `client_credentials`, `password`, `authorization_code` or `refresh_token`.
        in_query: the name of the query parameter that sends the token; empty: the header does.
    """

    grant: str = "client_credentials"
    client_id: str = ""
    client_secret: str = ""
    secret_in_body: bool = True
    token_url: str = ""
    authorization_url: str = ""
    scope: str = ""
    username: str = ""
    password: str = ""
    refresh_token: str = ""
    audience: str = ""
    resource: str = ""
    token_location: str = ""
    header: str = ""
    prefix: str = "Bearer"
    in_query: str = ""


_NEEDS_SECRET = frozenset({"client_credentials"})


def oauth2(at: Node, told: OAuth) -> Found:
    """OAuth 2.0."""
    grant: dict[str, Any] = {"type": told.grant}
    secrets: dict[str, str] = {}
    match told.grant:
        case "password":
            grant["username"] = told.username
            secrets["grant/password"] = told.password
        case "authorization_code":
            grant |= {"authorizationUrl": told.authorization_url} if told.authorization_url else {}
        case "refresh_token":
            secrets["grant/refreshToken"] = told.refresh_token
        case _:
            pass
    definition: dict[str, Any] = {
        "type": "oauth2",
        "grant": grant,
        "clientId": told.client_id,
        "tokenUrl": told.token_url,
        "scope": told.scope,
        "audience": told.audience,
        "resource": [told.resource] if told.resource else None,
        "tokenLocation": told.token_location,
        "name": told.in_query or told.header,
        "in": "query" if told.in_query else None,
    }
    if told.prefix != "Bearer":
        definition["prefix"] = told.prefix
    if told.client_secret or told.grant in _NEEDS_SECRET:
        definition["client"] = {"method": "client_secret_post" if told.secret_in_body else "client_secret_basic"}
        secrets["client/secret"] = told.client_secret
    found = scheme(at, definition, secrets)
    if told.prefix == "":
        found.definition["prefix"] = ""
    return found
