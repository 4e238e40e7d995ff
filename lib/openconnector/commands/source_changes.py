# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""`source:add` and `source:set`.

What is written behind a command stands in the list of processes, in the history of the shell and, with sudo, in a
journal. So a secret is no argument: it comes from an environment variable or from the standard input. That holds in
occ, too, which has no standard input: there it comes from a variable of the app's container, where AppAPI puts no more
than `info.xml` declares (`COMMAND_SECRET`), or the source is added without it, and the secret is entered on the page of
the source, or by the command line in the container.
"""

import json
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from openconnector.commands.assignments import Assignment, Document, assign, assignments_of, validated
from openconnector.commands.command import Context, Output
from openconnector.commands.sources import described
from openconnector.commands.styled import good
from openconnector.commands.values import COMMAND_SECRET
from openconnector.core.errors import InvalidInput
from openconnector.sources.protocols import FILE_SCHEMES
from openconnector.sources.proxies import proxy_of, refuse_unreachable
from openconnector.sources.schemas import SourceCreate, SourceRead, SourceUpdate
from openconnector.sources.service import SourceService
from openconnector.sources.settling import settled
from openconnector.vault.leaves import pointer_of, secret_leaves
from openconnector.vault.secret import is_mask

_OURS = re.compile(r"(OPENCONNECTOR|APP|AA|HP|NEXTCLOUD|OTEL)_|PG")
"""Variables that keep this app and its database safe. What a source sends to others is never one of them.

