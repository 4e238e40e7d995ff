# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The copied command, run in real shells, makes the request that the source made."""

import asyncio
import os
import shutil
import socketserver
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openconnector.core.http import URL
from openconnector.egress.connection import Dialer
from openconnector.egress.tls import TlsContexts
from openconnector.logs.entries import ExchangeEntry
from openconnector.logs.exports.curl import curl_of
from openconnector.logs.exports.schemas import Curl
from openconnector.transports.exchange import Exchange
from openconnector.transports.files.operation import FileOperation
from openconnector.transports.files.transport import FileTransport
from openconnector.transports.http import HttpTransport
from openconnector.vault.redaction import Redactor
from tests.exchanges import send_one
from tests.ftp_server import PASSWORD, USER, Server, access_to, serve
from tests.unit.logs.exports.entries import call, logged

pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")

SHELLS = [shell for shell in ("/bin/sh", shutil.which("bash")) if shell]


@dataclass(frozen=True)
class Received:
    """A request as it came in."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes


class Recorder(socketserver.ThreadingTCPServer):
    """Answers every request, and remembers it byte for byte."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        self.requests: list[Received] = []
        super().__init__(("127.0.0.1", 0), _Answering)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Answering(socketserver.StreamRequestHandler):
    server: Recorder

    def handle(self) -> None:
        lines = iter(self.rfile.readline, b"")
        method, target, _ = next(lines, b"- - -").decode("latin-1").split(" ")
        headers = []
        for line in lines:
            if line == b"\r\n":
                break
            name, _, value = line.decode("latin-1").partition(":")
            headers.append((name.lower(), value.strip(" \r\n")))
        body = self.rfile.read(int(dict(headers).get("content-length", 0)))
        self.server.requests.append(Received(method, target, sorted(headers), body))
        self.wfile.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        )


@pytest.fixture(scope="module")
def recorder() -> Iterator[Recorder]:
    with Recorder() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join(timeout=10)


def as_sent(recorder: Recorder, url: str, method: str = "GET", **values: Any) -> tuple[Received, Exchange]:
    """A request of a source: as it came in, and as an exchange."""

    async def send() -> Exchange:
        transport = HttpTransport()
        try:
            return await send_one(transport, url, method, **values)
        finally:
            transport.close()

    exchange = asyncio.run(send())
    assert exchange.failure is None, exchange.failure
    return recorder.requests[-1], exchange


