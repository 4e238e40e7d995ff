# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Promises of the documents: their pictures are there, and their commands are understood."""

import re
import shlex
from collections.abc import Sequence
from pathlib import Path

import pytest

from ex_app.occ import offered, registration, values_of
from ex_app.standalone.definition import Definition, InputError
from openconnector import cli

DOCS = Path(__file__).parents[3] / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
MAX_BYTES = 120 * 1024

PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)\)")
FENCED = re.compile(r"^```[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^(?:docker exec (?:-i )?\S+ |sudo -u \S+ php )?(openconnector |occ openconnector:)")


def pictures() -> dict[Path, str]:
    """The pictures that the documents show, with what is said of them to those who cannot see them."""
    return {
        (page.parent / address).resolve(): text
        for page in PAGES
        for text, address in PICTURE.findall(page.read_text("utf-8"))
    }


def shown(page: str) -> list[str]:
    """The commands of OpenConnector in the fenced blocks of a page."""
    blocks = FENCED.findall((DOCS / page).read_text("utf-8"))
    lines = [line for block in blocks for line in block.replace("\\\n", " ").splitlines()]
    return [line[match.start(1) :] for line in lines if (match := COMMAND.match(line))]


def words(line: str) -> list[str]:
    """What a shell hands to the command, without where its output goes."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    tokens = list(lexer)
    end = next((place for place, token in enumerate(tokens) if set(token) <= set("();<>|&")), len(tokens))
    return tokens[:end]


def read(tokens: Sequence[str]) -> None:
    """Read a command as the command line does, or as occ hands it to the app. It is not run."""
    if tokens[0] == "openconnector":
        cli.parser().parse_args(tokens[1:])
        return
    command = offered()[tokens[1]]
    values_of(command, Definition(registration(command)).read(tokens[2:]))


def test_every_picture_that_a_document_shows_is_there_and_is_told_in_words() -> None:
    assert pictures()
    assert [path for path, text in pictures().items() if not path.is_file() or len(text) < 20] == []


def test_every_picture_is_shown_and_none_is_large() -> None:
    there = sorted((DOCS / "images").iterdir())
    assert [path for path in there if path not in pictures()] == []
    assert [path for path in there if path.stat().st_size > MAX_BYTES] == []


@pytest.mark.parametrize("line", [*shown("commands.md"), *shown("tutorial.md")])
def test_a_command_that_is_shown_is_understood(line: str) -> None:
    read(words(line))


@pytest.mark.parametrize("page", ["commands.md", "tutorial.md"])
def test_commands_of_both_command_lines_are_found(page: str) -> None:
    assert {words(line)[0] for line in shown(page)} == {"openconnector", "occ"}


def test_a_command_that_is_misspelt_would_be_found() -> None:
    with pytest.raises(SystemExit):
        read(words("openconnector source:test parcels --paht /bearer"))
    with pytest.raises(InputError):
        read(words("occ openconnector:source:test parcels --paht /bearer"))
    with pytest.raises(KeyError):
        read(words("occ openconnector:source:tset parcels"))
