# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A token request while it is put together (RFC 6749, section 3.2)."""

from dataclasses import dataclass, field
from urllib.parse import urlencode

from openconnector.core.http import Request

ACCEPT = "application/json"


@dataclass(slots=True)
class TokenForm:
    """Fields and headers of a request to the token endpoint.

    Attributes:
        url: the token endpoint.
        client_id: empty where the server knows the client by something else.
        audience: what assertions for this server name as their audience; the token endpoint where it is empty.
    """

    url: str
    client_id: str = ""
    audience: str = ""
    fields: list[tuple[str, str]] = field(default_factory=list, repr=False)
    headers: list[tuple[str, str]] = field(default_factory=list, repr=False)

    def put(self, name: str, value: str) -> None:
        """Add a field, unless it is empty."""
        if value:
            self.fields.append((name, value))

    def request(self, user_agent: str) -> Request:
        """The request, with its body as `application/x-www-form-urlencoded`."""
        own = {name.lower() for name, _ in self.headers}
        defaults = [("Accept", ACCEPT), ("User-Agent", user_agent)]
        headers = [
            *(row for row in defaults if row[0].lower() not in own),
            *self.headers,
            ("Content-Type", "application/x-www-form-urlencoded"),
        ]
        encoded = [(name.encode(), value.encode()) for name, value in headers]
        return Request("POST", self.url, headers=encoded, content=urlencode(self.fields).encode())
