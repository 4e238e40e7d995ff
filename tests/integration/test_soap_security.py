# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""WS-Security and faults through the API: npm's soap checks who asks, and xmlsec what was signed."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
import trustme

from openconnector.core.clock import stopwatch
from openconnector.core.http import AsyncClient
from openconnector.transports.soap.names import SOAP_11
from tests.factories import create_source, marked, test_call
from tests.soap.server import PASSWORD, SoapServer
from tests.unit.transports.soap.test_security import verify
from tests.upstream import serve

HEADERS = [
    {"name": "Content-Type", "value": "text/xml; charset=utf-8"},
    {"name": "SOAPAction", "value": '"http://calculator.example/Add"'},
]
ADD = (
    f'<s:Envelope xmlns:s="{SOAP_11}"><s:Body><Add xmlns="http://calculator.example/"><intA>2</intA><intB>3</intB></Add>'
    "</s:Body></s:Envelope>"
)
DIVIDE = ADD.replace("Add", "Divide").replace(">3<", ">0<")


@pytest.fixture(scope="module")
def soap() -> Iterator[SoapServer]:
    with SoapServer() as server:
        yield server


async def secured_call(api: AsyncClient, location: str, security: dict[str, Any], body: str = ADD) -> dict[str, Any]:
    source = await create_source(
        api, name="Secured", location=location, type="soap", connection={"soap": {"security": security}}
    )
    return await test_call(api, source["id"], "", method="POST", headers=HEADERS, body=body)


def answer(call: dict[str, Any]) -> str:
    return str(call["exchanges"][-1]["response"]["body"]["content"])


@pytest.mark.parametrize("kind", ["text", "digest"])
async def test_a_username_token_is_believed(api: AsyncClient, soap: SoapServer, kind: str) -> None:
    token = {"username": "clerk", "password": PASSWORD, "passwordType": kind}
    call = await secured_call(api, f"{soap.url}/secured.asmx", {"usernameToken": token, "timestampSeconds": 60})
    assert (call["outcome"], call["statusCode"]) == ("success", 200), call["diagnosis"]
    assert "<AddResult>5</AddResult>" in answer(call)
    sent = call["exchanges"][0]["request"]["body"]["content"]
    assert "UsernameToken" in sent
    assert PASSWORD not in sent


async def test_a_wrong_password_is_a_fault_in_words(api: AsyncClient, soap: SoapServer) -> None:
    token = {"username": "clerk", "password": marked("wrong envelope")}
    call = await secured_call(api, f"{soap.url}/secured.asmx", {"usernameToken": token})
    assert call["outcome"] in ("auth_error", "http_error")
    assert call["diagnosis"]["evidence"]


