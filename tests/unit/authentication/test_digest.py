# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Digest: the examples of the RFCs, and a server that checks what is sent by a reading of RFC 7616 of its own."""

import hashlib
import unicodedata
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote
from urllib.request import parse_http_list, parse_keqv_list

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from openconnector.authentication import digest
from openconnector.authentication.base import Answered, Signing
from openconnector.authentication.digest import DigestAuthentication, DigestDialogue
from openconnector.core.http import Request

MD5 = 'Digest realm="r", nonce="n-md5", qop="auth", algorithm=MD5'
SHA_256 = 'Digest realm="r", nonce="n-sha", qop="auth", algorithm=SHA-256'

MUFASA = """Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm={algorithm},
 nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\""""
JASON = """Digest realm="api@example.org", qop="auth", algorithm=SHA-512-256, charset=UTF-8, userhash={userhash},
 nonce="5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK", opaque="HRPCssKJSGjCrkzDg8OhwpzCiGPChXYjwrI2QmXDnsOS\""""


def scheme(username: str = "Mufasa", password: str = "Circle of Life") -> DigestAuthentication:
    return DigestAuthentication.model_validate({"type": "digest", "username": username, "password": password})


def challenged(*lines: str, status: int = 401) -> Answered:
    return Answered(status, [("Server", "x"), *(("WWW-Authenticate", line.replace("\n", "")) for line in lines)])


def begun(memory: dict[str, Any], url: str = "http://h.example/x", **of_scheme: str) -> tuple[DigestDialogue, Request]:
    dialogue, request = scheme(**of_scheme).dialogue(memory), Request("GET", url)
    dialogue.prepare(request, Signing())
    return dialogue, request


def answer(url: str, *lines: str, **of_scheme: str) -> Request:
    """The request that follows a first challenge."""
    dialogue, request = begun({}, url, **of_scheme)
    following = dialogue.answer(request, challenged(*lines), Signing())
    assert following is not None
    return following


def fields(request: Request) -> dict[str, str]:
    """What stands in `Authorization`, as the standard library reads it."""
    word, _, rest = request.headers["Authorization"].partition(" ")
    assert word == "Digest"
    return parse_keqv_list(parse_http_list(rest))


def is_accepted(request: Request, username: str, password: str) -> bool:
    """Whether a server that knows this user would let the request in (RFC 7616, section 3.4)."""
    sent = fields(request)
    name = sent.get("algorithm", "MD5").upper()

    def h(*texts: str) -> str:
        hashes: dict[str, Callable[[bytes], Any]] = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}
        return str(hashes[name.removesuffix("-SESS")](":".join(texts).encode()).hexdigest())

    if "username*" in sent:
        assert sent["username*"].startswith("UTF-8''")
        claimed = unquote(sent["username*"].removeprefix("UTF-8''"), errors="strict")
        known = username
    else:
        claimed, known = sent["username"], h(username, sent["realm"]) if "userhash" in sent else username
    secret = h(username, sent["realm"], password)
    if name.endswith("-SESS"):
        secret = h(secret, sent["nonce"], sent["cnonce"])
    asked = [request.method, request.url.raw_path.decode()]
    if sent.get("qop") == "auth-int":
        asked.append(h(request.content.decode()))
    counted = [sent["nc"], sent["cnonce"], sent["qop"]] if "qop" in sent else []
    expected = h(secret, sent["nonce"], *counted, h(*asked))
    return claimed == known and sent["uri"] == asked[1] and sent["response"] == expected


