# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""XML for the tests: bombs, and texts that are made up."""

from collections.abc import Iterator
from io import BytesIO
from xml.sax.saxutils import escape, quoteattr

from hypothesis import strategies as st

from openconnector.reading.schemas import Node
from openconnector.reading.xml_document import XmlDocument
from openconnector.reading.xml_text import XmlText

BILLION_LAUGHS = (
    "<!DOCTYPE a [<!ENTITY x0 'lol'>"
    + "".join(f"<!ENTITY x{level} '{f'&x{level - 1};' * 10}'>" for level in range(1, 10))
    + "]><a b='&x9;'>&x9;</a>"
).encode()
QUADRATIC = b"<!DOCTYPE a [<!ENTITY x '" + b"y" * 100_000 + b"'>]><a>" + b"&x;" * 100_000 + b"</a>"
DEFAULT_ATTRIBUTE = b"<!DOCTYPE r [<!ATTLIST a b CDATA '" + b"y" * 100_000 + b"'>]><r>" + b"<a/>" * 20_000 + b"</r>"


def text_of(raw: bytes | str, *, is_cut: bool = False) -> XmlText:
    return XmlText(BytesIO(raw.encode() if isinstance(raw, str) else raw), is_cut=is_cut)


def document(xml: str | bytes, *, is_cut: bool = False) -> XmlDocument:
    return XmlDocument(xml.encode() if isinstance(xml, str) else xml, is_cut=is_cut)


def everything(read: XmlDocument, path: str = "") -> Iterator[Node]:
    """All nodes of a tree as the tree gives them, page by page."""
    page = read.nodes(path, 0, 3)
    if path == "":
        yield page.parent
    for offset in range(0, page.total, 3):
        for node in read.nodes(path, offset, 3).nodes:
            yield node
            if node.count:
                yield from everything(read, node.path)


def read(raw: bytes | str, *, is_cut: bool = False) -> bytes:
    """What the parsers get."""
    return b"".join(text_of(raw, is_cut=is_cut).chunks())


Tree = tuple[str, dict[str, str], list["Tree | str"]]
"""Name, attributes, and elements and texts in their order."""

NAMES = st.sampled_from(["a", "b", "item", "n:a", "n:b", "o:item", "a.b", "é-1"])
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"], include_characters="\t\n"), max_size=12)


def trees() -> st.SearchStrategy[Tree]:
    """Elements with prefixes, attributes and mixed content. Texts are apart from each other."""
    attributes = st.dictionaries(st.sampled_from(["id", "b", "n:id", "o:x"]), TEXTS, max_size=3)
    leaves = st.tuples(NAMES, attributes, st.lists(TEXTS, max_size=1))
    return st.recursive(
        leaves,
        lambda below: st.tuples(NAMES, attributes, st.lists(below | TEXTS, max_size=6).map(_apart)),
        max_leaves=15,
    ).map(lambda tree: tree)


def written(tree: Tree, declarations: str = "") -> str:
    """The tree as XML; the root element declares the prefixes."""
    name, attributes, below = tree
    shown = "".join(f" {key}={_quoted(value)}" for key, value in attributes.items())
    inner = "".join(_escaped(one) if isinstance(one, str) else written(one) for one in below)
    return f"<{name}{declarations}{shown}>{inner}</{name}>"


def as_text(tree: Tree) -> str:
    return written(tree, ' xmlns="urn:default" xmlns:n="urn:n" xmlns:o="urn:o"')


def _apart(below: list[Tree | str]) -> list[Tree | str]:
    return [
        one
        for number, one in enumerate(below)
        if not (isinstance(one, str) and number and isinstance(below[number - 1], str))
    ]


def _escaped(text: str) -> str:
    return escape(text, {"\r": "&#13;"})


def _quoted(text: str) -> str:
    return quoteattr(text, {"\n": "&#10;", "\t": "&#9;", "\r": "&#13;"})
