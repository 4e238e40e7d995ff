# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""FTP over TLS against pyftpdlib: begun on the open connection, and behind a handshake."""

import os
from pathlib import Path
from typing import Any

import pytest
import trustme
from OpenSSL import SSL

from openconnector.egress.tls import TlsOptions
from openconnector.transports.exchange import Exchange
from openconnector.transports.files.operation import FileOperation
from tests.exchanges import Authority
from tests.factories import marked
from tests.ftp_server import (
    ExplicitHandler,
    ImplicitHandler,
    PlainHandler,
    access_to,
    perform,
    perform_one,
    scripted,
    serve,
    trusting,
    with_tls,
)
from tests.identities import fingerprint, new_identity

LIST = FileOperation("LIST", "")
HANDLERS = {"ftpes": ExplicitHandler, "ftps": ImplicitHandler}


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    root = tmp_path / "files"
    root.mkdir()
    (root / "invoice.csv").write_text("a;b\n")
    return root


def failed(exchange: Exchange) -> str | None:
    return exchange.failure.type if exchange.failure else None


@pytest.mark.parametrize("scheme", ["ftpes", "ftps"])
async def test_files_are_listed_read_and_written(
    scheme: str, files: Path, authority: Authority, tmp_path: Path
) -> None:
    content = os.urandom(500_000)
    with serve(files, HANDLERS[scheme], **with_tls(authority, tmp_path)) as server:
        access = access_to(server, scheme, tls=trusting(authority))
        (listed,), listing = await perform(LIST, access)
        written = await perform_one(FileOperation("PUT", "scan.bin", content=content), access)
        read = await perform_one(FileOperation("GET", "scan.bin"), access)

    assert [failed(exchange) for exchange in (listed, written, read)] == [None] * 3
    assert listing is not None
    assert [entry.name for entry in listing.entries] == ["invoice.csv"]
    assert read.response is not None
    assert read.response.body == content
    tls = listed.connection.tls if listed.connection else None
    assert tls is not None
    assert (tls.version, tls.is_verified, tls.chain[0].names) == ("TLSv1.3", True, ("127.0.0.1",))
    assert 0 < (listed.timings.tls_ms or 0) < (listed.timings.connect_ms or 0)


async def test_the_password_is_not_sent_before_tls(files: Path, authority: Authority, tmp_path: Path) -> None:
    with serve(files, ExplicitHandler, **with_tls(authority, tmp_path)) as server:
        exchange = await perform_one(LIST, access_to(server, "ftpes", tls=trusting(authority)))

    said = [line.text for line in exchange.trace if line.is_sent]
    assert said[:5] == ["AUTH TLS", "PBSZ 0", "PROT P", "USER courier", "PASS ••••••••"]


async def test_over_ipv6(files: Path, authority: Authority, tmp_path: Path) -> None:
    with serve(files, ExplicitHandler, host="::1", **with_tls(authority, tmp_path, "::1")) as server:
        exchange = await perform_one(LIST, access_to(server, "ftpes", host="::1", tls=trusting(authority)))

    assert failed(exchange) is None


@pytest.mark.parametrize("scheme", ["ftpes", "ftps"])
async def test_a_certificate_that_is_not_trusted_ends_it(
    scheme: str, files: Path, authority: Authority, tmp_path: Path
) -> None:
    with serve(files, HANDLERS[scheme], **with_tls(authority, tmp_path)) as server:
        strange = await perform_one(LIST, access_to(server, scheme))
        unverified = await perform_one(LIST, access_to(server, scheme, tls=TlsOptions(verify=False)))

    assert failed(strange) == "tls_certificate_untrusted"
    assert "USER" not in [line.text.partition(" ")[0] for line in strange.trace]
    assert strange.connection is not None
    assert strange.connection.tls is not None
    assert strange.connection.tls.chain
    assert failed(unverified) is None


async def test_a_certificate_for_another_name_ends_it(files: Path, authority: Authority, tmp_path: Path) -> None:
    with serve(files, ExplicitHandler, **with_tls(authority, tmp_path, "files.example")) as server:
        exchange = await perform_one(LIST, access_to(server, "ftpes", tls=trusting(authority)))

    assert failed(exchange) == "tls_name_mismatch"


