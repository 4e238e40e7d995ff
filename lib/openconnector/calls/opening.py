# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A source as calls need it: with its secrets in clear, and with what holds where it says nothing."""

from dataclasses import replace
from functools import partial

from openconnector.administration.service import AdministrationService
from openconnector.core.call_defaults import CallDefaults
from openconnector.core.database import Database
from openconnector.sources.models import Source
from openconnector.sources.opened import OpenSource, open_with
from openconnector.sources.repository import find_blocking
from openconnector.sources.sealing import PatientSealer
from openconnector.vault.encryption import Vault


async def opened(
    reference: str, *, database: Database, vault: Vault, administration: AdministrationService
) -> OpenSource:
    """The source with this id or slug. The transaction has ended: none is open while the network is waited for.

    Raises:
        NotFound: there is no such source.
    """
    source = await database.run(partial(find_blocking, reference=reference))
    return open_to_call(source, vault, (await administration.current()).defaults)


def open_to_call(source: Source, vault: Vault, defaults: CallDefaults) -> OpenSource:
    """The source, also where secrets do not open: a call of it is logged, and nothing is sent."""
    sealer = PatientSealer(vault, source.id)
    found = open_with(sealer, source, defaults)
    return replace(found, closed=sealer.closed) if sealer.closed else found
