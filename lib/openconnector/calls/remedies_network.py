# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The rows for what fails with a connection: egress policy, DNS, TCP and proxy."""

from openconnector.calls.remedies import (
    ADDRESS,
    AUTHENTICATION,
    BASICS,
    CONNECTION,
    FIREWALL,
    NO_PROXY,
    PROXY,
    SETTINGS,
    THEIR_LOGS,
    TRY_AGAIN,
    Words,
)

_FOUND = ("addresses",)
_VIA = ("proxy", "addresses")

NETWORK: dict[str, Words] = {
    "egress_denied": Words(
        "egress",
        "The egress policy does not allow this address",
        "OpenConnector did not connect to {host}: {reported}",
        (
            ("If calls may go there, allow it under Settings, by host name or address range.", SETTINGS),
            ADDRESS,
        ),
        ("denial",),
    ),
    "name_not_resolved": Words(
        "dns",
        "The host name was not found",
        "The server that runs Nextcloud cannot find an address for {connecting}.",
        (ADDRESS, ("If it is an internal name, check the DNS of the server that runs Nextcloud.", None)),
    ),
    "dns_timeout": Words(
        "dns",
        "The DNS did not answer in time",
        "The server that runs Nextcloud asked for the address of {connecting}, and got no reply.",
        (
            ("Check that the server that runs Nextcloud reaches its DNS servers.", None),
            TRY_AGAIN,
            ("If the DNS is slow, raise the connect timeout.", CONNECTION),
        ),
    ),
    "connection_refused": Words(
        "tcp",
        "The connection was refused",
        "{connecting} can be reached, but nothing listens on that port, or a firewall turns callers away.",
        (
            ("Check the port in the location.", BASICS),
            ("Check that the other system is running.", None),
            ("Check that no firewall refuses calls from the server that runs Nextcloud.", None),
        ),
        _FOUND,
    ),
    "host_unreachable": Words(
        "tcp",
        "There is no route to the host",
        "The server that runs Nextcloud cannot reach this host: it has no way to {connecting}.",
        (FIREWALL, ADDRESS),
        _FOUND,
    ),
    "connect_timeout": Words(
        "tcp",
        "The host did not answer in time",
        "The server that runs Nextcloud cannot reach this host: what it sends to {connecting} gets no reply.",
        (FIREWALL, ADDRESS, ("If the network is slow, raise the connect timeout.", CONNECTION)),
        _FOUND,
    ),
    "connection_failed": Words(
        "tcp",
        "The connection failed",
        "The server that runs Nextcloud could not connect to {connecting}.",
        (ADDRESS, FIREWALL),
        _FOUND,
    ),
    "connection_reset": Words(
        "tcp",
        "The connection was cut",
        "{host}, or something on the way to it, closed the connection before the answer was complete.",
        (TRY_AGAIN, FIREWALL, THEIR_LOGS),
        ("addresses", "received"),
    ),
    "connection_not_kept": Words(
        "authentication",
        "The connection was closed in the middle of the login",
        "NTLM and Negotiate log in a connection. {host}, or something on the way to it, closed it between the "
        "challenge and its answer.",
        (
            ("Let proxies and load balancers before {host} keep connections open, each for one caller.", None),
            TRY_AGAIN,
            THEIR_LOGS,
            ("Ask whoever runs {host} for another way to prove who calls, such as Basic or a token.", AUTHENTICATION),
        ),
        ("addresses",),
    ),
    "pool_timeout": Words(
        "tcp",
        "Too many calls are running",
        "No connection to {host} became free in time.",
        (TRY_AGAIN, ("Set a rate limit, so that calls wait their turn.", CONNECTION)),
    ),
    "proxy_unreachable": Words(
        "tcp",
        "The proxy cannot be reached",
        "The source calls {host} through the proxy {proxy}, and that does not answer.",
        (PROXY, NO_PROXY, FIREWALL),
        _VIA,
    ),
    "proxy_refused": Words(
        "tcp",
        "The proxy does not open the way",
        "The proxy {proxy} was asked for a tunnel to {host}, and refused.",
        (
            ("Ask whoever runs the proxy to allow this host and port.", None),
            NO_PROXY,
            ("Check that the proxy speaks HTTP: it must know the method CONNECT.", CONNECTION),
        ),
        _VIA,
    ),
    "proxy_authentication_required": Words(
        "authentication",
        "The proxy wants other credentials",
        "The proxy {proxy} answered 407: its user name and password are missing or wrong.",
        (("Enter user name and password of the proxy.", CONNECTION), NO_PROXY),
        _VIA,
    ),
}
