# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Tokens of the original: `oauthToken`, `jwtToken` and `decosToken` with what stands under `authentication`."""

import base64
import binascii
import json
import re
from typing import Any

from openconnector.authentication.json_object import json_object
from openconnector.core.phrases import phrase
from openconnector.core.phrases import told as words_of
from openconnector.transfer.drafts import Note
from openconnector.transfer.formats.node import Node
from openconnector.transfer.formats.schemes import KEPT_ELSEWHERE, Found, OAuth, bearer, is_placeholder, oauth2, scheme
from openconnector.transfer.formats.sketch import Sketch
from openconnector.transfer.formats.twig import Untranslatable, translated

FUNCTIONS = ("oauthToken", "jwtToken", "decosToken")

_BARE = re.compile(r"([:\[,]\s*)(\{\{[^{}]*\}\})(?=\s*[,}\]])")
"""A placeholder in JSON that stands without quotation marks."""

_ALGORITHMS = frozenset({"HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512"})


def of_function(sketch: Sketch, function: str, authentication: Node) -> Found:
    """The authentication that a function of the original asks for."""
    if function == "jwtToken":
        return _jwt(sketch, authentication)
    if function == "oauthToken":
        return _oauth(sketch, authentication)
    text = phrase(
        "Tokens of Decos are fetched in a way that is not known here. Enter a token, or choose another authentication."
    )
    sketch.note(authentication, text)
    return bearer(authentication, "")


def unused(sketch: Sketch, authentication: Node) -> Found | None:
    """What stands under `authentication` although no header asks for it: kept, and sent by nothing."""
    if authentication["tokenUrl"].peek():
        found = of_function(sketch, "oauthToken", authentication)
    elif authentication["algorithm"].peek() and authentication["payload"].says_something:
        found = of_function(sketch, "jwtToken", authentication)
    else:
        return None
    text = phrase("No header asks for this token. Choose under Authentication how calls send it.")
    found.notes.append(Note(authentication.pointer, text))
    return not_sent(found)


def sent(found: Found, place: str, name: str, prefix: str) -> Found:
    """The authentication as a header or a parameter sends it."""
    if found.definition["type"] == "bearer":
        if place == "headers" and name.lower() == "authorization" and prefix.lower() == "bearer":
            return found
        where = "header" if place == "headers" else "query"
        found.definition = {"type": "apiKey", "in": where, "name": name, "prefix": prefix}
        found.missing = ["value"]
        return found
    found.definition |= {"in": "header" if place == "headers" else "query", "name": name, "prefix": prefix}
    return found


def not_sent(found: Found) -> Found:
    """The authentication when only a template sends its token."""
    if found.definition["type"] in ("oauth2", "jwt"):
        found.definition["in"] = "none"
    return found


def _oauth(sketch: Sketch, told: Node) -> Found:
    grant = told["grant_type"].text() or "client_credentials"
    if grant not in ("client_credentials", "password"):
        sketch.note(
            told["grant_type"],
            phrase("The original cannot use this grant, and so it is not known what was meant by it."),
        )
        grant = "client_credentials"
    is_password = grant == "password"
    assertion = not is_password and bool(told["private_key"].says_something)
    in_body = told["authentication"].text() != "basic_auth"
    if is_password and not in_body:
        sketch.note(
            told["authentication"],
            phrase("The user name and the password are sent in the form, and not in a header too."),
        )
    found = oauth2(
        told,
        OAuth(
            grant=grant,
            client_id="" if is_password else told["client_id"].text(),
            client_secret="" if is_password or assertion else _secret(sketch, told["client_secret"]),
            secret_in_body=in_body,
            token_url=told["tokenUrl"].text(),
            scope=told["scope"].text(),
            username=told["username"].text() if is_password else "",
            password=_secret(sketch, told["password"]) if is_password else "",
            token_location=told["tokenLocation"].text(),
        ),
    )
    if assertion:
        _assert(sketch, told, found)
    _note_unsent(sketch, told)
    return found


