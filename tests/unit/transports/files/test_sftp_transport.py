# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Operations over SFTP as exchanges: within the root, resumed where they break off, with bounds."""

import asyncio
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from openconnector.egress.connection import Dialer
from openconnector.egress.tls import TlsContexts
from openconnector.transports.exchange import Exchange, Limits
from openconnector.transports.files.operation import FileOperation, Listing
from openconnector.transports.files.session import FileAccess, FileProblem
from openconnector.transports.files.transport import FileTransport
from tests.exchanges import LIMITS
from tests.factories import marked
from tests.sftp_client import access_to, content_of, session_to
from tests.sftp_server import Files, FileServer, PasswordServer, openssh


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FileServer]:
    with openssh(tmp_path_factory.mktemp("sshd")) as running:
        yield running


async def perform(
    access: FileAccess, method: Any, path: str, **values: Any
) -> tuple[list[Exchange], Listing | None, bytes]:
    """The exchanges of an operation, the entries of a directory, and the bytes of a file."""
    exchanges: list[Exchange] = []
    pieces: list[bytes] = []

    async def sink(piece: bytes) -> None:
        pieces.append(piece)

    contexts = TlsContexts()
    listing = await FileTransport(Dialer(contexts), contexts).perform(
        FileOperation(method, path, **values), access, exchanges, url=f"sftp://127.0.0.1/{path}", sink=sink
    )
    return exchanges, listing, b"".join(pieces)


