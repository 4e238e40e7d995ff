# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Authorization servers that others wrote. Most of them serve the whole run: a test spoils what it registers."""

from collections.abc import AsyncIterator, Iterator

import pytest
import trustme

from tests.authorization.authlib_server import AuthlibServer
from tests.authorization.clients import AuthlibClients, Clients, make_authlib_clients, make_clients
from tests.authorization.exchange_server import ExchangeServer
from tests.authorization.front import Front
from tests.authorization.provider import OidcProvider

REDIRECT_URI = "http://127.0.0.1/returned"
"""Where logins of the clients `web` and `public` come back to; a port may be added."""


@pytest.fixture(scope="session")
def client_authority() -> trustme.CA:
    """Certifies the server with TLS, and the clients of it."""
    return trustme.CA(organization_name="Tests", organization_unit_name="Clients")


@pytest.fixture(scope="session")
def clients(client_authority: trustme.CA) -> Clients:
    """The clients of `oidc` and `tls_oidc`."""
    return make_clients(client_authority, REDIRECT_URI)


@pytest.fixture(scope="session")
def oidc(clients: Clients) -> Iterator[OidcProvider]:
    """The oidc-provider of npm. Access tokens live for an hour, refresh tokens are rotated."""
    with OidcProvider(clients.registrations()) as server:
        yield server


@pytest.fixture(scope="session")
def tls_oidc(clients: Clients, client_authority: trustme.CA) -> Iterator[OidcProvider]:
    """The same with TLS, which asks for client certificates."""
    with OidcProvider(clients.registrations(), authority=client_authority) as server:
        yield server


@pytest.fixture(scope="session")
def authlib_clients() -> AuthlibClients:
    """The clients of `authlib_server`."""
    return make_authlib_clients()


@pytest.fixture
def authlib_server(authlib_clients: AuthlibClients) -> Iterator[AuthlibServer]:
    """The server of authlib, for the password and JWT bearer grants. Each test has its own, for it starts at once."""
    with AuthlibServer(authlib_clients) as server:
        yield server


@pytest.fixture(scope="session")
def exchange_server() -> Iterator[ExchangeServer]:
    """The server of idpyoidc, for token exchange."""
    with ExchangeServer() as server:
        yield server


@pytest.fixture
async def front(oidc: OidcProvider) -> AsyncIterator[Front]:
    """Stands before `oidc`: counts token requests, and makes mistakes when it is told to."""
    async with Front(oidc.url) as standing:
        yield standing


@pytest.fixture
async def authlib_front(authlib_server: AuthlibServer) -> AsyncIterator[Front]:
    """Stands before `authlib_server`."""
    async with Front(authlib_server.url) as standing:
        yield standing
