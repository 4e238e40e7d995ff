# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What of a source ends soon: certificates and logins that somebody should renew in time."""

from collections.abc import Iterator
from datetime import datetime

from openconnector.authentication.client_certificate import expires_at
from openconnector.authentication.oauth2.scheme import OAuth2Authentication
from openconnector.authentication.signing_key import SigningKey
from openconnector.authentication.union import Authentication
from openconnector.core.clock import now
from openconnector.sources.connection import Connection
from openconnector.sources.models import TokenState
from openconnector.sources.schemas import SourceWarning
from openconnector.vault.leaves import parts_of, pointer_of

DAYS_AHEAD = 30

_ENTERED_BY_SOMEBODY = ("authorization_code", "refresh_token")
"""Grants behind which somebody must log in again; with the others the next token needs nobody."""


def warnings_of(scheme: Authentication, connection: Connection, token: TokenState | None) -> list[SourceWarning]:
    """What has ended or ends within `DAYS_AHEAD` days, the earliest first."""
    at, found = now(), []
    for kind, ends_at, pointer in ends_of(scheme, connection, token):
        days_left = (ends_at - at).days
        if days_left < DAYS_AHEAD:
            found.append(SourceWarning(type=kind, expires_at=ends_at, days_left=days_left, pointer=pointer))
    return sorted(found, key=lambda warning: warning.expires_at)


def ends_of(
    scheme: Authentication, connection: Connection, token: TokenState | None
) -> Iterator[tuple[str, datetime, str]]:
    """What of a configuration ends at some time: its type, the time, and where it stands (JSON pointer)."""
    certificate = connection.client_certificate
    if certificate is not None and (ends_at := expires_at(certificate.certificates)):
        yield "client_certificate", ends_at, "/connection/clientCertificate"
    for path, key in parts_of(scheme, SigningKey):
        if key.certificate and (ends_at := expires_at(key.certificate)):
            yield "signing_certificate", ends_at, f"/authentication/{pointer_of(path)}"
    is_login = isinstance(scheme, OAuth2Authentication) and scheme.grant.type in _ENTERED_BY_SOMEBODY
    if is_login and token is not None and token.content and token.refresh_expires_at:
        yield "refresh_token", token.refresh_expires_at, "/authentication"