def names_in(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def failure_type(exchanges: list[Exchange]) -> str | None:
    failure = exchanges[-1].failure
    return failure.type if failure else None


async def test_a_file_is_read_as_an_exchange(server: FileServer, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"a;b\n")
    exchanges, _, content = await perform(access_to(server, root=str(tmp_path)), "GET", "a.csv")
    (exchange,) = exchanges
    assert exchange.failure is None
    assert content == b"a;b\n"
    assert exchange.response is not None
    assert (exchange.response.status_code, exchange.response.http_version) == (0, "SFTP/3")
    assert exchange.connection is not None
    assert exchange.connection.address == "127.0.0.1"
    assert any(line.text == "SSH_MSG_USERAUTH_SUCCESS" for line in exchange.trace)


async def test_files_are_put_moved_and_deleted(server: FileServer, tmp_path: Path) -> None:
    access = access_to(server, root=str(tmp_path))
    for method, path, values in (
        ("MKCOL", "in", {}),
        ("PUT", "in/ä b.txt", {"content": b"x"}),
        ("MOVE", "in/ä b.txt", {"destination": "in/c.txt"}),
    ):
        assert failure_type((await perform(access, method, path, **values))[0]) is None
    assert (tmp_path / "in/c.txt").read_bytes() == b"x"
    for path in ("in/c.txt", "in"):
        assert failure_type((await perform(access, "DELETE", path))[0]) is None
    assert names_in(tmp_path) == []


@pytest.mark.parametrize(
    ("method", "path", "values"),
    [
        ("GET", "escape/secret.txt", {}),
        ("GET", "file", {}),
        ("LIST", "escape", {}),
        ("PUT", "escape/new.txt", {"content": b"x"}),
        ("PUT", "file", {"content": b"x"}),
        ("DELETE", "escape/secret.txt", {}),
        ("MKCOL", "escape/new", {}),
        ("MOVE", "inner.txt", {"destination": "escape/new.txt"}),
        ("MOVE", "escape/secret.txt", {"destination": "new.txt"}),
        ("GET", "../out/secret.txt", {}),
    ],
)
async def test_a_link_that_points_out_of_the_root_is_not_followed(
    server: FileServer, tmp_path: Path, method: str, path: str, values: dict[str, Any]
) -> None:
    root, out = tmp_path / "root", tmp_path / "out"
    root.mkdir()
    out.mkdir()
    (out / "secret.txt").write_bytes(b"secret")
    (root / "inner.txt").write_bytes(b"inner")
    (root / "escape").symlink_to(out)
    (root / "file").symlink_to("../out/secret.txt")
    exchanges, listing, content = await perform(access_to(server, root=str(root)), method, path, **values)
    assert failure_type(exchanges) == "file_path_leaves_root"
    assert (listing, content) == (None, b"")
    assert names_in(out) == ["secret.txt"]
    assert (out / "secret.txt").read_bytes() == b"secret"
    assert (root / "inner.txt").read_bytes() == b"inner"


async def test_a_server_that_only_tidies_paths_up_is_not_trusted_with_links(tmp_path: Path) -> None:
    class Tidying(Files):
        """Such as those that are written in Go."""

        def realpath(self, path: bytes) -> bytes:
            return os.path.normpath(path)

        def readlink(self, path: bytes) -> bytes:
            return os.fsencode(Path(os.fsdecode(self.map_path(path))).readlink())

    (tmp_path / "root").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out/secret.txt").write_bytes(b"secret")
    (tmp_path / "root/escape").symlink_to("../out")
    (tmp_path / "root/stays").symlink_to("inner")
    (tmp_path / "root/inner").mkdir()
    (tmp_path / "root/inner/a.txt").write_bytes(b"a")
    async with PasswordServer(tmp_path, files=Tidying) as server:
        access = access_to(server, root="/root")
        exchanges, _, content = await perform(access, "GET", "escape/secret.txt")
        assert (failure_type(exchanges), content) == ("file_path_leaves_root", b"")
        assert (await perform(access, "GET", "stays/a.txt"))[2] == b"a"


async def test_a_download_that_breaks_off_is_resumed(tmp_path: Path) -> None:
    class Cutting(Files):
        """Hangs up in the middle, once."""

        def read(self, file_obj: Any, offset: int, size: int) -> bytes:
            if offset >= 1_000_000 and not cuts:
                cuts.append(offset)
                self.channel.get_connection().abort()
            return super().read(file_obj, offset, size)  # type: ignore[return-value]

    cuts: list[int] = []
    content = os.urandom(3_000_000)
    (tmp_path / "file").write_bytes(content)
    async with PasswordServer(tmp_path, files=Cutting, password=marked("resumed")) as server:
        exchanges, _, read = await perform(access_to(server), "GET", "file")
    assert read == content
    assert len(cuts) == 1
    assert [exchange.failure and exchange.failure.type for exchange in exchanges] == ["connection_reset", None]
    starts = [line.text for line in exchanges[1].trace if line.text.startswith("read /file from ")]
    assert 0 < int(starts[0].rpartition(" ")[2]) <= 1_000_000
    assert server.password not in repr(exchanges)


async def test_a_server_that_falls_silent_is_not_waited_for(tmp_path: Path) -> None:
    class Silent(Files):
        async def read(self, file_obj: Any, offset: int, size: int) -> bytes:  # noqa: ARG002
            file_obj.close()
            await asyncio.sleep(60)
            return b""

    (tmp_path / "file").write_bytes(b"x")
    limits = replace(LIMITS, read_ms=300)
    async with PasswordServer(tmp_path, files=Silent) as server:
        exchanges, _, _ = await perform(access_to(server, limits=limits), "GET", "file")
    assert failure_type(exchanges) == "read_timeout"
    assert exchanges[-1].duration_ms < 10_000


async def test_a_slow_file_is_no_broken_one(tmp_path: Path) -> None:
    class Slow(Files):
        async def read(self, file_obj: Any, offset: int, size: int) -> bytes:
            await asyncio.sleep(0.05)
            return super().read(file_obj, offset, min(size, 20_000))  # type: ignore[return-value]

    content = os.urandom(300_000)
    (tmp_path / "file").write_bytes(content)
    async with PasswordServer(tmp_path, files=Slow) as server:
        exchanges, _, read = await perform(access_to(server, limits=replace(LIMITS, read_ms=1000)), "GET", "file")
    assert (failure_type(exchanges), read) == (None, content)


async def test_a_file_that_shrinks_while_it_is_read_says_so(tmp_path: Path) -> None:
    class Shrinking(Files):
        def read(self, file_obj: Any, offset: int, size: int) -> bytes:
            return super().read(file_obj, offset, size) if offset < 100_000 else b""  # type: ignore[return-value]

    (tmp_path / "file").write_bytes(os.urandom(300_000))
    async with PasswordServer(tmp_path, files=Shrinking) as server, session_to(server) as session:
        with pytest.raises(FileProblem) as caught:
            await content_of(session, "/file")
    assert caught.value.type == "transfer_aborted"


async def test_a_server_without_an_atomic_rename_gets_the_file_directly(tmp_path: Path) -> None:
    content = os.urandom(200_000)
    (tmp_path / "file").write_bytes(b"former")
    async with PasswordServer(tmp_path) as server:
        original = asyncssh.sftp.SFTPServerHandler._extensions
        asyncssh.sftp.SFTPServerHandler._extensions = [each for each in original if b"rename" not in each[0]]
        try:
            exchanges, _, _ = await perform(access_to(server), "PUT", "file", content=content)
        finally:
            asyncssh.sftp.SFTPServerHandler._extensions = original
    assert failure_type(exchanges) is None
    assert (tmp_path / "file").read_bytes() == content
    assert not any("rename" in line.text for line in exchanges[0].trace)


async def test_a_file_whose_directory_takes_no_other_is_written_directly(tmp_path: Path) -> None:
    class Closed(Files):
        def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> object:
            if path.endswith(b".part"):
                raise asyncssh.SFTPPermissionDenied("not here")
            return super().open(path, pflags, attrs)

    (tmp_path / "file").write_bytes(b"former, and longer")
    async with PasswordServer(tmp_path, files=Closed) as server:
        exchanges, _, _ = await perform(access_to(server), "PUT", "file", content=b"new")
    assert failure_type(exchanges) is None
    assert (tmp_path / "file").read_bytes() == b"new"


async def test_a_user_who_may_not_rename_writes_directly(tmp_path: Path) -> None:
    class Box(Files):
        """Takes what is brought, and changes nothing."""

        def posix_rename(self, oldpath: bytes, newpath: bytes) -> None:  # noqa: ARG002
            raise asyncssh.SFTPPermissionDenied("no renaming")

    async with PasswordServer(tmp_path, files=Box) as server:
        exchanges, _, _ = await perform(access_to(server), "PUT", "file", content=b"new")
    assert failure_type(exchanges) is None
    assert names_in(tmp_path) == ["file"]


async def test_a_write_that_fails_leaves_no_part_behind(tmp_path: Path) -> None:
    class Full(Files):
        def write(self, file_obj: Any, offset: int, data: bytes) -> int:
            if offset:
                raise asyncssh.SFTPNoSpaceOnFilesystem("full")
            return super().write(file_obj, offset, data)  # type: ignore[return-value]

        def fstatvfs(self, file_obj: Any) -> Any:  # noqa: ARG002
            return asyncssh.SFTPVFSAttrs(bsize=4096, blocks=100, bavail=0)

    (tmp_path / "file").write_bytes(b"former")
    async with PasswordServer(tmp_path, files=Full) as server:
        exchanges, _, _ = await perform(access_to(server), "PUT", "file", content=os.urandom(200_000))
    assert failure_type(exchanges) == "file_no_space"
    assert names_in(tmp_path) == ["file"]
    assert (tmp_path / "file").read_bytes() == b"former"


async def test_a_directory_of_100_000_entries_is_listed_whole(server: FileServer, tmp_path: Path) -> None:
    for number in range(100_000):
        os.close(os.open(f"{tmp_path}/{number}", os.O_CREAT | os.O_WRONLY, 0o600))
    limits = Limits(connect_ms=5000, read_ms=10_000, total_ms=60_000, body_bytes=1024)
    exchanges, listing, _ = await perform(access_to(server, root=str(tmp_path), limits=limits), "LIST", "")
    assert failure_type(exchanges) is None
    assert listing is not None
    assert (len(listing.entries), listing.is_complete) == (100_000, True)
    assert len(exchanges[0].trace) < 100


async def test_a_call_that_is_cancelled_closes_its_connection(tmp_path: Path) -> None:
    class Silent(Files):
        async def read(self, file_obj: Any, offset: int, size: int) -> bytes:  # noqa: ARG002
            file_obj.close()
            await asyncio.sleep(60)
            return b""

    (tmp_path / "file").write_bytes(b"x")
    async with PasswordServer(tmp_path, files=Silent) as server:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(perform(access_to(server), "GET", "file"), 0.5)
        await asyncio.wait_for(server.connections[0].wait_closed(), 10)