def run(command: Curl, shell: str, directory: Path, **variables: str) -> subprocess.CompletedProcess[bytes]:
    """The command in a shell that knows these variables."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(directory), "LC_ALL": "C.UTF-8", **variables}
    script = directory / "command"
    script.write_text(command.command + "\n", "utf-8")
    return subprocess.run(
        [shell, str(script)], env=environment, cwd=directory, capture_output=True, timeout=30, check=False
    )


def check(
    recorder: Recorder,
    directory: Path,
    sent: tuple[Received, Exchange],
    redactor: Redactor | None = None,
    **variables: str,
) -> Curl:
    """Every shell makes the same request with the command."""
    original, exchange = sent
    command = curl_of(call(logged(exchange, redactor)), None)
    for shell in SHELLS:
        before = len(recorder.requests)
        result = run(command, shell, directory, **variables)
        assert result.returncode == 0, (command.command, result.stderr)
        (again,) = recorder.requests[before:]
        assert _comparable(again) == _comparable(original), command.command
    return command


def _comparable(request: Received) -> Received:
    kept = [(name, value) for name, value in request.headers if name not in ("connection", "host")]
    return Received(request.method, request.target, kept, request.body)


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "MKCOL"])
def test_each_method_is_sent_with_its_headers(recorder: Recorder, tmp_path: Path, method: str) -> None:
    sent = as_sent(recorder, f"{recorder.url}/items?a=1&b=%20", method, headers=[(b"X-One", b"1"), (b"X-One", b"2")])
    command = check(recorder, tmp_path, sent)
    assert command.variables == []
    assert command.notes == []


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
@pytest.mark.parametrize(
    "body",
    [
        b'{"it\'s": "\\"$HOME\\" `id` $(id) !! \\\\"}\n\n',
        "@/etc/passwd\r\n\tñ 漢字 \u202e\u200b\x1b[201~".encode(),
        bytes(range(256)) * 4,
        b"x" * 100_000,
        b"-d\n" * 50_000,
        b"\n",
    ],
    ids=["quotes", "controls", "bytes", "long", "longer", "newline"],
)
def test_each_body_arrives_as_it_was(recorder: Recorder, tmp_path: Path, method: str, body: bytes) -> None:
    headers = [(b"Content-Type", b"application/json")] if body[:1] == b"{" else []
    check(recorder, tmp_path, as_sent(recorder, f"{recorder.url}/", method, headers=headers, content=body))


def test_a_text_is_sent_in_its_own_charset(recorder: Recorder, tmp_path: Path) -> None:
    for charset in ("iso-8859-1", "utf-16-le", "windows-1252"):
        headers = [(b"Content-Type", f"text/plain; charset={charset}".encode())]
        body = "Crème brûlée 'à' Ÿ"[:-2].encode(charset)
        check(recorder, tmp_path, as_sent(recorder, recorder.url, "POST", headers=headers, content=body))


_VISIBLE = st.characters(exclude_categories=["Cs"], exclude_characters="\r\n\0")
_HOSTILE = st.one_of(st.text(_VISIBLE, max_size=40), st.text("'\"\\$`!;&|<>(){}[]*?~#% \t@=\x01\x1b\x7fé", max_size=40))
_LEFT_ALONE = "/'!$&()*+,;=:@[]{}|^`\"<>\\~ %"
"""What the URLs of sources may hold as it is; the library of the transport encodes some of it in its own way."""

_NAMES = st.sampled_from(
    ["X-A", "x-b", "Accept", "User-Agent", "Content-Type", "Accept-Encoding", "Cookies", "X.~!#$%&'*"]
)


@given(
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE"]),
    path=st.text(_VISIBLE, max_size=30),
    parameters=st.lists(st.tuples(st.text("ab[]{}'&=?#\\é", min_size=1, max_size=5), _HOSTILE), max_size=3),
    headers=st.lists(st.tuples(_NAMES, _HOSTILE), max_size=5),
    body=st.one_of(st.none(), st.binary(max_size=200), _HOSTILE.map(str.encode), st.text(max_size=200).map(str.encode)),
)
@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_was_sent_is_sent_again(
    recorder: Recorder,
    tmp_path: Path,
    method: str,
    path: str,
    parameters: list[tuple[str, str]],
    headers: list[tuple[str, str]],
    body: bytes | None,
) -> None:
    url = URL(recorder.url + quote(f"/{path}", safe=_LEFT_ALONE)).copy_merge_params([*parameters])
    rows = [(name.encode(), value.strip(" \t").encode()) for name, value in headers]
    original, exchange = as_sent(recorder, str(url), method, headers=rows, content=body or None)
    check(recorder, tmp_path, (original, exchange))


SECRETS = {"ACCESS_TOKEN": 'tok"$(id)`\\$', "API_KEY": "k%22ey", "COOKIE_SESSION": "s e'ss", "PASSWORD": "pa'ss$HOME"}
"""What was masked, as it stood in the request."""


def _with_secrets(recorder: Recorder) -> tuple[tuple[Received, Exchange], Redactor]:
    body = f'{{"user": "it\'s me", "password": "{SECRETS["PASSWORD"]}", "more": 1}}'
    headers = {
        "Authorization": f"Bearer {SECRETS['ACCESS_TOKEN']}",
        "Cookie": f"theme=dark12345; session={SECRETS['COOKIE_SESSION']}",
        "Content-Type": "application/json",
    }
    url = f"{recorder.url}/login?a=1&api_key={SECRETS['API_KEY']}"
    return as_sent(recorder, url, "POST", headers=headers, content=body.encode()), Redactor([SECRETS["PASSWORD"]])


def test_masked_places_are_variables_with_which_the_request_is_the_same(recorder: Recorder, tmp_path: Path) -> None:
    sent, redactor = _with_secrets(recorder)
    command = check(recorder, tmp_path, sent, redactor, COOKIE_THEME="dark12345", **SECRETS)
    assert set(command.variables) == {*SECRETS, "COOKIE_THEME"}
    assert not any(secret in command.command for secret in SECRETS.values())


@pytest.mark.parametrize("missing", [*SECRETS, "COOKIE_THEME"])
def test_without_one_of_its_variables_nothing_is_sent_and_the_shell_says_which(
    recorder: Recorder, tmp_path: Path, missing: str
) -> None:
    (_, exchange), redactor = _with_secrets(recorder)
    command = curl_of(call(logged(exchange, redactor)), None)
    variables = {name: "value" for name in (*SECRETS, "COOKIE_THEME") if name != missing}
    before = len(recorder.requests)
    for shell in SHELLS:
        result = run(command, shell, tmp_path, **variables)
        assert result.returncode != 0
        assert f"{missing}: set it first".encode() in result.stderr
    assert len(recorder.requests) == before


@pytest.mark.parametrize("padding", [70_000, 1])
def test_a_secret_in_a_body_that_comes_through_a_pipe_is_asked_for_before(
    recorder: Recorder, tmp_path: Path, padding: int
) -> None:
    unreadable = b"\x01a" * 100 if padding == 1 else b"x" * padding
    body = b'{"password": "se\'cret!", "data": "' + unreadable + b'"}'
    headers = {"Content-Type": "application/json"}
    sent = as_sent(recorder, recorder.url, "POST", headers=headers, content=body)
    command = check(recorder, tmp_path, sent, Redactor(["se'cret!"]), PASSWORD="se'cret!")
    assert command.variables == ["PASSWORD"]
    before = len(recorder.requests)
    for shell in SHELLS:
        assert b"PASSWORD: set it first" in run(command, shell, tmp_path).stderr
    assert len(recorder.requests) == before


def test_basic_credentials_are_a_user_and_a_password(recorder: Recorder, tmp_path: Path) -> None:
    sent = as_sent(recorder, recorder.url, headers={"Authorization": "Basic dXNlcjpwYTpzcw=="})
    command = check(recorder, tmp_path, sent, SOURCE_USER="user", SOURCE_PASSWORD="pa:ss")
    assert command.variables == ["SOURCE_USER", "SOURCE_PASSWORD"]


def test_what_is_typed_at_a_prompt_does_the_same(recorder: Recorder, tmp_path: Path) -> None:
    """History expansion, which only interactive shells have, changes nothing."""
    body = b'{"a": "!!", "b": "!$ !-1", "c": "it\'s"}'
    original, exchange = as_sent(recorder, recorder.url, "POST", content=body, headers={"X-A": "wow!! ^a^b"})
    command = curl_of(call(logged(exchange)), None)
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    typed = f"set -o history; set -H; echo before\n{command.command}\n"
    before = len(recorder.requests)
    shell = ["bash", "--norc", "-i"]
    subprocess.run(shell, input=typed.encode(), env=environment, capture_output=True, timeout=30, check=False)
    (again,) = recorder.requests[before:]
    assert _comparable(again) == _comparable(original)


async def _logged(server: Server, operation: FileOperation, path: str) -> ExchangeEntry:
    """An operation of a source on files, as the log has it."""
    access = access_to(server)
    exchanges: list[Exchange] = []
    transport = FileTransport(Dialer(TlsContexts(None)), TlsContexts(None))
    await transport.perform(operation, access, exchanges, url=f"ftp://127.0.0.1:{access.target.port}/{path}")
    assert exchanges[0].failure is None, exchanges[0].failure
    return logged(exchanges[0])


async def test_files_are_read_listed_and_written_over_ftp(tmp_path: Path) -> None:
    files = tmp_path / "files"
    (files / "archive").mkdir(parents=True)
    (files / "it's [1].csv").write_text("a;b\n")
    credentials = {"SOURCE_USER": USER, "SOURCE_PASSWORD": PASSWORD}
    with serve(files) as server:
        read = await _logged(server, FileOperation("GET", "it's [1].csv"), "it's%20%5B1%5D.csv")
        listed = await _logged(server, FileOperation("LIST", ""), "")
        written = await _logged(
            server, FileOperation("PUT", "archive/new.txt", None, b"it's\x00new\n"), "archive/new.txt"
        )
        (files / "archive/new.txt").unlink()
        for shell in SHELLS:
            results = [
                await asyncio.to_thread(run, curl_of(call(one), None), shell, tmp_path, **credentials)
                for one in (read, listed, written)
            ]
            assert [result.returncode for result in results] == [0, 0, 0], results
            assert results[0].stdout == b"a;b\n"
            assert b"it's [1].csv" in results[1].stdout
            assert (files / "archive/new.txt").read_bytes() == b"it's\x00new\n"
