# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who is asking. The engine only reads it; the face that serves the engine says it."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from openconnector.core.errors import AdministratorRequired, NotAuthenticated

SCOPE_KEY = "openconnector.principal"
"""Where a face puts the `Principal` of a request: a key of the ASGI scope, which no client can reach."""


@dataclass(frozen=True, slots=True)
class Principal:
    """The user behind a request."""

    user_id: str
    is_admin: bool


def current_principal(request: Request) -> Principal:
    """The principal that the face has authenticated. Without one nothing is served."""
    principal = request.scope.get(SCOPE_KEY)
    if not isinstance(principal, Principal):
        raise NotAuthenticated
    return principal


def administrator(principal: Annotated[Principal, Depends(current_principal)]) -> Principal:
    """The principal, who must be an administrator: sources hold credentials and reach into the network."""
    if not principal.is_admin:
        raise AdministratorRequired
    return principal


Administrator = Annotated[Principal, Depends(administrator)]
