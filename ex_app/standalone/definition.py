# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A registered command as AppAPI makes it one of Symfony's console, and what is typed read by Symfony's rules.

With AppAPI's traps: an option of mode `array` is refused by Symfony, and the command is not there; of the modes of an
option it knows single words only, so that `required,array` is none of them and makes a flag.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

GLOBAL_OPTIONS = {
    "help": "h",
    "quiet": "q",
    "verbose": "v",
    "version": "V",
    "ansi": "",
    "no-ansi": "",
    "no-interaction": "n",
    "no-warnings": "",
}
"""Options that every command of occ has; none of a command's own may be called so."""


class DefinitionError(Exception):
    """Symfony refuses the command; it does not exist then."""


class InputError(Exception):
    """What was typed does not fit the command; `str()` is what occ prints."""


@dataclass(frozen=True, slots=True)
class _Argument:
    name: str
    description: str
    is_required: bool
    is_array: bool
    default: Any


@dataclass(frozen=True, slots=True)
class _Option:
    name: str
    description: str
    shortcut: str
    takes_value: bool
    needs_value: bool
    default: Any


class Definition:
    """The arguments and the options of one command.

    Raises:
        DefinitionError: Symfony does not take it.
    """

    def __init__(self, fields: Mapping[str, Any]) -> None:
        self.name = str(fields["name"])
        self.description = str(fields.get("description", ""))
        self.usages = [str(usage) for usage in fields.get("usages") or []]
        self.handler = str(fields["execute_handler"])
        self._arguments = [_argument_of(entry) for entry in fields.get("arguments") or []]
        self._options = [_option_of(entry) for entry in fields.get("options") or []]
        self._check()

    def read(self, tokens: Sequence[str]) -> dict[str, dict[str, Any] | None]:
        """What AppAPI sends to the app: every declared argument and option, with null in the place of none at all.

        Raises:
            InputError: the tokens do not fit.
        """
        positional: list[str] = []
        options = {option.name: option.default for option in self._options}
        waiting = list(tokens)
        while waiting:
            token = waiting.pop(0)
            if token == "--":  # noqa: S105  # the end of options
                positional += waiting
                break
            if token.startswith("--"):
                self._long(token.removeprefix("--"), waiting, options)
            elif token.startswith("-") and token != "-":  # noqa: S105
                self._short(token.removeprefix("-"), waiting, options)
            else:
                positional.append(token)
        arguments = self._placed(positional)
        return {
            "arguments": arguments if self._arguments else None,
            "options": options if self._options else None,
        }

    def help(self) -> str:
        """What `--help` prints, without styles."""
        lines = ["Description:", f"  {self.description}", "", "Usage:", f"  {self.name} {self._synopsis()}".rstrip()]
        lines += [f"  {usage}" for usage in self.usages]
        if self._arguments:
            lines += ["", "Arguments:", *_columns([(one.name, one.description) for one in self._arguments])]
        rows = [
            (f"--{one.name}{f'={one.name.upper()}' if one.takes_value else ''}", one.description)
            for one in self._options
        ]
        lines += ["", "Options:", *_columns([*rows, ("--help", "Display help for the given command.")])]
        return "\n".join(lines) + "\n"

    def _check(self) -> None:
        for option in self._options:
            if option.name in GLOBAL_OPTIONS or (option.shortcut and option.shortcut in GLOBAL_OPTIONS.values()):
                raise DefinitionError(f'An option named "{option.name}" already exists.')
        for names in ([one.name for one in self._arguments], [one.name for one in self._options]):
            if len(set(names)) < len(names):
                raise DefinitionError("A name is there twice.")
        is_open = False
        for position, argument in enumerate(self._arguments):
            if argument.is_array and position < len(self._arguments) - 1:
                raise DefinitionError("Cannot add an argument after an array argument.")
            if argument.is_required and is_open:
                raise DefinitionError("Cannot add a required argument after an optional one.")
            is_open = is_open or not argument.is_required

    def _long(self, text: str, waiting: list[str], options: dict[str, Any]) -> None:
        name, equals, value = text.partition("=")
        option = next((one for one in self._options if one.name == name), None)
        if option is None:
            raise InputError(f'The "--{name}" option does not exist.')
        if not option.takes_value:
            if equals:
                raise InputError(f'The "--{name}" option does not accept a value.')
            options[name] = True
            return
        options[name] = value if equals else self._following(option, waiting)

    def _short(self, text: str, waiting: list[str], options: dict[str, Any]) -> None:
        option = next((one for one in self._options if one.shortcut and text.startswith(one.shortcut)), None)
        if option is None:
            raise InputError(f'The "-{text[:1]}" option does not exist.')
        rest = text.removeprefix(option.shortcut)
        if not option.takes_value:
            options[option.name] = True
            if rest:
                self._short(rest, waiting, options)
        else:
            options[option.name] = rest or self._following(option, waiting)

    def _following(self, option: _Option, waiting: list[str]) -> str | None:
        """The token behind an option, where it is a value."""
        if waiting and (not waiting[0].startswith("-") or waiting[0] == "-"):
            return waiting.pop(0)
        if option.needs_value:
            raise InputError(f'The "--{option.name}" option requires a value.')
        return None

    def _placed(self, tokens: Sequence[str]) -> dict[str, Any]:
        values = {one.name: one.default for one in self._arguments}
        left = list(tokens)
        for argument in self._arguments:
            if argument.is_array:
                values[argument.name], left = left or argument.default, []
            elif left:
                values[argument.name] = left.pop(0)
            elif argument.is_required:
                missing = ", ".join(one.name for one in self._arguments if one.is_required and values[one.name] is None)
                raise InputError(f'Not enough arguments (missing: "{missing}").')
        if left:
            expected = '" "'.join(one.name for one in self._arguments)
            if not expected:
                raise InputError(f'No arguments expected for "{self.name}" command, got "{left[0]}".')
            raise InputError(f'Too many arguments to "{self.name}" command, expected arguments "{expected}".')
        return values

    def _synopsis(self) -> str:
        parts = ["[options]"] if self._options else []
        for one in self._arguments:
            shown = f"<{one.name}>{'...' if one.is_array else ''}"
            parts.append(shown if one.is_required else f"[{shown}]")
        return " ".join(parts)


def _argument_of(entry: Mapping[str, Any]) -> _Argument:
    modes = str(entry["mode"]).split(",")
    is_array = "array" in modes
    if not {"required", "optional", "array"}.intersection(modes):
        raise DefinitionError(f"There is no mode {entry['mode']}.")
    # AppAPI looks for the default of these modes alone, and PHP complains where the key is missing.
    default = entry["default"] if entry["mode"] in ("optional", "array") else None
    return _Argument(
        str(entry["name"]),
        str(entry.get("description", "")),
        "required" in modes,
        is_array,
        [] if is_array and default is None else default,
    )


def _option_of(entry: Mapping[str, Any]) -> _Option:
    mode = str(entry["mode"])
    if mode == "array":
        raise DefinitionError("Impossible to have an option mode VALUE_IS_ARRAY if the option does not accept a value.")
    takes_value = mode in ("required", "optional")
    return _Option(
        str(entry["name"]),
        str(entry.get("description", "")),
        str(entry.get("shortcut") or ""),
        takes_value,
        mode == "required",
        entry.get("default") if takes_value else False,
    )


def _columns(rows: Sequence[tuple[str, str]]) -> list[str]:
    width = max(len(name) for name, _ in rows) + 2
    return [f"  {name:<{width}}{text}".rstrip() for name, text in rows]
