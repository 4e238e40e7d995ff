# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Files of OpenSSH's server, as SFTP shows them."""

import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from openconnector.transports.files.session import FileProblem
from tests.sftp_client import Seen, content_of, listed, session_to
from tests.sftp_server import SSHD, FileServer, openssh


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FileServer]:
    with openssh(tmp_path_factory.mktemp("sshd")) as running:
        yield running


def names_in(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


@pytest.fixture(scope="module")
def frozen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FileServer]:
    """A server in which nothing may be changed."""
    with openssh(tmp_path_factory.mktemp("frozen"), "internal-sftp -R") as running:
        yield running


async def test_a_directory_is_listed_with_sizes_times_and_permissions(server: FileServer, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir(mode=0o750)
    file = tmp_path / "a b.csv"
    file.write_bytes(b"12345")
    file.chmod(0o640)
    os.utime(file, (1_700_000_000, 1_700_000_000))
    (tmp_path / "link").symlink_to("nowhere")
    async with session_to(server) as session:
        found = await listed(session, str(tmp_path))
        assert set(found) == {"in", "a b.csv", "link"}
        entry = found["a b.csv"]
        assert (entry.type, entry.size, entry.permissions) == ("file", 5, "rw-r-----")
        assert entry.modified_at == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
        assert (found["in"].type, found["in"].size, found["in"].permissions) == ("directory", None, "rwxr-x---")
        assert found["link"].type == "link"
        assert session.protocol == "SFTP/3"
        assert session.reply is not None
        assert session.reply.code == 0


async def test_a_large_file_comes_whole_and_in_order(server: FileServer, tmp_path: Path) -> None:
    content = os.urandom(5_000_001)
    (tmp_path / "large").write_bytes(content)
    async with session_to(server) as session:
        assert await content_of(session, f"{tmp_path}/large") == content
        assert await content_of(session, f"{tmp_path}/large", 4_999_000) == content[4_999_000:]
        assert await content_of(session, f"{tmp_path}/large", 5_000_001) == b""


async def test_a_file_that_is_made_while_it_is_read_is_read_to_its_end(server: FileServer, tmp_path: Path) -> None:
    (tmp_path / "empty").write_bytes(b"")
    async with session_to(server) as session:
        assert (await content_of(session, "/proc/version")).startswith(b"Linux version")
        assert await content_of(session, f"{tmp_path}/empty") == b""


async def test_a_file_is_written_in_one_step_and_keeps_its_permissions(server: FileServer, tmp_path: Path) -> None:
    seen, content = Seen(), os.urandom(300_000)
    (tmp_path / "kept").write_bytes(b"former")
    (tmp_path / "kept").chmod(0o604)
    async with session_to(server, seen) as session:
        await session.write(f"{tmp_path}/new", content)
        await session.write(f"{tmp_path}/kept", b"")
    assert (tmp_path / "new").read_bytes() == content
    assert (tmp_path / "kept").read_bytes() == b""
    assert (tmp_path / "kept").stat().st_mode & 0o777 == 0o604
    assert names_in(tmp_path) == ["kept", "new"]
    assert any("posix-rename@openssh.com" in line for line in seen.trace)


async def test_directories_are_made_renamed_and_deleted(server: FileServer, tmp_path: Path) -> None:
    async with session_to(server) as session:
        await session.make_directory(f"{tmp_path}/one")
        await session.rename(f"{tmp_path}/one", f"{tmp_path}/two")
        assert (await session.stat(f"{tmp_path}/two")).type == "directory"
        await session.delete(f"{tmp_path}/two")
    assert names_in(tmp_path) == []


async def test_a_link_is_deleted_and_not_what_it_leads_to(server: FileServer, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    (tmp_path / "link").symlink_to("file")
    async with session_to(server) as session:
        assert (await session.stat(f"{tmp_path}/link")).type == "file"
        await session.delete(f"{tmp_path}/link")
    assert names_in(tmp_path) == ["file"]


@pytest.mark.parametrize(
    ("operation", "type_", "code"),
    [
        (lambda session, path: listed(session, f"{path}/none"), "file_not_found", 2),
        (lambda session, path: listed(session, f"{path}/file"), "file_not_a_directory", 2),
        (lambda session, path: content_of(session, f"{path}/none"), "file_not_found", 2),
        (lambda session, path: content_of(session, f"{path}/full"), "file_is_a_directory", 0),
        (lambda session, _: content_of(session, "/dev/null"), "file_operation_unsupported", 0),
        (lambda session, path: session.stat(f"{path}/none"), "file_not_found", 2),
        (lambda session, path: session.delete(f"{path}/none"), "file_not_found", 2),
        (lambda session, path: session.delete(f"{path}/full"), "file_directory_not_empty", 4),
        (lambda session, path: session.make_directory(f"{path}/full"), "file_exists", 4),
        (lambda session, path: session.make_directory(f"{path}/none/below"), "file_not_found", 2),
        (lambda session, path: session.rename(f"{path}/file", f"{path}/full"), "file_exists", 0),
        (lambda session, path: session.rename(f"{path}/none", f"{path}/other"), "file_not_found", 2),
        (lambda session, path: session.write(f"{path}/full", b""), "file_is_a_directory", 0),
        (lambda session, path: session.write(f"{path}/none/file", b""), "file_not_found", 2),
        (lambda session, path: session.stat(f"{path}/{'x' * 300}"), "file_error", 5 if SSHD else 4),
    ],
)
async def test_what_the_server_refuses_has_a_name(
    server: FileServer, tmp_path: Path, operation: object, type_: str, code: int
) -> None:
    (tmp_path / "file").write_bytes(b"x")
    (tmp_path / "full/inner").mkdir(parents=True)
    async with session_to(server) as session:
        with pytest.raises(FileProblem) as caught:
            await operation(session, tmp_path)  # type: ignore[operator]
        assert caught.value.type == type_
        assert session.reply is not None
        assert session.reply.code == code
        assert (await session.stat(str(tmp_path))).type == "directory"  # the session goes on
    assert (tmp_path / "file").read_bytes() == b"x"


async def test_what_the_user_may_not_do_says_so(frozen: FileServer, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    async with session_to(frozen) as session:
        for refused in (
            session.write(f"{tmp_path}/file", b"y"),
            session.delete(f"{tmp_path}/file"),
            session.make_directory(f"{tmp_path}/new"),
            session.rename(f"{tmp_path}/file", f"{tmp_path}/other"),
        ):
            with pytest.raises(FileProblem) as caught:
                await refused
            assert caught.value.type == "file_permission_denied"
            assert caught.value.reply is not None
            assert caught.value.reply.code == 3
    assert names_in(tmp_path) == ["file"]


async def test_links_are_followed_to_where_they_lead(server: FileServer, tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "root/escape").symlink_to("../out")
    (tmp_path / "root/dangling").symlink_to("/nowhere/at/all")
    async with session_to(server) as session:
        assert await session.real_path(f"{tmp_path}/root/escape") == f"{tmp_path}/out"
        assert await session.real_path(f"{tmp_path}/root/escape/new.csv") == f"{tmp_path}/out/new.csv"
        assert await session.real_path(f"{tmp_path}/root/./new.csv") == f"{tmp_path}/root/new.csv"
        assert await session.real_path("/") == "/"
        with suppress(FileProblem):
            assert await session.real_path(f"{tmp_path}/root/dangling/below") == "/nowhere/at/all/below"


async def test_names_that_are_no_utf_8_break_no_listing(server: FileServer, tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"caf\xe9.txt")).write_bytes(b"x")
    (tmp_path / "ok.txt").write_bytes(b"y")
    async with session_to(server) as session:
        assert set(await listed(session, str(tmp_path))) == {"caf\ufffd.txt", "ok.txt"}
        with pytest.raises(FileProblem, match="Latin-1"):
            await content_of(session, f"{tmp_path}/caf\ufffd.txt")
    async with session_to(server, encoding="latin-1") as session:
        assert set(await listed(session, str(tmp_path))) == {"café.txt", "ok.txt"}
        assert await content_of(session, f"{tmp_path}/café.txt") == b"x"
        with pytest.raises(FileProblem, match="encoding"):
            await content_of(session, f"{tmp_path}/€.txt")


async def test_a_listing_that_is_left_early_leaves_the_session_usable(server: FileServer, tmp_path: Path) -> None:
    for number in range(1000):
        (tmp_path / str(number)).touch()
    async with session_to(server) as session:
        entries = session.entries(str(tmp_path))
        assert (await anext(entries)).type == "file"
        await entries.aclose()
        assert len(await listed(session, str(tmp_path))) == 1000


async def test_the_trace_tells_what_was_said(server: FileServer, tmp_path: Path) -> None:
    seen = Seen()
    (tmp_path / "a.csv").write_bytes(b"x" * 10)
    async with session_to(server, seen) as session:
        await content_of(session, f"{tmp_path}/a.csv")
        with pytest.raises(FileProblem):
            await session.stat(f"{tmp_path}/none")
    trace = "\n".join(seen.trace)
    assert f"< host key ssh-ed25519 {server.fingerprint}: seen for the first time" in trace
    assert "> SSH-2.0-OpenConnector_" in trace
    assert f"< SSH-2.0-{'OpenSSH' if SSHD else 'AsyncSSH'}_" in trace
    assert "< key exchange " in trace
    assert f"> publickey: ssh-ed25519 {server.key.get_fingerprint()}\n< SSH_MSG_USERAUTH_SUCCESS" in trace
    assert f"> open {tmp_path}/a.csv\n< SSH_FX_OK" in trace
    assert f"> read {tmp_path}/a.csv from 0\n< 10 bytes, SSH_FX_OK" in trace
    assert f"> stat {tmp_path}/none\n< SSH_FX_NO_SUCH_FILE: No such file" in trace
    assert "PRIVATE KEY" not in trace
