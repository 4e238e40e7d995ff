# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Calls as HAR 1.2, against the published schema and the words of the specification."""

import base64
import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openconnector.logs.entries import CallEntry
from openconnector.logs.exports.formats import as_json
from openconnector.logs.exports.har import document
from tests.unit.logs.exports.entries import answer, call, described, exchange
from tests.unit.logs.exports.har_schema import check, problems_of


def entries_of(logged: CallEntry) -> list[dict[str, Any]]:
    """The entries of the document, as a reader gets them."""
    return check(json.loads(as_json(document(logged))))


def entry_of(*args: Any, **values: Any) -> dict[str, Any]:
    """The only entry of a call with one exchange."""
    (entry,) = entries_of(call(exchange(*args, **values)))
    return entry


def test_the_schema_refuses_what_is_not_har() -> None:
    """Without this, a validator that checks nothing would go unnoticed."""
    valid = json.loads(as_json(document(call(exchange()))))
    assert problems_of(valid) == []
    spoilers: list[Callable[[dict[str, Any]], Any]] = [
        lambda log: log.pop("creator"),
        lambda log: log["entries"][0].pop("cache"),
        lambda log: log["entries"][0]["request"].update(headersSize="12"),
        lambda log: log["entries"][0]["response"]["content"].pop("mimeType"),
        lambda log: log["entries"][0].update(startedDateTime="yesterday"),
        lambda log: log["entries"][0].update(serverIPAddress="api.example.org"),
        lambda log: log["entries"][0]["timings"].pop("wait"),
        lambda log: log["pages"][0].pop("pageTimings"),
    ]
    for spoil in spoilers:
        spoiled = copy.deepcopy(valid)
        spoil(spoiled["log"])
        assert problems_of(spoiled) != []


def test_an_exchange_is_an_entry_with_everything_that_is_known() -> None:
    entry = entry_of(
        "POST",
        "https://api.example.org/v1/items?page=2",
        headers=[("Content-Type", "application/json"), ("Cookie", "a=REDACTED; b=REDACTED")],
        body=b'{"name": "a"}',
        timings={"blockedMs": 1.0, "dnsMs": 2.0, "connectMs": 30.0, "tlsMs": 20.0, "sendMs": 0.5, "waitMs": 9.0},
        connection={"address": "192.0.2.7", "port": 443, "proxy": None, "tls": None, "isReused": False, "resolved": []},
    )
    assert entry["startedDateTime"] == "2026-11-27T11:42:07.250Z"
    assert entry["time"] == 42.5
    assert entry["timings"]["ssl"] == 20.0
    assert entry["timings"]["receive"] == 0
    assert entry["serverIPAddress"] == "192.0.2.7"
    assert entry["connection"] == "443"
    assert entry["request"]["postData"] == {"mimeType": "application/json", "text": '{"name": "a"}'}
    assert entry["request"]["cookies"] == [{"name": "a", "value": "REDACTED"}, {"name": "b", "value": "REDACTED"}]
    assert entry["response"]["content"] == {"size": 2, "mimeType": "application/json", "text": "{}"}
    assert entry["response"]["_transferSize"] == 102
    assert entry["response"]["headersSize"] == 100


def test_exchanges_of_a_call_share_a_page() -> None:
    logged = call(exchange(kind="token"), exchange(position=1))
    entries = entries_of(logged)
    assert [entry["pageref"] for entry in entries] == [str(logged.id)] * 2
    assert [entry["_kind"] for entry in entries] == ["token", "request"]


def test_no_answer_is_status_0_with_the_error_where_chromium_looks_for_it() -> None:
    error = {"type": "connection_refused", "message": "Nobody listens there."}
    entry = entry_of(response=None, response_body=None, error=error, timings={"dnsMs": 1.0})
    assert entry["response"]["status"] == 0
    assert entry["response"]["_error"] == "Nobody listens there."
    assert entry["response"]["bodySize"] == -1
    assert entry["request"]["httpVersion"] == "unknown"


def test_a_call_that_was_refused_is_not_missing() -> None:
    logged = call(outcome="refused", error_type="egress_denied", diagnosis={"detail": "The network is private."})
    (entry,) = entries_of(logged)
    assert entry["response"]["_error"] == "The network is private."
    assert entry["_outcome"] == "refused"


