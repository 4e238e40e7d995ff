# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""`logs:export`: calls of the log as a file, as it comes."""

from collections.abc import Mapping
from contextlib import aclosing
from pathlib import Path
from typing import Any

from openconnector.commands.command import Context, Output
from openconnector.commands.files import write_file
from openconnector.commands.logs import filter_of
from openconnector.core.ids import new_id
from openconnector.logs.exports.formats import format_of
from openconnector.logs.exports.service import Export, Prepared


async def export(context: Context, values: Mapping[str, Any], output: Output) -> None:
    """Write what matches to the standard output, or to a file, which is there when it is whole.

    It takes none of the places that exports of browsers have: whoever types it waits for it.

    Raises:
        InvalidInput: the question cannot be understood, or the file cannot be written.
    """
    name, path = values["format"], values.get("output")
    async with context.log() as opened:
        question = await opened.logs.question(filter_of(values["query"]))
        total = (await opened.logs.count(question)).total
        progress = Export(new_id(), "", total=total)
        directory = context.settings.storage_path
        prepared = Prepared(progress, question, format_of(name, total), opened.logs, directory)
        async with aclosing(prepared.pieces()) as pieces:
            if path is None:
                async for piece in pieces:
                    await output.piece(piece, is_json=name != "csv")
                return

            def tell() -> None:
                output.progress(f"{progress.done} of {max(progress.total, progress.done)} calls")

            await write_file(Path(path), pieces, tell)
    output.progress(f"{progress.done} calls are in {path}.")
