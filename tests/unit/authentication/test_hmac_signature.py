# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""HMAC signatures in the forms of vendors, with the examples that they have published, where they have."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from openconnector.authentication.base import Carriers, Signing
from openconnector.authentication.hmac_signature import HmacAuthentication
from openconnector.core.http import Request
from openconnector.vault.secret import MASK

AT = datetime(2026, 11, 23, 14, 2, 11, 120_000, tzinfo=UTC)


def scheme(**values: Any) -> HmacAuthentication:
    return HmacAuthentication.model_validate({"type": "hmac", "secret": "key", "parts": ["body"], **values})


def signed(request: Request, at: datetime = AT, **values: Any) -> Request:
    scheme(**values).sign(request, Signing(at=at))
    return request


def post(body: bytes = b"", url: str = "https://h.example/x", **headers: str) -> Request:
    return Request("POST", url, headers=headers, content=body)


def refused(**values: Any) -> list[tuple[Any, ...]]:
    """The places of what is wrong when it is read."""
    with pytest.raises(ValidationError) as error:
        scheme(**values)
    return [found["loc"] for found in error.value.errors()]


def unsettled(**values: Any) -> list[str | None]:
    """The places of what is wrong when it is saved."""
    return [error.pointer for error in scheme(**values).settled()[1]]


def test_the_example_of_github() -> None:
    """https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries"""
    request = signed(
        post(b"Hello, World!"),
        secret="It's a Secret to Everybody",
        header="X-Hub-Signature-256",
        template="sha256={signature}",
    )
    assert request.headers["X-Hub-Signature-256"] == (
        "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    )


def test_the_example_of_slack() -> None:
    """https://docs.slack.dev/authentication/verifying-requests-from-slack"""
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
        b"&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
        b"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554"
        b"%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    request = signed(
        post(body),
        datetime.fromtimestamp(1531420618, UTC),
        secret="8f742231b10e8888abcd99yyyzzz85a5",
        parts=["text:v0", "timestamp", "body"],
        separator=":",
        header="X-Slack-Signature",
        template="v0={signature}",
        timestampHeader="X-Slack-Request-Timestamp",
    )
    assert request.headers["X-Slack-Request-Timestamp"] == "1531420618"
    assert request.headers["X-Slack-Signature"] == (
        "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
    )


