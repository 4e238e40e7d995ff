# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""AWS Signature Version 4: the vectors that AWS has published, and a server that reads requests as AWS's do."""

import hashlib
import hmac
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from openconnector.authentication.aws_sigv4 import AwsSigV4Authentication, Signed, signed_texts
from openconnector.authentication.base import Signing
from openconnector.core.http import Request
from openconnector.vault.secret import MASK

SUITE: dict[str, dict[str, str]] = json.loads((Path(__file__).parent / "aws4/suite.json").read_text())
SUITE_AT = datetime(2015, 8, 30, 12, 36, tzinfo=UTC)
SUITE_TOKENS = {
    "get-vanilla-with-session-token": "6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267",
}

NOT_SENT_SO = {
    "get-utf8": "the path stands in the request line without being encoded",
    "get-space": "the path stands in the request line without being encoded",
    "get-special-character": "the path stands in the request line without being encoded",
    "post-sts-header-after": "the token is not signed",
    "get-header-value-multiline": "the value has line breaks",
}
OF_AWS = {"host", "content-type", "x-amz-date", "x-amz-security-token"}

S3_AT = datetime(2013, 5, 24, tzinfo=UTC)
S3_HOST = "https://examplebucket.s3.amazonaws.com"


def scheme(**values: Any) -> AwsSigV4Authentication:
    configuration = {
        "type": "awsSigV4",
        "accessKeyId": "AKIDEXAMPLE",
        "secretAccessKey": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
        "region": "us-east-1",
        "service": "service",
    }
    return AwsSigV4Authentication.model_validate(configuration | values)


def s3(**values: Any) -> AwsSigV4Authentication:
    secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
    return scheme(**{"accessKeyId": "AKIAIOSFODNN7EXAMPLE", "secretAccessKey": secret, "service": "s3", **values})


class Case:
    """A request of the suite."""

    def __init__(self, raw: str) -> None:
        head, _, body = raw.encode().partition(b"\n\n")
        first, *lines = head.split(b"\n")
        method, rest = first.split(b" ", 1)
        self.method, self.target, self.body = method.decode(), rest.rsplit(b" ", 1)[0], body
        self.headers: list[tuple[bytes, bytes]] = []
        for line in lines:
            if line.startswith(b" "):  # an obsolete line fold (RFC 9112, section 5.2)
                name, value = self.headers.pop()
                self.headers.append((name, value + line))
            elif line:
                name, _, value = line.partition(b":")
                self.headers.append((name, value))

    def request(self) -> Request:
        """As it comes to be signed: the time is not there yet."""
        rows = [row for row in self.headers if row[0].lower() not in (b"x-amz-date", b"x-amz-security-token")]
        return Request(
            self.method,
            "https://example.amazonaws.com" + self.target.decode(),
            headers=[(name, value.strip()) for name, value in rows],
            content=self.body or None,
        )

    def token(self) -> str:
        return next((value.decode().strip() for name, value in self.headers if name == b"X-Amz-Security-Token"), "")


def signed_headers(authorization: str) -> list[str]:
    return authorization.split("SignedHeaders=")[1].split(",", maxsplit=1)[0].split(";")


def signature(authorization: str) -> str:
    return authorization.split("Signature=")[1]


def explained(method: str, target: str, headers: Sequence[tuple[bytes, bytes]], body: bytes = b"") -> Signed:
    """With all of the headers, as in the examples of S3's documentation."""
    names = [name.decode().lower() for name, _ in headers]
    return signed_texts(
        method,
        target.encode(),
        headers,
        body_hash=hashlib.sha256(body).hexdigest(),
        region="us-east-1",
        service="s3",
        names=names,
    )


@pytest.mark.parametrize("name", [name for name in SUITE if name not in SUITE_TOKENS])
def test_the_suite_of_aws_step_by_step(name: str) -> None:
    case, expected = Case(SUITE[name]["req"]), SUITE[name]
    signed = signed_texts(
        case.method,
        case.target,
        case.headers,
        body_hash=hashlib.sha256(case.body).hexdigest(),
        region="us-east-1",
        service="service",
        names=signed_headers(expected["authz"]),
    )
    assert signed.canonical_request == expected["creq"]
    assert signed.string_to_sign == expected["sts"]
    assert scheme()._signature(signed) == signature(expected["authz"])


@pytest.mark.parametrize(
    "name",
    [
        name
        for name, files in SUITE.items()
        if name not in NOT_SENT_SO and OF_AWS.issuperset(signed_headers(files["authz"]))
    ],
)
def test_the_suite_of_aws_on_requests(name: str) -> None:
    case = Case(SUITE[name]["req"])
    request, token = case.request(), SUITE_TOKENS.get(name, case.token())
    scheme(sessionToken=token).sign(request, Signing(at=SUITE_AT))
    assert request.headers["Authorization"] == SUITE[name]["authz"]


