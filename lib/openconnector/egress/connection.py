# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Opens connections: finds the address, checks it against the policy, and connects to what was checked.

Nothing else in OpenConnector opens a connection to the outside.
"""

import asyncio
import base64
import socket
import ssl
from dataclasses import dataclass, field

import aiohappyeyeballs

from openconnector.core.clock import stopwatch
from openconnector.egress.errors import (
    ConnectionFailed,
    client_is_refused,
    connecting_failed,
    handshake_failed,
    name_of_tls_error,
)
from openconnector.egress.evidence import ConnectionEvidence, Timings, TlsEvidence
from openconnector.egress.handshake import Asked, check_pins, negotiated, start_tls
from openconnector.egress.policy import EgressPolicy
from openconnector.egress.resolver import Resolver, is_address
from openconnector.egress.stream import Stream
from openconnector.egress.tls import IdentityUnusable, TlsContexts, TlsOptions, shown_by
from openconnector.egress.tunnel import open_tunnel

HAPPY_EYEBALLS_SECONDS = 0.25
"""After which the next address is tried beside the first (RFC 8305)."""

MAX_ADDRESSES = 64

SAME_CONNECTION = "same_connection"
"""Extension of a request that means something on the connection of the exchange before it, and on no other."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a connection leads. `host` is a name in its ASCII form, or an address."""

    scheme: str
    host: str
    port: int

    @property
    def authority(self) -> str:
        """Host and port, as in `CONNECT` (RFC 9110, section 9.3.6)."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class ProxyServer:
    """The proxy that connections go through."""

    target: Target
    username: str = ""
    password: str = field(default="", repr=False)

    @property
    def authorization(self) -> str | None:
        """The value of `Proxy-Authorization`: Basic (RFC 7617)."""
        if not self.username:
            return None
        return "Basic " + base64.b64encode(f"{self.username}:{self.password}".encode()).decode()


@dataclass(frozen=True, slots=True)
class Route:
    """How a target is reached."""

    target: Target
    tls: TlsOptions
    proxy: ProxyServer | None = None

    @property
    def is_tunnelled(self) -> bool:
        return self.proxy is not None and self.target.scheme == "https"


class Dialer:
    """Opens the connections of a process."""

    def __init__(self, contexts: TlsContexts) -> None:
        self._contexts = contexts
        self._resolver = Resolver()

    async def dial(
        self, route: Route, policy: EgressPolicy, patience: float, timings: Timings, evidence: ConnectionEvidence
    ) -> Stream:
        """A new connection. What is found on the way is in `timings` and `evidence`, also when it fails.

        Args:
            patience: seconds for each of resolving, connecting, tunnelling and the TLS handshake.

        Raises:
            ConnectionFailed: with the name of what went wrong.
            EgressDenied: the policy does not allow it.
        """
        first = route.proxy.target if route.proxy else route.target
        if route.proxy is not None:
            evidence.proxy = first.authority
            await self._check_behind_proxy(route.target, policy, patience)
        # Made now, so that its time counts for none of the phases.
        context = await self._context_for(route) if route.target.scheme == "https" else None
        try:
            stream = await self._connect(first, policy, patience, timings, evidence)
        except ConnectionFailed as failed:
            if route.proxy is None:
                raise
            raise ConnectionFailed("proxy_unreachable", f"{first.authority}: {failed}") from failed
        started = stopwatch()
        try:
            if route.proxy is not None:
                await self._pass_proxy(stream, route, route.proxy, patience)
            if context is not None:
                await _begin_tls(stream, route, context, patience, timings, evidence)
        except BaseException:
            stream.abort()
            raise
        finally:
            timings.connect_ms = (timings.connect_ms or 0) + stopwatch() - started
        return stream

    async def speaks_tls(self, target: Target, address: str, patience: float) -> bool:
        """Whether TLS is spoken at an address that was connected to before. Nothing but a handshake is sent."""
        try:
            async with asyncio.timeout(patience):
                stream = await _open([address], target.port)
                try:
                    await start_tls(stream, await self._contexts.get(TlsOptions(verify=False)), target.host, patience)
                finally:
                    stream.abort()
        except (OSError, TimeoutError) as error:
            return bool(shown_by(error))
        return True

    async def refuses_client(self, route: Route, address: str, patience: float) -> str | None:
        """Whether a server that was connected to before takes no client without a certificate, or with that of ours.

        With TLS 1.3 it says so after the handshake, and is not heard where it resets the connection because of the
        request that has come meanwhile. Here no request comes.

        Returns:
            The name of the error; None: it has nothing against the client.
        """
        context = await self._contexts.make(route.tls)
        asked, stream = Asked(context), None
        refused = client_is_refused(has_identity=route.tls.client is not None)
        try:
            async with asyncio.timeout(patience):
                stream = await _open([address], route.target.port)
                await start_tls(stream, context, route.target.host, patience)
                check_pins(stream, route.tls)
                if asked.for_certificate:
                    await stream.read(patience)  # where nothing is said, the server waits for a request
                    return refused
        except ssl.SSLError as error:
            name = name_of_tls_error(error, has_identity=route.tls.client is not None)
            return refused if name == refused else None
        except (ConnectionFailed, TimeoutError):
            return None
        except OSError:
            return refused if asked.for_certificate else None
        finally:
            if stream is not None:
                stream.abort()
        return None

    def close(self) -> None:
        """Forget what is being resolved."""
        self._resolver.close()

    async def _context_for(self, route: Route) -> ssl.SSLContext:
        try:
            return await self._contexts.get(route.tls)
        except IdentityUnusable as error:
            raise ConnectionFailed("tls_client_certificate_unusable", str(error)) from None

    async def _check_behind_proxy(self, target: Target, policy: EgressPolicy, patience: float) -> None:
        """The proxy resolves the name itself. Where we can, too, the policy holds for what we find."""
        policy.check_url(target.scheme, target.host, target.port)
        try:
            addresses = await asyncio.wait_for(self._resolver.addresses(target.host, target.port), patience)
        except (OSError, TimeoutError):
            return
        policy.check(target.host, target.port, addresses)

    async def _connect(
        self, target: Target, policy: EgressPolicy, patience: float, timings: Timings, evidence: ConnectionEvidence
    ) -> Stream:
        policy.check_url(target.scheme, target.host, target.port)
        addresses = await self._resolve(target, patience, timings)
        evidence.resolved, evidence.port = addresses, target.port
        policy.check(target.host, target.port, addresses)
        started = stopwatch()
        try:
            async with asyncio.timeout(patience):
                stream = await _open(addresses, target.port)
        except (OSError, TimeoutError) as error:
            raise connecting_failed(error) from error
        finally:
            timings.connect_ms = stopwatch() - started
        # Who has hung up already has no name any more.
        evidence.address = (stream.transport.get_extra_info("peername") or (addresses[0],))[0]
        return stream

    async def _resolve(self, target: Target, patience: float, timings: Timings) -> list[str]:
        if is_address(target.host):
            return [target.host]
        started = stopwatch()
        try:
            async with asyncio.timeout(patience):
                return (await self._resolver.addresses(target.host, target.port))[:MAX_ADDRESSES]
        except TimeoutError:
            raise ConnectionFailed("dns_timeout", f"No answer within {patience:g} s.") from None
        except OSError as error:
            raise ConnectionFailed("name_not_resolved", error.strerror or str(error)) from error
        finally:
            timings.dns_ms = stopwatch() - started

    async def _pass_proxy(self, stream: Stream, route: Route, proxy: ProxyServer, patience: float) -> None:
        if proxy.target.scheme == "https":
            context = await self._contexts.get(TlsOptions(authorities=route.tls.authorities))
            try:
                await start_tls(stream, context, proxy.target.host, patience)
            except (OSError, TimeoutError) as error:
                reason = handshake_failed(error, shown_by(error))
                raise ConnectionFailed("proxy_unreachable", f"{proxy.target.authority}: {reason}") from error
        if route.is_tunnelled:
            await open_tunnel(stream, route.target.authority, proxy.authorization, patience)


async def _begin_tls(
    stream: Stream,
    route: Route,
    context: ssl.SSLContext,
    patience: float,
    timings: Timings,
    evidence: ConnectionEvidence,
) -> None:
    started = stopwatch()
    try:
        await start_tls(stream, context, route.target.host, patience)
    except (OSError, TimeoutError) as error:
        chain = shown_by(error)
        evidence.tls = TlsEvidence(chain=chain)
        raise handshake_failed(error, chain, has_identity=route.tls.client is not None) from error
    finally:
        timings.tls_ms = stopwatch() - started
    evidence.tls = negotiated(stream, route.tls)
    check_pins(stream, route.tls)


async def _open(addresses: list[str], port: int) -> Stream:
    """Connect to the first of the addresses that answers."""
    loop = asyncio.get_running_loop()
    if len(addresses) == 1:
        return (await loop.create_connection(Stream, addresses[0], port))[1]
    infos = [_address_info(address, port) for address in addresses]
    connected = await aiohappyeyeballs.start_connection(
        infos, happy_eyeballs_delay=HAPPY_EYEBALLS_SECONDS, interleave=1
    )
    try:
        return (await loop.create_connection(Stream, sock=connected))[1]
    except BaseException:
        connected.close()
        raise


def _address_info(address: str, port: int) -> aiohappyeyeballs.AddrInfoType:
    host, _, zone = address.partition("%")
    if ":" not in host:
        return (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (host, port))
    scope = socket.if_nametoindex(zone) if zone and not zone.isdigit() else int(zone or 0)
    return (socket.AF_INET6, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (host, port, 0, scope))