def _assert(sketch: Sketch, told: Node, found: Found) -> None:
    """The client proves itself with a signed assertion in place of a secret."""
    told["client_assertion_type"].take()
    key = _key(sketch, told["private_key"])
    client: dict[str, Any] = {"method": "private_key_jwt", "algorithm": "PS256", "key": {}}
    claims = _claims(sketch, told)
    if isinstance(claims.get("aud"), str) and "{{" not in claims["aud"]:
        client["audience"] = claims["aud"]
    if claims and set(claims) - {"aud", "iss", "sub", "jti", "iat", "exp", "nbf"}:
        sketch.note(
            told["payload"],
            phrase("Of these claims, issuer, subject, audience, times and an id are sent, and no others."),
        )
    if told["x5t"].says_something:
        sketch.note(told["x5t"], phrase("The thumbprint is made from the certificate: paste it beside the key."))
    found.missing = [name for name in found.missing if name != "client/secret"]
    found.definition["client"] = client
    if key:
        client["key"]["privateKey"] = key
    else:
        found.missing.append("client/key/privateKey")


def _jwt(sketch: Sketch, told: Node) -> Found:
    algorithm = told["algorithm"].text() or "HS256"
    if algorithm not in _ALGORITHMS:
        sketch.note(told["algorithm"], phrase("This algorithm is not known; HS256 stands in its place."))
        algorithm = "HS256"
    definition: dict[str, Any] = {"type": "jwt", "algorithm": algorithm, "includeJti": False}
    claims = _claims(sketch, told)
    if claims:
        definition["claims"] = json.dumps(claims, ensure_ascii=False)
    if told["x5t"].says_something:
        definition["headerParameters"] = json.dumps({"x5t": told["x5t"].text()})
    if algorithm.startswith("HS"):
        secret = _secret(sketch, told["secret"])
        slashed = re.sub(r"(['\"\\\0])", r"\\\1", secret)
        if slashed != secret:
            text = phrase(
                "The original puts backslashes into this secret before it signs. The same is done here, to match."
            )
            sketch.note(told["secret"], text)
        return scheme(told, definition, {"secret": slashed})
    definition["key"] = {}
    return scheme(told, definition, {"key/privateKey": _key(sketch, told.first("secret", "private_key"))})


def _claims(sketch: Sketch, told: Node) -> dict[str, Any]:
    """The payload: JSON with Twig in it, filled in with what stands beside it."""
    payload = told["payload"]
    if payload.is_object:
        return dict(payload.take())
    if not payload.says_something:
        return {}

    def value(path: str) -> str | None:
        node = told[path.removeprefix("configuration.authentication.")]
        text = "" if node is payload else node.text()
        return json.dumps(text)[1:-1] if text else None

    written = payload.text()
    try:
        filled = translated(written, value, names=value)
        return dict(json_object(_BARE.sub(r'\1"\2"', filled)))
    except (Untranslatable, ValueError) as problem:
        text = phrase("The claims could not be carried over. {problem}", problem=words_of(problem))
        sketch.note(payload, text)
        return {}


def _secret(sketch: Sketch, node: Node) -> str:
    """A secret; empty where the document refers to one that is kept elsewhere."""
    if node.is_object and node.says_something:
        sketch.note(node, KEPT_ELSEWHERE)
        return ""
    text = node.text()
    return "" if is_placeholder(text) else text


def _key(sketch: Sketch, node: Node) -> str:
    """A private key in PEM, which the original wants to have in base64."""
    text = _secret(sketch, node)
    if not text or "-----BEGIN" in text:
        return text.replace("\\n", "\n")
    try:
        return base64.b64decode("".join(text.split()), validate=True).decode()
    except (binascii.Error, ValueError):
        return text


def _note_unsent(sketch: Sketch, told: Node) -> None:
    for left in list(told.leftovers()):
        sketch.note(
            left,
            phrase(
                "The original does not send “{name}” when it asks for a token, and it is not sent here.", name=left.name
            ),
        )
