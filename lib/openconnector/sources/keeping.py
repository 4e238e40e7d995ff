# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""When a mask keeps the secret that is stored, and why not: what was meant for one place is never sent to another."""

from dataclasses import dataclass, field

from openconnector.core.errors import FieldError
from openconnector.core.http import URL
from openconnector.core.phrases import phrase
from openconnector.egress.origin import origin_of

IN_CLEAR = frozenset({"http", "ftp"})
"""Schemes that encrypt nothing."""


@dataclass(frozen=True, slots=True)
class Departures:
    """How it is said that a URL is another one now, in one way or the other."""

    host: str
    encryption: str
    tls: str
    port: str


LOCATION = Departures(
    phrase("The location has another host now"),
    phrase("The location is without encryption now"),
    phrase("The location is without TLS now"),
    phrase("The location has another port now"),
)
PROXY = Departures(
    phrase("The proxy has another host now"),
    phrase("The proxy is without encryption now"),
    phrase("The proxy is without TLS now"),
    phrase("The proxy has another port now"),
)
TOKEN_URL = Departures(
    phrase("The token URL has another host now"),
    phrase("The token URL is without encryption now"),
    phrase("The token URL is without TLS now"),
    phrase("The token URL has another port now"),
)


def departure(former: str, wanted: str, said: Departures) -> str | None:
    """Why what was meant for one URL would be sent elsewhere, or without TLS, at the other; None where it would not.

    From http to https on the usual ports of the same host nothing leaves.
    """
    (scheme, host, port), (new_scheme, new_host, new_port) = origin_of(URL(former)), origin_of(URL(wanted))
    if host != new_host:
        return said.host
    if scheme not in IN_CLEAR and new_scheme in IN_CLEAR:
        return said.encryption if "ftp" in new_scheme else said.tls
    if port != new_port and (scheme, port, new_scheme, new_port) != ("http", 80, "https", 443):
        return said.port
    return None


@dataclass(slots=True)
class Keeping:
    """Keeps stored secrets where a mask asks for it, and gathers the reasons why not.

    `departure` says why nothing may be kept, where what a secret was meant for is another place now.
    """

    departure: str | None
    errors: list[FieldError] = field(default_factory=list)

    def keep(self, stored: str, pointer: str) -> str:
        """What is stored, else an error for the field."""
        if self.departure:
            self.errors.append(_origin_changed(pointer, self.departure))
        elif not stored:
            self.errors.append(_nothing_to_keep(pointer))
        return stored


def _nothing_to_keep(pointer: str) -> FieldError:
    return FieldError(
        pointer, phrase("Enter the value again: there is no stored secret to keep here."), "secret_missing"
    )


def _origin_changed(pointer: str, departure: str) -> FieldError:
    detail = phrase("{departure}: enter this secret again, so that it is not sent there by accident.")
    return FieldError(pointer, detail.filled(departure=departure), "secret_origin_changed")
