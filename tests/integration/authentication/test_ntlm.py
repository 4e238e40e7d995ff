# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""NTLM and Negotiate against a server that authenticates connections, straight over the transport."""

import base64
import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import trustme
from cryptography import x509
from spnego._ntlm_raw.messages import Authenticate
from spnego.channel_bindings import GssChannelBindings

from openconnector.authentication.base import Answered, Signing
from openconnector.authentication.ntlm import MAX_ROUNDS, NtlmAuthentication
from openconnector.core.http import Request
from openconnector.egress.tls import TlsOptions
from openconnector.transports.exchange import Exchange
from openconnector.transports.hold import Hold
from openconnector.transports.http import Delivery, HttpTransport
from tests.exchanges import LIMITS, LOOPBACK, keep_open
from tests.factories import marked
from tests.identities import serving
from tests.integration.authentication.ntlm_server import NtlmServer, accounts
from tests.upstream import answering, serve

PASSWORD = marked("ntlm-pässword")
USER = "EXAMPLE\\svc-connector"


@pytest.fixture(autouse=True)
def _accounts(tmp_path: Path) -> Iterator[None]:
    with accounts(tmp_path, {USER: PASSWORD, "plain": PASSWORD, "svc@example.org": PASSWORD}):
        yield


def scheme(protocol: str = "ntlm", **values: Any) -> NtlmAuthentication:
    fields = {"type": "ntlm", "protocol": protocol, "username": USER, "password": PASSWORD}
    return NtlmAuthentication.model_validate(fields | values)


@dataclass
class Conversation:
    """What one call has come to."""

    exchanges: list[Exchange]
    learned: list[str]

    @property
    def statuses(self) -> list[int | None]:
        return [exchange.response.status_code if exchange.response else None for exchange in self.exchanges]

    @property
    def body(self) -> bytes:
        response = self.exchanges[-1].response
        return response.body if response else b""


async def converse(
    transport: HttpTransport, how: NtlmAuthentication, url: str, method: str = "GET", body: bytes = b"", **values: Any
) -> Conversation:
    """One call, as the engine makes it."""
    delivery = Delivery(**{"source": ("source", 1), "limits": LIMITS, "policy": LOOPBACK} | values)
    dialogue, signing, hold, exchanges = how.dialogue({}), Signing(), Hold(), list[Exchange]()
    following: Request | None = Request(method, url, headers=values.get("headers"), content=body or None)
    dialogue.prepare(following, signing)
    try:
        while following is not None:
            sent = await transport.send(following, replace(delivery, hold=hold), exchanges)
            last = exchanges[-1]
            if last.response is None or last.failure is not None:
                break
            tls = last.connection.tls if last.connection else None
            answered = Answered(
                last.response.status_code, last.response.headers, tls.chain[0].end_point if tls else None
            )
            following = dialogue.answer(sent, answered, signing)
    finally:
        hold.release()
    return Conversation(exchanges, signing.learned)


