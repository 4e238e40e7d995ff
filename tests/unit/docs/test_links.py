# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Links between the documents lead to files and headings that are there."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

PROJECT = Path(__file__).resolve().parents[3]
DOCUMENTS = [
    *(PROJECT / name for name in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md")),
    *sorted((PROJECT / "docs").rglob("*.md")),
]

_FENCE = re.compile(r"^ *(`{3,}|~{3,}).*?^ *\1", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"(?<!`)(`+)(?!`)(?:(?!\n\n).)+?(?<!`)\1(?!`)", re.DOTALL)
_INLINE = re.compile(r"\]\(\s*<?([^)\s>]+)>?(?:\s+[\"'][^\"']*[\"'])?\s*\)")
_DEFINITION = re.compile(r"^ {0,3}\[[^\]]+\]:\s*<?([^\s>]+)", re.MULTILINE)
_HEADING = re.compile(r"^#{1,6} +(.+?)(?: +#+)?$", re.MULTILINE)


def links_in(text: str) -> list[str]:
    """What the links and pictures of a document lead to. What stands in code is no link."""
    prose = _CODE.sub("", _FENCE.sub("", text))
    return [*_INLINE.findall(prose), *_DEFINITION.findall(prose)]


def anchors_in(text: str) -> Iterator[str]:
    """The anchors of the headings, as GitHub makes them: the second of a name ends in `-1`."""
    seen: Counter[str] = Counter()
    for heading in _HEADING.findall(_FENCE.sub("", text)):
        shown = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        slug = re.sub(r"[^\w\- ]", "", shown.lower()).replace(" ", "-")
        yield f"{slug}-{seen[slug]}" if seen[slug] else slug
        seen[slug] += 1


@cache
def anchors_of(path: Path) -> frozenset[str]:
    return frozenset(anchors_in(path.read_text("utf-8")))


def problem_of(link: str, document: Path) -> str | None:
    """What is wrong with a link; None: nothing is, or it leads to another site."""
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return None
    path = (document.parent / unquote(parts.path)).resolve() if parts.path else document
    if not path.is_relative_to(PROJECT) or not path.exists():
        return f"{link}: there is no such file"
    if parts.fragment and (path.suffix != ".md" or unquote(parts.fragment) not in anchors_of(path)):
        return f"{link}: there is no such heading"
    return None


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(PROJECT)))
def test_every_link_leads_to_a_file_and_a_heading_that_exist(document: Path) -> None:
    problems = (problem_of(link, document) for link in links_in(document.read_text("utf-8")))
    assert [problem for problem in problems if problem] == []


def test_anchors_are_those_of_github() -> None:
    text = "# When it does not come up\n## Secret names: `redactionNames`, `redaction_names`\n```\n# no heading\n```\n"
    text += "## The [key](key.md)\n## FTP, FTPS & SFTP\n## The key\n"
    assert list(anchors_in(text)) == [
        "when-it-does-not-come-up",
        "secret-names-redactionnames-redaction_names",
        "the-key",
        "ftp-ftps--sftp",
        "the-key-1",
    ]


def test_what_stands_in_code_is_no_link() -> None:
    text = '[`a`](one.md) `[b](no.md)` ![c](two.png "title")\n```\n[d](no.md)\n```\n[e]: three.md\n'
    assert links_in(text) == ["one.md", "two.png", "three.md"]


@pytest.mark.parametrize("link", ["missing.md", "README.md#nowhere", "Makefile#run", "../outside.md"])
def test_a_link_to_nowhere_is_found(link: str) -> None:
    assert problem_of(link, PROJECT / "README.md") is not None
