# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""`doctor`: looks at everything that OpenConnector needs, and says what to mend."""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from openconnector.commands.checks import Check, Verdict
from openconnector.commands.command import Context, Output
from openconnector.commands.egress_checks import check_egress
from openconnector.commands.key_checks import check_keys
from openconnector.commands.log_checks import check_log
from openconnector.commands.storage_checks import check_clock, check_database, check_disk
from openconnector.commands.styled import Block, Cell, Table, bad, faint, good, warning

_SIGNS: dict[Verdict, Cell] = {"ok": good("ok"), "warning": warning("warning"), "failed": bad("failed")}
_NO_NEXTCLOUD = Check("nextcloud", "ok", "Not asked: this command line has none around it.")


async def examine(context: Context, _values: Mapping[str, Any], output: Output) -> bool:
    """Look at everything; false where something failed. A warning is no failure."""
    checks = await check_database(context)
    is_usable = all(check.verdict != "failed" for check in checks)
    checks += await _each(context, [check_keys, check_egress, check_log] if is_usable else [])
    checks += await _each(context, [check_clock, check_disk, check_nextcloud])
    counts = Counter(check.verdict for check in checks)
    blocks: list[Block] = [Table(("CHECK", "", "FOUND"), [(c.name, _SIGNS[c.verdict], c.found) for c in checks])]
    blocks += [[f"{check.name}: ", check.mend] for check in checks if check.mend]
    blocks.append(faint(f"{counts['ok']} ok, {counts['warning']} warnings, {counts['failed']} failed."))
    output.result(blocks, passed=not counts["failed"], checks=[check.as_member() for check in checks])
    return not counts["failed"]


async def check_nextcloud(context: Context) -> list[Check]:
    """Ask the Nextcloud around this command line, where there is one."""
    return [*await context.nextcloud.checks()] if context.nextcloud is not None else [_NO_NEXTCLOUD]


async def _each(context: Context, kinds: Sequence[Callable[[Context], Awaitable[list[Check]]]]) -> list[Check]:
    """What these find. One that breaks has found that, and the others go on."""
    found: list[Check] = []
    for kind in kinds:
        try:
            found += await kind(context)
        except Exception as error:  # noqa: BLE001  # a doctor that faints helps nobody
            name = kind.__name__.removeprefix("check_")
            found.append(Check(name, "failed", f"It could not be looked at: {type(error).__name__}.", str(error)[:500]))
    return found
