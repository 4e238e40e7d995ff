# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""FTP servers: pyftpdlib's, in a thread, and how it is made to misbehave."""

import asyncio
import os
import re
import threading
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # of asyncore, which it uses before Python 3.12
    from pyftpdlib.authorizers import DummyAuthorizer
    from pyftpdlib.filesystems import AbstractedFS
    from pyftpdlib.handlers import DTPHandler, FTPHandler, TLS_DTPHandler, TLS_FTPHandler
    from pyftpdlib.ioloop import IOLoop
    from pyftpdlib.log import logger
    from pyftpdlib.servers import FTPServer

from openconnector.egress.connection import Dialer, Target
from openconnector.egress.tls import TlsContexts, TlsOptions
from openconnector.transports.exchange import Exchange
from openconnector.transports.files.operation import FileOperation, Listing
from openconnector.transports.files.session import FileAccess
from openconnector.transports.files.transport import FileTransport
from tests.exchanges import LIMITS, LOOPBACK, Authority
from tests.factories import marked
from tests.upstream import serve as serve_tcp

USER = "courier"
PASSWORD = marked("ftp")


class Hearing:
    """What is said to any of the handlers is in `heard`."""

    use_sendfile = False
    auth_failed_timeout = 0
    banner = "At your service."
    heard: list[str]

    def pre_process_command(self, line: str, cmd: str, arg: str) -> None:
        self.heard.append(cmd)
        super().pre_process_command(line, cmd, arg)  # type: ignore[misc]  # of the handler beside it


class PlainHandler(Hearing, FTPHandler):
    """FTP as it is."""


class ExplicitHandler(Hearing, TLS_FTPHandler):
    """FTP that may begin TLS, and wants it for everything."""

    tls_control_required = True
    tls_data_required = True


class ImplicitHandler(ExplicitHandler):
    """FTP behind a TLS handshake."""

    def handle(self) -> None:
        self.secure_connection(self.ssl_context)

    def handle_ssl_established(self) -> None:
        super().handle()

    def ftp_AUTH(self, _line: str) -> None:  # noqa: N802  # pyftpdlib finds it by its name
        self.respond("503 Already using TLS.")


class ListingHandler(PlainHandler):
    """Knows neither MLSD nor MLST."""

    proto_cmds = {name: rules for name, rules in FTPHandler.proto_cmds.items() if name not in ("MLSD", "MLST")}


class CurtHandler(PlainHandler):
    """Gives no reasons, as vsftpd."""

    def ftp_MKD(self, _path: str) -> None:  # noqa: N802  # as above
        self.respond("550 Create directory operation failed.")

    def ftp_RMD(self, _path: str) -> None:  # noqa: N802  # as above
        self.respond("550 Remove directory operation failed.")


class ResolvingHandler(PlainHandler):
    """Tells where links lead to, as vsftpd does, when it has followed them."""

    def ftp_PWD(self, _line: str) -> None:  # noqa: N802  # as above
        real = os.path.realpath(self.fs.ftp2fs(self.fs.cwd))
        self.respond(f'257 "{self.fs.fs2ftp(real)}" is the current directory.')


class LinksHandler(PlainHandler):
    """Describes links, as ProFTPD does, and does not say where it is when it has followed them."""

    def ftp_MLST(self, path: str) -> None:  # noqa: N802  # as above
        line = self.fs.fs2ftp(path)
        if Path(path).is_symlink():
            target = f":{Path(path).readlink()}" if self.tells_targets else ""
            self.respond_raw(f"250-Listing\r\n type=OS.unix=slink{target};size=4; {line}\r\n250 End")
        else:
            super().ftp_MLST(path)

    tells_targets = True

    def respond_raw(self, text: str) -> None:
        self.push(text + "\r\n")


class Unconfined(AbstractedFS):
    """Lets links lead anywhere."""

    def validpath(self, _path: str) -> bool:
        return True


class Crowd(AbstractedFS):
    """Shows so many files, of which there are none."""

    count = 100_000

    def listdir(self, _path: str) -> list[str]:
        return [f"invoice-{number:06}.xml" for number in range(self.count)]

    def format_mlsx(self, _directory: str, names: list[str], *_: object, **__: object) -> Iterator[bytes]:
        for name in names:
            yield f"type=file;size=1024;modify=20240229123000;unix.mode=0644; {name}\r\n".encode()

    def format_list(self, _directory: str, names: list[str], *_: object) -> Iterator[bytes]:
        for name in names:
            yield f"-rw-r--r--   1 root     root         1024 Feb 29  2024 {name}\r\n".encode()


class CutDtp(DTPHandler):
    """Hangs up when so many bytes have gone, for the first so many transfers."""

    cut_after = 100_000
    cuts: list[int]
    is_complete = False
    """Whether the server says that all is well."""

    def handle_write(self) -> None:
        super().handle_write()
        if self.cuts and self.tot_bytes_sent >= self.cut_after:
            self.cuts.pop()
            reply = "226 Transfer complete." if self.is_complete else "426 Connection closed; transfer aborted."
            self._resp = (reply, logger.debug)
            self.close()


