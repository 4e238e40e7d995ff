# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What goes wrong before a request is sent: policy, names, addresses, proxies."""

import socket
from collections.abc import AsyncIterator

from tests.faults.fault import Call, Provoked, World, evidence_of, fault
from tests.faults.servers import answer, closed_port, fill_backlog, mute, proxy
from tests.upstream import serve


@fault("egress_denied", "egress", "refused", case="private_address")
async def private_address(_: World) -> AsyncIterator[Provoked]:
    def check(call: Call) -> None:
        assert "10.1.2.3" in evidence_of(call)["Address"]
        assert evidence_of(call)["Rule"]
        assert call["diagnosis"]["remedies"][0]["link"] == "settings"
        assert call["statusCode"] is None

    yield Provoked("http://10.1.2.3", check=check)


@fault("egress_denied", "egress", "refused", case="metadata_of_a_cloud")
async def metadata_of_a_cloud(_: World) -> AsyncIterator[Provoked]:
    yield Provoked("http://169.254.169.254/latest/meta-data", check=lambda call: _denies(call, "169.254.169.254"))


@fault("egress_denied", "egress", "refused", case="mapped_address")
async def mapped_address(_: World) -> AsyncIterator[Provoked]:
    yield Provoked("http://[::ffff:10.1.2.3]", check=lambda call: _denies(call, "10.1.2.3", "a01:203"))


def _denies(call: Call, *texts: str) -> None:
    assert any(text in evidence_of(call)["Address"] for text in texts)


@fault("name_not_resolved", "dns", seconds=30)
async def name_that_nobody_knows(_: World) -> AsyncIterator[Provoked]:
    def check(call: Call) -> None:
        assert "no-such-host.invalid" in call["diagnosis"]["detail"]

    patient = {"connectTimeoutMs": 20_000, "totalTimeoutMs": 30_000}
    yield Provoked("http://no-such-host.invalid", connection=patient, check=check)


@fault("connection_refused", "tcp")
async def closed(_: World) -> AsyncIterator[Provoked]:
    yield Provoked(f"http://127.0.0.1:{closed_port()}")


@fault("host_unreachable", "tcp", hosts=("127.255.255.255",))
async def no_route(_: World) -> AsyncIterator[Provoked]:
    # The broadcast address of the loopback: the system has no route for TCP to it (ENETUNREACH).
    yield Provoked("http://127.255.255.255:9")


@fault("connect_timeout", "tcp")
async def dropped_packets(_: World) -> AsyncIterator[Provoked]:
    def check(call: Call) -> None:
        assert "The server that runs Nextcloud cannot reach this host" in call["diagnosis"]["detail"]
        assert "firewall, VPN and DNS" in call["diagnosis"]["remedies"][0]["text"]
        assert evidence_of(call)["Addresses found"] == "127.0.0.1"

    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting = fill_backlog(full)
        yield Provoked(f"http://127.0.0.1:{full.getsockname()[1]}", check=check)
        for one in waiting:
            one.close()


@fault("proxy_unreachable", "tcp")
async def proxy_that_is_down(_: World) -> AsyncIterator[Provoked]:
    listener = socket.create_server(("127.0.0.1", 0))
    address = f"127.0.0.1:{listener.getsockname()[1]}"

    def check(call: Call) -> None:
        assert address in call["diagnosis"]["detail"]
        assert call["diagnosis"]["remedies"][0]["link"] == "configuration/connection"

    connection = {"proxy": {"url": f"http://{address}"}}
    yield Provoked("http://localhost:1", connection=connection, before_call=listener.close, check=check)


@fault("proxy_unreachable", "tcp", case="silent")
async def proxy_that_says_nothing(_: World) -> AsyncIterator[Provoked]:
    async with serve(mute) as port:
        yield Provoked("https://localhost:1", connection={"proxy": {"url": f"http://127.0.0.1:{port}"}})


@fault("proxy_refused", "tcp")
async def proxy_that_forbids(_: World) -> AsyncIterator[Provoked]:
    async with serve(proxy(answer("403 Forbidden"))) as port:
        yield Provoked("https://localhost:1", connection={"proxy": {"url": f"http://127.0.0.1:{port}"}})


@fault("proxy_refused", "tcp", case="no_http")
async def proxy_that_is_none(_: World) -> AsyncIterator[Provoked]:
    async with serve(proxy(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")) as port:
        yield Provoked("https://localhost:1", connection={"proxy": {"url": f"http://127.0.0.1:{port}"}})


@fault("proxy_authentication_required", "authentication", "auth_error")
async def proxy_that_wants_credentials(_: World) -> AsyncIterator[Provoked]:
    def check(call: Call) -> None:
        assert call["statusCode"] is None

    async with serve(proxy(answer("407 Proxy Authentication Required"))) as port:
        yield Provoked("https://localhost:1", connection={"proxy": {"url": f"http://127.0.0.1:{port}"}}, check=check)


@fault("407", "authentication", "auth_error")
async def proxy_that_wants_credentials_for_http(_: World) -> AsyncIterator[Provoked]:
    headers = [("Proxy-Authenticate", 'Basic realm="proxy"')]
    async with serve(proxy(answer("407 Proxy Authentication Required", headers))) as port:
        yield Provoked("http://localhost:1", connection={"proxy": {"url": f"http://127.0.0.1:{port}"}})