@pytest.mark.parametrize(
    ("algorithm", "response"),
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_the_examples_of_rfc_7616_section_3_9_1(algorithm: str, response: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digest, "new_cnonce", lambda: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ")
    request = answer("http://www.example.org/dir/index.html", MUFASA.format(algorithm=algorithm))
    assert fields(request) == {
        "username": "Mufasa",
        "realm": "http-auth@example.org",
        "uri": "/dir/index.html",
        "algorithm": algorithm,
        "nonce": "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
        "nc": "00000001",
        "cnonce": "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
        "qop": "auth",
        "response": response,
        "opaque": "FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS",
    }


@pytest.mark.parametrize(
    ("userhash", "name"),
    [
        ("true", {"username": "793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b", "userhash": "true"}),
        ("false", {"username*": "UTF-8''J%C3%A4s%C3%B8n%20Doe"}),
    ],
)
def test_the_example_of_rfc_7616_section_3_9_2(
    userhash: str, name: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the hashes of erratum 4897: those in the RFC are of a draft of SHA-512/256."""
    monkeypatch.setattr(digest, "new_cnonce", lambda: "NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v")
    challenge = JASON.format(userhash=userhash)
    request = answer("http://api.example.org/doe.json", challenge, username="Jäsøn Doe", password="Secret, or not?")
    assert fields(request) == {
        **name,
        "realm": "api@example.org",
        "uri": "/doe.json",
        "algorithm": "SHA-512-256",
        "nonce": "5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK",
        "nc": "00000001",
        "cnonce": "NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v",
        "qop": "auth",
        "response": "3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5",
        "opaque": "HRPCssKJSGjCrkzDg8OhwpzCiGPChXYjwrI2QmXDnsOS",
    }


def test_a_name_is_the_same_however_its_accents_are_composed() -> None:
    challenge = JASON.format(userhash="true")
    assert fields(answer("http://h/", challenge, username="Ja\N{COMBINING DIAERESIS}søn Doe"))["username"] == (
        "793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b"
    )


def test_the_example_of_rfc_2617(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digest, "new_cnonce", lambda: "0a4f113b")
    challenge = (
        'Digest realm="testrealm@host.com", qop="auth,auth-int", '
        'nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"'
    )
    sent = fields(answer("http://www.nowhere.org/dir/index.html", challenge, password="Circle Of Life"))
    assert sent["response"] == "6629fae49393a05397450978507c4ef1"
    assert "algorithm" not in sent


def test_the_example_of_rfc_2069() -> None:
    """With the response of erratum 749."""
    challenge = (
        'Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", '
        'opaque="5ccc069c403ebaf9f0171e9517f40e41"'
    )
    sent = fields(answer("http://www.nowhere.org/dir/index.html", challenge, password="CircleOfLife"))
    assert sent["response"] == "1949323746fe6a43ef61f9606e7febea"
    assert not sent.keys() & {"qop", "nc", "cnonce"}


_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=20)


@given(
    username=_TEXT,
    password=st.text(max_size=20),
    realm=_TEXT.map(lambda text: text.replace("\\", "\\\\").replace('"', '\\"')),
    path=st.text(max_size=20).map(lambda text: "/" + text.replace("?", "").replace("#", "")),
    algorithm=st.sampled_from(["", ", algorithm=MD5", ', algorithm="sha-256"', ", algorithm=MD5-sess"]),
    qop=st.sampled_from([', qop="auth"', ", qop=auth-int", ', qop="auth-int,auth"']),
    extra=st.sampled_from(["", ", charset=UTF-8", ", userhash=true", ", userhash=TRUE, charset=utf-8"]),
    body=st.text(max_size=20),
)
def test_whatever_the_names_are_a_server_accepts_the_right_password_and_no_other(
    username: str, password: str, realm: str, path: str, algorithm: str, qop: str, extra: str, body: str
) -> None:
    if "charset" in extra.lower():
        username, password = (_composed(text) for text in (username, password))
    url = "http://h.example" + "".join(c for c in path if c.isprintable())
    request = Request("POST", url, content=body.encode())
    dialogue = scheme(username, password).dialogue({})
    dialogue.prepare(request, Signing())
    challenge = f'Digest nonce="n", realm="{realm}"{algorithm}{qop}{extra}'
    following = dialogue.answer(request, challenged(challenge), Signing())
    assert following is not None
    assert is_accepted(following, username, password)
    assert not is_accepted(following, username, password + "x")


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def test_path_and_query_are_signed_as_they_are_sent() -> None:
    request = answer("http://h.example/a%2Fb/ä?q=1+2&r=%20", MD5)
    assert fields(request)["uri"] == "/a%2Fb/%C3%A4?q=1+2&r=%20"
    assert is_accepted(request, "Mufasa", "Circle of Life")


@pytest.mark.parametrize(
    "lines", [[MD5, SHA_256], [SHA_256, MD5], [f"{MD5}, {SHA_256}"], [f'Basic realm="x", {MD5}', "Negotiate", SHA_256]]
)
def test_the_strongest_algorithm_is_taken(lines: list[str]) -> None:
    assert fields(answer("http://h.example/", *lines))["algorithm"] == "SHA-256"


def test_an_algorithm_that_nobody_knows_is_passed_over() -> None:
    unknown = 'Digest realm="r", nonce="n", qop="auth", algorithm=SHA3-512'
    assert fields(answer("http://h.example/", unknown, MD5))["nonce"] == "n-md5"


def test_the_body_is_hashed_only_where_nothing_else_is_offered() -> None:
    assert fields(answer("http://h.example/", MD5.replace('"auth"', '"auth-int, auth"')))["qop"] == "auth"
    assert fields(answer("http://h.example/", MD5.replace('"auth"', '"auth-int"')))["qop"] == "auth-int"


@pytest.mark.parametrize(
    "line",
    [
        "",
        "Basic realm=x",
        'Digest realm="r", nonce="n", algorithm=SHA3-512',
        'Digest realm="r", nonce="n", qop="auth-conf"',
        'Digest realm="r", nonce="n", algorithm=MD5-sess',
        'Digest realm="r"',
        'Digest nonce="n"',
        'Digest realm="r\x01", nonce="n"',
    ],
)
def test_a_challenge_that_cannot_be_answered_is_the_end(line: str) -> None:
    memory: dict[str, Any] = {}
    dialogue, request = begun(memory)
    assert dialogue.answer(request, challenged(line), Signing()) is None
    assert memory == {}


def test_an_answer_that_is_no_challenge_is_the_end() -> None:
    dialogue, request = begun({})
    assert dialogue.answer(request, challenged(MD5, status=403), Signing()) is None


def test_a_second_rejection_is_final() -> None:
    memory: dict[str, Any] = {}
    dialogue, request = begun(memory)
    following = dialogue.answer(request, challenged(MD5), Signing())
    assert following is not None
    assert dialogue.answer(following, challenged(MD5), Signing()) is None
    assert memory == {}, "the next call sends nothing unasked"


def test_a_stale_nonce_is_replaced_once() -> None:
    dialogue, request = begun({})
    stale = challenged(MD5.replace("n-md5", "fresh") + ", stale=TRUE")
    first = dialogue.answer(request, challenged(MD5), Signing())
    assert first is not None
    second = dialogue.answer(first, stale, Signing())
    assert second is not None
    assert fields(second)["nonce"] == "fresh"
    assert dialogue.answer(second, stale, Signing()) is None


def test_the_next_call_needs_no_challenge_and_counts_on() -> None:
    memory: dict[str, Any] = {}
    dialogue, request = begun(memory)
    dialogue.answer(request, challenged(MD5), Signing())
    requests = [begun(memory, f"http://h.example/{path}")[1] for path in ("a", "b")]
    assert [fields(request)["nc"] for request in requests] == ["00000002", "00000003"]
    assert len({fields(request)["cnonce"] for request in requests}) == 2
    assert all(is_accepted(request, "Mufasa", "Circle of Life") for request in requests)


def test_calls_at_the_same_time_count_each_by_itself() -> None:
    memory: dict[str, Any] = {}
    dialogue, request = begun(memory)
    dialogue.answer(request, challenged(MD5), Signing())
    counts = [fields(begun(memory)[1])["nc"] for _ in range(100)]
    assert len(set(counts)) == 100
    assert len(memory) == 1


def test_a_session_keeps_its_cnonce() -> None:
    memory: dict[str, Any] = {}
    dialogue, request = begun(memory)
    first = dialogue.answer(request, challenged(MD5 + "-sess"), Signing())
    assert first is not None
    second = begun(memory)[1]
    assert fields(first)["cnonce"] == fields(second)["cnonce"]
    assert is_accepted(second, "Mufasa", "Circle of Life")


def test_a_remembered_nonce_that_is_rejected_makes_way_for_a_new_one() -> None:
    memory: dict[str, Any] = {}
    dialogue, request = begun(memory)
    dialogue.answer(request, challenged(MD5), Signing())
    dialogue, request = begun(memory)
    following = dialogue.answer(request, challenged(MD5.replace("n-md5", "fresh")), Signing())
    assert following is not None
    assert (fields(following)["nonce"], fields(following)["nc"]) == ("fresh", "00000001")
    assert dialogue.answer(following, challenged(MD5), Signing()) is None


def test_a_call_does_not_forget_what_another_has_learned_meanwhile() -> None:
    memory: dict[str, Any] = {}
    (dialogue, request), (other, _) = begun(memory), begun(memory)
    following = dialogue.answer(request, challenged(MD5), Signing())
    assert following is not None
    other.answer(request, challenged(MD5.replace("n-md5", "fresh")), Signing())
    assert dialogue.answer(following, challenged(MD5), Signing()) is None
    assert fields(begun(memory)[1])["nonce"] == "fresh"


def test_a_nonce_that_has_been_counted_to_the_end_is_not_used_again() -> None:
    memory: dict[str, Any] = {}
    dialogue, request = begun(memory)
    dialogue.answer(request, challenged(MD5), Signing())
    memory["digest"].count = digest.MAX_COUNT - 1
    assert fields(begun(memory)[1])["nc"] == "ffffffff"
    assert "Authorization" not in begun(memory)[1].headers


@pytest.mark.parametrize("url", ["http://evil.example/x", "https://h.example/x", "http://h.example:8080/x"])
def test_the_challenge_of_another_origin_is_not_answered(url: str) -> None:
    dialogue, _ = begun({})
    assert dialogue.answer(Request("GET", url), challenged(MD5), Signing()) is None


def test_an_authorization_that_is_there_already_stays() -> None:
    memory: dict[str, Any] = {}
    begun_dialogue, request = begun(memory)
    begun_dialogue.answer(request, challenged(MD5), Signing())
    dialogue = scheme().dialogue(memory)
    own = Request("GET", "http://h.example/x", headers={"Authorization": "Bearer mine"})
    dialogue.prepare(own, Signing())
    assert own.headers["Authorization"] == "Bearer mine"
    assert dialogue.answer(own, challenged(MD5), Signing()) is None


def test_the_request_is_repeated_as_it_was() -> None:
    request = Request("PUT", "http://h.example/x?y=1", headers=[(b"X-CaSe", b"\xff"), (b"A", b"1")], content=b"body")
    dialogue = scheme().dialogue({})
    dialogue.prepare(request, Signing())
    following = dialogue.answer(request, challenged(MD5), Signing())
    assert following is not None
    assert (following.method, following.url, following.content) == ("PUT", request.url, b"body")
    assert following.headers.raw[:-1] == request.headers.raw
    assert "Authorization" not in request.headers


def test_the_response_is_learned_so_that_it_is_redacted() -> None:
    dialogue, request = begun({})
    signing = Signing()
    following = dialogue.answer(request, challenged(MD5), signing)
    assert following is not None
    assert signing.learned == [fields(following)["response"]]


def test_nothing_is_sent_before_the_server_asks() -> None:
    request = Request("GET", "http://h.example/x")
    scheme().sign(request, Signing())
    assert "Authorization" not in begun({})[1].headers
    assert "Authorization" not in request.headers


@pytest.mark.parametrize("username", ["", "a\nb", "a\x00"])
def test_a_user_name_that_no_header_can_carry_is_refused(username: str) -> None:
    with pytest.raises(ValidationError):
        scheme(username)


def test_the_password_is_not_shown() -> None:
    assert "hunter2" not in f"{scheme('user', 'hunter2-hunter2')!r}"
    assert list(scheme("user", "hunter2-hunter2").credentials()) == ["hunter2-hunter2"]