class FullDtp(DTPHandler):
    """Has no space for more than a little."""

    def handle_read(self) -> None:
        super().handle_read()
        if self.tot_bytes_received >= 50_000:
            self._resp = ("452 Disk full.", logger.debug)
            self.close()

    handle_read_event = handle_read  # as pyftpdlib does it


class Server:
    """A running server."""

    def __init__(self, root: Path, port: int, handler: type[FTPHandler]) -> None:
        self.root = root
        self.port = port
        self.handler = handler

    @property
    def heard(self) -> list[str]:
        heard: list[str] = self.handler.heard
        return heard


@dataclass
class Script:
    """A server of a few words.

    Attributes:
        commands: what was said to it.
    """

    port: int = 0
    commands: list[str] = field(default_factory=list)


@contextmanager
def serve(
    root: Path,
    handler: type[FTPHandler] = PlainHandler,
    *,
    host: str = "127.0.0.1",
    perm: str = "elradfmwMT",
    **values: Any,
) -> Iterator[Server]:
    """An FTP server for a directory.

    Args:
        values: attributes of the handler.
    """
    authorizer = DummyAuthorizer()
    authorizer.add_user(USER, PASSWORD, str(root), perm=perm)
    authorizer.add_anonymous(str(root))
    own = type("Handler", (handler,), {"authorizer": authorizer, "heard": [], **values})
    loop = IOLoop()
    server = FTPServer((host, 0), own, ioloop=loop)
    is_over = threading.Event()

    def run() -> None:
        while not is_over.is_set():
            server.serve_forever(timeout=0.02, blocking=False, handle_exit=False)
        server.close_all()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield Server(root, server.address[1], own)
    finally:
        is_over.set()
        thread.join()


@asynccontextmanager
async def scripted(
    replies: Mapping[str, str | None],
    greeting: str | None = "220 Here.",
    heard: Callable[[str], Awaitable[None]] | None = None,
) -> AsyncIterator[Script]:
    """A control connection that answers each command with a text; None: with nothing.

    Args:
        heard: is called with each command.
    """
    script = Script()

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if greeting is not None:
            writer.write(f"{greeting}\r\n".encode("latin-1"))
        while line := await reader.readline():
            command = line.decode("latin-1").rstrip("\r\n")
            script.commands.append(command)
            verb = command.partition(" ")[0]
            if heard is not None:
                await heard(command)
            reply = replies.get(command, replies.get(verb, _USUAL.get(verb, "502 No.")))
            if reply is not None and re.fullmatch("[A-Z]{3,4}", verb):  # else it is the beginning of a TLS handshake
                writer.write(f"{reply}\r\n".encode("latin-1"))

    async with serve_tcp(converse) as script.port:
        yield script


_USUAL = {"CWD": "250 Here.", "USER": "331 And?", "PASS": "230 In.", "TYPE": "200 I.", "QUIT": "221 Bye."}


def with_tls(authority: Authority, directory: Path, name: str = "127.0.0.1") -> dict[str, Any]:
    """Attributes of a handler that speaks TLS with a certificate for `name`."""
    certificate, key = authority.files(name, directory)
    return {"certfile": certificate, "keyfile": key, "ssl_context": None}


def cut_dtp(base: type[DTPHandler] = DTPHandler, **values: Any) -> type[DTPHandler]:
    """A handler of data connections that hangs up."""
    return type("Cut", (CutDtp, base), values)


def access_to(server: Server | Script, scheme: str = "ftp", host: str = "127.0.0.1", **values: Any) -> FileAccess:
    """How a server is reached by its user."""
    defaults: dict[str, Any] = {"limits": LIMITS, "policy": LOOPBACK, "username": USER, "password": PASSWORD}
    return FileAccess(Target(scheme, host, server.port), **(defaults | values))


def trusting(authority: Authority, **values: Any) -> TlsOptions:
    return TlsOptions(authorities=authority.pem, **values)


@asynccontextmanager
async def transport() -> AsyncIterator[FileTransport]:
    contexts = TlsContexts()
    dialer = Dialer(contexts)
    try:
        yield FileTransport(dialer, contexts)
    finally:
        dialer.close()


async def perform(operation: FileOperation, access: FileAccess, **values: Any) -> tuple[list[Exchange], Listing | None]:
    """The exchanges of an operation, and what it has found."""
    exchanges: list[Exchange] = values.pop("exchanges", [])
    async with transport() as files:
        listing = await files.perform(operation, access, exchanges, url="ftp://files.example/", **values)
    return exchanges, listing


async def perform_one(operation: FileOperation, access: FileAccess, **values: Any) -> Exchange:
    """The only exchange of an operation."""
    (exchange,) = (await perform(operation, access, **values))[0]
    return exchange


__all__ = ["FTPHandler", "TLS_DTPHandler"]