def test_bytes_are_base64_in_both_directions() -> None:
    raw = b"\xff\x00\x01"
    binary = described(raw, encoding="base64", charset=None, mediaType="image/png")
    entry = entry_of("PUT", body=raw, described=binary, response=answer(raw, body=binary), response_body=raw)
    assert base64.b64decode(entry["response"]["content"]["text"]) == raw
    assert entry["response"]["content"]["encoding"] == "base64"
    assert entry["request"]["postData"]["_encoding"] == "base64"


def test_what_is_missing_of_a_body_is_said() -> None:
    cut = described(b"{}", size=5000, isTruncated=True)
    entry = entry_of(response=answer(body=cut))
    assert entry["response"]["content"]["size"] == 5000
    assert entry["response"]["content"]["comment"] == "The beginning of 5000 bytes."
    removed = entry_of(response_body=None)
    assert removed["response"]["content"]["comment"] == "The body was not kept."
    assert "text" not in removed["response"]["content"]


def test_compression_is_what_it_spared() -> None:
    headers = [{"name": "Content-Encoding", "value": "gzip"}, {"name": "Content-Type", "value": "text/html"}]
    body = described(b"x" * 1000)
    entry = entry_of(response=answer(b"x" * 1000, body=body, headers=headers, encodedSize=40, wireSize=240))
    assert entry["response"]["content"]["compression"] == 960
    assert entry["response"]["bodySize"] == 40
    assert entry["response"]["headersSize"] == 200


def test_cookies_and_redirects_of_an_answer() -> None:
    expiry = "Wed, 09-Jun-2027 10:18:14 GMT"
    headers = [
        {"name": "Set-Cookie", "value": f"sid=REDACTED; Path=/; Domain=x.org; Expires={expiry}; HttpOnly; SECURE"},
        {"name": "Set-Cookie", "value": "bare; SameSite=Lax; Expires=whenever"},
        {"name": "Location", "value": "/there"},
    ]
    response = entry_of(response=answer(headers=headers, statusCode=302))["response"]
    assert response["redirectURL"] == "/there"
    assert response["content"]["mimeType"] == "x-unknown"
    assert response["cookies"] == [
        {
            "name": "sid",
            "value": "REDACTED",
            "path": "/",
            "domain": "x.org",
            "expires": "2027-06-09T10:18:14.000Z",
            "httpOnly": True,
            "secure": True,
        },
        {"name": "", "value": "bare", "httpOnly": False, "secure": False, "_sameSite": "Lax"},
    ]


def test_an_operation_on_files_is_an_entry_too() -> None:
    trace = [{"atMs": 1.0, "isSent": True, "text": "LIST"}]
    listing = answer(statusCode=226, httpVersion="FTP", headers=[], wireSize=None)
    entry = entry_of("LIST", "ftp://files.example.org/out/", headers=[], response=listing, trace=trace)
    assert (entry["request"]["method"], entry["response"]["status"]) == ("LIST", 226)
    assert entry["request"]["httpVersion"] == "FTP"
    assert entry["_trace"] == trace


_TEXT = st.text(st.characters(), max_size=30)
_VALUES = st.lists(
    st.tuples(st.sampled_from(["Set-Cookie", "Cookie", "Location", "Content-Type", "X"]), _TEXT), max_size=4
)
_MS = st.one_of(st.none(), st.floats(0, 1e7).map(lambda value: round(value, 3)))


@given(headers=_VALUES, received=_VALUES, body=st.one_of(st.none(), st.binary(max_size=40)), reason=_TEXT, ms=_MS)
def test_whatever_came_is_valid(headers: Any, received: Any, body: bytes | None, reason: str, ms: float | None) -> None:
    fields = [{"name": name, "value": value} for name, value in received]
    binary = body and described(body, encoding="base64")
    entries_of(
        call(
            exchange(
                "PUT",
                headers=headers,
                body=body or None,
                described=binary,
                timings={"dnsMs": ms, "tlsMs": ms, "waitMs": ms},
                response=answer(headers=fields, reason=reason),
            )
        )
    )


@pytest.mark.parametrize("address", ["::1", "192.0.2.1", "fe80::1%eth0", "", None])
def test_an_address_is_one_or_is_left_out(address: str | None) -> None:
    entry = entry_of(connection={"address": address, "port": None, "proxy": None, "tls": None})
    assert entry.get("serverIPAddress") in (None, address)
    assert "connection" not in entry
