# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Whether the key that encrypts the secrets is there, is for us alone, and opens what is stored."""

import os
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from openconnector.commands.checks import Check
from openconnector.commands.command import Context
from openconnector.core.errors import ConfigurationError
from openconnector.sources.models import Source
from openconnector.sources.opened import open_source
from openconnector.vault.encryption import PREFIX, Vault
from openconnector.vault.keys import KeyFile

TRIED = 20
"""Sources whose secrets are opened, those that were saved last."""

READ = 500
"""Sources that are looked through for some with secrets."""

_GIVE_BACK = "Put the former key file back from a backup, or enter the secrets of these sources again."


async def check_keys(context: Context) -> list[Check]:
    """Look at the key, and open secrets with it. No key is made here."""
    settings = context.settings
    if settings.secret_key is not None:
        found = "It stands in OPENCONNECTOR_SECRET_KEY."
    else:
        path = KeyFile(settings.storage_path).path
        if not path.exists():
            mend = (
                "Restore it from the backup: without it, stored secrets are lost, and the app does not start. If it is "
                "lost, run: openconnector secret:rotate --key-lost. Where no secrets are stored, start the app."
            )
            return [Check("key", "failed", f"There is no key file {path}.", mend)]
        owner = path.stat().st_uid
        if os.geteuid() not in (0, owner):
            mend = f"Run: chown {os.geteuid()} {path}"
            return [Check("key", "failed", f"{path} belongs to the user {owner}, and this process is another.", mend)]
        found = f"{path} is readable by its owner only."
    try:
        vault = context.vault()
        vault.key_ids()
    except ConfigurationError as error:
        return [Check("key", "failed", "It cannot be used.", str(error))]
    tried, unreadable = await context.database.run(lambda session: _try(session, vault))
    checks = [Check("key", "ok", found)]
    if unreadable:
        names = ", ".join(unreadable[:5])
        checks.append(
            Check("secrets", "failed", f"Secrets of {len(unreadable)} sources do not open: {names}.", _GIVE_BACK)
        )
    else:
        text = f"Secrets of {tried} sources open." if tried else "No secrets are stored yet."
        checks.append(Check("secrets", "ok", text))
    return checks


def _try(session: Session, vault: Vault) -> tuple[int, list[str]]:
    """How many sources with secrets were tried, and the slugs of those whose secrets do not open."""
    states = (joinedload(Source.rate_state), joinedload(Source.host_key))
    latest = select(Source).options(*states).order_by(Source.updated_at.desc()).limit(READ)
    tried, unreadable = 0, []
    for source in session.scalars(latest):
        if tried == TRIED:
            break
        members = [source.headers, source.query, source.authentication, source.connection]
        if not any(text.startswith(f"{PREFIX}.") for text in _texts(members)):
            continue
        tried += 1
        try:
            open_source(source, vault)
        except ConfigurationError:
            unreadable.append(source.slug)
    return tried, unreadable


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)
