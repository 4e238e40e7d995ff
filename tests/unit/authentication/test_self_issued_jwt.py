# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Tokens that this side issues: what is in them, where they go, and what is refused when a source is saved."""

import base64
import json
import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey
from pydantic import SecretStr, ValidationError

from openconnector.authentication.base import Signing
from openconnector.authentication.self_issued_jwt import JwtAuthentication
from openconnector.authentication.signing_key import SigningKey
from openconnector.core.http import Request
from openconnector.vault.secret import MASK
from tests.factories import MARK, marked
from tests.keys import chain, ec_key, jwk_of, pem_of, public_pem_of, rsa_key

AT = datetime(2026, 11, 26, 22, 0, 0, 900_000, UTC)
NOW = int(AT.timestamp())
SECRET = "a secret of the tests that is long enough"


def scheme(**values: Any) -> JwtAuthentication:
    return JwtAuthentication.model_validate({"type": "jwt", "secret": SECRET} | values)


def rendering(**values: str) -> Signing:
    """Fills in `{{ name }}`."""

    def render(text: str, _place: str) -> str:
        return re.sub(r"\{\{ (\w+) \}\}", lambda found: values[found[1]], text)

    return Signing(at=AT, render=render)


def parts_of(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    header, claims = (json.loads(base64.urlsafe_b64decode(part + "==")) for part in token.split(".")[:2])
    return header, claims


def claims_of(signing: Signing | None = None, **values: Any) -> dict[str, Any]:
    return parts_of(scheme(**values).issue(signing or Signing(at=AT)))[1]


def signed(signing: Signing | None = None, **values: Any) -> Request:
    request = Request("GET", "https://api.example/x?a=1")
    scheme(**values).sign(request, signing or Signing(at=AT))
    return request


def errors_of(**values: Any) -> list[tuple[str | None, str]]:
    return [(error.pointer, error.code) for error in scheme(**values).settled()[1]]


def test_a_token_is_signed_with_the_secret_and_sent_as_bearer() -> None:
    word, token = signed(claims='{"iss": "nextcloud"}').headers["Authorization"].split(" ")
    assert word == "Bearer"
    decoded = jwt.decode(token, OctKey.import_key(SECRET), algorithms=["HS256"])
    assert decoded.header == {"alg": "HS256", "typ": "JWT"}
    assert decoded.claims["iss"] == "nextcloud"


def test_a_token_is_signed_with_the_private_key() -> None:
    key = {"privateKey": pem_of(ec_key()), "kid": "2026"}
    token = signed(algorithm="ES256", secret="", key=key, claims='{"sub": "x"}').headers["Authorization"].split(" ")[1]
    decoded = jwt.decode(token, ECKey.import_key(public_pem_of(ec_key())), algorithms=["ES256"])
    assert (decoded.header["kid"], decoded.claims["sub"]) == ("2026", "x")


@pytest.mark.parametrize(
    ("encoding", "written"),
    [
        ("text", "~~~???>>> a secret of the tests"),
        ("base64", base64.b64encode(b"~~~???>>> a secret of the tests").decode()),
        ("base64url", base64.urlsafe_b64encode(b"~~~???>>> a secret of the tests").decode().rstrip("=")),
        ("hex", b"~~~???>>> a secret of the tests".hex().upper()),
    ],
)
def test_the_secret_is_taken_in_its_encoding(encoding: str, written: str) -> None:
    token = scheme(secret=written, secretEncoding=encoding).issue(Signing(at=AT))
    jwt.decode(token, OctKey.import_key(b"~~~???>>> a secret of the tests"), algorithms=["HS256"])


def test_a_short_secret_signs_and_is_known_to_be_weak() -> None:
    short = scheme(secret="kort")
    assert parts_of(short.issue(Signing(at=AT)))[0]["alg"] == "HS256"
    assert "it has 4 bytes" in str(short.weakness())
    assert short.settled()[1] == []
    assert scheme().weakness() is None


def test_weakness_is_only_told_of_what_is_known() -> None:
    assert scheme(secret=MASK).weakness() is None
    assert scheme(secret="zz", secretEncoding="hex").weakness() is None
    assert scheme(algorithm="RS256").weakness() is None
    assert "1024 bits" in str(scheme(algorithm="RS256", key={"privateKey": pem_of(rsa_key(1024))}).weakness())


def test_times_are_dated_back_and_the_lifetime_stays() -> None:
    claims = claims_of(lifetimeSeconds=300, includeNbf=True)
    assert claims == {"iat": NOW - 30, "nbf": NOW - 30, "exp": NOW + 270, "jti": claims["jti"]}


@pytest.mark.parametrize(("lifetime", "issued", "ends"), [(1, 0, 1), (2, -1, 1), (20, -10, 10), (86_400, -30, 86_370)])
def test_a_short_token_is_dated_back_by_half_its_lifetime_at_most(lifetime: int, issued: int, ends: int) -> None:
    claims = claims_of(lifetimeSeconds=lifetime)
    assert (claims["iat"] - NOW, claims["exp"] - NOW) == (issued, ends)


def test_every_token_has_an_id_of_its_own_unless_none_is_wanted() -> None:
    first, second = claims_of()["jti"], claims_of()["jti"]
    assert UUID(first) != UUID(second)
    assert "jti" not in claims_of(includeJti=False)


def test_claims_go_before_the_standard_ones() -> None:
    written = {"iat": 100, "jti": "mine", "nbf": 99.5}
    claims = claims_of(claims=json.dumps(written), lifetimeSeconds=60, includeNbf=True)
    assert claims == {"iat": 100, "jti": "mine", "nbf": 99.5, "exp": 160}
    assert claims_of(claims='{"exp": 7}')["exp"] == 7


def test_a_standard_claim_of_null_is_left_out_and_any_other_stays() -> None:
    written = '{"iat": null, "exp": null, "jti": null, "nbf": null, "azp": null}'
    assert claims_of(claims=written, includeNbf=True) == {"azp": None}
    assert claims_of(claims='{"iat": null}', includeJti=False, includeNbf=True) == {"exp": NOW + 270, "nbf": NOW - 30}


def test_placeholders_are_filled_in_where_they_stand() -> None:
    claims = claims_of(
        rendering(user='He said "hi"\n', number="42", then="1764194400", list="a"),
        claims='{"user": "{{ user }}", "n": "{{ number }}", "exp": "{{ then }}", "aud": ["{{ list }}", "b"], "x": 1}',
        includeJti=False,
    )
    assert claims["user"] == 'He said "hi"\n'
    assert claims["n"] == "42"
    assert claims["exp"] == 1764194400
    assert claims["aud"] == ["a", "b"]
    assert claims["x"] == 1


def test_a_placeholder_cannot_add_claims() -> None:
    claims = claims_of(rendering(evil='x", "admin": "yes'), claims='{"user": "{{ evil }}"}')
    assert claims["user"] == 'x", "admin": "yes'
    assert "admin" not in claims


def test_a_time_that_becomes_no_number_is_told_by_its_name() -> None:
    with pytest.raises(ValueError, match="The claim exp is a time"):
        claims_of(rendering(then=marked("no number")), claims='{"exp": "{{ then }}"}')


def test_a_placeholder_that_cannot_be_filled_in_says_where_it_stands() -> None:
    def render(text: str, place: str) -> str:
        raise ValueError(f"In {place}: there is no field {text}.")

    with pytest.raises(ValueError, match=r"In the claim a\.b\[0\]: there is no field \{\{ x \}\}"):
        claims_of(Signing(at=AT, render=render), claims='{"a": {"b": ["{{ x }}"]}}')


def test_header_parameters_are_put_in_and_filled_in() -> None:
    token = scheme(headerParameters='{"kid": "{{ kid }}", "typ": null, "x5c": ["a"]}').issue(rendering(kid="k1"))
    assert parts_of(token)[0] == {"alg": "HS256", "kid": "k1", "x5c": ["a"]}


def test_claims_that_ask_for_the_token_itself_are_refused() -> None:
    own = scheme(claims='{"token": "{{ token }}"}')

    def render(text: str, _place: str) -> str:
        return own.issue(signing) if "{{" in text else text

    signing = Signing(at=AT, render=render)
    for _ in range(2):  # and the next one is refused for the same reason
        with pytest.raises(ValueError, match="cannot hold the token itself"):
            own.issue(signing)
    assert scheme().issue(signing)


@pytest.mark.parametrize(
    ("values", "name", "sent"),
    [
        ({}, "Authorization", "Bearer {token}"),
        ({"name": "X-Token", "prefix": ""}, "X-Token", "{token}"),
        ({"prefix": "JWT "}, "Authorization", "JWT {token}"),
        ({"prefix": "token="}, "Authorization", "token={token}"),
    ],
)
def test_a_token_goes_into_a_header(values: dict[str, str], name: str, sent: str) -> None:
    signing = Signing(at=AT)
    assert signed(signing, **values).headers[name] == sent.format(token=signing.learned[0])
    assert scheme(**values).carriers().headers == (name,)


@pytest.mark.parametrize(("name", "sent"), [("", "token"), ("access_token", "access_token")])
def test_a_token_goes_into_the_query(name: str, sent: str) -> None:
    signing, values = Signing(at=AT), {"in": "query", "name": name}
    request = signed(signing, **values)
    assert str(request.url) == f"https://api.example/x?a=1&{sent}={signing.learned[0]}"
    assert "Authorization" not in request.headers
    assert scheme(**values).carriers().parameters == (sent,)


def test_a_token_goes_nowhere_when_only_templates_ask_for_it() -> None:
    signing = Signing(at=AT)
    request = signed(signing, **{"in": "none"})
    assert (str(request.url), "Authorization" in request.headers) == ("https://api.example/x?a=1", False)
    assert signing.learned == []
    assert scheme(**{"in": "none"}).carriers() == type(scheme().carriers())()
    assert signing.learned == [scheme(**{"in": "none"}).issue(signing)]


def test_tokens_and_the_secret_are_taken_out_of_a_call_and_the_key_never_gets_into_one() -> None:
    assert JwtAuthentication.makes_secrets
    both = scheme(key={"privateKey": pem_of(ec_key())})
    assert list(both.credentials()) == [SECRET]
    assert list(scheme(secret="", algorithm="ES256", key={"privateKey": pem_of(ec_key())}).credentials()) == []


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"claims": "iss=me"}, "not valid JSON"),
        ({"claims": "[]"}, "Enter a JSON object"),
        ({"claims": '{"exp": "tomorrow"}'}, "The claim exp is a time"),
        ({"claims": '{"iat": true}'}, "The claim iat is a time"),
        ({"claims": '{"a": "' + "x" * 16_384 + '"}'}, "at most 16384 characters"),
        ({"headerParameters": '{"alg": "none"}'}, "Leave out the header parameter alg"),
        ({"headerParameters": '{"crit": ["exp"]}'}, "Leave out the header parameter crit"),
        ({"headerParameters": "1"}, "Enter a JSON object"),
        ({"algorithm": "none"}, "Input should be 'HS256'"),
        ({"lifetimeSeconds": 0}, "greater than or equal to 1"),
        ({"lifetimeSeconds": 86_401}, "less than or equal to 86400"),
        ({"secret": "a\nb"}, "line break"),
        ({"secret": pem_of(ec_key())}, "This is a key"),
        ({"name": "X-\n"}, "control character"),
        ({"prefix": "B\r\n"}, "control character"),
        ({"in": "cookie"}, "Input should be 'header'"),
    ],
)
def test_what_makes_no_token_is_refused(values: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError) as raised:
        scheme(**values)
    [error] = raised.value.errors()
    assert said in error["msg"]
    assert error["loc"][0] == next(iter(values))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, []),
        ({"secret": ""}, [("/secret", "missing")]),
        ({"secret": " "}, [("/secret", "missing")]),
        ({"secret": "zz", "secretEncoding": "hex"}, [("/secret", "invalid")]),
        ({"secret": "==", "secretEncoding": "base64"}, [("/secret", "invalid")]),
        ({"secret": "é", "secretEncoding": "base64"}, [("/secret", "invalid")]),
        ({"secret": MASK, "secretEncoding": "hex"}, []),
        ({"algorithm": "RS256"}, [("/key/privateKey", "missing")]),
        ({"algorithm": "RS256", "key": {"privateKey": ""}}, [("/key/privateKey", "missing")]),
        ({"algorithm": "RS256", "key": {"privateKey": MASK}}, []),
        ({"algorithm": "RS256", "key": {"privateKey": "AAAA"}}, [("/key/privateKey", "invalid")]),
        ({"algorithm": "RS256", "key": {"privateKey": pem_of(rsa_key(), "p")}}, [("/key/passphrase", "invalid")]),
        ({"algorithm": "RS256", "key": {"privateKey": pem_of(ec_key())}}, [("/algorithm", "invalid")]),
        ({"name": "X Y"}, [("/name", "invalid")]),
        ({"name": "X Y", "in": "query"}, []),
        ({"name": "", "in": "none"}, []),
        ({"secret": "", "name": "X Y"}, [("/secret", "missing"), ("/name", "invalid")]),
    ],
)
def test_what_is_wrong_is_told_under_its_field(values: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert errors_of(**values) == expected


def test_a_settled_scheme_holds_only_what_its_algorithm_uses() -> None:
    with_secret, _ = scheme(key={"privateKey": pem_of(ec_key())}).settled()
    assert with_secret.key is None
    with_key, errors = scheme(algorithm="ES256", key={"privateKey": jwk_of(ec_key(), kid="k")}).settled()
    assert errors == []
    assert with_key.secret.get_secret_value() == ""
    assert with_key.key == SigningKey(private_key=SecretStr(pem_of(ec_key())), kid="k")


def test_a_mask_that_was_read_can_be_sent_back() -> None:
    stored, _ = scheme(
        algorithm="ES256", key={"privateKey": pem_of(chain()[0].key), "certificate": chain()[0].pem}
    ).settled()
    read = JwtAuthentication.model_validate(stored.to_json())
    again, errors = read.settled()
    assert errors == []
    assert again == read
    assert again.to_json()["key"]["privateKey"] == MASK


def test_a_secret_that_is_not_in_its_encoding_after_all_is_told_when_it_signs() -> None:
    with pytest.raises(ValueError, match="The secret is not hex"):
        scheme(secret=marked("zz"), secretEncoding="hex").issue(Signing(at=AT))


def test_a_token_beyond_all_measure_is_refused() -> None:
    with pytest.raises(ValueError, match="more than 65536 characters"):
        claims_of(rendering(long="x" * 60_000), claims='{"a": "{{ long }}"}')


def test_a_scheme_without_a_key_says_so_when_it_signs() -> None:
    with pytest.raises(ValueError, match="none of what can be read here"):
        scheme(algorithm="ES256").issue(Signing(at=AT))


def test_a_scheme_does_not_show_its_secrets() -> None:
    shown = scheme(secret=marked("secret"), key={"privateKey": marked("key"), "passphrase": marked("passphrase")})
    assert MARK not in f"{shown!r} {shown} {shown.to_json()}"
