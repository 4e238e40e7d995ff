# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Signatures: the examples of RFC 7515 and RFC 8037, and authlib as the one who verifies."""

import base64
import importlib
import json
import re
import warnings
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from pydantic import SecretStr, ValidationError

from openconnector.authentication import signing_key
from openconnector.authentication.signing_key import (
    HMAC_ALGORITHMS,
    KEY_ALGORITHMS,
    SigningKey,
    sign_jws,
    sign_jwt,
    weakness_of_secret,
)
from openconnector.vault.secret import MASK
from tests.factories import MARK, marked
from tests.keys import (
    Key,
    chain,
    ec_key,
    ed25519_key,
    issue,
    jwk_of,
    pem_of,
    pkcs12_of,
    public_pem_of,
    rsa_key,
    service_account,
)

with warnings.catch_warnings():
    importlib.import_module("authlib.deprecate")  # demands that its warnings be shown
    warnings.simplefilter("ignore")  # it is deprecated in favour of what is tested here, and so a second opinion
    from authlib.jose import JsonWebSignature

PASTED = Path(__file__).parent / "pasted"

CLAIMS = b'{"iss":"joe",\r\n "exp":1300819380,\r\n "http://example.com/is_root":true}'
PAYLOAD = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
A1_SECRET = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"
A2_JWK = {
    "kty": "RSA",
    "n": "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2l"
    "ZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2C"
    "apHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54"
    "h4FRWyuXpoQ",
    "e": "AQAB",
    "d": "Eq5xpGnNCivDflJsRQBXHx1hdR1k6Ulwe2JZD50LpXyWPEAeP88vLNO97IjlA7_GQ5sLKMgvfTeXZx9SE-7YwVol2NXOoAJe46sui395IW_"
    "GO-pWJ1O0BkTGoVEn2bKVRUCgu-GjBVaYLU6f3l9kJfFNS3E0QbVdxzubSu3Mkqzjkn439X0M_V51gfpRLI9JYanrC4D4qAdGcopV_0ZHHzQlBju"
    "dU2QvXt4ehNYTCBr6XCLQUShb1juUO1ZdiYoFaFQT5Tw8bGUl_x_jTj3ccPDVZFD9pIuhLhBOneufuBiB4cS98l2SR_RQyGWSeWjnczT0QU91p1D"
    "hOVRuOopznQ",
    "p": "4BzEEOtIpmVdVEZNCqS7baC4crd0pqnRH_5IB3jw3bcxGn6QLvnEtfdUdiYrqBdss1l58BQ3KhooKeQTa9AB0Hw_Py5PJdTJNPY8cQn7ouZ"
    "2KKDcmnPGBY5t7yLc1QlQ5xHdwW1VhvKn-nXqhJTBgIPgtldC-KDV5z-y2XDwGUc",
    "q": "uQPEfgmVtjL0Uyyx88GZFF1fOunH3-7cepKmtH4pxhtCoHqpWmT8YAmZxaewHgHAjLYsp1ZSe7zFYHj7C6ul7TjeLQeZD_YwD66t62wDmpe"
    "_HlB-TnBA-njbglfIsRLtXlnDzQkv5dTltRJ11BKBBypeeF6689rjcJIDEz9RWdc",
}
A2_SIGNATURE = (
    "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr"
    "7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--x"
    "i12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_Ioy"
    "pGlUPQGe77Rw"
)
A3_JWK = {
    "kty": "EC",
    "crv": "P-256",
    "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    "d": "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI",
}
A4_JWK = {
    "kty": "EC",
    "crv": "P-521",
    "x": "AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_NjFZ6OvLFV1jSfS9tsz4qUxcWceqwQGk",
    "y": "ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1WDhjDly79ajL4Kkd0AZMaZmh9ubmf63e3kyMj2",
    "d": "AY5pb7A0UFiB3RELSD64fTLOSV_jazdF7fLYyuTw8lOfRhWg6Y6rUrPAxerEzgdRhajnu0ferB0d53vM9mE15j2C",
}
ED25519_JWK = {
    "kty": "OKP",
    "crv": "Ed25519",
    "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
    "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
}
ED25519_SIGNATURE = "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"

