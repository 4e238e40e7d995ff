# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What goes wrong once the request is on its way: silence, resets, broken HTTP, broken bodies."""

import gzip
import zlib
from collections.abc import AsyncIterator, Callable
from itertools import count, repeat
from typing import Any

import brotli
from backports import zstd

from tests.faults.fault import Call, Provoked, World, evidence_of, fault, response_of
from tests.faults.servers import answer, blurting, deaf, endless, half_closing, resetting, streaming
from tests.upstream import Handler, answering, drip, hang, hang_up, serve

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
TWO_BYTES = b"Content-Length: 2\r\n\r\n{}"
CUT = HEAD + b'Content-Length: 1000\r\n\r\n{"a": '


def answer_fault(
    error_type: str,
    phase: str,
    handler: Handler,
    *,
    case: str = "",
    outcome: str = "transport_error",
    seconds: float = 10,
    keeps: str | None = None,
    shows: tuple[str, str] | None = None,
    **values: Any,
) -> None:
    """Register a server on plain HTTP.

    Args:
        keeps: the body that is kept of the answer.
        shows: a row of the evidence.
    """

    async def opening(_: World) -> AsyncIterator[Provoked]:
        def check(call: Call) -> None:
            if keeps is not None:
                assert call["statusCode"] == 200
                assert response_of(call)["body"]["content"] == keeps
            assert shows is None or evidence_of(call)[shows[0]] == shows[1]

        async with serve(handler) as port:
            yield Provoked(f"http://127.0.0.1:{port}", check=check, **values)

    fault(error_type, phase, outcome, case=case, seconds=seconds)(opening)


# Silence.
answer_fault("read_timeout", "response", hang)
answer_fault("read_timeout", "response", streaming(CUT, [b"1", b"", b""], pause=5), case="in_the_body", keeps='{"a": 1')
answer_fault("total_timeout", "response", drip, case="slow_body", connection={"totalTimeoutMs": 700})
answer_fault(
    "total_timeout",
    "response",
    # A header every now and then keeps each read short, and never comes to an end.
    streaming(b"HTTP/1.1 200 OK\r\n", (f"X-{number}: a\r\n".encode() for number in count()), pause=0.05),
    case="slow_loris_headers",
    connection={"totalTimeoutMs": 900},
)
answer_fault("write_timeout", "request", deaf, request={"method": "POST", "body": "x" * 10_000_000})

# Connections that end.
answer_fault("connection_reset", "tcp", resetting(), case="before_the_answer")
answer_fault("connection_reset", "tcp", resetting(CUT), case="in_the_middle", keeps='{"a": ')
answer_fault("empty_reply", "response", hang_up)
answer_fault("empty_reply", "response", half_closing(), case="half_closed")
answer_fault(
    "incomplete_body",
    "content",
    answering(CUT),
    case="length_too_large",
    keeps='{"a": ',
    shows=("Received", "6 bytes of body of 1000 bytes that were announced"),
)
answer_fault("incomplete_body", "content", half_closing(CUT), case="half_closed", keeps='{"a": ')
answer_fault("incomplete_body", "content", answering(CHUNKED + b"64\r\n{"), case="chunks_cut", keeps="{")
answer_fault(
    # What comes behind the announced length belongs to nothing, and is not read as the next answer.
    "invalid_json",
    "content",
    answering(HEAD + b'Content-Length: 4\r\n\r\n{"a": 1}'),
    case="length_too_small",
    outcome="success",
    keeps='{"a"',
)

# What is no HTTP.
for case, raw in {
    "other_protocol": b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
    "status_line": b"HTTP/1.1 2OO OK\r\nContent-Length: 0\r\n\r\n",
    "chunk_size": CHUNKED + b"2\r\n{}\r\nzz\r\nnonsense",
    "two_lengths": HEAD + b"Content-Length: 5\r\n" + TWO_BYTES,  # two readers would cut it at two places
    "headers_cut": b"HTTP/1.1 200 OK\r\nContent-Ty",
    "null_in_a_header": HEAD + b"X-A: a\x00b\r\n" + TWO_BYTES,
    "lone_carriage_return": HEAD + b"X-A: a\rX-Evil: 1\r\n" + TWO_BYTES,
}.items():
    answer_fault("protocol_error", "response", answering(raw), case=case)

# Too much.
_MANY = b"".join(f"X-{number}: a\r\n".encode() for number in range(100_000))
answer_fault(
    "headers_too_large", "response", streaming(HEAD, [_MANY, b"Content-Length: 0\r\n\r\n"]), case="100000_headers"
)
answer_fault("headers_too_large", "response", streaming(HEAD + b"X-A: ", repeat(b"a" * 65536, 160)), case="one_header")
answer_fault(
    "headers_too_large",
    "response",
    endless(b"", b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 100),
    case="endless_informational_answers",
)
answer_fault(
    "body_too_large",
    "content",
    endless(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n", b"x" * 262_144),
    case="endless_body",
    seconds=60,
    connection={"totalTimeoutMs": 60_000, "maxBodyBytes": 1000},
)


# Content codings.
def _encoded(coding: str, body: bytes) -> bytes:
    return answer(headers=[("Content-Type", "application/json"), ("Content-Encoding", coding)], body=body)


def _damaged(compressed: bytes) -> bytes:
    middle = len(compressed) // 2
    damage = bytes(byte ^ 0xFF for byte in compressed[middle : middle + 8])
    return compressed[:middle] + damage + compressed[middle + 8 :]


_TEXT = b'{"records": "' + b"".join(f"{number * number},".encode() for number in range(3000)) + b'"}'
_COMPRESSIONS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstd.compress,
}
for coding, compress in _COMPRESSIONS.items():
    for case, damaged in {
        "damaged": _damaged(compress(_TEXT)),
        "cut_short": compress(_TEXT)[:-20],
        "mislabelled": b'{"a": "never compressed, and long enough to be seen as such"}',
    }.items():
        answer_fault(
            "undecodable_body",
            "content",
            answering(_encoded(coding, damaged)),
            case=f"{coding}_{case}",
            shows=("Content-Encoding", coding),
        )


@fault("http2_error", "response")
async def breaks_http2(world: World) -> AsyncIterator[Provoked]:
    context = world.tls()
    context.set_alpn_protocols(["h2"])
    data_on_no_stream = bytes(9)  # RFC 9113, section 6.1, calls it a connection error
    async with serve(blurting(data_on_no_stream), tls=context) as port:
        yield Provoked(f"https://localhost:{port}", connection={"http2": True})
