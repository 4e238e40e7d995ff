# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which addresses calls may reach: the public Internet, and what an administrator allows besides.

Without it, everybody who may edit a source could talk to what only this machine can reach (server-side request
forgery): the database beside it, the router, the metadata service of the cloud.
"""

import re
import socket
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_address, ip_network

from openconnector.core.http import URL, InvalidURL
from openconnector.core.phrases import phrase
from openconnector.egress.networks import (
    METADATA_NAMES,
    RULES,
    Address,
    Network,
    embedded,
    findings,
    parse_address,
)
from openconnector.egress.origin import DEFAULT_PORTS

_LABEL = r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?"
_HOST = re.compile(rf"{_LABEL}(\.{_LABEL})*")
_BEYOND_HOST = re.compile(r"[/?#@:\\%]")
"""What ends the host in a URL, and so would let something else be read as the name."""

_NUMBER = re.compile(r"\d+|0x[0-9a-f]*")
_MAX_HOST = 253
_MAPPED = IPv6Network("::ffff:0:0/96")


class EgressDenied(Exception):
    """The policy does not allow this connection; `str()` is a sentence for the administrator.

    Attributes:
        rule: the stable name of what was broken: a key of `RULES`, or `own-port`, `scheme`, `invalid`.
        address: the address in question; None where only the name was looked at.
    """

    def __init__(self, rule: str, address: str | None, message: str) -> None:
        super().__init__(message)
        self.rule = rule
        self.address = address


@dataclass(frozen=True, slots=True)
class AllowEntry:
    """What one line of the allow list opens: a network, a host, or all hosts below a name (`*.example.org`)."""

    network: Network | None = None
    host: str = ""
    is_suffix: bool = False


class EgressPolicy:
    """What may be reached.

    Args:
        allow: networks, addresses and host names that are allowed although they are not public.
        own_ports: ports of this machine that nobody may reach, whatever is allowed.

    Raises:
        ValueError: an entry is none.
    """

    def __init__(self, allow: Iterable[str] = (), own_ports: frozenset[int] = frozenset()) -> None:
        entries = [parse_allow(text) for text in allow]
        self._own_ports = own_ports
        self._hosts = frozenset(entry.host for entry in entries if entry.host and not entry.is_suffix)
        self._suffixes = tuple(f".{entry.host}" for entry in entries if entry.is_suffix)
        self._exact: set[Address] = set()
        # By version, then by mask: a long list costs no more than a short one.
        self._networks: dict[int, dict[int, set[int]]] = {4: defaultdict(set), 6: defaultdict(set)}
        for network in (entry.network for entry in entries if entry.network is not None):
            self._networks[network.version][int(network.netmask)].add(int(network.network_address))
            if network.num_addresses == 1:
                self._exact.add(network.network_address)

    def check_url(self, scheme: str, host: str, port: int) -> None:
        """What can be told before the name is resolved.

        Raises:
            EgressDenied: the scheme is that of no transport, or the name is that of a metadata service.
        """
        if scheme not in DEFAULT_PORTS:
            words = phrase("{host}:{port}: calls do not use “{scheme}”.", host=host, port=port, scheme=scheme)
            raise EgressDenied("scheme", None, words)
        if _plain(host) in METADATA_NAMES and not self._names_metadata():
            raise EgressDenied("metadata", None, _denied(host, "metadata"))

    def check(self, host: str, port: int, addresses: Sequence[str]) -> None:
        """Check every address of a host: a single one that is denied denies them all.

        Raises:
            EgressDenied: names the first address that may not be reached.
        """
        is_allowed_host: bool | None = None
        for text in addresses:
            try:
                address = parse_address(text)
            except ValueError:
                words = phrase("{host}: “{address}” is no IP address (rule: invalid).", host=host, address=text)
                raise EgressDenied("invalid", text, words) from None
            if port in self._own_ports and _is_own(text, address):
                words = phrase("{address} with port {port} is OpenConnector itself (rule: own-port).")
                raise EgressDenied("own-port", text, words.filled(address=_shown(host, text), port=port))
            found = findings(address)
            if not found:
                continue
            if is_allowed_host is None:
                is_allowed_host = self._allows_host(_plain(host))
            self._check_findings(host, text, address, found, is_allowed_host=is_allowed_host)

    def _check_findings(
        self, host: str, text: str, address: Address, found: Sequence[tuple[Address, str]], *, is_allowed_host: bool
    ) -> None:
        if address in self._exact:
            return
        for form, rule in found:
            if not self._opens(form, rule, is_allowed_host=is_allowed_host):
                inner = None if form == address else str(form)
                raise EgressDenied(rule, text, _denied(_shown(host, text), rule, inner))

    def _opens(self, form: Address, rule: str, *, is_allowed_host: bool) -> bool:
        """Whether an entry allows one form of an address. What a wide entry opens is never a metadata service."""
        if rule == "metadata":
            return form in self._exact
        if is_allowed_host or self._allows_address(form):
            return True
        # The same address in another form, where an entry means the one that it is in the end.
        return rule == "ipv4-mapped" and all(self._allows_address(inner) for inner in embedded(form))

    def _allows_address(self, address: Address) -> bool:
        value = int(address)
        return any(value & mask in starts for mask, starts in self._networks[address.version].items())

    def _allows_host(self, host: str) -> bool:
        return host in self._hosts or host.endswith(self._suffixes)

    def _names_metadata(self) -> bool:
        return any(rule == "metadata" for address in self._exact for _, rule in findings(address))


def parse_allow(text: str) -> AllowEntry:
    """What a line of the allow list means: `10.1.0.0/16`, `fd00::/8`, `10.1.2.3`, `erp.example.org`, `*.example.org`.

    A name opens every address of that host, and `*.` every host below the name, but not the name itself. A network
    that holds a metadata service does not open it: only its address, alone in an entry, does.

    Raises:
        ValueError: with the sentence that stands under the field.
    """
    entry = text.strip().replace("[", "").replace("]", "").rstrip(".")
    if "/" in entry or ":" in entry or _is_number(entry.rpartition(".")[2]):
        return AllowEntry(network=_parse_network(entry))
    name = entry.removeprefix("*.")
    return AllowEntry(host=_parse_host(name), is_suffix=name != entry)


def _parse_network(entry: str) -> Network:
    if "://" in entry:
        raise ValueError(phrase("Enter a network or a host name, without http:// and without a path."))
    if "%" in entry:
        raise ValueError(phrase("Leave out the zone (%…) of the address."))
    start, slash, length = entry.partition("/")
    try:
        address = ip_address(start)
    except ValueError:
        raise ValueError(_why_no_address(start, has_prefix=bool(slash))) from None
    if not slash:
        return _as_ipv4(ip_network(address))
    if not (length.isascii() and length.isdigit()) or int(length) > address.max_prefixlen:
        words = phrase("Behind the / stands a number from 0 to {most}, for example 10.1.0.0/16.")
        raise ValueError(words.filled(most=address.max_prefixlen))
    network = ip_network((address, int(length)), strict=False)
    if network.network_address != address:
        words = phrase("This address lies inside of a network. Did you mean {network} or {address}?")
        raise ValueError(words.filled(network=network, address=address))
    return _as_ipv4(network)


def _why_no_address(start: str, *, has_prefix: bool) -> str:
    if not has_prefix and start.count(":") == 1:
        return phrase("Leave out the port: an entry holds for every port.")
    if has_prefix and not _is_number(start.rpartition(".")[2]) and ":" not in start:
        return phrase("Only an address has a / behind it, for example 10.1.0.0/16. A host name stands alone.")
    return phrase("This is no IP address. Write all of it, for example 10.1.2.3 or fd00::1.")


def _as_ipv4(network: Network) -> Network:
    """An IPv4 network that is written in its IPv6 form (RFC 4291, 2.5.5.2) is that network."""
    if isinstance(network, IPv6Network) and network.subnet_of(_MAPPED):
        start = IPv4Address(int(network.network_address) & 0xFFFF_FFFF)
        return IPv4Network((start, network.prefixlen - 96))
    return network


def _parse_host(name: str) -> str:
    if "*" in name or not name.strip("."):
        words = phrase("Enter a host name, or *. and the name that the hosts are below, for example *.example.org.")
        raise ValueError(words)
    try:
        host = "" if _BEYOND_HOST.search(name) else _plain(URL(f"http://{name}").raw_host.decode("ascii"))
    except InvalidURL:
        host = ""
    if not _HOST.fullmatch(host) or len(host) > _MAX_HOST:
        words = phrase("This is neither a network nor a host name, for example 10.1.0.0/16 or erp.example.org.")
        raise ValueError(words)
    return host


def _is_number(label: str) -> bool:
    """Whether a name that ends so is an address in an old notation, as `0x7f.1` is."""
    return _NUMBER.fullmatch(label.lower()) is not None


def _plain(host: str) -> str:
    """A host name as names are compared: in lower case, without the dot of the root."""
    return host.rstrip(".").lower()


def _denied(address: str, rule: str, inner: str | None = None) -> str:
    """Why an address is not reached; `inner` is the one that it carries, and that the rule is about."""
    if inner is None:
        return phrase("{address} {meaning} (rule: {rule}).", address=address, meaning=RULES[rule], rule=rule)
    words = phrase("{address} leads to {inner}, which {meaning} (rule: {rule}).")
    return words.filled(address=address, inner=inner, meaning=RULES[rule], rule=rule)


def _shown(host: str, address: str) -> str:
    return address if _plain(host).strip("[]") == address.lower() else f"{address} ({host})"


def _is_own(text: str, address: Address) -> bool:
    """Whether an address belongs to this machine: only then can it be bound to."""
    forms = (address, *embedded(address))
    if any(form.is_loopback or form.is_unspecified for form in forms):
        return True
    return any(_can_bind(text if form is address else str(form)) for form in forms)


def _can_bind(address: str) -> bool:
    try:
        family, kind, protocol, _, where = socket.getaddrinfo(
            address, 0, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.bind(where)
    except OSError:
        return False
    return True