`COMMAND_SECRET` is there to be sent.
"""

_NO_ARGUMENT = (
    "A secret is no argument: others on this machine could read it. Take it from an environment variable with "
    "--secret-from-env {key}=NAME, from the standard input with --secret-from-stdin {key}, or enter it on the page."
)


async def add(context: Context, values: Mapping[str, Any], output: Output) -> None:
    """Add a source.

    Raises:
        InvalidInput: something is missing or wrong; each error names its key.
        Conflict: the slug belongs to another source.
    """
    typed = assignments_of(values["assignments"] or ())
    document, is_piped = await _configuration(context, values)
    for name in ("name", "location", "slug", "type"):
        if values.get(name) is not None:
            document[name] = values[name]
    location = str(document.get("location", ""))
    document.setdefault("type", "ftp" if location.partition("://")[0].lower() in FILE_SCHEMES else "json")
    kept = await _put_secrets(context, values, document, typed)
    wanted = validated(SourceCreate, document, typed)
    _refuse_secrets_in_arguments(wanted, {*kept, *(["*"] if is_piped else [])})
    wanted = await settled(wanted)
    await context.ready()
    await refuse_unreachable(wanted.connection.proxy, (await context.administration().current()).egress)
    async with context.database.write_session() as session:
        source = await SourceService(session, context.vault()).create(wanted)
    output.result([good(f"Added {source.slug}."), *described(source)], **_shown(source))


async def change(context: Context, values: Mapping[str, Any], output: Output) -> None:
    """Change a source. What is not named stays as it is.

    Raises:
        NotFound: there is none.
        InvalidInput: nothing is named, or something is wrong; each error names its key.
        VersionConflict: somebody else has saved it at the same moment.
    """
    typed = assignments_of(values["assignments"] or ())
    changes, is_piped = await _configuration(context, values)
    await context.ready()
    async with context.database.read_session() as session:
        stored = await SourceService(session, context.vault()).read(values["source"])
    document = stored.model_dump(mode="json", by_alias=True) | changes
    if any(one.key == "authentication.type" and one.text != stored.authentication.type for one in typed):
        document["authentication"] = {}  # nothing of another scheme fits
    kept = await _put_secrets(context, values, document, typed)
    if not (typed or changes or kept):
        raise InvalidInput("Say what to set, such as connection.totalTimeoutMs=20000.")
    wanted = validated(SourceUpdate, document, typed)
    _refuse_secrets_in_arguments(wanted, {*kept, *(["*"] if is_piped else [])})
    reference = str(stored.id)
    former = await context.database.run(lambda session: proxy_of(session, reference))
    wanted = await settled(wanted)
    policy = (await context.administration().current()).egress
    await refuse_unreachable(wanted.connection.proxy, policy, stored=former)
    async with context.database.write_session() as session:
        source = await SourceService(session, context.vault()).update(reference, wanted)
    output.result([good(f"Changed {source.slug}."), *described(source)], **_shown(source))


async def _configuration(context: Context, values: Mapping[str, Any]) -> tuple[Document, bool]:
    """The JSON of `--configuration`, and whether it came through the standard input."""
    text = values.get("configuration")
    if text is None:
        return {}, False
    is_piped = text == "-"
    try:
        document = json.loads(await context.standard_input() if is_piped else text)
    except (ValueError, RecursionError):
        raise InvalidInput.parameter("configuration", "This is not valid JSON.") from None
    if not isinstance(document, dict):
        raise InvalidInput.parameter("configuration", "The configuration of a source is a JSON object.")
    return document, is_piped


async def _put_secrets(
    context: Context, values: Mapping[str, Any], document: Document, typed: Sequence[Assignment]
) -> list[str]:
    """Put the secrets that come beside the arguments where they belong; the keys of them."""
    secrets = {key: _variable(key, name) for key, name in (values.get("secret_from_env") or {}).items()}
    key = values.get("secret_from_stdin")
    if key is not None:
        if values.get("configuration") == "-":
            raise InvalidInput.parameter("secret-from-stdin", "The standard input holds the configuration already.")
        secrets[key] = (await context.standard_input()).removesuffix("\n").removesuffix("\r")
    for place, secret in secrets.items():
        for one in typed:
            if f"{place}.".lower().startswith(f"{one.key}.".lower()):
                raise InvalidInput(f"{one.key}=… would replace the secret of {place}. Leave one of them out.")
        assign(document, Assignment(place, secret), secret)
        _mark_row(document, place)
    return list(secrets)


def _variable(key: str, name: str) -> str:
    """The secret in a variable. A name that is none may be the secret itself, so it is not repeated."""
    if name != COMMAND_SECRET and _OURS.match(name.upper()):
        raise InvalidInput.parameter(
            "secret-from-env", f"The variable for {key} belongs to OpenConnector itself, and is sent to nobody."
        )
    secret = os.environ.get(name)
    if not secret:
        text = f"The variable that shall hold {key} is not set here. occ runs its commands in the container of the app."
        raise InvalidInput.parameter("secret-from-env", text)
    return secret


def _mark_row(document: Document, key: str) -> None:
    """A header or parameter whose value came as a secret is one."""
    place, dot, name = key.partition(".")
    if place in ("headers", "query") and dot:
        for row in document[place]:
            if str(row.get("name", "")).lower() == name.lower():
                row["isSecret"] = True


def _refuse_secrets_in_arguments(wanted: BaseModel, kept: Iterable[str]) -> None:
    """Refuse a secret that is neither stored already nor came beside the arguments."""
    allowed = {key.lower() for key in kept}
    if "*" in allowed:
        return
    errors = []
    for path, secret in secret_leaves(wanted):
        key = _key_of(path, wanted)
        if secret and not is_mask(secret) and key.lower() not in allowed:
            errors.append(InvalidInput.field(f"/{pointer_of(path)}", _NO_ARGUMENT.format(key=key), code="secret"))
    if errors:
        raise InvalidInput(errors=[error.errors[0] for error in errors])


def _key_of(path: tuple[str | int, ...], wanted: BaseModel) -> str:
    """The key of a place as it is typed: rows by their names."""
    if path[0] in ("headers", "query") and len(path) > 1:
        rows = getattr(wanted, str(path[0]))
        return f"{path[0]}.{rows[path[1]].name}"
    return ".".join(map(str, path))


def _shown(source: SourceRead) -> dict[str, Any]:
    return source.model_dump(mode="json", by_alias=True)
