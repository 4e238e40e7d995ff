# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Commands as they read. That they work is tested with real shells in `tests/integration/test_curl.py`."""

import pytest

from openconnector.core.errors import NotFound
from openconnector.logs.entries import ExchangeEntry
from openconnector.logs.exports.blanks import MOST, variable_name
from openconnector.logs.exports.curl import curl_of
from openconnector.logs.exports.schemas import Curl
from tests.unit.logs.exports.entries import answer, call, described, exchange


def command_of(*exchanges: ExchangeEntry, position: int | None = None) -> Curl:
    return curl_of(call(*exchanges), position)


def test_a_plain_request_reads_plainly() -> None:
    command = command_of(exchange(headers={"Host": "api.example.org", "Accept": "*/*", "User-Agent": "OpenConnector"}))
    assert command.command == (
        "curl 'https://api.example.org/v1/items?page=2' \\\n"
        "  --http1.1 \\\n"
        "  --header 'Accept: */*' \\\n"
        "  --header 'User-Agent: OpenConnector'"
    )
    assert command.variables == command.notes == []


def test_what_belongs_to_the_connection_is_curls_own() -> None:
    headers = {
        "Connection": "keep-alive, X-Hop",
        "Keep-Alive": "5",
        "X-Hop": "1",
        "Content-Length": "2",
        "Transfer-Encoding": "chunked",
        "Host": "api.example.org:443",
        "Accept-Encoding": "gzip, br",
    }
    command = command_of(exchange("POST", headers=headers, body=b"{}")).command
    for gone in ("keep-alive", "X-Hop", "Content-Length", "Transfer-Encoding", "Host"):
        assert gone not in command
    assert "--compressed --header 'Accept-Encoding: gzip, br'" in " ".join(command.replace("\\\n", " ").split())
    other = command_of(exchange(headers={"Host": "other.example"})).command
    assert "--header 'Host: other.example'" in other


def test_an_empty_header_is_sent_and_a_missing_default_is_not() -> None:
    command = command_of(exchange("PUT", headers={"X-Empty": ""}, body=b"a")).command
    assert "--header 'X-Empty;'" in command
    for name in ("User-Agent", "Accept", "Content-Type"):
        assert f"--header '{name}:'" in command


@pytest.mark.parametrize(
    ("value", "options", "variables"),
    [
        ("Bearer REDACTED", ['--header "Authorization: Bearer ${ACCESS_TOKEN:?set it first}"'], ["ACCESS_TOKEN"]),
        ("Basic REDACTED", ["--user"], ["SOURCE_USER", "SOURCE_PASSWORD"]),
        ("Digest REDACTED", ["--digest", "--user"], ["SOURCE_USER", "SOURCE_PASSWORD"]),
        ("NTLM REDACTED", ["--ntlm", "--user"], ["SOURCE_USER", "SOURCE_PASSWORD"]),
        ("Negotiate REDACTED", ["--negotiate", "--user :"], []),
        ("ApiKey REDACTED", ['"Authorization: ApiKey ${API_KEY:?set it first}"'], ["API_KEY"]),
        ("DPoP REDACTED", ['"Authorization: DPoP ${AUTHORIZATION:?set it first}"'], ["AUTHORIZATION"]),
        ("REDACTED", ['"Authorization: ${AUTHORIZATION:?set it first}"'], ["AUTHORIZATION"]),
        (
            "AWS4-HMAC-SHA256 REDACTED",
            ['--aws-sigv4 "aws:amz:${AWS_REGION:?set it first}:${AWS_SERVICE:?set it first}"'],
            ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION", "AWS_SERVICE"],
        ),
    ],
)
def test_each_scheme_proves_itself_in_its_own_way(value: str, options: list[str], variables: list[str]) -> None:
    command = command_of(exchange(headers={"Authorization": value, "X-Amz-Date": "20261127T114207Z"}))
    assert all(option in command.command for option in options)
    assert command.variables == variables
    assert ("REDACTED" in command.command) is False
    is_plain = value.partition(" ")[0] in ("Bearer", "Basic", "ApiKey", "REDACTED")
    assert bool(command.notes) is not is_plain


@pytest.mark.parametrize(
    ("body", "variables"),
    [
        (b'{"clientSecret": "REDACTED", "n": {"pwd" : "REDACTED"}}', ["CLIENT_SECRET", "SOURCE_PWD"]),
        (b"a=1&client_secret=REDACTED&password=REDACTED", ["CLIENT_SECRET", "PASSWORD"]),
        (
            b'<a:Login token="REDACTED"><wsse:Password Type="x">REDACTED</wsse:Password></a:Login>',
            ["TOKEN", "PASSWORD"],
        ),
        (b"only REDACTED and REDACTED", ["SECRET", "SECRET_2"]),
        (b'"{\\"password\\": \\"REDACTED\\"}"', ["PASSWORD"]),
    ],
)
def test_a_variable_is_named_for_where_it_stands(body: bytes, variables: list[str]) -> None:
    assert command_of(exchange("POST", body=body)).variables == variables


