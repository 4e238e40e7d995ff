# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""`source:test` and `source:verify`: calls that are made on command, and logged like all others."""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from openconnector.calls.opening import opened
from openconnector.calls.schemas import CallRequest, TestRequest, VerifyRequest
from openconnector.calls.verify import verified
from openconnector.commands.command import Context, Output
from openconnector.commands.logs import described, diagnosed
from openconnector.commands.styled import Block, Cell, Table, bad, faint, good
from openconnector.core.errors import FieldError, InvalidInput
from openconnector.core.problems import field_errors
from openconnector.logs.schemas import Trigger
from openconnector.logs.shown import show_call
from openconnector.sources.opened import OpenSource
from openconnector.transports.soap.endpoint import wsdl_path_of

Wanted = TypeVar("Wanted", bound=BaseModel)

_SIGNS = {"passed": good("passed"), "failed": bad("failed"), "skipped": faint("skipped")}


async def test(context: Context, values: Mapping[str, Any], output: Output) -> bool:
    """Make one call; false where it failed or was refused.

    Raises:
        NotFound: there is no such source.
        InvalidInput: the request cannot be made so.
    """
    body = values["body"]
    if body == "-":
        body = await context.standard_input()
    wanted = _checked(TestRequest, method=values["method"], path=values["path"], body=body)
    await context.ready()
    source = await _opened(context, values["source"])
    output.progress(f"{wanted.method} {source.location}{wanted.path}")
    async with context.calls() as calls:
        call = show_call(await calls.call(source, wanted, _trigger("source:test")))
    output.result(described(call, with_bodies=True, with_headers=False), **call.model_dump(mode="json", by_alias=True))
    return call.outcome == "success"


async def verify(context: Context, values: Mapping[str, Any], output: Output) -> bool:
    """Go the way of a call step by step; false where a step failed.

    Raises:
        NotFound: there is no such source.
        InvalidInput: the request cannot be made so.
    """
    asked = _checked(VerifyRequest, method=values["method"], path=values["path"])
    await context.ready()
    source = await _opened(context, values["source"])
    # To a GET, a service that works mostly answers 405, or nothing: it is asked for its WSDL.
    asks_for_wsdl = source.type == "soap" and asked.method == "GET" and not asked.path
    path = wsdl_path_of(source.location) if asks_for_wsdl else asked.path
    output.progress(f"{asked.method} {source.location}{path}")
    async with context.calls() as calls:
        wanted = CallRequest(method=asked.method, path=path)
        found = verified(show_call(await calls.call(source, wanted, _trigger("source:verify"), is_fresh=True)))
    rows: list[tuple[Cell, ...]] = [
        (
            step.name,
            _SIGNS[step.status],
            faint("" if step.duration_ms is None else f"{step.duration_ms:.1f} ms"),
            step.summary,
        )
        for step in found.steps
    ]
    blocks: list[Block] = [Table(("STEP", "", "TIME", ""), rows, frozenset({2}))]
    if not found.passed:
        blocks += ["", *diagnosed(found.call)]
    blocks.append(faint(f"Log entry {found.call.id}"))
    output.result(blocks, **found.model_dump(mode="json", by_alias=True))
    return found.passed


def _trigger(command: str) -> Trigger:
    return Trigger(type="command", id=command)


async def _opened(context: Context, reference: str) -> OpenSource:
    return await opened(
        reference, database=context.database, vault=context.vault(), administration=context.administration()
    )


def _checked(model: type[Wanted], **values: Any) -> Wanted:
    try:
        return model.model_validate({name: value for name, value in values.items() if value is not None})
    except ValidationError as error:
        errors = [FieldError(None, one.detail, one.code, (one.pointer or "").strip("/")) for one in field_errors(error)]
        raise InvalidInput(errors=errors) from None
