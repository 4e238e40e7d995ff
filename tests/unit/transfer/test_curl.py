# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A cURL command is read as the shell and curl would, and what proves who calls goes into the authentication."""

import shlex
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openconnector.logs.exports.curl import curl_of
from openconnector.sources.schemas import SourceCreate
from openconnector.transfer.curl import looks_like_curl, read_curl
from openconnector.transfer.drafts import Draft, SavedRequest, Unreadable
from openconnector.transfer.shell_words import commands_of
from tests.unit.logs.exports.entries import call, exchange

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0\r\ue000\ue001"), max_size=40)


def request_of(command: str) -> SavedRequest:
    return read_curl(command).requests[0]


def authentication(command: str) -> Any:
    return read_curl(command).definition.get("authentication")


def notes(draft: Draft) -> str:
    return " ".join(note.text for note in draft.notes)


@given(st.lists(TEXT, min_size=1, max_size=6))
def test_words_of_sh_are_those_of_shlex(words: list[str]) -> None:
    line = shlex.join(["curl", *words])
    assert commands_of(line)[0].words == shlex.split(line)


@given(TEXT)
def test_what_bash_would_read_in_ansi_quotes_comes_back(text: str) -> None:
    escaped = "".join(f"\\U{ord(letter):08x}" for letter in text)
    assert commands_of(f"curl $'{escaped}'")[0].words[1:] == [text]


def _cmd(text: str) -> str:
    """As Chromium's developer tools quote for cmd."""
    plain = text.replace("\\", "\\\\").replace('"', '\\"')
    kept = "".join(
        letter if letter.isascii() and (letter.isalnum() or letter in " _-:=+~'/.,?;()*`") else f"^{letter}"
        for letter in plain
    )
    return '^"' + kept.replace("^\n", "^\n\n") + '^"'


@given(TEXT.filter(lambda text: "\t" not in text))
def test_what_browsers_quote_for_cmd_comes_back(text: str) -> None:
    body = f"x{text}x"
    command = f'curl ^"https://h.example/^" ^\n  --data-raw {_cmd(body)}'
    assert request_of(command).body == body


@given(
    st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE"]),
    st.lists(st.tuples(st.text("abc", min_size=1, max_size=5), TEXT.filter(lambda text: "\n" not in text)), max_size=4),
    TEXT,
)
def test_our_own_command_reads_back_as_the_same_request(method: str, query: list[tuple[str, str]], body: str) -> None:
    from urllib.parse import urlencode  # noqa: PLC0415

    url = "https://api.example.org/v1/items" + (f"?{urlencode(query)}" if query else "")
    headers = {"X-One": "a 'b' $c", "Content-Type": "text/plain"}
    values: dict[str, Any] = {"body": body.encode()} if body else {}
    logged = exchange(method, url, headers=headers, **values)
    read = read_curl(curl_of(call(logged), None).command)
    request = read.requests[0]
    assert request.method == method
    assert read.definition["location"] + request.path == "https://api.example.org/v1/items"
    assert [(row["name"], row["value"]) for row in request.query] == parse_qsl(
        urlsplit(url).query, keep_blank_values=True
    )
    assert {row["name"]: row["value"] for row in request.headers}.items() >= headers.items()
    assert (request.body or "") == body


def test_secrets_that_our_own_command_leaves_open_have_to_be_entered() -> None:
    logged = exchange(headers={"Authorization": "Bearer REDACTED", "X-Trace": "1"})
    read = read_curl(curl_of(call(logged), None).command)
    assert read.definition["authentication"] == {"type": "bearer"}
    assert read.missing == ["/authentication/token"]


@pytest.mark.parametrize(
    ("command", "scheme"),
    [
        ("curl h -u a:b:c", {"type": "basic", "username": "a", "password": "b:c"}),
        ("curl http://a:b%3A@h/", {"type": "basic", "username": "a", "password": "b:"}),
        ("curl h -H 'authorization: Basic YTpi'", {"type": "basic", "username": "a", "password": "b"}),
        ("curl h -H 'Authorization: Bearer t'", {"type": "bearer", "token": "t"}),
        ("curl h --oauth2-bearer t", {"type": "bearer", "token": "t"}),
        ("curl h --digest -u a:b", {"type": "digest", "username": "a", "password": "b"}),
        ("curl h --ntlm -u 'D\\a:b'", {"type": "ntlm", "protocol": "ntlm", "username": "D\\a", "password": "b"}),
        ("curl h -H 'X-Api-Key: k'", {"type": "apiKey", "in": "header", "name": "X-Api-Key", "value": "k"}),
        ("curl 'h?api_key=k&a=1'", {"type": "apiKey", "in": "query", "name": "api_key", "value": "k"}),
        (
            "curl h -H 'Authorization: Token k'",
            {"type": "apiKey", "in": "header", "name": "Authorization", "prefix": "Token", "value": "k"},
        ),
        (
            "curl https://b.s3.eu-west-1.amazonaws.com/ --aws-sigv4 aws:amz -u id:key",
            {
                "type": "awsSigV4",
                "accessKeyId": "id",
                "secretAccessKey": "key",
                "region": "eu-west-1",
                "service": "s3",
            },
        ),
        ("curl h", None),
    ],
)
def test_what_proves_who_calls_becomes_a_scheme_that_can_be_stored(command: str, scheme: Any) -> None:
    draft = read_curl(command)
    assert draft.definition.get("authentication") == scheme
    SourceCreate.model_validate(draft.definition)
    rows = [row["name"].lower() for row in draft.requests[0].headers]
    assert not {"authorization", "x-api-key"}.intersection(rows)


