# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Answers that succeed, and are hardly what one wanted."""

import gzip
import json
from collections.abc import AsyncIterator
from typing import Any

from tests.faults.fault import Call, Provoked, World, evidence_of, fault
from tests.faults.servers import answer
from tests.upstream import answering, serve

HTML = "text/html; charset=utf-8"
LOGIN = b"<!doctype html><form><input name=user><input name=pw type=password></form>"
RECORDS = json.dumps({"data": {"items": [{"id": number} for number in range(25)]}}).encode()


def content_fault(
    error_type: str,
    content_type: str | None,
    body: bytes,
    *,
    case: str = "",
    says: str = "",
    shows: tuple[str, str] | None = None,
    **values: Any,
) -> None:
    """Register an answer of 200 with this body. `says` and `shows` as in `status_fault`."""

    async def opening(_: World) -> AsyncIterator[Provoked]:
        def check(call: Call) -> None:
            assert call["statusCode"] == 200
            assert says in f"{call['diagnosis']['title']} {call['diagnosis']['detail']}"
            assert shows is None or evidence_of(call)[shows[0]] == shows[1]

        headers = [("Content-Type", content_type)] if content_type else []
        if body[:2] == b"\x1f\x8b":
            headers.append(("Content-Encoding", "gzip"))
        async with serve(answering(answer(headers=headers, body=body))) as port:
            yield Provoked(f"http://127.0.0.1:{port}", check=check, **values)

    fault(error_type, "content", "success", case=case)(opening)


JSON, XML = "application/json", "application/xml"

content_fault("empty_body", JSON, b"")
content_fault("unexpected_html", HTML, b"<!doctype html><h1>Welcome</h1>", case="page", says="is a web page")
content_fault("unexpected_html", HTML, LOGIN, case="login_page", says="asks for a password")
content_fault("unexpected_html", JSON, LOGIN, case="labelled_as_json", says="asks for a password")
content_fault("unexpected_html", HTML, gzip.compress(LOGIN), case="compressed", says="asks for a password")
content_fault("unexpected_content_type", "text/csv", b"a,b\n1,2\n", says="answered with text/csv")
content_fault("unexpected_content_type", None, b"hello", case="none", says="no Content-Type")
content_fault("unexpected_content_type", XML, b"<a/>", case="xml_for_json", says="type json")
content_fault("unexpected_content_type", JSON, b"{}", case="json_for_xml", says="type xml", source={"type": "xml"})
content_fault("invalid_json", JSON, RECORDS[:60], case="cut", shows=("Position", "line 1, column 61"))
content_fault("invalid_json", JSON, b"{'a': 1}", case="quotes", says="line 1, column 2")
content_fault("invalid_xml", XML, b"<a>\n<b></a>", source={"type": "xml"}, shows=("Position", "line 2, column 6"))
content_fault("nested_records", JSON, RECORDS, says="25 objects at data.items", shows=("Path to them", "data.items"))
