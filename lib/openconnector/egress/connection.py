# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Opens connections: finds the address, checks it against the policy, and connects to what was checked.

Nothing else in OpenConnector opens a connection to the outside.
"""

import asyncio
import base64
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from openconnector.core.clock import stopwatch
from openconnector.core.phrases import Phrase, phrase, told
from openconnector.egress.errors import (
    ConnectionFailed,
    client_is_refused,
    handshake_failed,
    name_of_tls_error,
)
from openconnector.egress.evidence import ConnectionEvidence, Timings
from openconnector.egress.handshake import Asked, begin_tls, check_pins, start_tls, usable_context
from openconnector.egress.policy import EgressDenied, EgressPolicy
from openconnector.egress.resolver import Resolver, is_address
from openconnector.egress.sockets import RawSocket, connected_socket, connecting, peer_of
from openconnector.egress.stream import Stream, stream_over
from openconnector.egress.tls import TlsContexts, TlsOptions, shown_by
from openconnector.egress.tunnel import open_tunnel

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
        """A new connection for HTTP. What is found on the way is in `timings` and `evidence`, also when it fails.

        Args:
            patience: seconds for each of resolving, connecting, tunnelling and the TLS handshake.

        Raises:
            ConnectionFailed: with the name of what went wrong.
            EgressDenied: the policy does not allow it.
        """
        if route.target.scheme not in ("http", "https"):
            words = phrase("{host}: calls of HTTP use http or https, not “{scheme}”.")
            message = words.filled(host=route.target.authority, scheme=route.target.scheme)
            raise EgressDenied("scheme", None, message)
        first = route.proxy.target if route.proxy else route.target
        if route.proxy is not None:
            evidence.proxy = first.authority
            await self._check_behind_proxy(route.target, policy, patience)
        # Made now, so that its time counts for none of the phases.
        context = await usable_context(self._contexts, route.tls) if route.target.scheme == "https" else None
        with _as_proxy(route.proxy):
            stream = await self._connect(first, policy, patience, timings, evidence)
        started = stopwatch()
        try:
            if route.proxy is not None:
                await self._pass_proxy(stream, route, route.proxy, patience)
            if context is not None:
                await begin_tls(stream, context, route.target.host, route.tls, patience, timings, evidence)
        except BaseException:
            stream.abort()
            raise
        finally:
            timings.connect_ms = (timings.connect_ms or 0) + stopwatch() - started
        return stream

    async def connect(
        self,
        target: Target,
        policy: EgressPolicy,
        patience: float,
        timings: Timings,
        evidence: ConnectionEvidence,
        *,
        proxy: ProxyServer | None = None,
        address: str | None = None,
    ) -> socket.socket:
        """A connected, non-blocking socket for a protocol other than HTTP, which begins TLS itself where it wants it.

        Args:
            patience: seconds for each of resolving, connecting and tunnelling.
            proxy: of HTTP; it opens a tunnel.
            address: of the target, known from a connection before: nothing is resolved. The policy is asked again.

        Raises:
            ConnectionFailed: with the name of what went wrong.
            EgressDenied: the policy does not allow it.
        """
        first = proxy.target if proxy else target
        if proxy is not None:
            evidence.proxy = first.authority
            if first.scheme != "http":
                words = phrase("Files go through proxies without TLS (http://) only.")
                raise ConnectionFailed("proxy_unreachable", words)
            await self._check_behind_proxy(target, policy, patience)
        with _as_proxy(proxy):
            addresses = await self._allowed(first, policy, patience, timings, evidence, address if not proxy else None)
            async with connecting(patience, timings):
                connection = await connected_socket(addresses, first.port)
        evidence.address = peer_of(connection) or addresses[0]
        if proxy is not None:
            started = stopwatch()
            try:
                await open_tunnel(RawSocket(connection), target.authority, proxy.authorization, patience)
            except BaseException:
                connection.close()
                raise
            finally:
                timings.connect_ms = (timings.connect_ms or 0) + stopwatch() - started
        return connection

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
        addresses = await self._allowed(target, policy, patience, timings, evidence)
        async with connecting(patience, timings):
            stream = await _open(addresses, target.port)
        # Who has hung up already has no name any more.
        evidence.address = (stream.transport.get_extra_info("peername") or (addresses[0],))[0]
        return stream

    async def _allowed(
        self,
        target: Target,
        policy: EgressPolicy,
        patience: float,
        timings: Timings,
        evidence: ConnectionEvidence,
        known: str | None = None,
    ) -> list[str]:
        """The addresses of a target, when the policy allows all of them."""
        policy.check_url(target.scheme, target.host, target.port)
        addresses = [known] if known else await self._resolve(target, patience, timings)
        evidence.resolved, evidence.port = addresses, target.port
        policy.check(target.host, target.port, addresses)
        return addresses

    async def _resolve(self, target: Target, patience: float, timings: Timings) -> list[str]:
        if is_address(target.host):
            return [target.host]
        started = stopwatch()
        try:
            async with asyncio.timeout(patience):
                return (await self._resolver.addresses(target.host, target.port))[:MAX_ADDRESSES]
        except TimeoutError:
            words = phrase("No answer within {limit} s.", limit=f"{patience:g}")
            raise ConnectionFailed("dns_timeout", words) from None
        except OSError as error:
            raise ConnectionFailed("name_not_resolved", error.strerror or told(error)) from error
        finally:
            timings.dns_ms = stopwatch() - started

    async def _pass_proxy(self, stream: Stream, route: Route, proxy: ProxyServer, patience: float) -> None:
        if proxy.target.scheme == "https":
            context = await self._contexts.get(TlsOptions(authorities=route.tls.authorities))
            try:
                await start_tls(stream, context, proxy.target.host, patience)
            except (OSError, TimeoutError) as error:
                raise _unreachable(proxy, handshake_failed(error, shown_by(error))) from error
        if route.is_tunnelled:
            await open_tunnel(stream, route.target.authority, proxy.authorization, patience)


@contextmanager
def _as_proxy(proxy: ProxyServer | None) -> Iterator[None]:
    """What fails is the proxy, where there is one."""
    try:
        yield
    except ConnectionFailed as failed:
        if proxy is None:
            raise
        raise _unreachable(proxy, failed) from failed


def _unreachable(proxy: ProxyServer, reason: ConnectionFailed) -> ConnectionFailed:
    words = Phrase("{host}: {reason}", {"host": proxy.target.authority, "reason": told(reason)})
    return ConnectionFailed("proxy_unreachable", words)


async def _open(addresses: list[str], port: int) -> Stream:
    """Connect to the first of the addresses that answers."""
    loop = asyncio.get_running_loop()
    if len(addresses) == 1:
        return (await loop.create_connection(Stream, addresses[0], port))[1]
    return await stream_over(await connected_socket(addresses, port))
