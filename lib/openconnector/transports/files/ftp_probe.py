# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Asks an FTP server that has hung up once more, without credentials, whether it wants a certificate of the client.

With TLS 1.3 it says so after the handshake, and is not heard where it resets the connection because of the command that
has come meanwhile. Here no command comes. `Dialer.refuses_client` does the same for HTTP.
"""

import asyncio
import socket
import ssl
from dataclasses import replace

from openconnector.core.clock import stopwatch
from openconnector.egress.errors import ConnectionFailed, client_is_refused, name_of_tls_error
from openconnector.egress.handshake import Asked, check_pins, start_tls
from openconnector.egress.stream import Stream, stream_over
from openconnector.egress.tls import TlsContexts
from openconnector.transports.failure import ExchangeFailed
from openconnector.transports.files.control import Control
from openconnector.transports.files.ftp_login import ALPN
from openconnector.transports.files.session import FileAccess
from openconnector.transports.files.trace import Trace

PATIENCE = 1.0


async def refuses_client(access: FileAccess, connected: socket.socket, contexts: TlsContexts) -> str | None:
    """Whether a server takes no client without a certificate, or with that of ours. The socket is closed.

    Returns:
        The name of the error; None: it has nothing against the client.
    """
    refused = client_is_refused(has_identity=access.tls.client is not None)
    wire = await stream_over(connected)
    context = await contexts.make(replace(access.tls, protocol=ALPN, http2=False))
    asked = Asked(context)
    try:
        async with asyncio.timeout(PATIENCE):
            await _begin(wire, access, context)
            if asked.for_certificate and not await wire.read(PATIENCE):
                return refused
    except ssl.SSLError as error:
        name = name_of_tls_error(error, has_identity=access.tls.client is not None)
        return refused if name == refused else None
    except (ConnectionFailed, ExchangeFailed, TimeoutError):
        return None
    except OSError:
        return refused if asked.for_certificate else None
    finally:
        wire.abort()
    return None


async def _begin(wire: Stream, access: FileAccess, context: ssl.SSLContext) -> None:
    if access.target.scheme == "ftpes":
        control = Control(wire, access.encoding, PATIENCE, Trace([], stopwatch()))
        await control.hear()
        await control.ask("AUTH TLS")
    await start_tls(wire, context, access.target.host, PATIENCE)
    check_pins(wire, access.tls)
