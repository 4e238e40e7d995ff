# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What this small Nextcloud knows: its users, and the one external app with everything that it has registered."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from ex_app.standalone.manifest import Manifest

VERSION = "34.0.3"
APPAPI_VERSION = "34.0.3"


@dataclass(frozen=True, slots=True)
class User:
    """A user of this Nextcloud."""

    uid: str
    display_name: str
    groups: tuple[str, ...] = ()

    @property
    def is_admin(self) -> bool:
        """Whether the user is in the group that Nextcloud calls `admin`."""
        return "admin" in self.groups


USERS = {user.uid: user for user in (User("admin", "Administrator", ("admin",)), User("alice", "Alice"))}


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """An entry of the top menu."""

    name: str
    display_name: str
    icon: str
    admin_required: bool

    def visible_to(self, user: User) -> bool:
        """Whether the menu shows the entry, and the page opens, for `user`."""
        return user.is_admin or not self.admin_required


PageKey = tuple[str, str]
"""Type and name of the page that a script, a style or a state belongs to."""


@dataclass(slots=True)
class InstalledApp:
    """The external app, as AppAPI's tables hold it. Registrations are cumulative and idempotent."""

    manifest: Manifest
    secret: str = field(repr=False)
    port: int
    enabled: bool = False
    progress: int = 0
    error: str = ""
    settled: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when an initialisation has come to its end: enabled, or with an error."""
    menu: dict[str, MenuEntry] = field(default_factory=dict)
    scripts: dict[PageKey, list[str]] = field(default_factory=dict)
    styles: dict[PageKey, list[str]] = field(default_factory=dict)
    states: dict[PageKey, dict[str, Any]] = field(default_factory=dict)
    occ_commands: dict[str, dict[str, Any]] = field(default_factory=dict)
    config: dict[str, str] = field(default_factory=dict)
    notifications: list[dict[str, Any]] = field(default_factory=list)
    forms: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def app_id(self) -> str:
        """The app's id."""
        return self.manifest.app_id

    @property
    def address(self) -> str:
        """Where the app listens."""
        return f"http://127.0.0.1:{self.port}"
