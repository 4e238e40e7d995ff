# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The body of a logged request on its way into a command: as a word of it, or through a pipe."""

import base64
import re
from dataclasses import dataclass, field
from typing import Any

from openconnector.core.phrases import phrase
from openconnector.logs.entries import ExchangeEntry
from openconnector.logs.exports.blanks import Blanks, in_body, is_masked
from openconnector.logs.exports.shell import Part, Variable, unseen_runs, word
from openconnector.reading.charset import codec_of
from openconnector.vault.redaction import REDACTED

MAX_WORD = 64 * 1024
"""Bytes of a word that a command may be started with: Linux allows 128 KiB."""

MAX_INLINE = 256 * 1024
"""Bytes that stand in a command. What is larger is nothing to paste."""

MOST_RUNS = 40
"""Places in a text that the shell makes of numbers; a text with more of them is better decoded."""

FILE = "request-body"

_SECURED = re.compile(r"wss-wssecurity-secext|:Security[\s>]|xmldsig#")
_UTF8 = frozenset({"utf-8", "ascii", "utf-8-sig"})


@dataclass(slots=True)
class CurlBody:
    """What a command does for its body.

    Attributes:
        word: the body as one word; None where it comes in through a pipe, or from a file.
        before: the commands whose output is the body.
        size: bytes, without what variables stand for.
    """

    word: str | None = None
    before: str | None = None
    size: int = 0
    variables: list[Variable] = field(default_factory=list)


def body_of(exchange: ExchangeEntry, blanks: Blanks, notes: list[str]) -> CurlBody | None:
    """The body of a request; None where it had none, or none is kept."""
    described, raw = exchange.request.get("body"), exchange.request_body
    if not described:
        return None
    if raw is None:
        notes.append(
            phrase("The body of {size} bytes is not in the log; the command sends none.", size=described["size"])
        )
        return None
    if described["isTruncated"]:
        notes.append(
            phrase(
                "The log has only the beginning of the body: {sent} of {size} bytes are sent.",
                sent=len(raw),
                size=described["size"],
            )
        )
    parts = _parts(described, raw, blanks, notes)
    size = sum(len(_encoded(part)) for part in parts if not isinstance(part, Variable))
    body = CurlBody(size=size, variables=[part for part in parts if isinstance(part, Variable)])
    if size > MAX_INLINE:
        notes.append(
            phrase(
                "The body is too long to paste: download it from the log entry as “{file}” beside the command.",
                file=FILE,
            )
        )
        if body.variables:
            notes.append(phrase("Put the secrets into that file in the places of “REDACTED”."))
    elif (texts := _texts(parts)) is None:
        body.before = _piped(parts)
    elif size <= MAX_WORD:
        body.word = word(texts)
    else:
        body.before = f"printf '%s' {word(texts)}"
    return body


BodyPart = Part | bytes


def _encoded(part: str | bytes) -> bytes:
    return part.encode("utf-8", "replace") if isinstance(part, str) else part


def _texts(parts: list[BodyPart]) -> list[Part] | None:
    """The parts, if a word of the shell can hold them as they are, and people can read it."""
    texts = [part for part in parts if not isinstance(part, bytes)]
    plain = [part for part in texts if isinstance(part, str)]
    is_readable = "\0" not in "".join(plain) and sum(map(unseen_runs, plain)) <= MOST_RUNS
    return texts if is_readable and len(texts) == len(parts) else None


def _parts(described: dict[str, Any], raw: bytes, blanks: Blanks, notes: list[str]) -> list[BodyPart]:
    if described["encoding"] != "text":
        return _binary_parts(raw, blanks)
    text = raw.decode("utf-8", "replace")
    if _SECURED.search(text):
        notes.append(
            phrase("Signatures, times and nonces in the message belong to that one message; a server may refuse them.")
        )
    if is_masked(text):
        notes.append(
            phrase(
                "Secrets in the body must be written as its format wants them: escaped in JSON and XML, "
                "encoded in forms."
            )
        )
    parts = blanks.split(text, in_body)
    name = described.get("charset") or "utf-8"
    codec = codec_of(name) or "utf-8"
    if codec in _UTF8:
        return list(parts)
    try:
        return [part if isinstance(part, Variable) else part.encode(codec) for part in parts if part != ""]
    except UnicodeEncodeError:
        notes.append(
            phrase(
                "The body was sent in {name}, in which it cannot be written any more; the command sends UTF-8.",
                name=name,
            )
        )
        return list(parts)


def _binary_parts(raw: bytes, blanks: Blanks) -> list[BodyPart]:
    first, *others = raw.split(REDACTED.encode())
    parts: list[BodyPart] = [first]
    for other in others:
        parts += [blanks.variable(""), other]
    return [part for part in parts if part != b""]


def _piped(parts: list[BodyPart]) -> str:
    """Commands that write the parts one after the other."""
    commands = [_written(part) for part in parts if part not in ("", b"")]
    return commands[0] if len(commands) == 1 else "{ " + "; ".join(commands) + "; }"


def _written(part: BodyPart) -> str:
    if isinstance(part, Variable):
        return f"printf '%s' \"{part.required}\""
    return f"printf '%s' '{base64.b64encode(_encoded(part)).decode()}' | base64 --decode"
