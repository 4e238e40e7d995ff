# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which addresses are public, against the registries, the standard library, and every form that hides another."""

import ipaddress
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openconnector.egress.networks import RULES, Address, findings, parse_address

IPV4 = st.ip_addresses(v=4)
IPV6 = st.ip_addresses(v=6)


def rules(text: str) -> list[str]:
    return [rule for _, rule in findings(parse_address(text))]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("127.0.0.1", ["loopback"]),
        ("127.255.255.254", ["loopback"]),
        ("::1", ["loopback"]),
        ("10.0.0.0", ["private"]),
        ("172.16.0.1", ["private"]),
        ("172.31.255.255", ["private"]),
        ("192.168.1.1", ["private"]),
        ("fc00::1", ["private"]),
        ("fdff:ffff::1", ["private"]),
        ("169.254.1.1", ["link-local"]),
        ("fe80::1", ["link-local"]),
        ("fe80::1%eth0", ["link-local"]),
        ("febf::1%2", ["link-local"]),
        ("fec0::1", ["site-local"]),
        ("100.64.0.1", ["shared"]),
        ("100.127.255.255", ["shared"]),
        ("0.0.0.0", ["unspecified"]),
        ("0.1.2.3", ["unspecified"]),
        ("::", ["unspecified"]),
        ("224.0.0.1", ["multicast"]),
        ("239.255.255.255", ["multicast"]),
        ("ff02::1", ["multicast"]),
        ("255.255.255.255", ["broadcast"]),
        ("240.0.0.1", ["reserved"]),
        ("192.0.0.9", ["reserved"]),
        ("192.88.99.1", ["reserved"]),
        ("198.18.0.1", ["benchmarking"]),
        ("198.19.255.255", ["benchmarking"]),
        ("192.0.2.1", ["documentation"]),
        ("198.51.100.1", ["documentation"]),
        ("203.0.113.1", ["documentation"]),
        ("2001:db8::1", ["documentation"]),
        ("3fff::1", ["documentation"]),
        ("2001:2::1", ["benchmarking"]),
        ("2001:20::1", ["reserved"]),
        ("100::1", ["discard"]),
        ("4000::1", ["reserved"]),
        ("5f00::1", ["reserved"]),
        ("::ffff:0:8.8.8.8", ["reserved"]),  # SIIT (RFC 2765)
        ("169.254.169.254", ["metadata"]),
        ("169.254.170.2", ["metadata"]),
        ("100.100.100.200", ["metadata"]),
        ("192.0.0.192", ["metadata"]),
        ("168.63.129.16", ["metadata"]),
        ("fd00:ec2::254", ["metadata"]),
        ("::ffff:8.8.8.8", ["ipv4-mapped"]),
        ("::ffff:127.0.0.1", ["loopback", "ipv4-mapped"]),
        ("::ffff:a9fe:a9fe", ["metadata", "ipv4-mapped"]),
        ("::8.8.8.8", ["ipv4-compatible"]),
        ("::10.0.0.1", ["private", "ipv4-compatible"]),
        ("64:ff9b::8.8.8.8", ["nat64"]),
        ("64:ff9b::10.0.0.1", ["private", "nat64"]),
        ("64:ff9b::169.254.169.254", ["metadata", "nat64"]),
        ("64:ff9b:1::8.8.8.8", ["nat64"]),
        ("64:ff9b:1::192.168.0.1", ["private", "nat64"]),
        ("64:ff9b:1:0a01:0002:0300::", ["private", "unspecified", "nat64"]),  # /48: 10.1.2.3 around bits 64 to 71
        ("64:ff9b:1:000a:0001:0203::", ["private", "unspecified", "nat64"]),  # /56
        ("64:ff9b:1:0:0a:0102:0300:0", ["private", "nat64"]),  # /64
        ("2002:0808:0808::1", ["6to4"]),
        ("2002:7f00:0001::1", ["loopback", "6to4"]),
        ("2001:0:0808:0808::f7f7:f7f7", ["teredo"]),  # 8.8.8.8, inverted
        ("2001:0:0808:0808::f5ff:fffe", ["private", "teredo"]),  # 10.0.0.1, inverted
        ("2001:0:0a00:0001::f7f7:f7f7", ["private", "teredo"]),  # its server
        ("2606:4700::5efe:10.0.0.1", ["private"]),  # ISATAP
        ("2606:4700::200:5efe:127.0.0.1", ["loopback"]),
    ],
)
def test_what_is_not_public_has_its_rule(address: str, expected: list[str]) -> None:
    found = rules(address)

    assert [rule for rule in found if rule in expected] == expected
    assert found[-1] == expected[-1]
    assert set(found) <= RULES.keys()


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8",
        "1.1.1.1",
        "9.255.255.255",
        "11.0.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.0",
        "223.255.255.255",
        "192.31.196.1",
        "2606:4700::1111",
        "2a00:1450:4001::200e",
        "2001:200::1",
        "2001:4860:4860::8888",
        "2003::1",
        "3ffe::1",
    ],
)
def test_the_public_internet_is_public(address: str) -> None:
    assert rules(address) == []


