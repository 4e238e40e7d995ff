# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""`config:get` and `config:set`: the settings that hold for all sources."""

from collections.abc import Iterator, Mapping
from typing import Any

from openconnector.administration.schemas import SettingsUpdate
from openconnector.commands.assignments import assignments_of, validated
from openconnector.commands.command import Context, Output
from openconnector.commands.sources import as_text
from openconnector.commands.styled import Cell, facts, good
from openconnector.core.errors import InvalidInput, NotFound
from openconnector.vault.leaves import path_of, take

_NOTHING = "(nothing)"


async def show(context: Context, values: Mapping[str, Any], output: Output) -> None:
    """Show all settings, or one of them, or those below a name.

    Raises:
        NotFound: there is no such setting.
    """
    await context.ready()
    settings = (await context.administration().read()).model_dump(mode="json", by_alias=True)
    key = values["key"]
    if key is None:
        output.result([facts(list(_flat(settings)))], **settings)
        return
    path = path_of(key.replace(".", "/"))
    parent = take(settings, path[:-1])
    if not isinstance(parent, dict) or path[-1] not in parent:
        raise NotFound(f"There is no setting “{key}”. config:get shows all of them.")
    found = parent[path[-1]]
    text = facts(list(_flat(found))) if isinstance(found, dict) else as_text(found)
    output.result([text], key=key, value=found)


async def change(context: Context, values: Mapping[str, Any], output: Output) -> None:
    """Change settings; what is not named stays as it is.

    Raises:
        InvalidInput: nothing is named, or something is wrong; each error names its key.
        VersionConflict: somebody else has saved them at the same moment.
    """
    typed = assignments_of(values["assignments"] or ())
    if not typed:
        raise InvalidInput("Say what to set, such as retention.errorDays=90.")
    await context.ready()
    administration = context.administration()
    stored = (await administration.read()).model_dump(mode="json", by_alias=True)
    known = {field.alias or name for name, field in SettingsUpdate.model_fields.items()}
    wanted = validated(SettingsUpdate, {name: value for name, value in stored.items() if name in known}, typed)
    settings = (await administration.replace(wanted)).model_dump(mode="json", by_alias=True)
    output.result([good("The settings are saved."), facts(list(_flat(settings)))], **settings)


def _flat(members: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Cell]]:
    for name, value in members.items():
        if isinstance(value, dict) and value:
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield prefix + name, _NOTHING if value in (None, "", [], {}) else as_text(value)
