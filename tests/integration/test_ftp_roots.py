# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The root of a file source cannot be left: what FTP servers show of links, and what is done with it."""

from pathlib import Path

import pytest

from openconnector.transports.exchange import Exchange
from openconnector.transports.files.operation import FileOperation
from openconnector.transports.files.session import FileMethod
from tests.ftp_server import (
    FTPHandler,
    LinksHandler,
    ListingHandler,
    PlainHandler,
    ResolvingHandler,
    Unconfined,
    access_to,
    perform_one,
    serve,
)

METHODS: list[FileMethod] = ["GET", "HEAD", "LIST", "PUT", "DELETE", "MKCOL", "MOVE"]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """`inside` is the root; beside it lies what must not be reached."""
    inside, outside = tmp_path / "home/inside", tmp_path / "home/outside"
    (inside / "sub").mkdir(parents=True)
    outside.mkdir()
    (inside / "sub/own.txt").write_text("own")
    (outside / "other.txt").write_text("other")
    (inside / "way_out").symlink_to("../outside")
    (inside / "file_out").symlink_to("../outside/other.txt")
    (inside / "absolute_out").symlink_to("/outside/other.txt")
    (inside / "way_in").symlink_to("sub")
    (inside / "file_in").symlink_to("sub/own.txt")
    (inside / "loop").symlink_to("loop2")
    (inside / "loop2").symlink_to("loop")
    return tmp_path / "home"


async def attempt(
    home: Path, handler: type[FTPHandler], path: str, method: FileMethod = "GET", **values: object
) -> Exchange:
    content = b"changed" if method == "PUT" else b""
    operation = FileOperation(method, path, destination="moved" if method == "MOVE" else None, content=content)
    with serve(home, handler, abstracted_fs=Unconfined, **values) as server:
        return await perform_one(operation, access_to(server, root="/inside"))


def failed(exchange: Exchange) -> str | None:
    return exchange.failure.type if exchange.failure else None


@pytest.mark.parametrize("handler", [PlainHandler, ListingHandler, ResolvingHandler, LinksHandler])
async def test_what_is_below_it_is_read(home: Path, handler: type[FTPHandler]) -> None:
    exchange = await attempt(home, handler, "sub/own.txt")

    assert failed(exchange) is None
    assert exchange.response is not None
    assert exchange.response.body == b"own"


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "path", ["../outside/other.txt", "sub/../../outside/other.txt", "..", "a\r\nDELE /x", "%2e%2e/x"]
)
async def test_paths_that_climb_are_not_even_sent(home: Path, path: str, method: FileMethod) -> None:
    with serve(home) as server:
        operation = FileOperation(method, path, destination="x")
        exchange = await perform_one(operation, access_to(server, root="/inside"))

    assert failed(exchange) == "file_path_leaves_root"
    assert exchange.connection is None
    assert server.heard == []


async def test_neither_does_a_destination_climb(home: Path) -> None:
    with serve(home) as server:
        operation = FileOperation("MOVE", "sub/own.txt", destination="../outside/own.txt")
        exchange = await perform_one(operation, access_to(server, root="/inside"))

    assert failed(exchange) == "file_path_leaves_root"
    assert server.heard == []


async def test_absolute_paths_are_below_it(home: Path) -> None:
    assert failed(await attempt(home, PlainHandler, "/outside/other.txt")) == "file_not_found"
    assert failed(await attempt(home, PlainHandler, "/sub/own.txt")) is None


@pytest.mark.parametrize("method", ["DELETE", "MOVE", "MKCOL", "PUT"])
async def test_the_root_itself_is_not_changed(home: Path, method: FileMethod) -> None:
    assert failed(await attempt(home, PlainHandler, "/", method)) == "file_path_leaves_root"


class TestLinks:
    @pytest.mark.parametrize("path", ["way_out/other.txt", "way_out/other.txt/"])
    @pytest.mark.parametrize("method", METHODS)
    async def test_to_directories_outside_are_seen_by_where_the_server_is(
        self, home: Path, path: str, method: FileMethod
    ) -> None:
        exchange = await attempt(home, ResolvingHandler, path, method)

        assert failed(exchange) == "file_path_leaves_root"
        assert exchange.failure is not None
        assert "/outside" in exchange.failure.message
        assert (home / "outside/other.txt").read_text() == "other"

    async def test_to_directories_outside_are_not_listed(self, home: Path) -> None:
        assert failed(await attempt(home, ResolvingHandler, "way_out", "LIST")) == "file_path_leaves_root"
        assert failed(await attempt(home, LinksHandler, "way_out", "LIST")) == "file_path_leaves_root"

    @pytest.mark.parametrize("path", ["file_out", "absolute_out", "way_out/other.txt"])
    @pytest.mark.parametrize("method", ["GET", "HEAD", "PUT"])
    async def test_that_the_server_describes_are_followed_on_paper(
        self, home: Path, path: str, method: FileMethod
    ) -> None:
        assert failed(await attempt(home, LinksHandler, path, method)) == "file_path_leaves_root"
        assert (home / "outside/other.txt").read_text() == "other"

    async def test_that_are_described_without_their_aim_are_looked_up_in_list(self, home: Path) -> None:
        assert failed(await attempt(home, LinksHandler, "file_in", tells_targets=False)) is None
        assert failed(await attempt(home, LinksHandler, "file_out", tells_targets=False)) == "file_path_leaves_root"

    async def test_that_say_nowhere_where_they_lead_are_not_followed(self, home: Path) -> None:
        commands = {name: rules for name, rules in LinksHandler.proto_cmds.items() if name != "LIST"}
        values = {"tells_targets": False, "proto_cmds": commands}

        assert failed(await attempt(home, LinksHandler, "file_in", **values)) == "file_operation_unsupported"

    async def test_that_are_hidden_are_seen(self, home: Path) -> None:
        (home / "inside/.hidden").symlink_to("../outside/other.txt")

        assert failed(await attempt(home, ListingHandler, ".hidden")) == "file_path_leaves_root"

    @pytest.mark.parametrize("path", ["file_out", "absolute_out"])
    async def test_to_files_outside_are_seen_in_the_lines_of_list(self, home: Path, path: str) -> None:
        assert failed(await attempt(home, ListingHandler, path)) == "file_path_leaves_root"

    @pytest.mark.parametrize("handler", [ListingHandler, ResolvingHandler, LinksHandler])
    @pytest.mark.parametrize("path", ["file_in", "way_in/own.txt"])
    async def test_that_stay_inside_are_followed(self, home: Path, handler: type[FTPHandler], path: str) -> None:
        exchange = await attempt(home, handler, path)

        assert failed(exchange) is None
        assert exchange.response is not None
        assert exchange.response.body == b"own"

    async def test_that_lead_outside_may_be_deleted(self, home: Path) -> None:
        assert failed(await attempt(home, LinksHandler, "file_out", "DELETE")) is None
        assert not (home / "inside/file_out").is_symlink()
        assert (home / "outside/other.txt").exists()

    async def test_that_lead_in_circles_come_to_an_end(self, home: Path) -> None:
        exchange = await attempt(home, LinksHandler, "loop")

        assert failed(exchange) == "file_error"
        assert exchange.failure is not None
        assert "too many links" in exchange.failure.message


async def test_without_a_root_nothing_is_asked_about_links(home: Path) -> None:
    with serve(home) as server:
        exchange = await perform_one(FileOperation("GET", "inside/sub/own.txt"), access_to(server))

    assert failed(exchange) is None
    assert "PWD" not in server.heard
