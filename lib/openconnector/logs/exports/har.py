# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Logged calls as HAR 1.2 (http://www.softwareishard.com/blog/har-12-spec/): an entry for each exchange.

What HAR has no word for stands in members that begin with an underscore, as the specification says; those that
Chromium knows are named as Chromium names them: `_error`, `_transferSize`, `_resourceType`.

File transfers are entries, too. Their method (`LIST`, `MKCOL`, …), status and version (`FTP`, `SFTP/3`) are those of
the protocol, and `_trace` has what was said. A call that was refused before anything was sent is one entry without a
response, so that no call is missing.
"""

import base64
import ipaddress
from typing import Any

from openconnector import __version__
from openconnector.core.schema import in_utc
from openconnector.logs.entries import CallEntry, ExchangeEntry
from openconnector.logs.exports.har_cookies import received_cookies, sent_cookies

CREATOR = {"name": "OpenConnector", "version": __version__}

UNKNOWN = -1
"""What HAR writes where a size or a time is not known."""

_PHASES = {"blocked": "blockedMs", "dns": "dnsMs", "connect": "connectMs", "ssl": "tlsMs"}
_REQUIRED_PHASES = {"send": "sendMs", "wait": "waitMs", "receive": "receiveMs"}
"""Phases that HAR wants as numbers of zero or more."""

_HTTP_VERSIONS = {"h2": "HTTP/2", "http/1.1": "HTTP/1.1"}
_NO_TYPE = "x-unknown"
_OF_NOTHING: dict[str, Any] = {"mimeType": _NO_TYPE, "size": 0}


def document(call: CallEntry) -> dict[str, Any]:
    """One call as a whole document: its page and its entries."""
    return {"log": {"version": "1.2", "creator": CREATOR, "pages": [page(call)], "entries": entries(call, paged=True)}}


def page(call: CallEntry) -> dict[str, Any]:
    """What keeps the exchanges of a call together in viewers of HAR."""
    return {
        "startedDateTime": in_utc(call.started_at),
        "id": str(call.id),
        "title": f"{call.method} {call.url}",
        "pageTimings": {"onContentLoad": UNKNOWN, "onLoad": max(0.0, call.duration_ms)},
    }


def entries(call: CallEntry, *, paged: bool) -> list[dict[str, Any]]:
    """The entries of a call; `paged`: they refer to its page."""
    of_call = {
        "_callId": str(call.id),
        "_sourceId": str(call.source_id),
        "_sourceName": call.source_name,
        "_outcome": call.outcome,
        "_errorType": call.error_type,
        "_trigger": {"type": call.trigger_type, "id": call.trigger_id, "userId": call.user_id},
        "_resourceType": "fetch",
    }
    if paged:
        of_call["pageref"] = str(call.id)
    if not call.exchanges:
        return [_unsent(call) | of_call]
    return [_entry(exchange) | of_call for exchange in call.exchanges]


def _entry(exchange: ExchangeEntry) -> dict[str, Any]:
    timings = _timings(exchange.timings)
    entry: dict[str, Any] = {
        "startedDateTime": in_utc(exchange.started_at),
        "time": _total(timings),
        "request": _request(exchange),
        "response": _response(exchange),
        "cache": {},
        "timings": timings,
        **_peer(exchange.connection),
        "_kind": exchange.kind,
        "_position": exchange.position,
        "_durationMs": exchange.duration_ms,
        "_delayMs": exchange.delay_ms,
    }
    if exchange.trace is not None:
        entry["_trace"] = exchange.trace
    return entry


def _unsent(call: CallEntry) -> dict[str, Any]:
    """The entry of a call that was refused before there was an exchange."""
    detail = (call.diagnosis or {}).get("detail") or call.error_type or call.outcome
    request: dict[str, Any] = {"method": call.method, "url": call.url, "headers": [], "parameters": [], "body": None}
    nothing = ExchangeEntry(
        position=0,
        kind="request",
        started_at=call.started_at,
        duration_ms=call.duration_ms,
        delay_ms=0.0,
        timings={},
        connection=None,
        request=request,
        request_body=None,
        response=None,
        response_body=None,
        error={"type": call.error_type or call.outcome, "message": detail},
    )
    return _entry(nothing) | {"comment": "Nothing was sent."}


def _timings(timings: dict[str, Any]) -> dict[str, float]:
    optional = {phase: _known(timings.get(name), UNKNOWN) for phase, name in _PHASES.items()}
    return optional | {phase: _known(timings.get(name), 0) for phase, name in _REQUIRED_PHASES.items()}


def _known(value: float | None, otherwise: float) -> float:
    return otherwise if value is None else max(0.0, value)


def _total(timings: dict[str, float]) -> float:
    """`connect` contains `ssl`."""
    return round(sum(max(0.0, value) for phase, value in timings.items() if phase != "ssl"), 3)


def _peer(connection: dict[str, Any] | None) -> dict[str, str]:
    if connection is None:
        return {}
    peer = {}
    address, port = connection.get("address"), connection.get("port")
    if address and _is_address(address):
        peer["serverIPAddress"] = address
    if port:
        peer["connection"] = str(port)
    return peer


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return "%" not in text  # a zone belongs to this machine


def _request(exchange: ExchangeEntry) -> dict[str, Any]:
    sent = exchange.request
    body = sent.get("body")
    body_size = body["size"] if body else 0
    wire = sent.get("wireSize")
    version = _sent_version(exchange)
    headers_size = wire - body_size if wire is not None and version == "HTTP/1.1" and wire > body_size else UNKNOWN
    request: dict[str, Any] = {
        "method": sent["method"],
        "url": sent["url"],
        "httpVersion": version,
        "cookies": sent_cookies(sent["headers"]),
        "headers": _fields(sent["headers"]),
        "queryString": _fields(sent.get("parameters", [])),
        "headersSize": headers_size,
        "bodySize": body_size,
    }
    if body:
        request["postData"] = _post_data(sent, body, exchange.request_body)
    return request


def _sent_version(exchange: ExchangeEntry) -> str:
    """The version in which the request went out: an old server may answer in another one."""
    response, connection = exchange.response, exchange.connection
    if response is not None:
        version: str = response["httpVersion"]
        return "HTTP/1.1" if version.startswith("HTTP/1") else version
    alpn = ((connection or {}).get("tls") or {}).get("alpn")
    return _HTTP_VERSIONS.get(alpn or "", "unknown")


def _post_data(sent: dict[str, Any], body: dict[str, Any], raw: bytes | None) -> dict[str, Any]:
    """HAR 1.2 has no coding for what is sent: `_encoding` is `base64` where it is no text."""
    data: dict[str, Any] = {"mimeType": _header(sent["headers"], "content-type") or _NO_TYPE}
    text, encoding = _shown(body, raw)
    if text is not None:
        data["text"] = text
    if encoding:
        data["_encoding"] = encoding
    return data | _comment(body, raw)


def _response(exchange: ExchangeEntry) -> dict[str, Any]:
    received, error = exchange.response, exchange.error
    if received is None:
        response: dict[str, Any] = {
            "status": 0,
            "statusText": "",
            "httpVersion": "",
            "cookies": [],
            "headers": [],
            "content": dict(_OF_NOTHING),
            "redirectURL": "",
            "headersSize": UNKNOWN,
            "bodySize": UNKNOWN,
        }
    else:
        encoded = received.get("encodedSize")
        response = {
            "status": received["statusCode"],
            "statusText": received["reason"],
            "httpVersion": received["httpVersion"],
            "cookies": received_cookies(received["headers"]),
            "headers": _fields(received["headers"]),
            "content": _content(received, exchange.response_body),
            "redirectURL": _header(received["headers"], "location") or "",
            "headersSize": _received_headers_size(received),
            "bodySize": UNKNOWN if encoded is None else encoded,
        }
        if received.get("wireSize") is not None:
            response["_transferSize"] = received["wireSize"]
    if error is not None:
        response["_error"] = error["message"] or error["type"]
        response["_errorType"] = error["type"]
    return response


def _received_headers_size(received: dict[str, Any]) -> int:
    """What is not body; unknown where the framing of chunks or of HTTP/2 is among it."""
    wire, encoded = received.get("wireSize"), received.get("encodedSize")
    is_plain = received["httpVersion"].startswith("HTTP/1") and not _header(received["headers"], "transfer-encoding")
    return wire - encoded if is_plain and wire is not None and encoded is not None and wire > encoded else UNKNOWN


def _content(received: dict[str, Any], raw: bytes | None) -> dict[str, Any]:
    body = received.get("body")
    mime_type = _header(received["headers"], "content-type") or _NO_TYPE
    if not body:
        return {"size": 0, "mimeType": mime_type}
    content: dict[str, Any] = {"size": body["size"], "mimeType": mime_type}
    encoded = received.get("encodedSize")
    if encoded is not None and _header(received["headers"], "content-encoding"):
        content["compression"] = body["size"] - encoded
    text, encoding = _shown(body, raw)
    if text is not None:
        content["text"] = text
    if encoding:
        content["encoding"] = encoding
    return content | _comment(body, raw)


def _shown(body: dict[str, Any], raw: bytes | None) -> tuple[str | None, str | None]:
    """What is kept of a body, and its coding where it is no text."""
    if raw is None:
        return None, None
    if body["encoding"] == "text":
        return raw.decode("utf-8", "replace"), None
    return base64.b64encode(raw).decode(), "base64"


def _comment(body: dict[str, Any], raw: bytes | None) -> dict[str, Any]:
    if raw is None:
        return {"comment": "The body was not kept."}
    if body["isTruncated"]:
        return {"comment": f"The beginning of {body['size']} bytes.", "_isTruncated": True}
    return {}


def _fields(fields: list[dict[str, Any]]) -> list[dict[str, str]]:
    return [{"name": field["name"], "value": field["value"]} for field in fields]


def _header(headers: list[dict[str, Any]], name: str) -> str | None:
    return next((field["value"] for field in headers if field["name"].lower() == name), None)