async def test_a_signature_is_over_body_and_timestamp(sqlite_api: AsyncClient) -> None:
    issued = trustme.CA().issue_cert("clerk.example", key_type=trustme.KeyType.RSA)
    certificate, received = issued.cert_chain_pems[0].bytes(), asyncio.Queue[bytes]()

    async def keep(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(int(line.split(b":")[1]) for line in head.splitlines() if line.lower().startswith(b"content-len"))
        await received.put(await reader.readexactly(length))
        writer.write(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    key = issued.private_key_pem.bytes().decode()
    async with serve(keep) as port:
        call = await secured_call(
            sqlite_api,
            f"http://127.0.0.1:{port}/service",
            {"timestampSeconds": 300, "signature": {"certificates": certificate.decode(), "privateKey": key}},
        )
    assert call["statusCode"] == 202
    assert [name.partition("-")[0] for name in verify(await received.get(), certificate)] == ["body", "timestamp"]
    read = (await sqlite_api.get("/api/sources/secured")).json()["connection"]["soap"]["security"]
    assert read["signature"]["privateKey"] == "•" * 8
    assert key.splitlines()[1] not in str(call)


async def test_secrets_are_kept_behind_their_masks(api: AsyncClient) -> None:
    token = {"username": "clerk", "password": marked("kept envelope"), "passwordType": "digest"}
    source = await create_source(
        api,
        type="soap",
        location="https://soap.example/a",
        connection={"soap": {"security": {"usernameToken": token}}},
    )
    assert source["connection"]["soap"]["security"]["usernameToken"]["password"] == "•" * 8
    saved = await api.put(f"/api/sources/{source['id']}", json=source | {"name": "Renamed"})
    assert saved.status_code == 200, saved.text
    moved = await api.put(f"/api/sources/{source['id']}", json=saved.json() | {"location": "https://evil.example/a"})
    assert moved.status_code == 422
    assert [error["pointer"] for error in moved.json()["errors"]] == [
        "/connection/soap/security/usernameToken/password"
    ]


async def test_what_is_no_envelope_is_refused_with_a_word(sqlite_api: AsyncClient) -> None:
    call = await secured_call(sqlite_api, "http://127.0.0.1:1/", {"timestampSeconds": 60}, body="hello")
    assert (call["outcome"], call["errorType"], call["exchanges"]) == ("refused", "envelope_unusable", [])
    assert call["diagnosis"]["remedies"][1]["link"] == "configuration/soap"


@pytest.mark.parametrize(("path", "status"), [("/calculator.asmx", 500), ("/calculator12.asmx", 200)])
async def test_a_fault_is_an_outcome_under_every_status(
    api: AsyncClient, soap: SoapServer, path: str, status: int
) -> None:
    source = await create_source(api, location=f"{soap.url}{path}", type="soap")
    body, headers = DIVIDE, [row | {"value": row["value"].replace("Add", "Divide")} for row in HEADERS]
    if status == 200:
        body = body.replace(SOAP_11, "http://www.w3.org/2003/05/soap-envelope")
        headers = [{"name": "Content-Type", "value": "application/soap+xml; charset=utf-8"}]
    call = await test_call(api, source["id"], "", method="POST", headers=headers, body=body)
    assert (call["statusCode"], call["outcome"], call["errorType"]) == (status, "http_error", "soap_fault")
    facts = {row["name"]: row["value"] for row in call["diagnosis"]["evidence"]}
    assert "divide by zero" in facts["Reason"]
    assert "intB" in facts["Detail"]
    assert "divide by zero" in call["diagnosis"]["detail"]
    logged = (await api.get("/api/logs", params={"status": "error"})).json()["results"]
    assert [entry["errorType"] for entry in logged] == ["soap_fault"]


async def test_attachments_are_parts_that_can_be_read(sqlite_api: AsyncClient) -> None:
    picture = bytes(range(256)) * 40
    root = (
        f'<s:Envelope xmlns:s="{SOAP_11}"><s:Body><get><file><xop:Include '
        'xmlns:xop="http://www.w3.org/2004/08/xop/include" href="cid:file@example"/></file></get></s:Body></s:Envelope>'
    )
    body = b"\r\n".join(
        [
            b"--part",
            b'Content-Type: application/xop+xml; charset=utf-8; type="text/xml"',
            b"Content-ID: <root@example>",
            b"",
            root.encode(),
            b"--part",
            b"Content-Type: image/png",
            b"Content-Transfer-Encoding: binary",
            b"Content-ID: <file@example>",
            b"",
            picture,
            b"--part--",
            b"",
        ]
    )
    kind = 'multipart/related; boundary=part; type="application/xop+xml"; start="<root@example>"; start-info="text/xml"'

    async def send(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        writer.write(head.encode() + body)

    async with serve(send) as port:
        source = await create_source(sqlite_api, location=f"http://127.0.0.1:{port}/", type="soap")
        call = await test_call(sqlite_api, source["id"], "", method="POST", headers=HEADERS, body=ADD)
    assert call["outcome"] == "success"
    assert call["diagnosis"] is None
    base = f"/api/logs/{call['logId']}/exchanges/0/response"
    view = (await sqlite_api.get(f"{base}/view")).json()
    assert view["format"] == "multipart"
    assert [(part["contentId"], part["mediaType"], part["size"]) for part in view["parts"]] == [
        ("root@example", "application/xop+xml", len(root)),
        ("file@example", "image/png", len(picture)),
    ]
    assert (await sqlite_api.get(f"{base}/content", params={"part": "1"})).content == picture
    nodes = (await sqlite_api.get(f"{base}/nodes", params={"part": "0"})).json()
    assert nodes["parent"]["name"] == "s:Envelope"


async def test_nobody_waits_while_a_large_envelope_is_signed(sqlite_api: AsyncClient) -> None:
    issued = trustme.CA().issue_cert("clerk.example", key_type=trustme.KeyType.RSA)
    key, certificates = issued.private_key_pem.bytes().decode(), issued.cert_chain_pems[0].bytes().decode()
    gaps: list[float] = []

    async def beat() -> None:
        while True:
            at = stopwatch()
            await asyncio.sleep(0.005)
            gaps.append(stopwatch() - at)

    beating = asyncio.create_task(beat())
    body = ADD.replace("<intA>", "<n>1</n>" * 150_000 + "<intA>")
    started = stopwatch()
    security = {"signature": {"certificates": certificates, "privateKey": key}}
    await secured_call(sqlite_api, "http://127.0.0.1:9", security, body)  # nobody is there
    taken = stopwatch() - started
    beating.cancel()
    assert max(gaps) < taken / 2