@pytest.mark.parametrize("prefix", ["", "whsec_"])
def test_the_example_of_standard_webhooks(prefix: str) -> None:
    """https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md"""
    request = signed(
        post(b'{"test": 2432232314}', **{"webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek"}),
        datetime.fromtimestamp(1614265330, UTC),
        secret=f"{prefix}MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        secretEncoding="base64",
        encoding="base64",
        parts=["header:webhook-id", "timestamp", "body"],
        separator=".",
        header="webhook-signature",
        template="v1,{signature}",
        timestampHeader="webhook-timestamp",
    )
    assert request.headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize(
    ("method", "headers", "expected"),
    [
        ("GET", {"Date": "Tue, 27 Mar 2007 19:36:42 +0000"}, "qgk2+6Sv9/oM7G3qLEjTH1a1l1g="),
        (
            "PUT",
            {"Date": "Tue, 27 Mar 2007 21:15:45 +0000", "Content-Type": "image/jpeg"},
            "iqRzw+ileNPu1fhspnRs8nOjjIA=",
        ),
    ],
)
def test_the_examples_of_amazon_signature_version_2(method: str, headers: dict[str, str], expected: str) -> None:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/RESTAuthentication.html"""
    content_type = ["header:Content-Type"] if "Content-Type" in headers else ["text:"]
    request = signed(
        Request(method, "https://awsexamplebucket1.us-west-1.s3.amazonaws.com/photos/puppy.jpg", headers=headers),
        secret="wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        keyId="AKIAIOSFODNN7EXAMPLE",
        algorithm="sha1",
        encoding="base64",
        parts=["method", r"text:\n\n", *content_type, r"text:\n", "header:Date", r"text:\n/awsexamplebucket1", "path"],
        header="Authorization",
        template="AWS {keyId}:{signature}",
    )
    assert request.headers["Authorization"] == f"AWS AKIAIOSFODNN7EXAMPLE:{expected}"


def test_the_form_of_stripe() -> None:
    request = signed(
        post(b'{"id":"evt_1"}'),
        parts=["timestamp", "body"],
        separator=".",
        header="Stripe-Signature",
        template="t={timestamp},v1={signature}",
    )
    at, _, sent = request.headers["Stripe-Signature"].partition(",")
    assert at == "t=1795442531"
    assert sent == f"v1={hmac.new(b'key', b'1795442531.' + request.content, hashlib.sha256).hexdigest()}"


def test_the_form_of_shopify() -> None:
    request = signed(post(b'{"id":1}'), encoding="base64", header="X-Shopify-Hmac-Sha256")
    expected = base64.b64encode(hmac.new(b"key", b'{"id":1}', hashlib.sha256).digest()).decode()
    assert request.headers["X-Shopify-Hmac-Sha256"] == expected


def test_the_form_of_azure() -> None:
    """https://learn.microsoft.com/azure/azure-app-configuration/rest-api-authentication-hmac"""
    names = "x-ms-date;host;x-ms-content-sha256"
    request = signed(
        post(b"{}", "https://h.example/kv/a%20b?api-version=1.0"),
        secret=base64.b64encode(b"key").decode(),
        secretEncoding="base64",
        keyId="id",
        encoding="base64",
        parts=["method", r"text:\n", "pathAndQuery", r"text:\n", "timestamp", "text:;", "host", "text:;", "bodyHash"],
        header="Authorization",
        template=f"HMAC-SHA256 Credential={{keyId}}&SignedHeaders={names}&Signature={{signature}}",
        timestampHeader="x-ms-date",
        timestampFormat="httpDate",
        bodyHashHeader="x-ms-content-sha256",
    )
    content = base64.b64encode(hashlib.sha256(b"{}").digest()).decode()
    text = f"POST\n/kv/a%20b?api-version=1.0\nMon, 23 Nov 2026 14:02:11 GMT;h.example;{content}"
    signature = base64.b64encode(hmac.new(b"key", text.encode(), hashlib.sha256).digest()).decode()
    assert request.headers["x-ms-date"] == "Mon, 23 Nov 2026 14:02:11 GMT"
    assert request.headers["x-ms-content-sha256"] == content
    assert request.headers["Authorization"] == (
        f"HMAC-SHA256 Credential=id&SignedHeaders={names}&Signature={signature}"
    )


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ("method", b"POST"),
        ("path", b"/a%2Fb/%C3%A4"),
        ("query", b"q=1+2&r"),
        ("pathAndQuery", b"/a%2Fb/%C3%A4?q=1+2&r"),
        ("url", b"https://h.example:8443/a%2Fb/%C3%A4?q=1+2&r"),
        ("host", b"h.example:8443"),
        ("timestamp", b"T"),
        ("nonce", b"N"),
        ("keyId", b"me"),
        ("body", b"\x00body"),
        ("bodyHash", base64.b64encode(hashlib.sha384(b"\x00body").digest())),
        ("bodyHashHex", hashlib.sha384(b"\x00body").hexdigest().encode()),
        ("header:x-a", b"1, \xff"),
        ("text:", b""),
        (r"text: a:b\n\r\t\\n", b" a:b\n\r\t\\n"),
        ("text:é\n", b"\xc3\xa9\n"),
    ],
)
def test_a_part(part: str, expected: bytes) -> None:
    rows = [(b"Host", b"h.example:8443"), (b"X-A", b"1"), (b"x-a", b"\xff")]
    request = Request("POST", "https://h.example:8443/a%2Fb/ä?q=1+2&r", headers=rows, content=b"\x00body")
    own = scheme(parts=[part], algorithm="sha384", encoding="base64", keyId="me")
    assert own.string_to_sign(request, timestamp="T", nonce="N") == expected


