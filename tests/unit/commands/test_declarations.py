# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Promises about the commands as they are declared."""

import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

from openconnector import cli
from openconnector.commands import COMMANDS, Command
from openconnector.commands.declarations import GRACE_SECONDS
from openconnector.core.database import LOCK_WAIT_SECONDS

PROJECT = Path(__file__).parents[3]
PAGE = (PROJECT / "docs/commands.md").read_text("utf-8")

HEAVY = ("sqlalchemy", "pydantic", "fastapi", "structlog", "httpx", "cryptography")


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_a_command_has_its_function_and_its_heading(command: Command) -> None:
    assert inspect.iscoroutinefunction(command.load())
    assert f"\n### {command.name}\n" in PAGE


def test_the_page_tells_of_no_other_commands() -> None:
    assert set(re.findall(r"^### ([a-z:]+)$", PAGE, re.MULTILINE)) == {command.name for command in COMMANDS}


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_the_page_tells_of_every_option(command: Command) -> None:
    section = PAGE.split(f"\n### {command.name}\n")[1].split("\n##")[0]
    assert [option.name for option in command.options if f"`--{option.name}" not in section] == []


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_examples_are_understood(command: Command) -> None:
    written = re.findall(r"^openconnector (.+)$", PAGE, re.MULTILINE)
    shown = [line for line in written if line.split()[0] == command.name]
    assert shown
    for line in (*shown, *command.examples):
        typed = subprocess.run(
            ["sh", "-c", f"printf '%s\\n' {line.split(' | ')[0].split(' > ')[0]}"],
            capture_output=True,
            text=True,
            check=True,
        )
        assert cli.parser().parse_args(typed.stdout.splitlines()).command is command


@pytest.mark.parametrize(
    "line",
    ["source:add CRM https://crm.example --json a=b c=d", "source:add CRM --json https://crm.example a=b c=d"],
)
def test_options_stand_between_arguments_as_in_occ(line: str) -> None:
    given = cli.parser().parse_args(line.split())
    assert (given.name, given.location, given.assignments) == ("CRM", "https://crm.example", ["a=b", "c=d"])
    assert given.json


def test_old_keys_stay_until_nobody_saves_under_them() -> None:
    assert GRACE_SECONDS == LOCK_WAIT_SECONDS + 5


@pytest.mark.parametrize("module", ["openconnector.cli", "ex_app.cli"])
def test_the_version_is_told_without_heavy_modules(module: str) -> None:
    code = (
        "import sys, runpy\n"
        f"sys.argv = ['openconnector', '--version']\n"
        "try: runpy.run_module(sys.orig_argv[-1], run_name='__main__')\n"
        "except SystemExit: pass\n"
        f"print(sorted(set({HEAVY!r}) & sys.modules.keys()))\n"
    )
    done = subprocess.run([sys.executable, "-c", code, module], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[1] == "[]"
