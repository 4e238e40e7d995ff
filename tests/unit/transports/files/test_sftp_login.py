# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How one gets in to an SFTP server, and how not."""

import asyncio
import logging
from pathlib import Path

import asyncssh
import pytest

from openconnector.egress.errors import ConnectionFailed
from openconnector.transports.exchange import Limits
from openconnector.transports.files.session import FileProblem, HostKeyPin
from tests.factories import marked
from tests.sftp_client import Seen, access_to, content_of, listed, open_session, session_to
from tests.sftp_server import SSHD, PasswordServer, new_key, openssh, text_of
from tests.upstream import serve

QUICK = Limits(connect_ms=300, read_ms=300, total_ms=2000, body_bytes=1000)


async def refusal(server: PasswordServer | int, seen: Seen | None = None, **values: object) -> FileProblem:
    """Why a session does not come about."""
    with pytest.raises(FileProblem) as caught:
        async with session_to(server, seen, **values):
            pass
    return caught.value


async def failure(server: PasswordServer | int, **values: object) -> ConnectionFailed:
    """Why a connection does not come about."""
    with pytest.raises(ConnectionFailed) as caught:
        async with session_to(server, **values):
            pass
    return caught.value


@pytest.mark.parametrize("method", ["password", "keyboard-interactive"])
async def test_a_password_opens(tmp_path: Path, method: str) -> None:
    (tmp_path / "file").touch()
    async with PasswordServer(tmp_path, password=marked("ssh"), methods=(method,)) as server:
        seen = Seen()
        async with session_to(server, seen) as session:
            assert set(await listed(session, "/")) == {"file"}
    assert (method, "alice") in server.attempts
    assert any(line.startswith(f"> {method}: ••••") for line in seen.trace)


@pytest.mark.parametrize("methods", [("password", "publickey"), ("keyboard-interactive",)])
async def test_a_wrong_password_says_so_and_is_tried_once(tmp_path: Path, methods: tuple[str, ...]) -> None:
    async with PasswordServer(tmp_path, password=marked("right"), methods=methods) as server:
        seen = Seen()
        problem = await refusal(server, seen, password=marked("wrong"))
    assert problem.type == "login_refused"
    assert str(problem) == "The server does not accept this password for the user alice."
    assert [attempt for attempt in server.attempts if attempt[0] != "none"] == [(methods[0], "alice")]
    assert seen.trace[-1] == "< SSH_MSG_USERAUTH_FAILURE"


async def test_a_server_that_says_why_it_ends_the_login_is_heard(tmp_path: Path) -> None:
    def hang_up(connection: asyncssh.SSHServerConnection) -> None:
        connection.disconnect(asyncssh.DISC_PROTOCOL_ERROR, "Too many authentication failures")

    async with PasswordServer(tmp_path, refuse=hang_up, banner="Only for staff.\n") as server:
        seen = Seen()
        problem = await refusal(server, seen)
    assert problem.type == "login_refused"
    assert "Too many authentication failures" in str(problem)
    assert "< banner: Only for staff." in seen.trace


async def test_a_password_that_has_expired_says_so(tmp_path: Path) -> None:
    def expire(_: asyncssh.SSHServerConnection) -> None:
        raise asyncssh.PasswordChangeRequired("Change it")

    async with PasswordServer(tmp_path, refuse=expire) as server:
        problem = await refusal(server)
    assert str(problem) == "The password of alice has expired: the server asks for another one."


@pytest.mark.parametrize("questions", [[("Code: ", True)], [("Password: ", False), ("Code: ", False)]])
async def test_a_question_that_a_password_is_no_answer_to_gets_none(
    tmp_path: Path, questions: list[tuple[str, bool]]
) -> None:
    async with PasswordServer(tmp_path, methods=("keyboard-interactive",), questions=questions) as server:
        problem = await refusal(server)
    assert str(problem) == "The server asks alice for something else than a password, such as a code."
    assert {method for method, _ in server.attempts} == {"none"}


async def test_a_wrong_key_says_so(tmp_path: Path) -> None:
    async with PasswordServer(tmp_path) as server:
        problem = await refusal(server, private_key=text_of(new_key()))
        assert str(problem) == "The server does not accept this key for the user alice."
        async with session_to(server, private_key=text_of(server.key)) as session:
            assert await listed(session, "/") == {}


@pytest.mark.parametrize(
    "kind", [("ssh-rsa", {"key_size": 2048}), ("ecdsa-sha2-nistp256", {}), ("ecdsa-sha2-nistp521", {})]
)
async def test_keys_of_every_kind_open(tmp_path: Path, kind: tuple[str, dict[str, int]]) -> None:
    key = new_key(kind[0], **kind[1])
    async with (
        PasswordServer(tmp_path, key=key) as server,
        session_to(server, private_key=text_of(key)) as session,
    ):
        assert await listed(session, "/") == {}


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({}, "The server lets nobody log in with a password."),
        ({"password": ""}, "The server wants a password or a key."),
    ],
)
async def test_a_server_that_takes_keys_alone_says_so(tmp_path: Path, values: dict[str, str], sentence: str) -> None:
    async with PasswordServer(tmp_path, methods=("publickey",)) as server:
        problem = await refusal(server, **values)
    assert (problem.type, str(problem)) == ("login_refused", sentence)


