# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How a cURL command proves who calls, as one of the schemes of a source."""

import base64
import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from openconnector.core.phrases import Phrase, phrase
from openconnector.transfer.curl_command import CurlCommand
from openconnector.vault.redaction import is_sensitive_header, is_sensitive_parameter

_COMPUTED = frozenset({"digest", "aws4-hmac-sha256", "hawk", "hmac", "oauth", "ntlm", "negotiate", "signature"})
"""Schemes whose credentials are computed for one request, so that they are of no use in another one."""

_NOT_KEYS = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie", "x-csrf-token", "x-xsrf-token"})
_AMAZON = re.compile(r"(?:^|\.)(?P<service>[a-z0-9-]+)\.(?P<region>[a-z]{2}(?:-[a-z]+)+-\d)\.amazonaws\.com(?:\.cn)?$")
_AWS_PARTS = 4

Row = dict[str, str]


@dataclass(slots=True)
class Proof:
    """What proves who calls, and what is left when that is taken out of the request.

    Attributes:
        headers, query: secret rows of the source, beside the scheme.
    """

    scheme: dict[str, Any] = field(default_factory=lambda: {"type": "none"})
    headers: list[dict[str, Any]] = field(default_factory=list)
    query: list[dict[str, Any]] = field(default_factory=list)
    notes: list[Phrase] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        """Whether there is no scheme yet."""
        return bool(self.scheme["type"] == "none")


def proof_of(command: CurlCommand, host: str, rows: list[Row], query: list[Row]) -> Proof:
    """Take what proves who calls out of the rows of a request.

    Args:
        rows, query: headers and parameters; those that are secret are removed from them.
    """
    proof = Proof()
    _take_authorization(proof, rows)
    if proof.is_open and command.bearer is not None:
        proof.scheme = {"type": "bearer", "token": command.bearer}
    if proof.is_open and command.user is not None:
        proof.scheme = _of_user(command, host, proof)
    elif command.user is not None:
        proof.notes.append(phrase("The user name was left out: the header Authorization goes before it."))
    _take_keys(proof, rows, "header", lambda name: is_sensitive_header(name) and name.lower() not in _NOT_KEYS)
    _take_keys(proof, query, "query", is_sensitive_parameter)
    _take_cookies(proof, command)
    for row in [row for row in rows if is_sensitive_header(row["name"])]:
        rows.remove(row)
        proof.headers.append(row | {"isSecret": True})
    return proof


def _take_authorization(proof: Proof, rows: list[Row]) -> None:
    for row in [row for row in rows if row["name"].lower() == "authorization"]:
        rows.remove(row)
        word, _, credentials = row["value"].partition(" ")
        if word.lower() in _COMPUTED and credentials:
            proof.notes.append(
                phrase(
                    "The header Authorization ({scheme}) was computed for one request: choose the scheme anew.",
                    scheme=word,
                )
            )
        elif proof.is_open and row["value"]:
            proof.scheme = _of_header(word, credentials.strip())


def _of_header(word: str, credentials: str) -> dict[str, Any]:
    if not credentials:
        return {"type": "apiKey", "in": "header", "name": "Authorization", "value": word}
    if word.lower() == "bearer":
        return {"type": "bearer", "token": credentials}
    if word.lower() == "basic" and (pair := _pair(credentials)) is not None:
        return {"type": "basic", "username": pair[0], "password": pair[1]}
    return {"type": "apiKey", "in": "header", "name": "Authorization", "prefix": word, "value": credentials}


def _pair(credentials: str) -> tuple[str, str] | None:
    try:
        name, colon, password = base64.b64decode(credentials, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return (name, password) if name and colon else None


def _of_user(command: CurlCommand, host: str, proof: Proof) -> dict[str, Any]:
    name, _, password = (command.user or "").partition(":")
    if command.aws is not None:
        return _of_amazon(command.aws, name, password, host)
    if "negotiate" in command.schemes and not name:
        proof.notes.append(
            phrase("The ticket of whoever runs the command is not at hand here (--negotiate): choose a scheme.")
        )
        return {"type": "none"}
    if not name:
        value = base64.b64encode(f":{password}".encode()).decode()
        return {"type": "apiKey", "in": "header", "name": "Authorization", "prefix": "Basic", "value": value}
    login = {"username": name, "password": password}
    if command.schemes & {"ntlm", "negotiate"}:
        return {"type": "ntlm", "protocol": "negotiate" if "negotiate" in command.schemes else "ntlm"} | login
    if "digest" in command.schemes:
        return {"type": "digest"} | login
    if "anyauth" in command.schemes:
        proof.notes.append(phrase("Basic was chosen, since the scheme is not tried out (--anyauth)."))
    return {"type": "basic"} | login


def _of_amazon(scope: str, key_id: str, secret: str, host: str) -> dict[str, Any]:
    """`provider[:provider[:region[:service]]]`; curl finds the last two in the host, too."""
    parts = [*scope.split(":"), "", "", "", ""][:_AWS_PARTS]
    found = _AMAZON.search(host)
    return {
        "type": "awsSigV4",
        "accessKeyId": key_id,
        "secretAccessKey": secret,
        "region": parts[2] or (found["region"] if found else "us-east-1"),
        "service": parts[3] or (found["service"] if found else host.split(".", maxsplit=1)[0]),
    }


def _take_keys(proof: Proof, rows: list[Row], place: str, is_key: Callable[[str], bool]) -> None:
    """The first key is the scheme, where there is none yet; the others are secret rows of the source."""
    for row in [row for row in rows if is_key(row["name"])]:
        rows.remove(row)
        if proof.is_open and row["value"]:
            proof.scheme = {"type": "apiKey", "in": place, "name": row["name"], "value": row["value"]}
        else:
            (proof.headers if place == "header" else proof.query).append(row | {"isSecret": True})


def _take_cookies(proof: Proof, command: CurlCommand) -> None:
    if command.cookies:
        proof.headers.append({"name": "Cookie", "value": "; ".join(command.cookies), "isSecret": True})
        proof.notes.append(phrase("The cookies belong to a session, and will end with it."))