@pytest.mark.parametrize("protocol", ["ntlm", "negotiate"])
class TestLogin:
    async def test_takes_three_requests_on_one_connection(self, transport: HttpTransport, protocol: str) -> None:
        server = NtlmServer(protocol)  # type: ignore[arg-type]
        async with server.serving() as port:
            call = await converse(transport, scheme(protocol), f"http://127.0.0.1:{port}/x", "POST", b"x" * 1000)
        assert call.statuses == [401, 401, 200]
        assert call.body == f"{USER} sent 1000".encode()
        assert [request.connection for request in server.seen] == [0, 0, 0]
        assert [request.content_length for request in server.seen] == ["1000", "0", "1000"]
        assert [exchange.connection and exchange.connection.is_reused for exchange in call.exchanges] == [
            False,
            True,
            True,
        ]

    async def test_holds_for_the_calls_that_follow_on_the_connection(
        self, transport: HttpTransport, protocol: str
    ) -> None:
        server = NtlmServer(protocol)  # type: ignore[arg-type]
        async with server.serving() as port:
            await converse(transport, scheme(protocol), f"http://127.0.0.1:{port}/")
            again = await converse(transport, scheme(protocol), f"http://127.0.0.1:{port}/")
        assert again.statuses == [200]
        assert again.learned == []
        assert server.connections == 1

    @pytest.mark.parametrize(
        ("values", "user"),
        [
            ({"username": "svc-connector", "domain": "EXAMPLE"}, USER),
            ({"username": "plain"}, "plain"),
            ({"username": "svc@example.org"}, "svc@example.org"),
        ],
    )
    async def test_takes_users_in_every_form(
        self, transport: HttpTransport, protocol: str, values: dict[str, str], user: str
    ) -> None:
        server = NtlmServer(protocol)  # type: ignore[arg-type]
        async with server.serving() as port:
            call = await converse(transport, scheme(protocol, **values), f"http://127.0.0.1:{port}/")
        assert call.statuses[-1] == 200
        assert server.users == [user]

    async def test_with_a_wrong_password_is_tried_once(self, transport: HttpTransport, protocol: str) -> None:
        server = NtlmServer(protocol)  # type: ignore[arg-type]
        async with server.serving() as port:
            call = await converse(transport, scheme(protocol, password=PASSWORD[:-1]), f"http://127.0.0.1:{port}/")
        assert call.statuses == [401, 401, 401]
        assert server.users == []

    async def test_leaves_its_tokens_among_the_secrets(self, transport: HttpTransport, protocol: str) -> None:
        server = NtlmServer(protocol)  # type: ignore[arg-type]
        async with server.serving() as port:
            call = await converse(transport, scheme(protocol), f"http://127.0.0.1:{port}/")
        assert call.learned == [base64.b64encode(token).decode() for token in server.tokens]
        assert len(call.learned) == 2
        assert list(scheme(protocol).credentials()) == [PASSWORD]
        assert scheme(protocol).makes_secrets

    async def test_goes_on_behind_a_redirect_of_the_same_origin(self, transport: HttpTransport, protocol: str) -> None:
        server = NtlmServer(protocol)  # type: ignore[arg-type]
        async with server.serving() as port:
            call = await converse(
                transport, scheme(protocol), f"http://127.0.0.1:{port}/moved", redirects="same_origin"
            )
        assert call.statuses == [401, 401, 302, 200]
        assert server.seen[-1].scheme == ""  # on an authenticated connection, a token would begin another login
        assert server.connections == 1

    async def test_without_the_other_side_keeping_the_connection_fails_with_a_name(
        self, transport: HttpTransport, protocol: str
    ) -> None:
        for says_so in (True, False):
            server = NtlmServer(protocol, closes_after_challenge=True, says_so=says_so)  # type: ignore[arg-type]
            async with server.serving() as port:
                call = await converse(transport, scheme(protocol), f"http://127.0.0.1:{port}/")
            failure = call.exchanges[-1].failure
            assert failure is not None
            assert failure.type == "connection_not_kept"
            assert call.statuses == [401, 401, None]
            assert len(server.tokens) == 1, "the proof went to a connection that did not ask for it"

    async def test_says_nothing_in_the_log(
        self, transport: HttpTransport, protocol: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        server = NtlmServer(protocol)  # type: ignore[arg-type]
        with caplog.at_level(logging.DEBUG):
            async with server.serving() as port:
                await converse(transport, scheme(protocol), f"http://127.0.0.1:{port}/")
        assert not [record for record in caplog.records if record.name.startswith("spnego")]


class TestChannelBinding:
    @pytest.mark.parametrize("is_right", [True, False])
    async def test_is_proven_where_the_server_wants_it(self, transport: HttpTransport, *, is_right: bool) -> None:
        authority = trustme.CA()
        issued = authority.issue_cert("localhost")
        certificate = x509.load_pem_x509_certificate(issued.cert_chain_pems[0].bytes())
        algorithm = certificate.signature_hash_algorithm
        assert algorithm is not None
        shown = certificate.fingerprint(algorithm) if is_right else b"\x01" * 32
        server = NtlmServer(bindings=GssChannelBindings(application_data=b"tls-server-end-point:" + shown))
        async with server.serving(serving(issued)) as port:
            options = TlsOptions(authorities=authority.cert_pem.bytes().decode(), http2=True)
            call = await converse(transport, scheme(), f"https://localhost:{port}/", tls=options)
        assert call.statuses == [401, 401, 200 if is_right else 401]


class TestProof:
    async def test_is_not_given_to_another_origin(self, transport: HttpTransport) -> None:
        server = NtlmServer()
        async with server.serving() as port:
            away = f"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:{port}/\r\nContent-Length: 0\r\n\r\n".encode()
            async with serve(answering(away)) as first:
                call = await converse(transport, scheme(), f"http://127.0.0.1:{first}/", redirects="all")
        assert call.statuses == [302, 401]
        assert server.tokens == []

    async def test_names_the_service_and_the_workstation_that_is_configured(
        self, transport: HttpTransport, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("NETBIOS_COMPUTER_NAME", "OTHER")
        server = NtlmServer()
        async with server.serving() as port:
            for number, name in enumerate(("KIOSK", "")):
                await converse(
                    transport, scheme(workstation=name), f"http://127.0.0.1:{port}/", source=("source", number)
                )
        proofs = [Authenticate.unpack(token) for token in server.tokens[1::2]]
        assert [proof.workstation for proof in proofs] == ["KIOSK", None]
        assert all("HTTP/127.0.0.1".encode("utf-16-le") in (proof.nt_challenge_response or b"") for proof in proofs)
        assert len(server.users) == 2


class TestHostileServer:
    @pytest.mark.parametrize(
        "challenge",
        [b"", b"NTLMSSP\x00\x02", b"NTLMSSP\x00\x02\x00\x00\x00" + b"\xff" * 16, b"\x60\x82\xff\xff", b"\x00" * 3000],
    )
    @pytest.mark.parametrize("protocol", ["ntlm", "negotiate"])
    async def test_gets_no_answer_to_what_is_no_challenge(
        self, transport: HttpTransport, protocol: str, challenge: bytes
    ) -> None:
        token = base64.b64encode(challenge).decode()
        raw = f"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: {protocol} {token}\r\nContent-Length: 0\r\n\r\n".encode()
        async with serve(keep_open(raw, [])) as port:
            call = await converse(transport, scheme(protocol), f"http://127.0.0.1:{port}/")
        assert call.statuses == [401, 401]

    @pytest.mark.parametrize("flags", [0, 0x00000202])  # nothing, and OEM text with NTLM alone
    def test_cannot_have_an_older_version_of_the_proof(self, flags: int) -> None:
        dialogue, signing = scheme().dialogue({}), Signing()
        request = Request("GET", "http://localhost/")
        dialogue.prepare(request, signing)
        dialogue.answer(request, Answered(401, [("WWW-Authenticate", "NTLM")]), signing)
        weak = b"NTLMSSP\x00\x02\x00\x00\x00" + bytes(8) + flags.to_bytes(4, "little") + b"\x01" * 8 + bytes(16)
        header = f"NTLM {base64.b64encode(weak).decode()}"
        proven = dialogue.answer(request, Answered(401, [("WWW-Authenticate", header)]), signing)
        assert proven is not None
        proof = Authenticate.unpack(base64.b64decode(signing.learned[-1]))
        assert len(proof.nt_challenge_response or b"") > 24  # MS-NLMP 2.2.2.8: that of version 1 has 24 bytes

    def test_gets_no_more_than_three_tokens(self) -> None:
        dialogue, signing = scheme().dialogue({}), Signing()
        request = Request("GET", "http://localhost/0")
        dialogue.prepare(request, signing)
        for number in range(10):  # each answer is behind another redirect
            request = Request("GET", f"http://localhost/{number}")
            dialogue.answer(request, Answered(401, [("WWW-Authenticate", "NTLM")]), signing)
        assert len(signing.learned) == MAX_ROUNDS

    def test_gets_no_request_without_its_body(self) -> None:
        dialogue, signing = scheme().dialogue({}), Signing()
        request = Request("PUT", "http://localhost/", content=b"body")
        dialogue.prepare(request, signing)
        first = dialogue.answer(request, Answered(401, [("WWW-Authenticate", "NTLM")]), signing)
        assert first is not None
        assert (first.content, first.headers["Content-Length"]) == (b"", "0")
        moved = Request("PUT", "http://localhost/elsewhere", headers={"Content-Length": "0"})
        assert dialogue.answer(moved, Answered(401, [("WWW-Authenticate", "NTLM")]), signing) is None

    @pytest.mark.parametrize("offered", ["Basic realm=x", "Negotiate", "NTLM !!", ""])
    def test_that_asks_for_something_else_gets_nothing(self, offered: str) -> None:
        dialogue, signing = scheme().dialogue({}), Signing()
        request = Request("GET", "http://localhost/")
        dialogue.prepare(request, signing)
        answer = dialogue.answer(request, Answered(401, [("WWW-Authenticate", offered)]), signing)
        assert (answer is None) == (offered != "NTLM !!")
        assert bool(signing.learned) == (offered == "NTLM !!")


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"username": ""}, "at least 1"),
        ({"username": "a\nb"}, "control character"),
        ({"domain": "A\\B"}, "without a backslash"),
        ({"domain": "OTHER"}, "not in both"),
        ({"workstation": "a\x00"}, "control character"),
    ],
)
def test_a_configuration_that_cannot_be_meant_is_refused(values: dict[str, str], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        scheme(**values)


def test_a_request_that_has_credentials_of_its_own_keeps_them() -> None:
    dialogue, signing = scheme().dialogue({}), Signing()
    request = Request("GET", "http://localhost/", headers={"Authorization": "Bearer mine"})
    dialogue.prepare(request, signing)
    assert dialogue.answer(request, Answered(401, [("WWW-Authenticate", "NTLM")]), signing) is None