BY_ALGORITHM: dict[str, Key] = {
    **{name: rsa_key() for name in ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")},
    "ES256": ec_key("P-256"),
    "ES384": ec_key("P-384"),
    "ES512": ec_key("P-521"),
    "EdDSA": ed25519_key(),
}


def key_of(text: str | dict[str, str], **values: Any) -> SigningKey:
    return SigningKey(private_key=SecretStr(text if isinstance(text, str) else json.dumps(text)), **values)


def settled(text: str, **values: Any) -> SigningKey:
    key, errors = key_of(text, **values).settled()
    assert errors == []
    return key


def decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def header_of(token: str) -> dict[str, Any]:
    header: dict[str, Any] = json.loads(decoded(token.split(".", maxsplit=1)[0]))
    return header


def verified(token: str, key: str | bytes) -> dict[str, Any]:
    """The claims, as authlib finds them to be signed."""
    claims: dict[str, Any] = json.loads(JsonWebSignature().deserialize_compact(token.encode(), key).payload)
    return claims


def test_example_1_of_rfc_7515_is_signed_with_hmac() -> None:
    token = sign_jws(b'{"typ":"JWT",\r\n "alg":"HS256"}', CLAIMS, algorithm="HS256", key=decoded(A1_SECRET))
    header = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9"
    assert token == f"{header}.{PAYLOAD}.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"


def test_example_2_of_rfc_7515_is_signed_with_rsa() -> None:
    token = sign_jws(b'{"alg":"RS256"}', CLAIMS, algorithm="RS256", key=key_of(A2_JWK))
    assert token == f"eyJhbGciOiJSUzI1NiJ9.{PAYLOAD}.{A2_SIGNATURE}"


@pytest.mark.parametrize(
    ("jwk", "algorithm", "size", "digest"),
    [(A3_JWK, "ES256", 32, hashes.SHA256()), (A4_JWK, "ES512", 66, hashes.SHA512())],
)
def test_examples_3_and_4_of_rfc_7515_are_signed_with_ecdsa(
    jwk: dict[str, str], algorithm: str, size: int, digest: hashes.HashAlgorithm
) -> None:
    """No two signatures are the same, so that each is verified with the public key of the example."""
    token = sign_jws(json.dumps({"alg": algorithm}).encode(), CLAIMS, algorithm=algorithm, key=key_of(jwk))
    signing_input, _, signature = token.rpartition(".")
    raw = decoded(signature)
    assert len(raw) == 2 * size
    r, s = (int.from_bytes(half, "big") for half in (raw[:size], raw[size:]))
    x, y = (int.from_bytes(decoded(jwk[name]), "big") for name in ("x", "y"))
    curve = ec.SECP256R1() if size == 32 else ec.SECP521R1()
    public = ec.EllipticCurvePublicNumbers(x, y, curve).public_key()
    public.verify(encode_dss_signature(r, s), signing_input.encode(), ec.ECDSA(digest))
    with pytest.raises(InvalidSignature):
        public.verify(encode_dss_signature(r, s), b"another", ec.ECDSA(digest))


def test_example_4_of_rfc_8037_is_signed_with_ed25519() -> None:
    token = sign_jws(b'{"alg":"EdDSA"}', b"Example of Ed25519 signing", algorithm="EdDSA", key=key_of(ED25519_JWK))
    assert token == f"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.{ED25519_SIGNATURE}"


@pytest.mark.parametrize("algorithm", sorted(KEY_ALGORITHMS))
def test_authlib_verifies_what_a_private_key_signs(algorithm: str) -> None:
    key = BY_ALGORITHM[algorithm]
    token = sign_jwt(algorithm=algorithm, claims={"iss": "é", "n": [1]}, header={}, key=settled(pem_of(key)))
    assert verified(token, public_pem_of(key)) == {"iss": "é", "n": [1]}
    assert header_of(token) == {"alg": algorithm, "typ": "JWT"}


@pytest.mark.parametrize("algorithm", sorted(HMAC_ALGORITHMS))
@pytest.mark.parametrize("secret", ["short", "geheim-é", "a" * 64, b"\x00\xff" * 40])
def test_authlib_verifies_what_a_secret_signs(algorithm: str, secret: str | bytes) -> None:
    token = sign_jwt(algorithm=algorithm, claims={"iss": "me"}, header={"kid": "1"}, key=secret)
    assert verified(token, secret) == {"iss": "me"}
    assert header_of(token) == {"alg": algorithm, "typ": "JWT", "kid": "1"}


def test_a_key_is_named_by_its_key_id_and_its_certificate() -> None:
    certificate = (PASTED / "certificate.pem").read_text()
    key = settled((PASTED / "pkcs8.pem").read_text(), certificate=certificate, kid="2026")
    names = {
        "kid": "2026",
        "x5t": "nz7lIfW-ug3hWldXgNGox6eSXso",
        "x5t#S256": "-SYPQQXxjXszHUlJzxCAwyDu7lvv-JEeY6lfxWoDCgY",
    }
    assert header_of(sign_jwt(algorithm="ES256", claims={}, header={}, key=key)) == {
        "alg": "ES256",
        "typ": "JWT",
        **names,
    }
    only = key.model_copy(update={"thumbprints": ["x5t"], "kid": ""})
    assert set(header_of(sign_jwt(algorithm="ES256", claims={}, header={}, key=only))) == {"alg", "typ", "x5t"}


def test_a_header_goes_before_what_names_the_key_and_null_leaves_it_out() -> None:
    key = settled(pem_of(ec_key()), kid="2026")
    token = sign_jwt(algorithm="ES256", claims={}, header={"kid": "other", "typ": None, "x": [1]}, key=key)
    assert header_of(token) == {"alg": "ES256", "kid": "other", "x": [1]}
    with pytest.raises(ValueError, match="alg follows from the algorithm"):
        sign_jwt(algorithm="ES256", claims={}, header={"alg": "none"}, key=key)


@pytest.mark.parametrize(
    ("algorithm", "key", "said"),
    [
        ("ES256", key_of(pem_of(rsa_key())), "(RSA 2048). Choose RS256, PS256, RS384, PS384, RS512 or"),
        ("RS256", key_of(pem_of(ec_key())), "does not go with this key (EC P-256). Choose ES256."),
        ("ES256", key_of(pem_of(ec_key("P-384"))), "(EC P-384). Choose ES384."),
        ("RS256", key_of(pem_of(ed25519_key())), "(Ed25519). Choose EdDSA."),
        ("ES256", key_of(pem_of(ec_key("secp256k1"))), "This key (EC secp256k1) cannot sign JWTs"),
        ("HS256", key_of(pem_of(ec_key())), "takes a secret, and no private key"),
        ("RS256", "secret", "takes a private key, and no secret"),
        ("none", key_of(pem_of(ec_key())), "none does not go with this key"),
        ("none", "secret", "takes a private key"),
        ("HS256", "", "The secret that signs is empty"),
        ("ES256", key_of(""), "none of what can be read here"),
        ("ES256", key_of(pem_of(ec_key()), certificate=chain()[0].pem), "does not belong to the certificate"),
    ],
)
def test_a_key_that_does_not_fit_is_told_what_would(algorithm: str, key: SigningKey | str, said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        sign_jwt(algorithm=algorithm, claims={}, header={}, key=key)


def test_a_key_that_is_too_short_for_an_algorithm_says_so() -> None:
    with pytest.raises(ValueError, match="It may be too short"):
        sign_jwt(algorithm="PS512", claims={}, header={}, key=key_of(pem_of(rsa_key(1024))))


@pytest.mark.parametrize("claims", [{"n": float("inf")}, {"n": object()}])
def test_claims_that_are_no_json_are_refused(claims: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="cannot be written as JSON"):
        sign_jwt(algorithm="HS256", claims=claims, header={}, key="secret")


@pytest.mark.parametrize(("algorithm", "least"), [("HS256", 32), ("HS384", 48), ("HS512", 64)])
def test_a_short_secret_is_weak_and_signs_all_the_same(algorithm: str, least: int) -> None:
    assert weakness_of_secret(algorithm, bytes(least)) is None
    assert f"it has {least - 1} bytes" in str(weakness_of_secret(algorithm, bytes(least - 1)))


@pytest.mark.parametrize(
    "text",
    [pem_of(ec_key()), jwk_of(ec_key()), pem_of(ec_key(), marked("passphrase"))],
    ids=["pem", "jwk", "encrypted"],
)
def test_a_settled_key_is_pkcs8_without_a_passphrase(text: str) -> None:
    key = settled(text, passphrase=SecretStr(marked("passphrase")))
    assert key.private_key.get_secret_value() == pem_of(ec_key())
    assert key.passphrase.get_secret_value() == ""
    assert key.settled() == (key, [])


def test_settling_takes_the_key_id_and_the_certificate_from_what_was_pasted() -> None:
    assert settled(jwk_of(ec_key(), kid="new"), kid="former").kid == "new"
    assert settled(service_account(rsa_key())).kid == "5f2c9a"
    assert settled(pem_of(ec_key()), kid="entered").kid == "entered"
    leaf, middle, root = chain()
    for text in (root.pem + pem_of(leaf.key) + middle.pem + leaf.pem, pkcs12_of(leaf, (root, middle))):
        assert settled(text).certificate == leaf.pem
        assert settled(text, certificate=issue("former", ec_key()).pem).certificate == leaf.pem


def test_settling_finds_the_certificate_of_the_key_in_a_chain() -> None:
    leaf, middle, root = chain()
    assert settled(pem_of(leaf.key), certificate=root.pem + middle.pem + leaf.pem).certificate == leaf.pem


@pytest.mark.parametrize("private_key", [MASK, ""])
def test_a_mask_and_nothing_stay_what_they_are(private_key: str) -> None:
    leaf = chain()[0]
    key = settled(private_key, passphrase=SecretStr("x"), kid="k", certificate=f"text\n{leaf.pem}")
    assert key.private_key.get_secret_value() == private_key
    assert (key.kid, key.certificate, key.passphrase.get_secret_value()) == ("k", leaf.pem, "")


@pytest.mark.parametrize(
    ("values", "pointer"),
    [
        ({"text": pem_of(ec_key(), "p")}, "/passphrase"),
        ({"text": pem_of(ec_key(), "p"), "passphrase": SecretStr("wrong")}, "/passphrase"),
        ({"text": public_pem_of(ec_key())}, "/privateKey"),
        ({"text": "AAAA"}, "/privateKey"),
        ({"text": pem_of(ec_key()), "certificate": chain()[0].pem}, "/privateKey"),
        ({"text": pem_of(ec_key()), "certificate": "no certificate"}, "/certificate"),
        ({"text": MASK, "certificate": pem_of(ec_key())}, "/certificate"),
        ({"text": MASK, "certificate": chain()[0].pem + pem_of(ec_key())}, "/certificate"),
        (
            {
                "text": base64.b64encode((PASTED / "no-key.p12").read_bytes()).decode(),
                "passphrase": SecretStr("open-sesame"),
            },
            "/privateKey",
        ),
    ],
)
def test_what_is_wrong_is_told_under_its_field(values: dict[str, Any], pointer: str) -> None:
    _, errors = key_of(**values).settled()
    assert [error.pointer for error in errors] == [pointer]


def test_a_private_key_among_certificates_does_not_stay_there() -> None:
    text = (PASTED / "bags.pem").read_text()
    for key, _ in (key_of(MASK, certificate=text).settled(), key_of("AAAA", certificate=text).settled()):
        assert "PRIVATE KEY" not in key.certificate


def test_a_key_knows_what_it_does_not_fit_and_what_speaks_against_it() -> None:
    assert key_of(pem_of(ec_key())).misfit("ES256") is None
    assert "Choose ES256" in str(key_of(pem_of(ec_key())).misfit("RS256"))
    for unknown in (MASK, "", "AAAA"):
        assert key_of(unknown).misfit("RS256") is None
        assert key_of(unknown).weakness() is None
    assert key_of(pem_of(rsa_key())).weakness() is None
    assert "1024 bits" in str(key_of((PASTED / "rsa1024-pkcs1.pem").read_text()).weakness())


def test_a_key_is_read_once() -> None:
    key = settled(pem_of(ec_key(number=77)))
    first = sign_jwt(algorithm="ES256", claims={}, header={}, key=key)
    before = signing_key._loaded.cache_info()
    sign_jwt(algorithm="ES256", claims={}, header={}, key=key.model_copy())
    after = signing_key._loaded.cache_info()
    assert (after.misses, after.hits > before.hits) == (before.misses, True)
    assert after.maxsize == 64
    assert verified(first, public_pem_of(ec_key(number=77))) == {}


def test_nothing_shows_a_key() -> None:
    key = settled(pem_of(ec_key(number=78)), certificate="")
    sign_jwt(algorithm="ES256", claims={}, header={}, key=key)
    secret = pem_of(ec_key(number=78)).splitlines()[1]
    texts = [repr(key), str(key), json.dumps(key.to_json()), repr(signing_key._material(key))]
    texts.append(repr(signing_key._loaded(signing_key._material(key))))
    assert [text for text in texts if secret in text] == []
    assert MASK in key.to_json()["privateKey"]
    assert MARK not in repr(key_of(MASK, certificate=marked("certificate")))


@pytest.mark.parametrize(
    "values", [{"kid": "a\nb"}, {"kid": "k" * 256}, {"thumbprints": ["x5c"]}, {"text": "a" * 98_305}]
)
def test_what_cannot_stand_in_a_header_is_refused(values: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        key_of(**({"text": MASK} | values))


def test_a_mask_passes_as_it_comes_from_the_api() -> None:
    key = SigningKey.model_validate({"privateKey": MASK, "passphrase": "", "certificate": "", "kid": "k"})
    assert key.to_json() == {
        "privateKey": MASK,
        "passphrase": "",
        "certificate": "",
        "kid": "k",
        "thumbprints": ["x5t", "x5t#S256"],
    }