def test_secrets_in_addresses_and_cookies() -> None:
    command = command_of(
        exchange(url="https://REDACTED@x.example/a/REDACTED?api-key=REDACTED&q=[1]", headers={"Cookie": "a=REDACTED"})
    )
    assert command.variables == ["SECRET", "API_KEY", "SOURCE_USER", "SOURCE_PASSWORD", "COOKIE_A"]
    assert "--globoff" in command.command
    assert "@x.example" not in command.command


@pytest.mark.parametrize("name", ["pwd", "path", "IFS", "https_proxy", "LD_PRELOAD", "1st", "ps4", "bash_env"])
def test_no_secret_has_the_name_of_a_variable_of_the_shell(name: str) -> None:
    assert variable_name(name).startswith("SOURCE_")


def test_names_are_names() -> None:
    assert variable_name("X-Api-Key") == "X_API_KEY"
    assert variable_name("$(rm -rf)") == "RM_RF"
    assert variable_name("пароль") == "SECRET"
    assert len(variable_name("a" * 1000)) == 40


def test_there_is_an_end_of_variables() -> None:
    command = command_of(exchange("POST", body=b"REDACTED " * (MOST + 20)))
    assert len(command.variables) == MOST
    assert command.notes[-1] == "Some masked places are still in the command as “REDACTED”."


def test_what_the_log_does_not_have_is_noted() -> None:
    cut = command_of(exchange("POST", body=b"ab", described=described(b"ab", size=9000, isTruncated=True)))
    assert cut.notes == ["The log has only the beginning of the body: 2 of 9000 bytes are sent."]
    gone = exchange("POST", body=b"ab")
    gone.request_body = None
    assert command_of(gone).notes == ["The body of 2 bytes is not in the log; the command sends none."]
    large = command_of(exchange("POST", body=b"x" * 300_000))
    assert "--data-binary @request-body" in large.command
    assert len(large.notes) == 1


def test_what_signs_one_request_is_noted() -> None:
    assert "X-Signature" in command_of(exchange(headers={"X-Signature": "abc"})).notes[0]
    secured = b'<Security xmlns="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"/>'
    assert "that one message" in command_of(exchange("POST", body=secured)).notes[0]


def test_the_request_that_was_answered_to_a_challenge_is_taken() -> None:
    token = exchange(kind="token", url="https://login.example/token")
    first = exchange(position=1, url="https://api.example/first")
    again = exchange(position=2, kind="authentication", url="https://api.example/again")
    assert "again" in command_of(token, first, again).command
    assert "first" in command_of(token, first).command
    assert "first" in command_of(token, first, again, position=1).command
    assert "login" in command_of(token).command
    with pytest.raises(NotFound):
        command_of(token, position=3)
    with pytest.raises(NotFound):
        command_of()


def test_the_connection_is_the_same() -> None:
    tls = {"isVerified": False, "alpn": "h2"}
    connection = {"proxy": "http://proxy.example:3128", "tls": tls, "address": "192.0.2.1", "port": 443}
    command = command_of(
        exchange(
            "HEAD",
            url="https://x.example/a/../b",
            headers={"Proxy-Authorization": "Basic REDACTED"},
            connection=connection,
            response=answer(httpVersion="HTTP/2"),
        )
    )
    for option in ("--head", "--http2", "--insecure", "--proxy 'http://proxy.example:3128'", "--path-as-is"):
        assert option in command.command
    assert command.variables == ["PROXY_AUTH_USER", "PROXY_AUTH_PASSWORD"]


@pytest.mark.parametrize(
    ("method", "url", "expected"),
    [
        ("LIST", "ftp://x.example/out", "curl --globoff 'ftp://x.example//out/'"),
        ("GET", "ftpes://x.example:2121/a%20b", "curl --globoff 'ftp://x.example:2121//a%20b' \\\n  --ssl-reqd"),
        ("GET", "sftp://x.example/a", "curl --globoff 'sftp://x.example/a'"),
        ("HEAD", "ftps://x.example/a", "--head"),
        ("PUT", "ftp://x.example/a", "--upload-file -"),
    ],
)
def test_files_are_read_listed_and_written(method: str, url: str, expected: str) -> None:
    command = command_of(exchange(method, url=url, headers=[], body=b"x" if method == "PUT" else None))
    assert expected in command.command
    assert command.variables == ["SOURCE_USER", "SOURCE_PASSWORD"]


def test_an_anonymous_user_needs_no_name_and_an_active_connection_is_one() -> None:
    trace = [{"atMs": 1, "isSent": True, "text": text} for text in ("USER anonymous", "EPRT |1|192.0.2.1|5001|")]
    command = command_of(exchange("GET", url="ftp://x.example/a", headers=[], trace=trace))
    assert command.variables == []
    assert "--ftp-port -" in command.command


def test_what_curl_does_not_know_is_no_command() -> None:
    command = command_of(exchange("MOVE", url="sftp://x.example/a", headers=[]))
    assert command.command == ""
    assert command.notes == ["curl has no operation of its own for MOVE."]