async def test_pins_are_checked(files: Path, authority: Authority, tmp_path: Path) -> None:
    values = with_tls(authority, tmp_path)
    own = fingerprint(Path(values["certfile"]).read_text())  # noqa: ASYNC240  # in a test
    with serve(files, ExplicitHandler, **values) as server:
        good = await perform_one(LIST, access_to(server, "ftpes", tls=trusting(authority, pins=(own,))))
        bad = await perform_one(LIST, access_to(server, "ftpes", tls=trusting(authority, pins=("00" * 32,))))

    assert (failed(good), failed(bad)) == (None, "tls_certificate_not_pinned")
    assert "PASS ••••••••" not in [line.text for line in bad.trace]


@pytest.mark.parametrize("scheme", ["ftpes", "ftps"])
async def test_a_client_certificate_is_shown(scheme: str, files: Path, authority: Authority, tmp_path: Path) -> None:
    clients = trustme.CA()
    context = SSL.Context(SSL.TLS_SERVER_METHOD)
    certificate, key = authority.files("127.0.0.1", tmp_path)
    context.use_certificate_chain_file(certificate)
    context.use_privatekey_file(key)
    clients.cert_pem.write_to_path(str(tmp_path / "clients.pem"))
    context.load_verify_locations(str(tmp_path / "clients.pem"))
    context.set_session_id(b"files")
    context.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT, lambda *result: bool(result[4]))
    with serve(files, HANDLERS[scheme], ssl_context=context) as server:
        with_one = trusting(authority, client=new_identity(clients))
        shown = await perform_one(LIST, access_to(server, scheme, tls=with_one))
        # Whether the alert or the end of the connection comes first is a matter of luck.
        missing = [await perform_one(LIST, access_to(server, scheme, tls=trusting(authority))) for _ in range(5)]

    assert failed(shown) is None
    assert {failed(exchange) for exchange in missing} == {"tls_client_certificate_required"}


class TestNoTls:
    async def test_a_server_without_it_is_never_spoken_to_in_the_clear(self, files: Path) -> None:
        with serve(files) as server:
            exchange = await perform_one(LIST, access_to(server, "ftpes"))

        assert failed(exchange) == "tls_required"
        assert exchange.response is not None
        assert exchange.response.status_code == 500
        assert [line.text for line in exchange.trace if line.is_sent] == ["AUTH TLS"]

    async def test_a_server_that_does_not_protect_data_gets_no_password(
        self, files: Path, authority: Authority, tmp_path: Path
    ) -> None:
        class Unprotected(ExplicitHandler):
            def ftp_PROT(self, _line: str) -> None:  # noqa: N802  # pyftpdlib finds it by its name
                self.respond("536 Not here.")

        with serve(files, Unprotected, **with_tls(authority, tmp_path)) as server:
            exchange = await perform_one(LIST, access_to(server, "ftpes", tls=trusting(authority)))

        assert failed(exchange) == "tls_required"
        assert "PASS" not in server.heard

    async def test_a_server_that_wants_it_says_so(self, files: Path, authority: Authority, tmp_path: Path) -> None:
        with serve(files, ExplicitHandler, **with_tls(authority, tmp_path)) as server:
            exchange = await perform_one(LIST, access_to(server, "ftp"))

        assert failed(exchange) == "tls_required"
        assert exchange.failure is not None
        assert "550 SSL/TLS required on the control channel." in exchange.failure.message

    async def test_a_port_that_speaks_plainly_is_no_ftps(self, files: Path) -> None:
        with serve(files, PlainHandler) as server:
            exchange = await perform_one(LIST, access_to(server, "ftps"))

        assert failed(exchange) == "tls_not_spoken"

    async def test_what_is_said_before_the_handshake_is_not_believed(self) -> None:
        replies: dict[str, Any] = {"AUTH": "234 Go on.\r\n230 You are logged in already."}
        async with scripted(replies) as script:
            exchange = await perform_one(LIST, access_to(script, "ftpes", password=marked("early")))

        assert failed(exchange) == "tls_not_spoken"
        assert script.commands == ["AUTH TLS"]
