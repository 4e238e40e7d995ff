# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Promises of the documents: their pictures are there, and their commands are understood and run."""

import json
import os
import re
import shlex
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pytest

import ex_app.cli
from ex_app.occ import PREFIX, offered, registration, values_of
from ex_app.standalone.definition import Definition, InputError
from openconnector import cli
from openconnector.commands import COMMANDS

DOCS = Path(__file__).parents[3] / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
MAX_BYTES = 120 * 1024

PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)\)")
FENCED = re.compile(r"^```[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(
    r"^(?:docker exec (?:-i )?(?:--env \w+ )?nc_\w+ |sudo -u \S+ php )?((?:openconnector |occ openconnector:)(?=[a-z]))"
)
INLINE = re.compile(r"(?<!`)`([^`]+)`(?!`)")

HARMLESS = {
    *("status", "doctor", "completion", "config:get", "export"),
    *("source:list", "source:show", "logs:list", "logs:prune", "logs:export"),
}
"""What changes nothing and calls nobody, as it is shown."""

SLUGS = ("crm", "zaken", "parcels")
"""Sources that are named in what is harmless."""


def pictures() -> dict[Path, str]:
    """The pictures that the documents show, with what is said of them to those who cannot see them."""
    return {
        (page.parent / address).resolve(): text
        for page in PAGES
        for text, address in PICTURE.findall(page.read_text("utf-8"))
    }


def shown(page: Path) -> list[str]:
    """The commands of OpenConnector in the fenced blocks of a page."""
    blocks = FENCED.findall(page.read_text("utf-8"))
    return commands_in(line for block in blocks for line in block.replace("\\\n", " ").splitlines())


def mentioned(page: Path) -> list[str]:
    """Those in its sentences, which may lack what is to be put in."""
    return commands_in(" ".join(code.split()) for code in INLINE.findall(FENCED.sub("", page.read_text("utf-8"))))


def commands_in(lines: Iterable[str]) -> list[str]:
    return [line[match.start(1) :] for line in lines if (match := COMMAND.match(line))]


def named(tokens: Sequence[str]) -> list[str]:
    """The command and what stands behind it, whichever command line it is for."""
    return [tokens[1].removeprefix(PREFIX), *tokens[2:]]


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


SHOWN = sorted({line for page in PAGES for line in shown(page)})


@pytest.mark.parametrize("line", SHOWN)
def test_a_command_that_is_shown_is_understood(line: str) -> None:
    read(words(line))


@pytest.mark.parametrize("page", ["commands.md", "tutorial.md"])
def test_commands_of_both_command_lines_are_found(page: str) -> None:
    assert {words(line)[0] for line in shown(DOCS / page)} == {"openconnector", "occ"}


def test_a_command_that_is_mentioned_is_there() -> None:
    lines = [line for page in PAGES for line in mentioned(page)]
    assert lines
    there = {*(command.name for command in COMMANDS), "serve"}
    assert [line for line in lines if named(words(line))[0] not in there] == []


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A directory to work in, and a storage beside it with the sources that the documents name."""
    directory = tmp_path_factory.mktemp("machine")
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if re.match("OPENCONNECTOR_|APP_|NEXTCLOUD_", name)]:
            patch.delenv(name)
        patch.setenv("OPENCONNECTOR_STORAGE_PATH", str(directory / "storage"))
        patch.setattr(ex_app.cli, "_prepare", lambda: None)  # the journal is that of the tests
        patch.setenv("EXPORT_PASSPHRASE", "correct horse battery staple")
        patch.setenv("OPENCONNECTOR_COMMAND_PASSPHRASE", "correct horse battery staple")
        patch.chdir(directory)
        for slug in SLUGS:
            assert cli.main(["source:add", slug, "https://127.0.0.1"]) == 0
        yield directory


@pytest.mark.usefixtures("machine")
@pytest.mark.parametrize("line", [line for line in SHOWN if named(words(line))[0] in HARMLESS])
def test_a_command_that_is_shown_and_harmless_runs(
    line: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = named(words(line))
    monkeypatch.setattr(sys, "argv", ["openconnector", *arguments])
    assert ex_app.cli.main() == 0, capsys.readouterr().err
    said = capsys.readouterr().out
    if "--json" in arguments:
        json.loads(said)


def test_every_harmless_command_is_shown() -> None:
    assert {named(words(line))[0] for line in SHOWN} >= HARMLESS


@pytest.mark.parametrize("name", sorted({named(words(line))[0] for line in SHOWN}))
def test_a_command_that_is_shown_has_help(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["openconnector", name, "--help"])
    with pytest.raises(SystemExit) as ended:
        ex_app.cli.main()
    assert (ended.value.code, capsys.readouterr().out.startswith(f"usage: openconnector {name} ")) == (0, True)


def test_a_command_that_is_misspelt_would_be_found() -> None:
    with pytest.raises(SystemExit):
        read(words("openconnector source:test parcels --paht /bearer"))
    with pytest.raises(InputError):
        read(words("occ openconnector:source:test parcels --paht /bearer"))
    with pytest.raises(KeyError):
        read(words("occ openconnector:source:tset parcels"))
