# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""`python -m openconnector.reading.child`: a process that reads one body and answers questions about it.

Expressions come from people and may run for ever; a tree takes ten times the memory of its body. Here both have an end:
the process has limits, and whoever asks it can kill it.
"""

import gc
import json
import sys
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from openconnector.core.phrases import localised, spoken, told
from openconnector.reading.body import OpenBody, PartMissing
from openconnector.reading.document import ExpressionInvalid, NodeNotFound, Unreadable
from openconnector.reading.frames import HEAD, frame
from openconnector.reading.view import BodyFacts

MAX_MEMORY = 3 * 1024**3
"""Bytes of address space."""

CPU_SECONDS = 20
"""Processor time of one request, beyond which the system ends the process though nobody waits any longer."""

OPENING_CPU_SECONDS = 90

_ERRORS: dict[type[BaseException], str] = {
    NodeNotFound: "node",
    ExpressionInvalid: "expression",
    Unreadable: "unreadable",
    PartMissing: "part",
    MemoryError: "memory",
}


def main() -> None:
    """Serve one body until the other end closes."""
    source, target = sys.stdin.buffer, sys.stdout.buffer
    _limit()
    gc.disable()
    body: OpenBody | None = None
    while (request := _receive(source)) is not None:
        _limit_time(OPENING_CPU_SECONDS if body is None else CPU_SECONDS)
        if "catalog" in request:
            spoken.set(request["catalog"])
        try:
            if body is None:
                body = _open(request, source)
                answer = b""
                # What was read stays until the end. To look for garbage among it would take longer than reading it.
                gc.freeze()
                gc.enable()
            else:
                answer = _answer(body, request["op"], request["arguments"])
            target.write(frame({"size": len(answer)}))
            target.write(answer)
        except Exception as error:  # noqa: BLE001  # whatever it is, the other end must hear of it
            target.write(frame(_error(error)))
        target.flush()


def _open(request: dict[str, Any], source: BinaryIO) -> OpenBody:
    facts = BodyFacts(**request["facts"])
    body = OpenBody(facts, source.read(request["size"]), request["part"])
    body.read()
    return body


def _answer(body: OpenBody, operation: Any, arguments: dict[str, Any]) -> bytes:
    match operation:
        case "content":
            return body.raw[arguments["offset"] : arguments["offset"] + arguments["length"]]
        case "facts":
            return json.dumps(body.facts.to_json()).encode()
        case _:
            return body.ask(operation, arguments)


def _error(error: Exception) -> dict[str, Any]:
    name = _ERRORS.get(type(error), "unexpected")
    # Of what nobody expects, the place in our code is told, and nothing of the body.
    where = traceback.format_tb(error.__traceback__)[-1].strip() if name == "unexpected" else ""
    message = f"{type(error).__name__} at {where}" if name == "unexpected" else told(error)
    said: dict[str, Any] = localised({"message": message, "location": getattr(error, "location", "")})
    return {"error": name} | said


def _receive(source: BinaryIO) -> dict[str, Any] | None:
    head = source.read(HEAD.size)
    if len(head) < HEAD.size:
        return None
    message: dict[str, Any] = json.loads(source.read(HEAD.unpack(head)[0]))
    return message


def _limit() -> None:
    """Take a bounded part of the memory, and be the first that the system ends when memory is short."""
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("800")
    with suppress(ImportError, OSError, ValueError):
        import resource  # noqa: PLC0415  # only Unix has it

        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _limit_time(seconds: int) -> None:
    with suppress(ImportError, OSError, ValueError):
        import resource  # noqa: PLC0415  # only Unix has it

        used = resource.getrusage(resource.RUSAGE_SELF)
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + seconds, hard))


if __name__ == "__main__":
    main()
