# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What AppAPI and Symfony make of a registered command, as a real Nextcloud showed it."""

from typing import Any

import pytest

from ex_app.standalone.definition import Definition, DefinitionError, InputError

SOURCE = {"name": "source", "mode": "required", "description": "id"}
MORE = {"name": "more", "mode": "array", "description": "", "default": []}
JSON = {"name": "json", "mode": "none", "description": ""}
PATH = {"name": "path", "shortcut": "p", "mode": "required", "description": "", "default": "/"}
COLOUR = {"name": "colour", "mode": "optional", "description": "", "default": None}


def command(arguments: Any = None, options: Any = None) -> Definition:
    return Definition(
        {"name": "x:y", "execute_handler": "/occ/x/y", "arguments": arguments or [], "options": options or []}
    )


def test_values_are_sent_as_they_were_recorded() -> None:
    recorded = command([{**SOURCE, "mode": "optional", "default": None}], [JSON, PATH])
    assert recorded.read(["abc", "--json"]) == {
        "arguments": {"source": "abc"},
        "options": {"json": True, "path": "/"},
    }
    assert recorded.read([]) == {"arguments": {"source": None}, "options": {"json": False, "path": "/"}}
    assert command().read([]) == {"arguments": None, "options": None}


@pytest.mark.parametrize(
    "tokens", [["-p", "/a"], ["-p/a"], ["--path", "/a"], ["--path=/a"], ["--path=/b", "--path=/a"]]
)
def test_an_option_is_understood_in_every_form(tokens: list[str]) -> None:
    found = command([SOURCE, MORE], [JSON, PATH]).read(["one", *tokens, "two", "--", "--three"])
    assert found["options"] == {"json": False, "path": "/a"}
    assert found["arguments"] == {"source": "one", "more": ["two", "--three"]}


def test_an_option_of_mode_array_makes_the_command_vanish() -> None:
    with pytest.raises(DefinitionError, match="VALUE_IS_ARRAY"):
        command(options=[{**PATH, "mode": "array"}])


def test_required_array_of_an_option_is_silently_a_flag() -> None:
    definition = command(options=[{**PATH, "mode": "required,array"}])
    assert definition.read(["--path"])["options"] == {"path": True}
    with pytest.raises(InputError, match="does not accept a value"):
        definition.read(["--path=/a"])


def test_what_symfony_refuses_is_refused() -> None:
    for wrong in (
        [SOURCE, {**SOURCE}],
        [MORE, SOURCE],
        [{**SOURCE, "mode": "optional", "default": None}, {**SOURCE, "name": "b"}],
    ):
        with pytest.raises(DefinitionError):
            command(wrong)
    with pytest.raises(DefinitionError, match="already exists"):
        command(options=[{**JSON, "name": "verbose"}])
    with pytest.raises(KeyError):
        command([{"name": "more", "mode": "array", "description": ""}])


@pytest.mark.parametrize(
    ("tokens", "words"),
    [
        ([], 'Not enough arguments (missing: "source").'),
        (["a", "b"], 'Too many arguments to "x:y" command, expected arguments "source".'),
        (["a", "--nothing"], 'The "--nothing" option does not exist.'),
        (["a", "-z"], 'The "-z" option does not exist.'),
        (["a", "--json=1"], 'The "--json" option does not accept a value.'),
        (["a", "--path"], 'The "--path" option requires a value.'),
        (["a", "--path", "--json"], 'The "--path" option requires a value.'),
    ],
)
def test_what_does_not_fit_is_said_in_symfonys_words(tokens: list[str], words: str) -> None:
    with pytest.raises(InputError) as caught:
        command([SOURCE], [JSON, PATH, COLOUR]).read(tokens)
    assert str(caught.value) == words
