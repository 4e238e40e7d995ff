# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How sources of the original prove who they are: it is spread over headers, `auth` and `authentication`."""

import re
from dataclasses import dataclass

from openconnector.core.phrases import phrase
from openconnector.templates.language import is_template
from openconnector.transfer.formats import legacy_tokens
from openconnector.transfer.formats.node import Node
from openconnector.transfer.formats.schemes import Found, api_key, authorization, basic, digest, ntlm
from openconnector.transfer.formats.sketch import Sketch
from openconnector.vault.redaction import is_sensitive_header, is_sensitive_parameter

_TOKEN = re.compile(r"(?P<prefix>[^{}]*)\{\{\s*(?P<function>\w+Token)\s*\(\s*(source)?\s*\)\s*\}\}\s*")


@dataclass(frozen=True, slots=True)
class Row:
    """A header or a parameter of a source of the original."""

    place: str
    name: str
    value: str
    node: Node

    @property
    def is_authorization(self) -> bool:
        return self.place == "headers" and self.name.lower() == "authorization"

    @property
    def is_sensitive(self) -> bool:
        known = is_sensitive_header if self.place == "headers" else is_sensitive_parameter
        return known(self.name)


def authenticate(sketch: Sketch, config: dict[str, Node], rows: list[Row]) -> None:
    """Recover the authentication. Rows that it replaces are taken out of the list."""
    authentication = config.get("authentication") or Node(None, sketch.pointer)
    found = _of_option(sketch, config.get("auth"))
    if found is not None:
        for row in [row for row in rows if row.is_authorization]:
            rows.remove(row)
            sketch.note(
                row.node,
                phrase("The original replaces this header by what stands under “auth”, and so it is left out."),
            )
    for recover in (_of_token, _of_authorization, _of_key):
        found = found or recover(sketch, authentication, rows)
    found = found or legacy_tokens.unused(sketch, authentication)
    if found is not None:
        found.put_into(sketch)
    if authentication.says_something:
        for left in list(authentication.leftovers()):
            sketch.note(
                left, phrase("“{name}” says nothing that the authentication of this source needs.", name=left.name)
            )


def _of_option(sketch: Sketch, auth: Node | None) -> Found | None:
    """`auth`: user name, password, and the scheme where it is not Basic."""
    if auth is None or not auth.says_something:
        return None
    username, password, kind = (auth[name] for name in ("0", "1", "2"))
    if not username.peek():
        username, password = auth.first("username", "user"), auth["password"]
    if not username.peek():
        sketch.note(auth, phrase("This authentication has no user name and is left out."))
        return None
    make = {"": basic, "basic": basic, "digest": digest, "ntlm": ntlm}.get(kind.peek().strip().lower())
    if make is None or kind.is_object or kind.is_list:
        sketch.note(kind, phrase("This kind of authentication is not known; Basic was taken."))
    kind.text()
    make = make or basic
    found = make(auth, username.text(), password.text())
    if password.text() == "" and password.is_text:
        found.missing = []  # the original sends it empty
    return found


def _of_token(sketch: Sketch, authentication: Node, rows: list[Row]) -> Found | None:
    """`{{ oauthToken(source) }}` and its like in a header or a parameter."""
    for row in rows:
        match = _TOKEN.fullmatch(row.value)
        if match is None or match["function"] not in legacy_tokens.FUNCTIONS:
            continue
        prefix = match["prefix"]
        is_sent_by_scheme = not prefix.strip() or (prefix.endswith(" ") and row.place == "headers")
        found = legacy_tokens.of_function(sketch, match["function"], authentication)
        if not is_sent_by_scheme:
            return legacy_tokens.not_sent(found)
        rows.remove(row)
        row.node.take()
        return legacy_tokens.sent(found, row.place, row.name, prefix.strip())
    return None


def _of_authorization(_sketch: Sketch, _authentication: Node, rows: list[Row]) -> Found | None:
    """A header `Authorization` with a fixed value."""
    row = next((row for row in rows if row.is_authorization), None)
    if row is None or is_template(row.value):
        return None
    rows.remove(row)
    row.node.take()
    return authorization(row.node, row.name, row.value)


def _of_key(_sketch: Sketch, authentication: Node, rows: list[Row]) -> Found | None:
    """The one header or parameter that has the name of a key."""
    keys = [row for row in rows if row.is_sensitive and row.name.lower() != "cookie"]
    if len(keys) != 1 or is_template(keys[0].value) or authentication.says_something:
        return None
    row = keys[0]
    rows.remove(row)
    row.node.take()
    return api_key(row.node, row.name, row.value, place="header" if row.place == "headers" else "query")
