# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which addresses are not the public Internet, and why. Each kind has a short name: the rule.

The tables follow IANA's registries of special-purpose addresses (RFC 6890). They are stricter in places: an address
that only says how another one is reached (RFC 6052, 3056, 4380) is not public, and what it carries is looked at, too.
"""

from collections.abc import Iterator
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from openconnector.core.phrases import phrase

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

RULES = {
    "loopback": phrase("is this machine itself"),
    "private": phrase("belongs to a private network"),
    "link-local": phrase("belongs to the local link"),
    "site-local": phrase("belongs to a private network of the old kind"),
    "shared": phrase("belongs to the inner network of a provider"),
    "metadata": phrase("belongs to the cloud's metadata service, which hands out credentials"),
    "unspecified": phrase("names no host"),
    "multicast": phrase("is a group of hosts"),
    "broadcast": phrase("is every host of a network"),
    "reserved": phrase("is reserved, and not part of the public Internet"),
    "benchmarking": phrase("is for benchmarks only"),
    "documentation": phrase("is for documentation only"),
    "discard": phrase("is a network that drops everything"),
    "ipv4-mapped": phrase("is another form of an IPv4 address"),
    "ipv4-compatible": phrase("is another form of an IPv4 address"),
    "nat64": phrase("leads to an IPv4 address through NAT64"),
    "6to4": phrase("leads to an IPv4 address through 6to4"),
    "teredo": phrase("leads to an IPv4 address through Teredo"),
}
"""What each rule says about an address."""

_METADATA = frozenset(
    ip_address(text)
    for text in (
        "169.254.169.254",  # AWS, Azure, Google, DigitalOcean, OpenStack and most others
        "169.254.170.2",  # credentials of AWS containers
        "169.254.170.23",
        "169.254.42.42",  # Scaleway
        "100.100.100.200",  # Alibaba
        "192.0.0.192",  # Oracle
        "168.63.129.16",  # Azure's host agent: a public address
        "fd00:ec2::254",
        "fd00:ec2::23",
        "fd20:ce::254",  # Google
        "fd00:42::42",  # Scaleway
    )
)

METADATA_NAMES = frozenset(
    {"metadata.google.internal", "metadata.goog", "metadata.azure.internal", "instance-data.ec2.internal"}
)
"""Names of metadata services, for when the name is resolved elsewhere: behind a proxy."""

_IPV4 = tuple(
    (IPv4Network(text), rule)
    for text, rule in (
        ("127.0.0.0/8", "loopback"),
        ("10.0.0.0/8", "private"),
        ("172.16.0.0/12", "private"),
        ("192.168.0.0/16", "private"),
        ("169.254.0.0/16", "link-local"),
        ("100.64.0.0/10", "shared"),
        ("0.0.0.0/8", "unspecified"),
        ("224.0.0.0/4", "multicast"),
        ("255.255.255.255/32", "broadcast"),
        ("240.0.0.0/4", "reserved"),
        ("192.0.0.0/24", "reserved"),
        ("192.88.99.0/24", "reserved"),
        ("198.18.0.0/15", "benchmarking"),
        ("192.0.2.0/24", "documentation"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
    )
)

_IPV6 = tuple(
    (IPv6Network(text), rule)
    for text, rule in (
        ("::1/128", "loopback"),
        ("::/128", "unspecified"),
        ("::ffff:0:0/96", "ipv4-mapped"),
        ("::/96", "ipv4-compatible"),
        ("fc00::/7", "private"),
        ("fe80::/10", "link-local"),
        ("fec0::/10", "site-local"),
        ("ff00::/8", "multicast"),
        ("64:ff9b::/96", "nat64"),
        ("64:ff9b:1::/48", "nat64"),
        ("100::/64", "discard"),
        ("2001:db8::/32", "documentation"),
        ("3fff::/20", "documentation"),
        ("2001:2::/48", "benchmarking"),
        ("2001::/32", "teredo"),
        ("2001::/23", "reserved"),
        ("2002::/16", "6to4"),
    )
)
_GLOBAL_UNICAST = IPv6Network("2000::/3")
"""All that IANA gives to the public Internet. What lies outside of it is reserved, whatever it may become."""

_NAT64_LOCAL = IPv6Network("64:ff9b:1::/48")
_ISATAP = 0x5EFE
_ISATAP_UNIVERSAL_BIT = 0x0200_0000


@lru_cache(maxsize=4096)
def parse_address(text: str) -> Address:
    """The address that the system has written as `text`, without its zone (RFC 4007): that is an interface of ours.

    Raises:
        ValueError: it is none.
    """
    return ip_address(text.partition("%")[0])


@lru_cache(maxsize=4096)
def findings(address: Address) -> tuple[tuple[Address, str], ...]:
    """Why an address is not public: every form of it with the rule that it falls under, the innermost first.

    Empty for a public one.
    """
    found = [(form, rule) for form in (*embedded(address), address) if (rule := rule_of(form)) is not None]
    return tuple(found)


def rule_of(address: Address) -> str | None:
    """The rule that an address falls under, whatever it may carry; None: it is public."""
    if address in _METADATA:
        return "metadata"
    if isinstance(address, IPv4Address):
        return next((rule for network, rule in _IPV4 if address in network), None)
    rule = next((rule for network, rule in _IPV6 if address in network), None)
    return rule or (None if address in _GLOBAL_UNICAST else "reserved")


def embedded(address: Address) -> Iterator[IPv4Address]:
    """The IPv4 addresses that an IPv6 address carries, in the forms that lead to them."""
    if isinstance(address, IPv4Address):
        return
    value, rule = int(address), rule_of(address)
    if rule in ("ipv4-mapped", "ipv4-compatible"):
        yield IPv4Address(value & 0xFFFF_FFFF)
    elif rule == "nat64":
        yield from _behind_nat64(address)
    elif rule == "6to4":
        yield IPv4Address(value >> 80 & 0xFFFF_FFFF)
    elif rule == "teredo":
        yield IPv4Address(~value & 0xFFFF_FFFF)  # the client, with its bits inverted
        yield IPv4Address(value >> 64 & 0xFFFF_FFFF)  # its server
    elif (value >> 32 & 0xFFFF_FFFF & ~_ISATAP_UNIVERSAL_BIT) == _ISATAP:
        yield IPv4Address(value & 0xFFFF_FFFF)  # RFC 5214; its network may be any


def _behind_nat64(address: IPv6Address) -> Iterator[IPv4Address]:
    """RFC 6052, section 2.2: the IPv4 address follows the prefix, goes around bits 64 to 71, and zeros follow it.

    How long the prefix of a local network (RFC 8215) is cannot be seen, so every length that fits is read.
    """
    value = int(address)
    if not value & 0xFF << 56 and address in _NAT64_LOCAL:
        squeezed = value >> 64 << 56 | value & (1 << 56) - 1  # 120 bits, without bits 64 to 71
        for length in (48, 56, 64):
            after = 120 - length - 32
            if not squeezed & (1 << after) - 1:
                yield IPv4Address(squeezed >> after & 0xFFFF_FFFF)
    yield IPv4Address(value & 0xFFFF_FFFF)