def test_the_example_of_iam_list_users() -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html"""
    request = Request(
        "GET",
        "https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08",
        headers={"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"},
    )
    scheme(service="iam").sign(request, Signing(at=SUITE_AT))
    assert request.headers["Authorization"] == (
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, "
        "SignedHeaders=content-type;host;x-amz-date, "
        "Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"
    )


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("/?lifecycle", "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
        ("/?max-keys=2&prefix=J", "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"),
    ],
)
def test_the_examples_of_s3_on_requests(target: str, expected: str) -> None:
    """https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html"""
    request = Request("GET", S3_HOST + target)
    s3().sign(request, Signing(at=S3_AT))
    assert request.headers["Authorization"] == (
        "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
        f"SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature={expected}"
    )
    assert request.url.raw_path == target.encode()


def test_the_examples_of_s3_with_more_signed_headers() -> None:
    common = [
        (b"Host", b"examplebucket.s3.amazonaws.com"),
        (b"x-amz-date", b"20130524T000000Z"),
    ]
    empty, body = hashlib.sha256(b"").hexdigest().encode(), b"Welcome to Amazon S3."
    get = explained("GET", "/test.txt", [*common, (b"Range", b"bytes=0-9"), (b"x-amz-content-sha256", empty)])
    put = explained(
        "PUT",
        "/test$file.text",
        [
            *common,
            (b"Date", b"Fri, 24 May 2013 00:00:00 GMT"),
            (b"x-amz-storage-class", b"REDUCED_REDUNDANCY"),
            (b"x-amz-content-sha256", hashlib.sha256(body).hexdigest().encode()),
        ],
        body,
    )
    assert s3()._signature(get) == "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
    assert s3()._signature(put) == "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"


def is_accepted(request: Request, secret: str, *, is_store: bool) -> bool:
    """Whether a server lets it in that decodes what it gets, and encodes it again as AWS has written down."""
    authorization = request.headers["Authorization"]
    credential = authorization.split("Credential=")[1].split(",")[0]
    _, day, region, service, end = credential.split("/")
    path, _, query = request.url.raw_path.decode().partition("?")
    names = signed_headers(authorization)
    pairs = [
        (quote(name, safe="~"), quote(value, safe="~")) for name, value in parse_qsl(query, keep_blank_values=True)
    ]
    content = request.headers.get("x-amz-content-sha256", hashlib.sha256(request.content).hexdigest())
    while "//" in path and not is_store:
        path = path.replace("//", "/")
    canonical = [
        request.method,
        quote(unquote(path), safe="/~") if is_store else quote(path, safe="/~"),
        "&".join(f"{name}={value}" for name, value in sorted(pairs)),
        *(f"{name}:{' '.join(request.headers[name].split())}" for name in names),
        f"\n{';'.join(names)}",
        content,
    ]
    hashed = hashlib.sha256("\n".join(canonical).encode()).hexdigest()
    text = "\n".join(["AWS4-HMAC-SHA256", request.headers["x-amz-date"], f"{day}/{region}/{service}/{end}", hashed])
    key = b"AWS4" + secret.encode()
    for part in (day, region, service, end, text):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return signature(authorization) == key.hex()


_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="#"), max_size=20)


@given(
    path=_TEXT.map(lambda text: text.replace("?", "")),
    query=st.lists(st.tuples(_TEXT, _TEXT), max_size=4),
    body=st.binary(max_size=20),
    service=st.sampled_from(["s3", "execute-api"]),
)
def test_whatever_is_asked_for_a_server_accepts_the_right_key_and_no_other(
    path: str, query: list[tuple[str, str]], body: bytes, service: str
) -> None:
    url = f"https://h.example:8443/{path}?" + "&".join(f"{name}={value}" for name, value in query)
    request = Request("POST", url, content=body, headers={"Content-Type": "a/b;  c=d", "X-Amz-Meta-Of": " x  y "})
    scheme(service=service, secretAccessKey="key").sign(request, Signing(at=SUITE_AT))
    assert is_accepted(request, "key", is_store=service == "s3")
    assert not is_accepted(request, "kex", is_store=service == "s3")


@pytest.mark.parametrize(
    ("service", "asked", "sent"),
    [
        ("s3", "/a%2Fb//(c) d+e", b"/a/b//%28c%29%20d%2Be"),
        ("execute-api", "/a%2Fb//(c):d", b"/a%2Fb//%28c%29%3Ad"),
        ("execute-api", "/x?a=b c&d=e+f&g=%2B&h&i=&&j=k/l", b"/x?a=b%20c&d=e%20f&g=%2B&h&i=&j=k%2Fl"),
        ("execute-api", "", b"/"),
    ],
)
def test_path_and_query_are_sent_in_the_encoding_of_aws(service: str, asked: str, sent: bytes) -> None:
    request = Request("GET", f"https://h.example{asked}")
    scheme(service=service).sign(request, Signing())
    assert request.url.raw_path == sent


def test_a_path_is_encoded_twice_in_the_signature_and_once_for_s3() -> None:
    texts = {}
    for service in ("s3", "execute-api"):
        request = Request("GET", "https://h.example/a b//c")
        scheme(service=service).sign(request, Signing())
        texts[service] = scheme(service=service).explain(request).canonical_request.splitlines()[1]
    assert texts == {"s3": "/a%20b//c", "execute-api": "/a%2520b/c"}


@pytest.mark.parametrize(
    ("service", "unsigned", "expected"),
    [
        ("s3", False, hashlib.sha256(b"body").hexdigest()),
        ("aoss", False, hashlib.sha256(b"body").hexdigest()),
        ("s3", True, "UNSIGNED-PAYLOAD"),
        ("vpc-lattice-svcs", True, "UNSIGNED-PAYLOAD"),
        ("execute-api", False, None),
    ],
)
def test_the_hash_of_the_body_is_sent_where_it_is_wanted(service: str, unsigned: bool, expected: str | None) -> None:
    request = Request("PUT", "https://h.example/x", content=b"body")
    own = scheme(service=service, unsignedPayload=unsigned)
    own.sign(request, Signing())
    assert request.headers.get("X-Amz-Content-Sha256") == expected
    assert own.explain(request).canonical_request.splitlines()[-1] == (expected or hashlib.sha256(b"body").hexdigest())


def test_a_hash_that_the_caller_gives_is_the_one_that_is_signed() -> None:
    request = Request("PUT", "https://h.example/x", headers={"x-amz-content-sha256": "UNSIGNED-PAYLOAD"}, content=b"b")
    s3().sign(request, Signing())
    assert request.headers["x-amz-content-sha256"] == "UNSIGNED-PAYLOAD"
    assert s3().explain(request).canonical_request.endswith("\nUNSIGNED-PAYLOAD")


def test_other_headers_stay_as_they_are() -> None:
    rows = [(b"Host", b"h.example"), (b"X-Twice", b"1"), (b"x-twice", b"2"), (b"X-Odd", b"\xff  "), (b"Range", b"b=0")]
    request = Request("GET", "https://h.example/x", headers=rows)
    scheme().sign(request, Signing())
    assert request.headers.raw[: len(rows)] == rows
    assert signed_headers(request.headers["Authorization"]) == ["host", "x-amz-date"]


def test_headers_of_aws_are_signed_whoever_has_put_them_there() -> None:
    request = Request("POST", "https://h.example/", headers={"X-Amz-Target": "DynamoDB_20120810.ListTables"})
    scheme(sessionToken="t").sign(request, Signing())
    assert signed_headers(request.headers["Authorization"]) == [
        "host",
        "x-amz-date",
        "x-amz-security-token",
        "x-amz-target",
    ]


def test_signing_again_takes_the_place_of_the_first_time() -> None:
    request, fresh = Request("GET", "https://h.example/x?a=b c"), Request("GET", "https://h.example/x?a=b c")
    scheme().sign(request, Signing(at=S3_AT))
    scheme().sign(request, Signing(at=SUITE_AT))
    scheme().sign(fresh, Signing(at=SUITE_AT))
    assert sorted(request.headers.raw) == sorted(fresh.headers.raw)


def test_the_signature_is_learned_so_that_it_is_redacted() -> None:
    request, signing = Request("GET", "https://h.example/x"), Signing()
    scheme().sign(request, signing)
    assert signing.learned == [signature(request.headers["Authorization"])]


def test_what_has_no_time_cannot_be_explained() -> None:
    with pytest.raises(ValueError, match="X-Amz-Date"):
        scheme().explain(Request("GET", "https://h.example/x"))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("accessKeyId", "AKID/20130524"),
        ("accessKeyId", "AKID EXAMPLE"),
        ("accessKeyId", "a,b"),
        ("secretAccessKey", " "),
        ("secretAccessKey", "a\nb"),
        ("sessionToken", "a\nb"),
        ("region", "eu west 1"),
        ("region", "eu-west-1/s3"),
        ("service", ""),
        ("service", "s3\n/x"),
    ],
)
def test_what_cannot_be_right_is_refused(field: str, value: str) -> None:
    with pytest.raises(ValidationError) as refused:
        scheme(**{field: value})
    assert [error["loc"] for error in refused.value.errors()] == [(field,)]


def test_white_space_that_copying_brings_is_taken_off() -> None:
    request, clean = Request("GET", "https://h.example/x"), Request("GET", "https://h.example/x")
    secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
    copied = scheme(
        accessKeyId=" AKIDEXAMPLE\n", secretAccessKey=f"{secret}\n", sessionToken=" \n", region=" us-east-1"
    )
    copied.sign(request, Signing(at=SUITE_AT))
    scheme().sign(clean, Signing(at=SUITE_AT))
    assert request.headers.raw == clean.headers.raw


def test_a_stored_scheme_is_read_with_masks_and_shows_no_secret() -> None:
    own = scheme(secretAccessKey="hunter2-hunter2", sessionToken="hunter2-token")
    assert "hunter2" not in f"{own!r} {own} {own.to_json()}"
    assert AwsSigV4Authentication.model_validate(own.to_json()).secret_access_key.get_secret_value() == MASK
    assert list(own.credentials()) == ["hunter2-hunter2", "hunter2-token"]
