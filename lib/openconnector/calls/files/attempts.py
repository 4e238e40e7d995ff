# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Makes the calls of file sources: one operation over a connection of its own, within rate limit and root."""

from functools import partial
from urllib.parse import quote, unquote, urlsplit

from openconnector.authentication.basic import BasicAuthentication
from openconnector.authentication.ssh_key import SshKeyAuthentication
from openconnector.calls.delivery import delivery_of
from openconnector.calls.files.refusal import FileRefused
from openconnector.calls.progress import Progress
from openconnector.calls.rate_limit import RateLimiter
from openconnector.calls.schemas import FILE_METHODS, CallRequest
from openconnector.core.clock import stopwatch
from openconnector.core.database import Database
from openconnector.core.http import URL
from openconnector.core.phrases import phrase
from openconnector.egress.connection import Target
from openconnector.egress.origin import origin_of
from openconnector.egress.policy import EgressPolicy
from openconnector.sources.host_keys import remember_host_key
from openconnector.sources.opened import OpenSource
from openconnector.transports.files.host_keys import mismatch
from openconnector.transports.files.operation import FileOperation, Listing
from openconnector.transports.files.session import FileAccess, FileMethod, HostKeyPin, Sink
from openconnector.transports.files.transport import FileTransport

CHANGES = frozenset({"PUT", "DELETE", "MKCOL", "MOVE"})


class FileAttempts:
    """Makes the operations of calls. One instance serves a process."""

    def __init__(self, transport: FileTransport, limiter: RateLimiter, database: Database) -> None:
        self._transport = transport
        self._limiter = limiter
        self._database = database

    async def make(
        self,
        source: OpenSource,
        wanted: CallRequest,
        progress: Progress,
        policy: EgressPolicy,
        *,
        overlap: int,
        sink: Sink | None = None,
    ) -> Listing | None:
        """Do what the request says. What happened is in `progress`; the entries of a directory are returned.

        Nothing is filled into paths: they are made of names from the server, which may look like placeholders.

        Raises:
            FileRefused: the source does not allow it, or the request names no operation on files.
            RateLimited, TooManyAtOnce: the limits leave no place within the total timeout.
        """
        operation = operation_of(source, wanted)
        deadline = stopwatch() + source.timeouts.total_ms
        async with self._limiter.place(source, remaining_ms=deadline - stopwatch()) as waited_ms:
            pause = waited_ms + await self._limiter.acquire(source, remaining_ms=deadline - stopwatch())
            access = access_of(source, policy, overlap=overlap)
            first = len(progress.exchanges)
            try:
                return await self._transport.perform(
                    operation,
                    access,
                    progress.exchanges,
                    url=url_of(source.location, wanted.path),
                    sink=sink,
                    shown=partial(self._remember, source, access.pin),
                )
            finally:
                for exchange in progress.exchanges[first : first + 1]:
                    exchange.delay_ms = pause

    async def _remember(self, source: OpenSource, known: HostKeyPin | None, pin: HostKeyPin) -> None:
        """Keep the first key of a server, before credentials are sent to it.

        Raises:
            FileProblem: another worker, or an earlier session of this call, has been shown another key meanwhile.
        """
        if known == pin:
            return
        kept = await self._database.run(partial(remember_host_key, source_id=source.id, pin=pin), writes=True)
        problem = mismatch(HostKeyPin(kept.host, kept.algorithm, kept.fingerprint), pin) if kept else None
        if problem is not None:
            raise problem


def operation_of(source: OpenSource, wanted: CallRequest) -> FileOperation:
    """The operation that a request means. `GET` of a path that ends in a slash reads the directory.

    Raises:
        FileRefused: it means none, or the source does not allow it.
    """
    if wanted.method not in FILE_METHODS:
        raise FileRefused("invalid_request", phrase("{method} is no operation on files.", method=wanted.method))
    if wanted.method in CHANGES and not source.connection.files.allow_changes:
        raise FileRefused("file_changes_not_allowed", phrase("The source does not allow changes of files."))
    if wanted.method == "MOVE" and not wanted.destination:
        raise FileRefused("invalid_request", phrase("Say where the file shall be: destination is missing."))
    is_listing = wanted.method == "GET" and is_directory(wanted.path)
    method: FileMethod = "LIST" if is_listing else wanted.method  # type: ignore[assignment]
    return FileOperation(method, wanted.path, wanted.destination, wanted.content or b"")


def is_directory(path: str) -> bool:
    """Whether a path means a directory by how it is written."""
    return path.strip() in ("", ".") or path.endswith("/")


def access_of(source: OpenSource, policy: EgressPolicy, *, overlap: int) -> FileAccess:
    """How the file server of a source is reached."""
    connection = source.connection
    delivery = delivery_of(source, policy, body_bytes=connection.max_body_bytes, overlap=overlap)
    scheme, host, port = origin_of(URL(source.location))
    username, password, private_key = _credentials(source)
    return FileAccess(
        target=Target(scheme, host, port or 0),
        limits=delivery.limits,
        policy=policy,
        root=unquote(urlsplit(source.location).path).rstrip("/"),
        tls=delivery.tls_at.get((scheme, host, port), delivery.tls),
        proxy=delivery.proxy,
        username=username,
        password=password,
        private_key=private_key,
        pin=_pin(source),
        mode=connection.files.mode,
        encoding=connection.files.encoding,
    )


def url_of(location: str, path: str) -> str:
    """The URL of a file (RFC 1738, section 3.2); its name may hold what has a meaning in URLs."""
    below = quote(path.lstrip("/"), safe="/:@!$&'()*+,;=~")
    return f"{location.rstrip('/')}/{below}" if below else location


def _credentials(source: OpenSource) -> tuple[str, str, str]:
    """User name, password and private key."""
    scheme = source.authentication
    if isinstance(scheme, BasicAuthentication):
        return scheme.username, scheme.password.get_secret_value(), ""
    if isinstance(scheme, SshKeyAuthentication):
        return scheme.username, "", scheme.private_key.get_secret_value()
    return "", "", ""


def _pin(source: OpenSource) -> HostKeyPin | None:
    """The key that is remembered. Whether it belongs to the target is for the transport to say."""
    known = source.host_key
    return None if known is None else HostKeyPin(known.host, known.algorithm, known.fingerprint)
