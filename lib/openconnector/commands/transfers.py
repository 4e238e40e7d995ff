# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""`import` and `export`: sources from and into files. What is imported may also be fetched.

The file of an import is one of the machine that the command runs on: in occ that is the container of the app.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

from openconnector.commands.command import Context, Output
from openconnector.commands.files import write_file
from openconnector.commands.styled import Block, Cell, Table, bad, faint, good, warning
from openconnector.core.errors import InvalidInput
from openconnector.sources.repository import find_blocking
from openconnector.transfer.exporting import SourceExports
from openconnector.transfer.schemas import MAX_CONTENT, MIN_PASSPHRASE, ImportPreview
from openconnector.transfer.service import Imports, Progress
from openconnector.transfer.shown import preview_of, result_of

PROGRESS_SECONDS = 1.0

_SIGNS = {"create": good, "update": good, "unchanged": faint, "conflict": warning, "unreadable": bad}
_NOT_DONE = frozenset({"conflict", "unreadable"})


async def import_sources(context: Context, values: Mapping[str, Any], output: Output) -> bool:
    """Import what a document describes, all of it or nothing; false where a source of it could not be.

    Raises:
        Unreadable: the document is of no known format, or broken.
        InvalidInput: there is no such file, or nothing that can be fetched at the URL.
        Conflict: somebody else was faster.
    """
    file, url = values["file"], values["url"]
    if (file is None) == (url is None):
        raise InvalidInput.parameter("file", "Name a file, or a URL with --url.")
    passphrase = _passphrase(values["passphrase_from_env"])
    content = await _content(context, file) if url is None else await _fetched(context, url, output)
    await context.ready()
    imports = Imports(context.database, context.vault(), context.administration())
    preview = preview_of(await imports.preview(content, passphrase))
    left = [item for item in preview.sources if item.state in _NOT_DONE]
    if values["dry_run"]:
        output.result(_previewed(preview), **preview.model_dump(mode="json", by_alias=True))
        return not left
    progress = Progress()
    telling = asyncio.create_task(_tell(progress, output))
    try:
        done = result_of(await imports.apply(content, None, passphrase=passphrase, progress=progress))
    finally:
        telling.cancel()
    counts = f"{done.created} created, {done.updated} updated, {done.unchanged} unchanged, {done.skipped} skipped."
    output.result([*_previewed(preview), counts], **done.model_dump(mode="json", by_alias=True))
    return not left


async def export_sources(context: Context, values: Mapping[str, Any], output: Output) -> None:
    """Write sources as a document: their secrets are left out, or encrypted with a passphrase.

    Raises:
        NotFound: one of them is not there.
        InvalidInput: the passphrase is too short, or the file cannot be written.
    """
    passphrase = _passphrase(values["passphrase_from_env"])
    if passphrase is not None and len(passphrase) < MIN_PASSPHRASE:
        raise InvalidInput.parameter("passphrase-from-env", f"A passphrase has at least {MIN_PASSPHRASE} characters.")
    await context.ready()
    references = values["sources"]
    ids = None
    if references:
        ids = await context.database.run(lambda session: [find_blocking(session, one).id for one in references])
    exports = SourceExports(context.database, context.vault(), context.administration())
    document = await exports.write(ids, values["format"], passphrase)
    path = values.get("output")
    if path is None:
        await output.piece(document, is_json=values["format"] == "json")
        return
    await write_file(Path(path), _once(document))
    output.progress(f"The sources are in {path}.")


async def _once(piece: bytes) -> AsyncIterator[bytes]:
    yield piece


async def _fetched(context: Context, url: str, output: Output) -> str:
    await context.ready()
    async with context.documents() as documents:
        fetched = await documents.fetch(url, None)
    output.progress(f"It was fetched: log entry {fetched.log_id}.")
    return fetched.content


async def _content(context: Context, name: str) -> bytes | str:
    if name == "-":
        return await context.standard_input()
    try:
        content = await asyncio.to_thread(_read, Path(name))
    except OSError as error:
        raise InvalidInput.parameter("file", f"{name} cannot be read: {error.strerror}.") from None
    if len(content) > MAX_CONTENT:
        raise InvalidInput.parameter("file", f"{name} is longer than {MAX_CONTENT // 1024**2} MiB.")
    return content


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_CONTENT + 1)


def _passphrase(variable: str | None) -> str | None:
    if variable is None:
        return None
    passphrase = os.environ.get(variable)
    if not passphrase:
        # Its name is not repeated: it may be the passphrase itself.
        text = "There is no such variable here, or it is empty. occ runs its commands in the container of the app."
        raise InvalidInput.parameter("passphrase-from-env", text)
    return passphrase


async def _tell(progress: Progress, output: Output) -> None:
    while True:
        await asyncio.sleep(PROGRESS_SECONDS)
        output.progress(f"{progress.done} of {progress.total} sources")


def _previewed(preview: ImportPreview) -> list[Block]:
    rows: list[tuple[Cell, ...]] = []
    remarks: list[Block] = []
    for item in preview.sources:
        rows.append((_SIGNS[item.state](item.state), item.slug or "", item.name, faint(item.location)))
        told = [
            *([item.conflict] if item.conflict else []),
            *(f"{error.pointer}: {error.detail}" for error in item.errors),
            *(note.text for note in item.notes),
            *(f"Enter {pointer} again." for pointer in item.missing_secrets),
        ]
        remarks += [[faint(f"{item.name}: "), text] for text in told]
    return [Table(("", "SLUG", "NAME", "LOCATION"), rows), *remarks]
