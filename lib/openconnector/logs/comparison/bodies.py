# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Two kept bodies: which way they can be compared, and what comes of it."""

from dataclasses import dataclass
from typing import Any

from openconnector.core.phrases import phrase
from openconnector.logs.comparison.findings import Deadline, Findings
from openconnector.logs.comparison.ignoring import IgnoreList
from openconnector.logs.comparison.schemas import BodyComparison, BodyKind
from openconnector.reading.document import Unreadable
from openconnector.reading.view import BodyFacts, guess_format

MAX_BYTES = 5 * 1024 * 1024
"""Of each body. Larger ones are only said to be the same, or not."""

_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class KeptBody:
    """A body as the log has it.

    Attributes:
        described: what is known of it, as in `LoggedRequest.body`; None: there was none.
        raw: its bytes, UTF-8 where it is text; None: they are not kept any more.
    """

    described: dict[str, Any] | None
    raw: bytes | None

    @property
    def is_empty(self) -> bool:
        return self.described is None or self.described["size"] == 0

    @property
    def is_cut(self) -> bool:
        return self.described is not None and bool(self.described["isTruncated"])

    @property
    def format(self) -> str:
        described, raw = self.described or {}, self.raw or b""
        media_type, is_text = described.get("mediaType"), described.get("encoding") == "text"
        facts = BodyFacts(
            content_type=media_type or "",
            media_type=media_type,
            charset=None,
            charset_from=None,
            is_text=is_text,
            is_truncated=self.is_cut,
            size=len(raw),
            kept_size=len(raw),
        )
        return guess_format(facts, raw).format if is_text else "binary"

    def lines(self) -> list[str]:
        text = (self.raw or b"").decode("utf-8", "replace")
        if self.described and self.described.get("mediaType") == _FORM:
            return text.split("&")
        return text.splitlines()


def compare_bodies(base: KeptBody, other: KeptBody, ignore: IgnoreList, deadline: Deadline) -> BodyComparison:
    """What is different between two bodies. Takes its time: not for the event loop."""
    if base.is_empty or other.is_empty:
        return _without_one(base, other)
    if base.raw is None or other.raw is None:
        return _unknown(_not_kept(base, other))
    kind = _kind(base, other)
    if base.raw == other.raw:
        is_cut = base.is_cut or other.is_cut
        is_same = not is_cut or base.described == other.described
        return BodyComparison(kind=kind, is_same=is_same, is_truncated=is_cut, differences=[])
    if max(len(base.raw), len(other.raw)) > MAX_BYTES:
        note = phrase(
            "They are different. Bodies of more than {size} MiB are not compared in detail.", size=MAX_BYTES // 1024**2
        )
        return BodyComparison(kind=kind, is_same=False, is_truncated=True, note=note, differences=[])
    if kind == "binary":
        return BodyComparison(kind=kind, is_same=False, is_truncated=base.is_cut or other.is_cut, differences=[])
    return _in_detail(kind, base, other, ignore, deadline)


def _in_detail(
    kind: BodyKind, base: KeptBody, other: KeptBody, ignore: IgnoreList, deadline: Deadline
) -> BodyComparison:
    is_cut, note = base.is_cut or other.is_cut, None
    found, first, second = Findings(deadline), base.raw or b"", other.raw or b""
    # Each way is loaded when it is needed first.
    try:
        if kind == "json":
            from openconnector.logs.comparison.json_bodies import compare_json  # noqa: PLC0415

            compare_json(first, second, ignore, found, is_cut=is_cut)
        elif kind == "xml":
            from openconnector.logs.comparison.xml_bodies import compare_xml  # noqa: PLC0415

            compare_xml(first, second, ignore, found, is_cut=is_cut)
    except Unreadable as problem:
        kind, found = "text", Findings(deadline)
        note = phrase("Compared as text, because one of them cannot be read. {problem}", problem=problem)
    if kind == "text":
        from openconnector.logs.comparison.line_bodies import compare_lines  # noqa: PLC0415

        compare_lines(base.lines(), other.lines(), ignore, found)
    if is_cut:
        note = note or phrase("Only the beginning of one of them is kept.")
    return BodyComparison(
        kind=kind,
        is_same=found.is_same and not found.is_truncated and not is_cut,
        is_truncated=found.is_truncated or is_cut,
        note=note,
        differences=found.differences,
    )


def _kind(base: KeptBody, other: KeptBody) -> BodyKind:
    formats = {base.format, other.format}
    if formats == {"json"}:
        return "json"
    if formats == {"xml"}:
        return "xml"
    return "binary" if "binary" in formats else "text"


def _without_one(base: KeptBody, other: KeptBody) -> BodyComparison:
    if base.is_empty and other.is_empty:
        return BodyComparison(kind="none", is_same=True, is_truncated=False, differences=[])
    note = phrase("Only the base has a body.") if other.is_empty else phrase("The base has no body.")
    kind: BodyKind = _kind(base, base) if other.is_empty else _kind(other, other)
    return BodyComparison(kind=kind, is_same=False, is_truncated=False, note=note, differences=[])


def _not_kept(base: KeptBody, other: KeptBody) -> str:
    if base.raw is other.raw:
        return phrase("Neither body is kept any more.")
    if base.raw is None:
        return phrase("The body of the base is not kept any more.")
    return phrase("The body of the other entry is not kept any more.")


def _unknown(note: str) -> BodyComparison:
    return BodyComparison(kind="none", is_same=False, is_truncated=True, note=note, differences=[])
