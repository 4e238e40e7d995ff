# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""One document of a service description: a WSDL or a schema. It is parsed safely, and tells what it imports.

What is parsed here is written anew with absolute addresses in place of relative ones, so that whoever reads it later
needs to know nothing of where it came from. No entity is expanded, no DTD is loaded, nothing is fetched.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

from lxml import etree

from openconnector.core.phrases import phrase

WSDL = "http://schemas.xmlsoap.org/wsdl/"
WSDL_2 = "http://www.w3.org/ns/wsdl"
XSD = "http://www.w3.org/2001/XMLSchema"
MAX_ADDRESS = 2048

_REFERRING = {
    f"{{{WSDL}}}import": "location",
    f"{{{XSD}}}import": "schemaLocation",
    f"{{{XSD}}}include": "schemaLocation",
    f"{{{XSD}}}redefine": "schemaLocation",
}
_ADDRESSES = tuple(f"{{http://schemas.xmlsoap.org/wsdl/{kind}/}}address" for kind in ("soap", "soap12", "http"))
_ROOTS = (f"{{{WSDL}}}definitions", f"{{{XSD}}}schema")


class UnusableDocument(ValueError):
    """The document is no part of a service description; `str()` is a sentence for the administrator."""


@dataclass(frozen=True, slots=True)
class Reference:
    """What a document imports: as it is written there, and the address that this is."""

    written: str
    address: str


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed document. `text` has absolute addresses, no document type and no comments."""

    text: str
    is_wsdl: bool
    references: list[Reference] = field(default_factory=list)


def read_document(
    content: bytes | str,
    address: str,
    *,
    base: str | None = None,
    is_root: bool = False,
    redact: Callable[[str], str] = str,
) -> Document:
    """A document as it came from an address.

    Args:
        base: what relative addresses in it are relative to, where that is not its address: behind a redirect.
        is_root: it must be a WSDL.
        redact: takes secrets out of a text. Services repeat in their addresses what they were asked with.

    Raises:
        UnusableDocument: it is no WSDL and no schema, or not safe to read.
    """
    root = parse_safely(content, address)
    if root.tag not in _ROOTS or (is_root and root.tag != _ROOTS[0]):
        raise UnusableDocument(_what_it_is(root, address, is_root=is_root))
    references: dict[str, Reference] = {}
    for node in root.iter(*_REFERRING):
        name = _REFERRING[str(node.tag)]
        written = (node.get(name) or "").strip()
        if written:
            reference = Reference(written, _absolute(written, base or address))
            references.setdefault(reference.address, reference)
            node.set(name, shown_address(reference.address, redact))
        elif node.get(name) is not None:
            del node.attrib[name]  # an empty address is none
    for node in root.iter(*_ADDRESSES):
        if node.get("location") is not None:
            node.set("location", shown_address(node.get("location"), redact))
    text = etree.tostring(root, encoding="unicode", with_tail=False)
    return Document(text, root.tag == _ROOTS[0], list(references.values()))


def shown_address(address: str, redact: Callable[[str], str]) -> str:
    """An address without secrets in its query. Elsewhere a word that is a secret, too, is needed as it is."""
    before, mark, query = address.partition("?")
    return f"{before}{mark}{redact(query)}" if query else address


def parse_safely(content: bytes | str, address: str) -> Any:
    """The root element. Bounds of libxml2 hold: 256 levels, 10 MB of a single text.

    Args:
        address: where it came from; empty: somebody has entered it.

    Raises:
        UnusableDocument: it is no XML, or has entities.
    """
    encoding = None
    if isinstance(content, str):
        content, encoding = content.encode("utf-8", "replace"), "utf-8"
    if b"<!ENTITY" in content:  # before the parser sees it: those within attributes are always expanded
        raise UnusableDocument(_entities(address))
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
        encoding=encoding,
    )
    if not content.strip():
        raise UnusableDocument(phrase("There is nothing at {url}: the answer is empty.", url=address))
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        if not address:
            raise UnusableDocument(phrase("This is not well-formed XML: {reason}.", reason=error.msg)) from None
        if _looks_like_html(content):
            raise UnusableDocument(_html(address)) from None
        raise UnusableDocument(
            phrase("What is at {url} is not well-formed XML: {reason}.", url=address, reason=error.msg)
        ) from None
    declared = root.getroottree().docinfo
    if any(True for dtd in (declared.internalDTD, declared.externalDTD) if dtd is not None for _ in dtd.iterentities()):
        raise UnusableDocument(_entities(address))  # in another encoding
    return root


def _entities(address: str) -> str:
    if not address:
        return phrase("This defines XML entities. Such documents are not read, for safety.")
    return phrase("What is at {url} defines XML entities. Such documents are not read, for safety.", url=address)


def _what_it_is(root: Any, address: str, *, is_root: bool) -> str:
    name = etree.QName(root.tag)
    if name.localname.lower() == "html":
        return _html(address)
    if name.namespace == WSDL_2:
        return phrase(
            "What is at {url} is WSDL 2.0. Only WSDL 1.1 is read: look whether the service offers that, too.",
            url=address,
        )
    wrong = (
        phrase("What is at {url} is no WSDL: it is XML, and begins with “{name}”.")
        if is_root
        else phrase("What is at {url} is no WSDL or schema: it is XML, and begins with “{name}”.")
    )
    return wrong.filled(url=address, name=name.localname)


def _html(address: str) -> str:
    return phrase(
        "What is at {url} is a web page, and no WSDL. Check the address of the WSDL, and whether the service wants a "
        "login for it.",
        url=address,
    )


def _looks_like_html(content: bytes) -> bool:
    beginning = content[:1000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return beginning.startswith((b"<!doctype html", b"<html")) or b"<html" in beginning


def _absolute(written: str, base: str) -> str:
    try:
        address = urldefrag(urljoin(base, written)).url
        parts = urlsplit(address)
        is_fetchable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        address, is_fetchable = written, False
    if not is_fetchable or len(address) > MAX_ADDRESS:
        raise UnusableDocument(
            phrase(
                "{url} imports {imported}: only addresses with http:// and https:// are followed.",
                url=base,
                imported=address[:200],
            )
        )
    return address
