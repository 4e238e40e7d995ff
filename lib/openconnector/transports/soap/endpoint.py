# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where a SOAP service is called, and where its WSDL is: people paste either address as the location of a source."""

import re
from functools import lru_cache
from urllib.parse import urlsplit, urlunsplit

from openconnector.egress.origin import DEFAULT_PORTS

_ASKS_FOR_WSDL = re.compile(r"(?:wsdl|singlewsdl|wsdl2|wsdl=[^&]*|xsd=[^&]*)", re.IGNORECASE)
"""Queries that make a service show its WSDL: `?wsdl` everywhere, `?singleWsdl` in WCF, `?wsdl=1` behind imports."""


@lru_cache(maxsize=1024)
def endpoint_of(location: str) -> str:
    """The address that calls go to: the location without a query that asks for the WSDL."""
    parts = urlsplit(location)
    if not parts.query:
        return location
    kept = [part for part in parts.query.split("&") if not _ASKS_FOR_WSDL.fullmatch(part)]
    return urlunsplit(parts._replace(query="&".join(kept)))


def wsdl_url_of(location: str, wsdl_url: str) -> str:
    """Where the WSDL of a source is.

    Args:
        wsdl_url: what was configured; empty: it is found behind the location.
    """
    if wsdl_url.strip():
        return wsdl_url.strip()
    parts = urlsplit(location)
    if endpoint_of(location) != location or parts.path.lower().endswith(".wsdl"):
        return location
    return urlunsplit(parts._replace(query=f"{parts.query}&wsdl" if parts.query else "wsdl"))


def wsdl_path_of(location: str) -> str:
    """Below the address that calls go to: where a service shows its WSDL. It answers there what is not a POST."""
    known = urlsplit(endpoint_of(location)).query.split("&")
    asking = [part for part in urlsplit(wsdl_url_of(location, "")).query.split("&") if part not in known]
    return f"?{'&'.join(asking)}" if asking else ""


def is_same_address(one: str, other: str) -> bool:
    """Whether two addresses of a service are the same, written in whatever way."""
    return _normal(one) == _normal(other)


def _normal(address: str) -> tuple[str, str | None, int | None, str, str]:
    try:
        parts = urlsplit(address.strip())
        port = parts.port or DEFAULT_PORTS.get(parts.scheme.lower())
    except ValueError:
        return ("", None, None, address, "")
    return (parts.scheme.lower(), parts.hostname, port, parts.path or "/", parts.query)