def test_parts_have_the_separator_between_them_and_nowhere_else() -> None:
    own = scheme(parts=["text:a", "query", "text:b"], separator=r"\n")
    assert own.string_to_sign(post(), timestamp="", nonce="") == b"a\n\nb"


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("unix", "1795442531"),
        ("unixMs", "1795442531120"),
        ("iso8601", "2026-11-23T14:02:11Z"),
        ("httpDate", "Mon, 23 Nov 2026 14:02:11 GMT"),
    ],
)
def test_a_timestamp(form: str, expected: str) -> None:
    request = signed(post(), timestampHeader="X-At", timestampFormat=form, template="{timestamp} {signature}")
    assert request.headers["X-At"] == expected
    assert request.headers["X-Signature"].startswith(f"{expected} ")


def test_a_nonce_is_a_uuid_and_another_one_each_time() -> None:
    values: dict[str, Any] = {
        "parts": ["nonce"],
        "nonceHeader": "X-Nonce",
        "template": "HMAC {keyId}:{nonce}:{signature}",
        "keyId": "me",
    }
    requests = [signed(post(), **values) for _ in range(2)]
    first, second = (request.headers["X-Nonce"] for request in requests)
    assert UUID(first).version == 4
    assert first != second
    expected = hmac.new(b"key", first.encode(), hashlib.sha256).hexdigest()
    assert requests[0].headers["X-Signature"] == f"HMAC me:{first}:{expected}"


@pytest.mark.parametrize(
    ("algorithm", "encoding"),
    [("sha1", "hex"), ("sha256", "base64"), ("sha384", "base64url"), ("sha512", "base64url"), ("sha512", "base64")],
)
@given(body=st.binary(max_size=50), key=st.binary(min_size=1, max_size=200))
def test_any_key_and_body(algorithm: str, encoding: str, body: bytes, key: bytes) -> None:
    raw = hmac.new(key, body, algorithm).digest()
    expected = {
        "hex": raw.hex(),
        "base64": base64.b64encode(raw).decode(),
        "base64url": base64.urlsafe_b64encode(raw).decode().replace("=", ""),
    }[encoding]
    for form, secret in (
        ("hex", key.hex()),
        ("base64", base64.b64encode(key).decode()),
        ("base64", base64.urlsafe_b64encode(key).decode().rstrip("=")),
    ):
        values: dict[str, Any] = {
            "secret": secret,
            "secretEncoding": form,
            "algorithm": algorithm,
            "encoding": encoding,
        }
        assert signed(post(body), **values).headers["X-Signature"] == expected


def test_a_header_of_its_own_can_be_a_part() -> None:
    request = signed(post(), parts=["header:X-At"], timestampHeader="X-At")
    assert request.headers["X-Signature"] == hmac.new(b"key", b"1795442531", hashlib.sha256).hexdigest()


def test_a_header_that_is_missing_is_named() -> None:
    with pytest.raises(ValueError, match="Part 2 of the HMAC signature is the header X-Id, which this request has not"):
        signed(post(), parts=["body", "header:X-Id"])


def test_the_signature_is_learned_and_its_header_is_known() -> None:
    signing, request = Signing(at=AT), post(b"body")
    own = scheme(header="X-Sig", template="sha256={signature}")
    own.sign(request, signing)
    assert [f"sha256={learned}" for learned in signing.learned] == [request.headers["X-Sig"]]
    assert own.carriers() == Carriers(headers=("X-Sig",))