async def test_a_server_that_takes_passwords_alone_is_shown_no_key(tmp_path: Path) -> None:
    async with PasswordServer(tmp_path, methods=("password",)) as server:
        problem = await refusal(server, private_key=text_of(new_key()))
    assert str(problem) == "The server lets nobody log in with a key of this kind."


async def test_the_key_of_the_server_is_told_and_then_known(tmp_path: Path) -> None:
    async with PasswordServer(tmp_path) as server:
        seen = Seen()
        async with session_to(server, seen) as session:
            pin = session.host_key
        assert seen.pins == [pin]
        assert pin == HostKeyPin(f"127.0.0.1:{server.port}", "ssh-ed25519", server.fingerprint)
        again = Seen()
        async with session_to(server, again, pin=pin):
            pass
        assert any(line.endswith(f"{server.fingerprint}: known") for line in again.trace)


async def test_the_key_is_told_although_the_login_is_refused(tmp_path: Path) -> None:
    async with PasswordServer(tmp_path) as server:
        seen = Seen()
        await refusal(server, seen, password="other")
        assert [pin.fingerprint for pin in seen.pins] == [server.fingerprint]


async def test_a_changed_key_refuses_before_anything_is_authenticated(tmp_path: Path) -> None:
    async with PasswordServer(tmp_path) as server, session_to(server) as session:
        pin = session.host_key
    async with PasswordServer(tmp_path, port=server.port, password=marked("kept")) as other:
        seen = Seen()
        problem = await refusal(other, seen, pin=pin)
    assert problem.type == "host_key_changed"
    assert pin.fingerprint in str(problem)
    assert other.fingerprint in str(problem)
    assert pin.fingerprint != other.fingerprint
    assert other.attempts == []
    assert seen.pins == []


async def test_another_kind_of_key_is_a_changed_key(tmp_path: Path) -> None:
    async with PasswordServer(tmp_path) as server, session_to(server) as session:
        pin = session.host_key
    async with PasswordServer(tmp_path, port=server.port, host_keys=[new_key("ssh-rsa", key_size=2048)]) as other:
        problem = await refusal(other, pin=pin)
    assert problem.type == "host_key_changed"
    assert "ssh-rsa" in str(problem)
    assert other.attempts == []


async def test_of_several_keys_of_a_server_the_known_one_is_asked_for(tmp_path: Path) -> None:
    keys = [new_key(), new_key("ecdsa-sha2-nistp256"), new_key("ssh-rsa", key_size=2048)]
    async with PasswordServer(tmp_path, host_keys=keys) as server:
        for key in keys:
            pin = HostKeyPin(f"127.0.0.1:{server.port}", key.get_algorithm(), key.get_fingerprint())
            async with session_to(server, pin=pin) as session:
                assert session.host_key == pin


