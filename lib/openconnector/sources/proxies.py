# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A proxy that does not answer is refused when it is entered: later, every call of the source would fail."""

from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from openconnector.core.errors import InvalidInput
from openconnector.core.http import URL
from openconnector.core.phrases import told
from openconnector.egress.origin import origin_of
from openconnector.egress.policy import EgressDenied, EgressPolicy
from openconnector.egress.reachability import Unreachable, check_reachable
from openconnector.sources.connection import Proxy
from openconnector.sources.repository import find_blocking

TIMEOUT_S = 3.0


def proxy_of(session: Session, reference: str) -> str | None:
    """The URL of the proxy of a source, for a thread.

    Raises:
        NotFound: there is no such source.
    """
    proxy = find_blocking(session, reference).connection.get("proxy")
    return proxy["url"] if proxy else None


async def refuse_unreachable(proxy: Proxy | None, policy: EgressPolicy, *, stored: str | None = None) -> None:
    """See whether a proxy answers, unless it is the one that is stored. No transaction may be open meanwhile.

    Raises:
        InvalidInput: nothing answers there, or the policy does not allow the address.
    """
    if proxy is None or (stored and origin_of(URL(stored)) == origin_of(URL(proxy.url))):
        return
    parts, (_, _, port) = urlsplit(proxy.url), origin_of(URL(proxy.url))
    try:
        await check_reachable(parts.hostname or "", port or 0, TIMEOUT_S, policy)
    except Unreachable as error:
        raise InvalidInput.field("/connection/proxy/url", told(error), code="unreachable") from None
    except EgressDenied as error:
        raise InvalidInput.field("/connection/proxy/url", told(error), code="egress_denied") from None