@pytest.mark.parametrize(
    ("options", "method", "body", "kind"),
    [
        ("-d a=1 -d b=2", "POST", "a=1&b=2", "application/x-www-form-urlencoded"),
        ("--data-urlencode 'q=a b&c'", "POST", "q=a%20b%26c", "application/x-www-form-urlencoded"),
        ("--json '{}'", "POST", "{}", "application/json"),
        ("--data-raw @x -X PATCH", "PATCH", "@x", "application/x-www-form-urlencoded"),
        ("-d x -H 'content-type: text/plain'", "POST", "x", "text/plain"),
        ("-XDELETE", "DELETE", None, None),
        ("-I", "HEAD", None, None),
        ("--request=OPTIONS", "OPTIONS", None, None),
        ("-T -", "PUT", "", None),
    ],
)
def test_method_and_body_are_those_that_curl_sends(
    options: str, method: str, body: str | None, kind: str | None
) -> None:
    request = request_of(f"curl https://h.example/x {options}")
    types = [row["value"] for row in request.headers if row["name"].lower() == "content-type"]
    assert (request.method, request.body, types) == (method, body, [kind] if kind else [])


def test_get_moves_the_data_into_the_query() -> None:
    request = request_of("curl -G 'h.example/x?a=1' -d b=2 --data-urlencode 'c=3 4'")
    assert [(row["name"], row["value"]) for row in request.query] == [("a", "1"), ("b", "2"), ("c", "3 4")]
    assert (request.method, request.body) == ("GET", None)


def test_a_query_that_rows_cannot_say_stays_in_the_path() -> None:
    assert request_of("curl 'https://h.example/x?flag&a=1'").path == "/x?flag&a=1"


def test_options_of_the_connection_become_its_settings() -> None:
    command = "curl -skL --max-redirs 3 --connect-timeout 2.5 -m 10 --retry 99 --http2 -x http://u:p@proxy:3128 h"
    assert read_curl(command).definition["connection"] == {
        "verifyTls": False,
        "redirects": "all",
        "maxRedirects": 3,
        "connectTimeoutMs": 2500,
        "totalTimeoutMs": 10000,
        "retry": {"maxRetries": 10},
        "http2": True,
        "proxy": {"url": "http://proxy:3128", "username": "u", "password": "p"},
    }


def test_cookies_and_further_keys_are_secret_rows_of_the_source() -> None:
    draft = read_curl("curl h -u a:b -b 's=1' -H 'cookie: t=2' -H 'X-Auth-Token: k' -H 'accept-encoding: br'")
    assert draft.definition["headers"] == [
        {"name": "X-Auth-Token", "value": "k", "isSecret": True},
        {"name": "Cookie", "value": "s=1; t=2", "isSecret": True},
    ]
    assert draft.requests[0].headers == []


def test_what_is_not_taken_over_is_told() -> None:
    draft = read_curl("curl h --cacert ca.pem -F 'file=@x' --resolve a:1:2 --nonsense -d @body.json https://second")
    told = notes(draft)
    for words in ("ca.pem", "form field “file”", "--resolve", "--nonsense", "body.json", "several addresses"):
        assert words in told


def test_a_secret_stands_in_no_note() -> None:
    told = notes(
        read_curl(
            'curl h -H \'Authorization: Digest username="a", response="s3cret"\' -u me:s3cret -x socks5://u:s3cret@p'
        )
    )
    assert told
    assert "s3cret" not in told


@pytest.mark.parametrize("command", ["wget h", "curl", "curl 'https://h", "curl https://", 'curl "h', "curl ftp://h/x"])
def test_what_is_no_command_of_a_request_is_refused(command: str) -> None:
    with pytest.raises(Unreadable):
        read_curl(command)


@pytest.mark.parametrize(
    "command", ["$ curl https://h.example", "sudo curl https://h.example", "TOKEN=1 curl https://h.example | jq ."]
)
def test_what_stands_around_a_command_does_not_matter(command: str) -> None:
    draft = read_curl(command)
    assert draft.definition["location"] == "https://h.example"
    assert draft.notes == []


def test_a_text_that_begins_with_the_word_is_taken_for_a_command() -> None:
    assert looks_like_curl("  curl https://h")
    assert looks_like_curl("curl.exe h")
    assert not looks_like_curl("https://curl.se")
    assert not looks_like_curl("curly")


@given(st.text(max_size=200))
def test_no_text_makes_it_fail_in_another_way(text: str) -> None:
    try:
        draft = read_curl(f"curl {text}")
    except Unreadable:
        return
    assert len(draft.requests) == 1


@pytest.mark.parametrize("option", ["--cert client.pem:geheim", "-E client.pem:geheim", "--pass geheim"])
def test_a_note_repeats_no_passphrase(option: str) -> None:
    draft = read_curl(f"curl {option} https://a.example")
    assert draft.notes
    assert "geheim" not in str(draft.notes)


@pytest.mark.parametrize("proxy", ["'http://[::1'", "host:99999999", "socks5://host:1080"])
def test_a_proxy_that_cannot_be_used_is_left_out(proxy: str) -> None:
    draft = read_curl(f"curl -x {proxy} https://a.example")
    assert "connection" not in draft.definition
    assert [note.text for note in draft.notes] == ["The proxy was left out: only HTTP proxies are used here."]
