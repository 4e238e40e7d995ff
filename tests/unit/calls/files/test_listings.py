# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Listings that are kept for a while."""

import asyncio
import gc
import weakref
from types import SimpleNamespace
from typing import Any

import pytest

from openconnector.calls.files import listings
from openconnector.calls.files.listings import Listings
from openconnector.core.ids import new_id
from openconnector.transports.files.operation import Listing
from openconnector.transports.files.session import RemoteEntry


class _Entries(list[RemoteEntry]):
    """A list that can be watched."""


async def test_a_listing_that_nobody_asks_for_again_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listings, "MAX_AGE_MS", 50)
    source: Any = SimpleNamespace(id=new_id(), version=1)
    kept, entries = Listings(), _Entries()
    listing_id = kept.keep(source, "/", Listing(entries, is_complete=True))
    watched = weakref.ref(entries)
    del entries
    assert kept.find(listing_id, source, "/") is not None
    await asyncio.sleep(0.1)
    gc.collect()
    assert watched() is None
