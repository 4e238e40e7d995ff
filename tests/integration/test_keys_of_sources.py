# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Keys and certificates of a source: read when they are saved, kept encrypted, told before they end."""

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import trustme
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509 import load_pem_x509_certificate

from openconnector.core.http import AsyncClient
from openconnector.core.settings import Settings
from openconnector.vault.encryption import key_id
from tests.database import stored_bytes
from tests.factories import create_source, marked, source, test_call
from tests.rotation import opened, ring_of, rotate
from tests.tokens import token_server

AUTHORITY = trustme.CA()


class Issued:
    """A client certificate with its key, in the forms in which people have them."""

    def __init__(self, name: str, days: int = 365) -> None:
        issued = AUTHORITY.issue_cert(
            f"{name}@example.org", not_after=datetime.now(UTC) + timedelta(days=days, hours=1)
        )
        self.certificates = b"".join(blob.bytes() for blob in issued.cert_chain_pems).decode()
        self.key = issued.private_key_pem.bytes().decode()

    def pkcs12(self, passphrase: str) -> str:
        key = serialization.load_pem_private_key(self.key.encode(), None)
        raw = pkcs12.serialize_key_and_certificates(
            b"client",
            key,  # type: ignore[arg-type]  # trustme makes keys that PKCS#12 takes
            load_pem_x509_certificate(self.certificates.encode()),
            None,
            serialization.BestAvailableEncryption(passphrase.encode()),
        )
        return base64.b64encode(raw).decode()

    def lines(self) -> list[bytes]:
        """Parts of the key that would be seen in clear."""
        return [line.encode() for line in self.key.splitlines()[2:-2]]


@pytest.fixture(scope="module")
def issued() -> Issued:
    return Issued("client")


def with_certificate(**certificate: Any) -> dict[str, Any]:
    return {"connection": {"clientCertificate": certificate}}


async def stored_source(api: AsyncClient, source: str) -> dict[str, Any]:
    stored: dict[str, Any] = (await api.get(f"/api/sources/{source}")).json()
    return stored


async def test_a_pkcs12_file_becomes_certificate_and_key(settings: Settings, api: AsyncClient, issued: Issued) -> None:
    passphrase = marked("passphrase")
    values = with_certificate(pkcs12=issued.pkcs12(passphrase), passphrase=passphrase)
    created = await create_source(api, **values)
    kept = created["connection"]["clientCertificate"]
    assert kept == {"pkcs12": "", "passphrase": "", "certificates": kept["certificates"], "privateKey": "•" * 8}
    assert kept["certificates"].startswith("-----BEGIN CERTIFICATE-----")
    stored = await stored_bytes(settings)
    (found,) = await opened(settings, created["slug"])
    assert found.connection.client_certificate is not None
    key = found.connection.client_certificate.private_key.get_secret_value()
    assert key.startswith("-----BEGIN PRIVATE KEY-----")
    assert not any(line.encode() in stored for line in key.splitlines()[2:-2])


async def test_a_mask_keeps_the_key(settings: Settings, api: AsyncClient, issued: Issued) -> None:
    created = await create_source(api, **with_certificate(certificates=issued.certificates, privateKey=issued.key))
    saved = await api.put(f"/api/sources/{created['id']}", json=created)
    assert saved.status_code == 200, saved.text
    (found,) = await opened(settings, created["slug"])
    assert found.connection.client_certificate is not None
    assert "PRIVATE KEY" in found.connection.client_certificate.private_key.get_secret_value()


async def test_a_kept_key_must_fit_the_new_certificate(api: AsyncClient, issued: Issued) -> None:
    created = await create_source(api, **with_certificate(certificates=issued.certificates, privateKey=issued.key))
    created["connection"]["clientCertificate"]["certificates"] = Issued("other").certificates
    answer = await api.put(f"/api/sources/{created['id']}", json=created)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/connection/clientCertificate/privateKey"]


async def test_a_wrong_passphrase_is_told_at_its_field(api: AsyncClient, issued: Issued) -> None:
    values = with_certificate(pkcs12=issued.pkcs12("right-passphrase"), passphrase="wrong")
    answer = await api.post(
        "/api/sources", json={"name": "x", "location": "https://a.example", "type": "json"} | values
    )
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/connection/clientCertificate/passphrase"]


