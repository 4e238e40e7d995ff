# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Whether names are found and proxies answer: those of the sources, so that nobody else is asked."""

import asyncio
import os
from collections.abc import Iterable
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from openconnector.commands.checks import Check, Verdict
from openconnector.commands.command import Context
from openconnector.core.http import URL
from openconnector.egress.origin import origin_of
from openconnector.egress.policy import EgressDenied, EgressPolicy
from openconnector.egress.reachability import Unreachable, check_reachable
from openconnector.egress.resolver import Resolver, is_address
from openconnector.sources.models import Source

MOST_NAMES, MOST_PROXIES = 10, 5
SECONDS = 3.0

_ENVIRONMENT = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")


async def check_egress(context: Context) -> list[Check]:
    """Look up the hosts of some sources, and connect to their proxies."""
    policy = (await context.administration().current()).egress
    places = await context.database.run(_places)
    hosts = list(dict.fromkeys(urlsplit(location).hostname or "" for location, _ in places))
    proxies = list(dict.fromkeys(proxy for _, proxy in places if proxy))
    names, reached = await asyncio.gather(
        _check_names([host for host in hosts if host and not is_address(host)][:MOST_NAMES]),
        _check_proxies(proxies[:MOST_PROXIES], policy),
    )
    return [names, reached]


def _places(session: Session) -> list[tuple[str, str | None]]:
    """Locations and proxies of the sources that are enabled."""
    rows = session.execute(
        select(Source.location, Source.connection["proxy"]["url"].as_string()).where(Source.is_enabled)
    )
    return [(location, proxy) for location, proxy in rows]


async def _check_names(names: list[str]) -> Check:
    if not names:
        return Check("dns", "ok", "No source names a host that must be looked up.")
    resolver = Resolver()
    try:
        found = await asyncio.gather(*(_is_found(resolver, name) for name in names))
    finally:
        resolver.close()
    lost = [name for name, is_found in zip(names, found, strict=True) if not is_found]
    if not lost:
        return Check("dns", "ok", f"{len(names)} host names of sources are found.")
    verdict: Verdict = "failed" if len(lost) == len(names) else "warning"
    mend = "Check the name server of this machine (/etc/resolv.conf), and the location of the sources."
    return Check("dns", verdict, f"Not found: {', '.join(lost)}.", mend)


async def _is_found(resolver: Resolver, name: str) -> bool:
    try:
        async with asyncio.timeout(SECONDS):
            return bool(await resolver.addresses(name, 443))
    except (OSError, TimeoutError, UnicodeError):
        return False


async def _check_proxies(urls: Iterable[str], policy: EgressPolicy) -> Check:
    answers = await asyncio.gather(*(_why_not(url, policy) for url in urls))
    failures = [answer for answer in answers if answer]
    if failures:
        return Check(
            "proxies", "failed", " ".join(failures), "Mend the proxy, or change it on the sources that use it."
        )
    unused = [name for name in _ENVIRONMENT if os.environ.get(name) or os.environ.get(name.lower())]
    if unused:
        text = f"{' and '.join(unused)} is set, which calls do not use."
        return Check("proxies", "warning", text, "Set connection.proxy.url on the sources that need a proxy.")
    text = f"{len(answers)} proxies of sources answer." if answers else "No source uses a proxy."
    return Check("proxies", "ok", text)


async def _why_not(url: str, policy: EgressPolicy) -> str:
    """Why a proxy cannot be used; nothing where it answers."""
    _, _, port = origin_of(URL(url))
    try:
        await check_reachable(urlsplit(url).hostname or "", port or 0, SECONDS, policy)
    except (Unreachable, EgressDenied) as error:
        return str(error)
    return ""
