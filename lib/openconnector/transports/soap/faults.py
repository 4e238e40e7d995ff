# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Faults: what a SOAP service says went wrong (SOAP 1.1, section 4.4; SOAP 1.2 part 1, section 5.4).

A service may answer with one under any status. With SOAP 1.1 it should be 500, and some say 200.
"""

import re
from dataclasses import dataclass
from typing import Any

from openconnector.reading.charset import read_text
from openconnector.transports.soap.names import ENVELOPES

MAX_LOOKED_AT = 256 * 1024
"""Bytes of the beginning of a body that a fault is looked for in; it is the first thing in its envelope."""

MAX_TEXT = 2000

# No comment has `--` in it: else a body full of their beginnings would take for ever.
_COMMENT = rb"<!--(?:[^-]|-(?!-)){0,2000}-->"
_BEGINNING = re.compile(rb"(?:<\?xml[^<>]{0,200}\?>\s*(?:" + _COMMENT + rb"\s*)?)?<(?:[\w.-]+:)?Envelope\b")
_END = re.compile(rb"</(?:[\w.-]+:)?Envelope\s*>")

_REFUSALS = frozenset(
    {
        "FailedAuthentication",
        "InvalidSecurity",
        "InvalidSecurityToken",
        "SecurityTokenUnavailable",
        "FailedCheck",
        "UnsupportedSecurityToken",
        "MessageExpired",
    }
)
"""Codes of WS-Security (SOAP Message Security 1.1.1, section 12): who asks is not believed."""


@dataclass(frozen=True, slots=True)
class SoapFault:
    """A fault.

    Attributes:
        code: as it is written, for example `soap:Client`.
        subcodes: SOAP 1.2: from the general to the particular.
        reason: for people to read.
        detail: the text of what the application says, and its XML where there is no text.
        actor: who on the way has found it; empty: the service itself.
        is_about_sender: what was sent is wrong; else the service has failed.
    """

    code: str
    reason: str
    detail: str = ""
    actor: str = ""
    subcodes: tuple[str, ...] = ()
    is_about_sender: bool = False

    @property
    def is_refusal(self) -> bool:
        """Whether it is about who asks."""
        return any(_local(code) in _REFUSALS for code in (self.code, *self.subcodes))


def fault_of(body: bytes, media_type: str | None = None, declared: str | None = None) -> SoapFault | None:
    """The fault in an envelope; None where there is none, or no envelope.

    Args:
        body: at least its first `MAX_LOOKED_AT` bytes.
        declared: the charset of the header.
    """
    start = body[:MAX_LOOKED_AT]
    text = read_text(start, media_type, declared, is_cut=True)
    encoding = "utf-8" if text else None
    envelope = _envelope(text[0].encode("utf-8", "replace")) if text else None
    if envelope is None:  # no text as a whole, or not in the charset that it is said to be in
        envelope, encoding = _envelope(start), None
    if envelope is None or b"Fault" not in envelope:
        return None
    from lxml import etree  # noqa: PLC0415  # 5 MiB that most calls never need

    # A fault that is not well-formed is one all the same: some libraries write names that XML does not allow.
    parser = etree.XMLParser(encoding=encoding, resolve_entities=False, no_network=True, load_dtd=False, recover=True)
    try:
        root = etree.fromstring(envelope, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    for namespace in ENVELOPES:
        body_element = None if root is None else root.find(f"{{{namespace}}}Body")
        first = None if body_element is None else next(body_element.iterchildren(tag=etree.Element), None)
        if first is not None and first.tag == f"{{{namespace}}}Fault":
            return _read(first)
    return None


def _envelope(start: bytes) -> bytes | None:
    """The envelope, also out of the first part of a multipart body (MTOM)."""
    found = _BEGINNING.search(start)
    if found is None:
        return None
    end = _END.search(start, found.end())
    return start[found.start() : end.end() if end else len(start)]


def _read(fault: Any) -> SoapFault:
    """A fault in the form of one version. Some services put the form of 1.2 into an envelope of 1.1."""
    parts = {_local_tag(child): child for child in fault if isinstance(child.tag, str)}
    return _read_12(parts) if "Code" in parts else _read_11(parts)


def _read_11(parts: dict[str, Any]) -> SoapFault:
    code = _text(parts.get("faultcode"))
    return SoapFault(
        code=code,
        reason=_text(parts.get("faultstring")),
        detail=_detail(parts.get("detail")),
        actor=_text(parts.get("faultactor")),
        is_about_sender=_is_sender(code),
    )


def _read_12(parts: dict[str, Any]) -> SoapFault:
    codes = [_text(value) for value in parts["Code"].iter() if _local_tag(value) == "Value"]
    texts = [text for text in parts["Reason"] if _local_tag(text) == "Text"] if "Reason" in parts else []
    return SoapFault(
        code=codes[0] if codes else "",
        subcodes=tuple(codes[1:6]),
        reason=_reason(texts),
        detail=_detail(parts.get("Detail")),
        actor=_text(parts.get("Role")) or _text(parts.get("Node")),
        is_about_sender=bool(codes) and _is_sender(codes[0]),
    )


def _is_sender(code: str) -> bool:
    """Whether a code means that what was sent is wrong: `Client.Authentication` is a kind of `Client` in SOAP 1.1."""
    return _local(code).split(".")[0] in ("Client", "Sender")


def _reason(texts: list[Any]) -> str:
    """The English reason where there is one."""
    lang = "{http://www.w3.org/XML/1998/namespace}lang"
    english = [text for text in texts if text.get(lang, "").lower().startswith("en")]
    return _text(next(iter(english or texts), None))


def _detail(element: Any) -> str:
    if element is None:
        return ""
    text = " ".join(part.strip() for part in _parts(element) if part.strip())
    return (text or " ".join(f"<{_local_tag(child)}/>" for child in element))[:MAX_TEXT]


def _text(element: Any) -> str:
    return "" if element is None else "".join(_parts(element)).strip()[:MAX_TEXT]


def _parts(element: Any) -> list[str]:
    """The texts in an element. What recovers from everything keeps bytes that are no characters (`&#xD800;`), too."""
    try:
        return list(element.itertext())
    except UnicodeDecodeError:
        from lxml import etree  # noqa: PLC0415  # it is there already

        return [etree.tostring(element, method="text", encoding="utf-8", with_tail=False).decode("utf-8", "replace")]


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _local_tag(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]
