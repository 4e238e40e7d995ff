# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What AppAPI tells the app about itself and about Nextcloud, in environment variables.

AppAPI sets these variables when it deploys the container; whoever starts the app by hand sets them too.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

PROJECT = Path(__file__).resolve().parent.parent

_OLDEST_APPAPI = "3.1.0"
_LAST_PORT = 65535


class EnvironmentProblemError(ValueError):
    """A variable is missing or cannot be used; `str()` is one line that names it."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__(f"{name} {text}")


@dataclass(frozen=True, slots=True)
class Environment:
    """The environment of one running app. The secret is kept out of its representation."""

    app_id: str
    app_version: str
    app_secret: str = field(repr=False)
    nextcloud_url: str
    """Base address of Nextcloud without a trailing slash and without `/index.php`."""
    aa_version: str
    host: str
    port: int
    unix_socket: Path | None
    """Set behind HaRP, which reaches the app through this socket instead of a port."""
    storage: Path
    assets: Path
    """The directory that holds the built interface: `js/`, `css/`."""

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> "Environment":
        """Read and check the variables.

        Raises:
            EnvironmentProblemError: a variable is missing or wrong.
        """
        behind_harp = bool(environ.get("HP_SHARED_KEY"))
        return cls(
            app_id=_required(environ, "APP_ID"),
            app_version=_required(environ, "APP_VERSION"),
            app_secret=_required(environ, "APP_SECRET"),
            nextcloud_url=normalise_nextcloud_url(_required(environ, "NEXTCLOUD_URL")),
            aa_version=environ.get("AA_VERSION", "").strip() or _OLDEST_APPAPI,
            host=environ.get("APP_HOST", "").strip() or "127.0.0.1",
            port=_port(_required(environ, "APP_PORT")),
            unix_socket=_socket(environ) if behind_harp else None,
            storage=_storage(_required(environ, "APP_PERSISTENT_STORAGE")),
            assets=Path(environ.get("OPENCONNECTOR_ASSETS") or PROJECT / "ex_app"),
        )


def normalise_nextcloud_url(value: str) -> str:
    """The base address of Nextcloud, whichever way the daemon's configuration spells it.

    AppAPI hands on what an administrator typed: with or without a trailing slash or `/index.php`.
    """
    text = value.strip()
    try:
        parts = urlsplit(text)
        host = parts.hostname
        _ = parts.port
    except ValueError:
        raise EnvironmentProblemError("NEXTCLOUD_URL", "is not an address") from None
    if parts.scheme not in {"http", "https"} or not host:
        raise EnvironmentProblemError("NEXTCLOUD_URL", "must be an address such as https://cloud.example.org")
    if parts.username is not None or parts.query or parts.fragment:
        raise EnvironmentProblemError("NEXTCLOUD_URL", "must not hold a user, a query or a fragment")
    return text.rstrip("/").removesuffix("/index.php").rstrip("/")


def _required(environ: Mapping[str, str], name: str) -> str:
    value = environ.get(name, "").strip()
    if not value:
        raise EnvironmentProblemError(name, "is not set; AppAPI sets it, and so does the standalone host")
    return value


def _port(value: str) -> int:
    if not (value.isascii() and value.isdigit() and 0 < int(value) <= _LAST_PORT):
        raise EnvironmentProblemError("APP_PORT", f"must be a number from 1 to {_LAST_PORT}")
    return int(value)


def _storage(value: str) -> Path:
    path = Path(value)
    if not path.is_absolute():
        raise EnvironmentProblemError("APP_PERSISTENT_STORAGE", "must be an absolute path")
    return path


def _socket(environ: Mapping[str, str]) -> Path:
    # The name that HaRP's start script writes into the tunnel's configuration.
    return Path(environ.get("HP_EXAPP_SOCK") or "/tmp/exapp.sock")  # noqa: S108