async def test_a_connection_that_exchanges_keys_again_goes_on(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x" * 1_000_000)
    async with PasswordServer(tmp_path, options={"rekey_bytes": 200_000}) as server:
        seen = Seen()
        async with session_to(server, seen) as session:
            assert len(await content_of(session, "/file")) == 1_000_000
    shown = [line for line in seen.trace if line.startswith("< host key")]
    assert len(shown) > 1
    assert shown[0].endswith("seen for the first time")
    assert {line.rpartition(": ")[2] for line in shown[1:]} == {"known"}


async def test_a_pin_of_another_host_says_nothing_about_this_one(tmp_path: Path) -> None:
    async with PasswordServer(tmp_path) as server:
        pin = HostKeyPin("127.0.0.1:1", "ssh-ed25519", "SHA256:other")
        async with session_to(server, pin=pin) as session:
            assert session.host_key.fingerprint == server.fingerprint


async def test_a_server_with_nothing_but_sha_1_is_refused(tmp_path: Path) -> None:
    options = {"kex_algs": "diffie-hellman-group14-sha1"}
    async with PasswordServer(tmp_path, options=options) as server:
        problem = await failure(server)
    assert problem.type == "ssh_protocol_mismatch"
    assert "diffie-hellman-group14-sha1" in str(problem)


async def test_what_is_no_ssh_server_says_so() -> None:
    async def http(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
        writer.close()

    async def mail(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example ESMTP\r\n")
        await reader.read()

    for talk in (http, mail):
        async with serve(talk) as port:
            assert (await failure(port, limits=QUICK)).type == "ssh_not_spoken"


@pytest.mark.parametrize(
    "said",
    [
        b"SSH-2.0-\xe9\xff\r\n",
        b"SSH-1.5-old\r\n",
        b"SSH-2.0-x\r\n" + bytes(range(256)) * 40,
        b"SSH-2.0-x\r\n" + b"\x00\x00\x00\x0c\x0a\x14" + b"\x00" * 400,
        b"SSH-2.0-x\r\n" + b"\xff" * 100,
        b"\x16\x03\x01" + b"x" * 9000,
        b"x\r\n" * 5000,
        b"SSH-2.0-" + b"x" * 5000 + b"\r\n",
    ],
)
async def test_what_is_no_proper_ssh_is_no_more_than_a_failure(said: bytes) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(said)
        await writer.drain()
        await reader.read()

    async with serve(talk) as port:
        failed = await failure(port, limits=QUICK)
    assert failed.type in ("ssh_error", "ssh_not_spoken", "ssh_protocol_mismatch", "connection_reset", "ssh_timeout")


async def test_a_user_name_that_ssh_cannot_send_is_refused(tmp_path: Path) -> None:
    async with PasswordServer(tmp_path) as server:
        problem = await refusal(server, username="\u00adbad\ue000")
        assert (problem.type, server.attempts) == ("login_refused", [])


async def test_what_is_not_welcome_is_sent_no_credentials(tmp_path: Path) -> None:
    async def refuse(pin: HostKeyPin) -> None:
        raise FileProblem("host_key_changed", f"{pin.host}: another worker has seen another key.")

    async with PasswordServer(tmp_path) as server:
        for values in ({}, {"private_key": text_of(server.key)}):
            with pytest.raises(FileProblem) as caught:
                await open_session(access_to(server, **values), shown=refuse)
            assert caught.value.type == "host_key_changed"
    assert {method for method, _ in server.attempts} == {"none"}


async def test_a_server_that_closes_at_once_has_closed_the_connection() -> None:
    async def close(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with serve(close) as port:
        assert (await failure(port)).type == "connection_reset"


@pytest.mark.parametrize("greeting", [b"", b"SSH-2.0-Silent\r\n"])
async def test_a_server_that_hangs_is_not_waited_for(greeting: bytes) -> None:
    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(greeting)
        await reader.read()

    async with serve(hang) as port:
        assert (await failure(port, limits=QUICK)).type == "ssh_timeout"


async def test_a_login_that_is_not_answered_times_out(tmp_path: Path) -> None:
    async with PasswordServer(tmp_path, delay=5) as server:
        with pytest.raises(TimeoutError):
            async with session_to(server, limits=QUICK):
                pass


async def test_a_user_without_sftp_is_told_so(tmp_path: Path) -> None:
    async with PasswordServer(tmp_path, options={"sftp_factory": None}) as server:
        problem = await refusal(server)
    assert problem.type == "file_operation_unsupported"
    assert "no SFTP" in str(problem)


async def test_nothing_of_this_machine_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither a key in the home, nor an agent, nor a configuration, nor known hosts."""
    home = tmp_path / "home"
    (home / ".ssh").mkdir(parents=True)
    key = new_key()
    key.write_private_key(str(home / ".ssh/id_ed25519"))
    (home / ".ssh/config").write_text("Host *\n  User mallory\n  Port 1\n")
    (home / ".ssh/known_hosts").write_text("* ssh-ed25519 AAAA\n")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("SSH_AUTH_SOCK", str(tmp_path / "no-agent"))
    caplog.set_level(logging.DEBUG)
    async with PasswordServer(tmp_path, key=key, password=marked("home")) as server:
        async with session_to(server) as session:
            assert "home" in await listed(session, "/")
        problem = await refusal(server, password="")
    assert problem.type == "login_refused"
    assert {user for _, user in server.attempts} == {"alice"}
    assert ("publickey", "alice") not in server.attempts
    assert server.password not in caplog.text


async def test_openssh_takes_the_key_and_refuses_another(tmp_path: Path) -> None:
    with openssh(tmp_path / "sshd") as server:
        async with session_to(server) as session:
            assert session.host_key.fingerprint == server.fingerprint
        with pytest.raises(FileProblem) as caught:
            async with session_to(server, private_key=text_of(new_key())):
                pass
        assert caught.value.type == "login_refused"


@pytest.mark.parametrize(
    ("subsystem", "said"),
    [("/bin/false", "no SFTP"), ("/bin/echo Welcome to this server", "print a text" if SSHD else "no SFTP")],
)
async def test_a_user_with_something_else_than_sftp_is_told_so(tmp_path: Path, subsystem: str, said: str) -> None:
    with openssh(tmp_path / "sshd", subsystem) as server:
        with pytest.raises(FileProblem, match=said) as caught:
            async with session_to(server):
                pass
        assert caught.value.type == "file_operation_unsupported"


async def test_no_secret_is_shown(tmp_path: Path) -> None:
    async with PasswordServer(tmp_path, password=marked("repr")) as server:
        seen = Seen()
        async with session_to(server, seen) as session:
            shown = repr(session) + repr(seen) + "\n".join(seen.trace)
    assert server.password not in shown
