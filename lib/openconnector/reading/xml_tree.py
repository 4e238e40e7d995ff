# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""An XML text as a tree of lxml, and the prefixes that its names are asked for with.

The text comes without DOCTYPE and entities (`xml_text.py`). The parser is told all the same that it may open nothing,
expand nothing, and keep the limits of libxml2.
"""

from functools import lru_cache
from io import BytesIO
from typing import Any

from lxml import etree

from openconnector.core.phrases import phrase, told
from openconnector.reading.document import Unreadable, line_and_column
from openconnector.reading.schemas import Finding
from openconnector.reading.xml_events import TOO_DEEP
from openconnector.reading.xml_text import XmlText

MAX_BYTES = 64 * 1024 * 1024
MAX_NODES = 6_000_000
"""Counted in advance and roughly: two for an element with its end, two for an attribute. Each takes more than a hundred
bytes of memory, however short it is written."""

MAX_PREFIXES = 200

_XML = "http://www.w3.org/XML/1998/namespace"
"""Of `xml:lang` and others: XPath knows its prefix (Namespaces in XML 1.0, section 3)."""

_NAMESPACE_ERRORS = range(200, 208)
"""Errors of libxml2 with names whose prefix nobody has declared; the text is well-formed XML otherwise."""

_RESOURCE_LIMIT = 114
_LIMITS = {
    "depth": TOO_DEEP,
    "Text node": phrase("One text in it is longer than 10 MB."),
    "Buffer size": phrase("One attribute or tag in it is longer than 10 MB."),
}


class Tree:
    """A text that was read.

    Args:
        raw: the text, in UTF-8 or as its declaration or byte order mark says.
        is_cut: it is the beginning of a text, and is read as far as it goes.

    Attributes:
        root: the root element.
        namespaces: prefixes for XPath, which are those of the text where that is possible.
        prefixes: the same from the namespace to its prefix.
        findings: what is odd about it.

    Raises:
        Unreadable: it is no well-formed XML, or too much of it.
    """

    def __init__(self, raw: bytes, *, is_cut: bool = False) -> None:
        self.findings: list[Finding] = []
        if len(raw) > MAX_BYTES:
            raise Unreadable(
                phrase("It is larger than the {size} MiB that are read as a tree.", size=MAX_BYTES // 1024**2)
            )
        reading = _Reading(raw, is_cut=is_cut, recover=is_cut)
        try:
            self.root = reading.root()
        except etree.XMLSyntaxError as error:
            if is_cut or not reading.has_strange_names_only():
                raise reading.problem(error) from None
            self.findings.append(_strange_names(reading.problem(error)))
            reading = _Reading(raw, is_cut=False, recover=True)
            self.root = reading.root()
        if entities := reading.text.finding():
            self.findings.append(entities)
        self.namespaces = _prefixes(reading.declarations)
        self.prefixes = {uri: prefix for prefix, uri in self.namespaces.items()} | {_XML: "xml"}


class _Reading:
    """One way through the text. Declarations of namespaces are noted in their order."""

    def __init__(self, raw: bytes, *, is_cut: bool, recover: bool) -> None:
        self.text = XmlText(BytesIO(raw), is_cut=is_cut)
        self.declarations: dict[tuple[str, str], None] = {}
        self._parser: Any = etree.XMLPullParser(
            events=("start-ns",),
            encoding="utf-8",
            recover=recover,
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            dtd_validation=False,
            attribute_defaults=False,
            huge_tree=False,
        )

    def root(self) -> Any:
        """The root element.

        Raises:
            Unreadable: it is too much, or nothing.
            etree.XMLSyntaxError: it is not well-formed.
        """
        nodes = 0
        for chunk in self.text.chunks():
            nodes += chunk.count(b"<") + 2 * chunk.count(b"=")
            if nodes > MAX_NODES:
                raise Unreadable(phrase("It has more than {most} elements and attributes.", most=f"{MAX_NODES // 2:,}"))
            self._parser.feed(chunk)
            self._note()
        root = self._parser.close()
        self._note()
        if root is None:
            raise Unreadable(phrase("No element begins in it."))
        dtd = root.getroottree().docinfo.internalDTD
        if dtd is not None and (dtd.system_url or dtd.entities() or dtd.elements()):
            raise Unreadable(phrase("It has a DTD, which is not read."))  # none comes this far
        return root

    def has_strange_names_only(self) -> bool:
        """Whether all that is wrong are prefixes that nobody has declared."""
        found = [error.type for error in self._parser.feed_error_log]
        return bool(found) and all(kind in _NAMESPACE_ERRORS for kind in found)

    def problem(self, error: etree.XMLSyntaxError) -> Unreadable:
        """What is wrong, and where: the first thing that is not just a strange name. lxml itself may name another."""
        found = sorted(self._parser.feed_error_log, key=lambda one: one.type in _NAMESPACE_ERRORS)
        if not found:
            return Unreadable(phrase("It is not well-formed XML: {problem}.", problem=error.msg))
        message, where = found[0].message.strip(), line_and_column(found[0].line, found[0].column)
        if found[0].type == _RESOURCE_LIMIT:
            for word, sentence in _LIMITS.items():
                if word in message:
                    return Unreadable(sentence, where)
        return Unreadable(phrase("It is not well-formed XML: {problem}.", problem=message), where)

    def _note(self) -> None:
        for _, declaration in self._parser.read_events():
            if len(self.declarations) < MAX_PREFIXES:
                self.declarations[declaration] = None


@lru_cache(1000)
def is_name(text: str) -> bool:
    """Whether this can stand in an XPath as a name: libxml2 knows fewer characters there than in XML."""
    if text.isascii():
        return bool(text) and ":" not in text
    try:
        etree.XPath(text)
    except etree.XPathSyntaxError:
        return False
    return ":" not in text


def _prefixes(declarations: dict[tuple[str, str], None]) -> dict[str, str]:
    """A prefix for each namespace: its own; for a default namespace, or where a prefix has several meanings, a new one.

    XPath 1.0 knows no default namespace, so that its elements could not be asked for otherwise.
    """
    named: dict[str, str] = {}
    known: set[str] = {"", _XML}
    for prefix, uri in declarations:
        if prefix not in named and uri not in known and is_name(prefix):
            named[prefix] = uri
            known.add(uri)
    for prefix, uri in declarations:
        if uri not in known:
            named[_free(prefix if is_name(prefix) else "ns", named)] = uri
            known.add(uri)
    return named


def _free(prefix: str, taken: dict[str, str]) -> str:
    if prefix not in taken:
        return prefix
    return next(name for number in range(2, len(taken) + 3) if (name := f"{prefix}{number}") not in taken)


def _strange_names(problem: Unreadable) -> Finding:
    message = phrase("{problem} It is shown all the same, but strict readers refuse it.", problem=told(problem))
    return Finding(type="not_well_formed", message=message, location=problem.location)