@given(IPV4)
def test_nothing_in_ipv4_that_the_standard_library_does_not_call_global_is_public(address: Address) -> None:
    if not address.is_global or address.is_multicast:
        assert findings(address)


@given(IPV6)
def test_nothing_in_ipv6_that_the_standard_library_does_not_call_global_is_public(address: Address) -> None:
    if not address.is_global or address.is_multicast:
        assert findings(address)


# We are stricter than the standard library here, on purpose.
_STRICTER = [
    ipaddress.ip_network(text)
    for text in ("192.88.99.0/24", "192.0.0.0/24", "168.63.129.16/32", "224.0.0.0/4", "2001::/23", "3fff::/20")
]


@given(IPV4 | IPV6.filter(lambda address: int(address) >> 125 == 1))
def test_what_the_standard_library_calls_global_is_public_but_for_what_we_name(address: Address) -> None:
    is_stricter = any(address in network for network in _STRICTER if network.version == address.version)
    if address.is_global and not is_stricter and not _carries_ipv4(address):
        assert findings(address) == ()


def _carries_ipv4(address: Address) -> bool:
    return address in ipaddress.ip_network("2002::/16") or int(address) >> 32 & 0xFDFF_FFFF == 0x5EFE


def _v6(text: str) -> int:
    return int(ipaddress.IPv6Address(text))


_FORMS: dict[str, Callable[[int], int]] = {
    "mapped": lambda v4: _v6("::ffff:0:0") | v4,
    "compatible": lambda v4: v4,
    "nat64": lambda v4: _v6("64:ff9b::") | v4,
    "local nat64 /96": lambda v4: _v6("64:ff9b:1::") | v4,
    "local nat64 /48": lambda v4: _v6("64:ff9b:1::") | v4 >> 16 << 64 | (v4 & 0xFFFF) << 40,
    "local nat64 /56": lambda v4: _v6("64:ff9b:1::") | v4 >> 24 << 64 | (v4 & 0xFFFFFF) << 32,
    "local nat64 /64": lambda v4: _v6("64:ff9b:1::") | v4 << 24,
    "6to4": lambda v4: _v6("2002::") | v4 << 80,
    "teredo": lambda v4: _v6("2001::808:808:0:0") | (v4 ^ 0xFFFF_FFFF),
    "isatap": lambda v4: _v6("2a00::5efe:0:0") | v4,
}
_PRIVATE = [ipaddress.IPv4Network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8")]


@pytest.mark.parametrize("form", list(_FORMS))
@given(network=st.sampled_from(_PRIVATE), offset=st.integers(1, 2**16 - 2))
def test_no_form_hides_a_private_address(form: str, network: ipaddress.IPv4Network, offset: int) -> None:
    inner = network.network_address + offset
    found = findings(ipaddress.IPv6Address(_FORMS[form](int(inner))))

    assert any(address == inner and rule in ("private", "loopback") for address, rule in found)
