# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What AppAPI tells the app about itself and about Nextcloud, in environment variables, and what an administrator adds.

AppAPI sets the variables of `Environment` when it deploys the container; whoever starts the app by hand sets them too.
Those of `Operation` are an administrator's own, beside the engine's (`openconnector.core.settings`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

_PACKAGE = Path(__file__).resolve().parent

PROJECT = _PACKAGE.parent if (_PACKAGE.parent / "appinfo").is_dir() else _PACKAGE
"""The directory that holds `appinfo/`, `img/` and `l10n/`: the checkout, or the package where a wheel is installed."""

_OLDEST_APPAPI = "3.1.0"
_LAST_PORT = 65535


class EnvironmentProblemError(ValueError):
    """A variable is missing or cannot be used; `str()` is one line that names it."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__(f"{name} {text}")


class Operation(BaseModel):
    """How the app is operated. Each name has the prefix `OPENCONNECTOR_`; an empty variable is as none."""

    model_config = ConfigDict(frozen=True)

    log_format: Literal["json", "human"] = "json"
    """What the lines on standard error look like."""

    nextcloud_log: Literal["off", "warning", "error"] = "warning"
    """From which level on records go to Nextcloud's own log, too."""

    metrics_token: SecretStr | None = Field(default=None, min_length=16)
    """Who shows it as a bearer token may read `/metrics`; without it there are no metrics."""

    metrics_port: int | None = Field(default=None, ge=1, le=65535)
    """A port of its own for `/metrics`, on all interfaces: behind HaRP the app has no other."""

    trace_hosts: tuple[str, ...] = ()
    """Hosts that are told which trace a request belongs to (`erp.example.org`, `*.example.org`, `*`), by commas."""

    @field_validator("trace_hosts", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return tuple(value.lower().replace(",", " ").split()) if isinstance(value, str) else value

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> "Operation":
        """Read and check the variables.

        Raises:
            EnvironmentProblemError: one of them is wrong.
        """
        given = {name: environ.get(f"OPENCONNECTOR_{name.upper()}", "").strip() for name in cls.model_fields}
        try:
            return cls.model_validate({name: value for name, value in given.items() if value})
        except ValidationError as error:
            # Only the first, and without its input: the value may be a token.
            first = error.errors(include_input=False, include_url=False)[0]
            name = f"OPENCONNECTOR_{first['loc'][0]}".upper()
            raise EnvironmentProblemError(name, f"cannot be used: {first['msg']}") from None


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
    operation: Operation = field(default_factory=Operation)

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
            assets=Path(environ.get("OPENCONNECTOR_ASSETS") or _PACKAGE),
            operation=Operation.read(environ),
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
