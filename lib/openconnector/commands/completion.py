# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""`completion`: a script for a shell, made of the declarations.

It asks `openconnector completion sources` for the slugs of sources and for nothing else: a start would be felt.
"""

from collections.abc import Mapping
from typing import Any

from openconnector.commands.command import Command, Context, Flag, Output
from openconnector.commands.declarations import COMMANDS
from openconnector.core.errors import InvalidInput

SHELLS = ("bash", "zsh", "fish")
SQLITE_FILE = "openconnector.sqlite3"
"""Where there is none, pressing a key must not make one."""

_BASH = """\
_openconnector() {{
    local line="${{COMP_LINE:0:COMP_POINT}}" cur command="" words
    cur="${{line##* }}"
    # The shell would part words at colons, which commands have: the line is read as it stands.
    read -ra words <<< "$line"
    [[ ${{#words[@]}} -gt 2 || ( ${{#words[@]}} -eq 2 && -z "$cur" ) ]] && command="${{words[1]}}"
    local found=""
    case "$command" in
        "") found="{commands} --version --help" ;;
{cases}
    esac
    COMPREPLY=($(compgen -W "$found" -- "$cur"))
    local before=""
    [[ "$COMP_WORDBREAKS" == *:* ]] && before="${{cur%"${{cur##*:}}"}}"
    COMPREPLY=("${{COMPREPLY[@]#"$before"}}")
}}
_openconnector_sources() {{ openconnector completion sources 2>/dev/null; }}
complete -o default -F _openconnector openconnector
"""
_ZSH = """\
#compdef openconnector
_openconnector_sources() {{ openconnector completion sources 2>/dev/null; }}
_openconnector() {{
    local -a found
    if (( CURRENT == 2 )); then
        compadd -- {commands} --version --help
        return
    fi
    case "${{words[2]}}" in
{cases}
    esac
    compadd -- $found
}}
compdef _openconnector openconnector
"""


async def show(context: Context, values: Mapping[str, Any], output: Output) -> None:
    """Print the script for a shell, or the slugs that the scripts ask for.

    Raises:
        InvalidInput: there is no such shell.
    """
    shell = values["shell"]
    if shell == "sources":
        if context.settings.database_url or (context.settings.storage_path / SQLITE_FILE).exists():
            await output.piece(await context.database.run(_slugs))
    elif shell in SHELLS:
        await output.piece(_SCRIPTS[shell]().encode())
    else:
        raise InvalidInput.parameter("shell", f"Choose one of {', '.join(SHELLS)}.")


def _slugs(session: Any) -> bytes:
    from sqlalchemy import select  # noqa: PLC0415  # the scripts themselves need no database

    from openconnector.sources.models import Source  # noqa: PLC0415

    return "".join(f"{slug}\n" for slug in session.scalars(select(Source.slug).order_by(Source.slug))).encode()


def _bash() -> str:
    return _BASH.format(commands=_names(), cases=_cases(' found="', '"'))


def _zsh() -> str:
    return _ZSH.format(commands=_names(), cases=_cases(" found=(", ")"))


def _fish() -> str:
    lines = ["complete -c openconnector -f"]
    lines += [
        f"complete -c openconnector -n __fish_use_subcommand -a {command.name} -d {_quoted(command.help)}"
        for command in _offered()
    ]
    for command in _offered():
        seen = f'-n "__fish_seen_subcommand_from {command.name}"'
        if _takes_source(command):
            lines.append(f'complete -c openconnector {seen} -a "(openconnector completion sources 2>/dev/null)"')
        for option in command.options_on("cli"):
            takes = "" if isinstance(option, Flag) else " -r"
            chosen = "" if isinstance(option, Flag) or not option.choices else f' -a "{" ".join(option.choices)}"'
            help_ = _quoted(option.help)
            lines.append(f"complete -c openconnector {seen} -l {option.name}{takes}{chosen} -d {help_}")
    return "\n".join(lines) + "\n"


_SCRIPTS = {"bash": _bash, "zsh": _zsh, "fish": _fish}


def _offered() -> list[Command]:
    return [command for command in COMMANDS if "cli" in command.faces]


def _names() -> str:
    return " ".join(command.name for command in _offered())


def _cases(opening: str, closing: str) -> str:
    lines = []
    for command in _offered():
        words = [f"--{option.name}" for option in command.options_on("cli")]
        words += ["$(_openconnector_sources)"] if _takes_source(command) else []
        words += SHELLS if command.name == "completion" else ()
        lines.append(f"        {command.name}){opening}{' '.join(words)}{closing} ;;")
    return "\n".join(lines)


def _takes_source(command: Command) -> bool:
    return any(argument.completes == "source" for argument in command.arguments)


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