@pytest.mark.parametrize(
    ("values", "place"),
    [
        ({"parts": []}, ("parts",)),
        ({"parts": ["body", "cookie"]}, ("parts", 1)),
        ({"parts": ["header:"]}, ("parts", 0)),
        ({"parts": ["header:X Y"]}, ("parts", 0)),
        ({"parts": [r"text:\x41"]}, ("parts", 0)),
        ({"parts": ["text"]}, ("parts", 0)),
        ({"parts": ["body"] * 31}, ("parts",)),
        ({"separator": "\\"}, ("separator",)),
        ({"template": "{}{signature}"}, ("template",)),
        ({"template": "{signature"}, ("template",)),
        ({"template": "{secret}{signature}"}, ("template",)),
        ({"template": "{signature.__class__}"}, ("template",)),
        ({"template": "{{signature}}"}, ("template",)),
        ({"template": "fixed"}, ("template",)),
        ({"template": "a\r\nb: {signature}"}, ("template",)),
        ({"keyId": "a\r\nb"}, ("keyId",)),
        ({"header": ""}, ("header",)),
        ({"header": " "}, ("header",)),
        ({"header": "X Signature"}, ("header",)),
        ({"header": "Host"}, ("header",)),
        ({"timestampHeader": "Content-Length"}, ("timestampHeader",)),
        ({"nonceHeader": "a:b"}, ("nonceHeader",)),
        ({"secret": " "}, ("secret",)),
        ({"secret": "a\nb"}, ("secret",)),
        ({"algorithm": "md5"}, ("algorithm",)),
    ],
)
def test_what_cannot_be_right_is_refused_at_its_field(values: dict[str, Any], place: tuple[Any, ...]) -> None:
    assert refused(**values) == [place]


@pytest.mark.parametrize(
    ("values", "place"),
    [
        ({"template": "{keyId}:{signature}"}, "/keyId"),
        ({"parts": ["keyId", "body"]}, "/keyId"),
        ({"parts": ["timestamp", "body"]}, "/timestampHeader"),
        ({"parts": ["nonce", "body"]}, "/nonceHeader"),
        ({"timestampHeader": "x-signature"}, "/timestampHeader"),
        ({"timestampHeader": "X-A", "nonceHeader": "x-a"}, "/nonceHeader"),
        ({"nonceHeader": "X-A", "bodyHashHeader": "X-A"}, "/bodyHashHeader"),
        ({"secret": "not hex", "secretEncoding": "hex"}, "/secret"),
        ({"secret": "not base64!", "secretEncoding": "base64"}, "/secret"),
        ({"secret": "a", "secretEncoding": "base64"}, "/secret"),
        ({"secret": "====", "secretEncoding": "base64"}, "/secret"),
    ],
)
def test_what_does_not_go_together_is_refused_when_it_is_saved(values: dict[str, Any], place: str) -> None:
    assert unsettled(**values) == [place]


def test_what_goes_together_is_saved() -> None:
    assert unsettled(parts=["timestamp", "nonce"], template="{timestamp}{nonce}{signature}") == []
    assert unsettled(parts=["timestamp"], timestampHeader="X-At", nonceHeader="X-Nonce") == []


def test_a_stored_secret_is_checked_when_it_is_used() -> None:
    """Its encoding may have been changed while the secret was only a mask."""
    assert unsettled(secret=MASK, secretEncoding="hex") == []
    with pytest.raises(ValueError, match="The secret is not hex") as error:
        signed(post(), secret="hunter2-hunter2", secretEncoding="hex")
    assert "hunter2" not in str(error.value)
    assert error.value.__cause__ is None


def test_a_stored_scheme_is_read_with_a_mask_and_shows_no_secret() -> None:
    own = scheme(secret="aHVudGVyMg==", secretEncoding="base64")
    assert "aHVudGVyMg" not in f"{own!r} {own} {own.to_json()}"
    assert HmacAuthentication.model_validate(own.to_json()).secret.get_secret_value() == MASK
    assert list(own.credentials()) == ["aHVudGVyMg=="]