@pytest.mark.parametrize(("days", "warns"), [(12, [12]), (29, [29]), (31, [])])
async def test_a_certificate_that_ends_soon_is_a_warning(api: AsyncClient, days: int, warns: list[int]) -> None:
    soon = Issued("soon", days)
    created = await create_source(api, **with_certificate(certificates=soon.certificates, privateKey=soon.key))
    assert [(warning["type"], warning["daysLeft"]) for warning in created["warnings"]] == [
        ("client_certificate", left) for left in warns
    ]


async def test_a_signing_key_is_checked_against_its_algorithm(api: AsyncClient) -> None:
    key = rsa.generate_private_key(65537, 2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    ).decode()
    scheme = {
        "type": "oauth2",
        "clientId": "c",
        "tokenUrl": "https://login.example/token",
        "client": {"method": "private_key_jwt", "algorithm": "ES256", "key": {"privateKey": pem}},
    }
    body = {"name": "x", "location": "https://a.example", "type": "json", "authentication": scheme}
    answer = await api.post("/api/sources", json=body)
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/authentication/client/algorithm"]
    scheme["client"]["algorithm"] = "PS256"  # type: ignore[index]
    created = await api.post("/api/sources", json=body)
    assert created.status_code == 201, created.text
    assert created.json()["authentication"]["client"]["key"]["privateKey"] == "•" * 8
    again = await api.put(f"/api/sources/{created.json()['id']}", json=created.json())
    assert again.status_code == 200, again.text


async def test_what_is_pasted_is_recognised_and_nothing_of_the_key_comes_back(
    sqlite_api: AsyncClient, issued: Issued
) -> None:
    content = f"{issued.certificates}{issued.key}"
    answer = await sqlite_api.post("/api/key-material/inspect", json={"content": content})
    assert answer.status_code == 200, answer.text
    read = answer.json()
    assert read["kind"] == "certificateAndKey"
    assert not any(line in answer.content for line in issued.lines())
    wrong = {"content": issued.pkcs12("right-passphrase"), "passphrase": "wrong"}
    read = (await sqlite_api.post("/api/key-material/inspect", json=wrong)).json()
    assert [problem["field"] for problem in read["problems"]] == ["passphrase"]


async def test_what_is_wrong_with_a_key_is_told_in_the_language_of_the_reader(
    sqlite_api: AsyncClient, issued: Issued
) -> None:
    wrong = {"content": issued.pkcs12("right-passphrase"), "passphrase": "wrong"}
    dutch = {"Accept-Language": "nl"}
    answer = await sqlite_api.post("/api/key-material/inspect", json=wrong, headers=dutch)
    assert [problem["text"] for problem in answer.json()["problems"]] == [
        "De wachtwoordzin opent dit PKCS#12-bestand niet."
    ]
    scheme = {"type": "jwt", "algorithm": "RS256", "key": {"privateKey": issued.key}}
    answer = await sqlite_api.post("/api/sources", json=source(authentication=scheme), headers=dutch)
    (error,) = answer.json()["errors"]
    assert error["pointer"] == "/authentication/algorithm"
    assert error["detail"] == "RS256 past niet bij deze sleutel (EC P-256). Kies ES256."


async def test_a_rotation_encrypts_keys_and_tokens_again(settings: Settings, api: AsyncClient, issued: Issued) -> None:
    async with token_server() as server:
        created = await create_source(
            api,
            location=server.url,
            authentication=server.authentication(
                extraParameters=[{"name": "tenant", "value": marked("tenant"), "isSecret": True}]
            ),
            **with_certificate(certificates=issued.certificates, privateKey=issued.key),
        )
        await test_call(api, created["id"], "/")
        (former,) = ring_of(settings)
        code, document, said = await rotate(settings)
        assert (code, document["secrets"]) == (0, 4), said
        assert f"oc1.{key_id(former)}.".encode() not in await stored_bytes(settings)
        await test_call(api, created["id"], "/")
        assert len(server.forms) == 1
        assert server.forms[0]["tenant"] == marked("tenant")


async def test_secret_rows_are_known_by_their_name(api: AsyncClient) -> None:
    async with token_server() as server:
        rows = [{"name": name, "value": marked(name), "isSecret": True} for name in ("first", "second")]
        created = await create_source(
            api, location=server.url, authentication=server.authentication(extraParameters=rows)
        )
        stored = await stored_source(api, created["id"])
        stored["authentication"]["extraParameters"].reverse()
        assert (await api.put(f"/api/sources/{created['id']}", json=stored)).status_code == 200
        await test_call(api, created["id"], "/")
        assert (server.forms[0]["first"], server.forms[0]["second"]) == (marked("first"), marked("second"))
