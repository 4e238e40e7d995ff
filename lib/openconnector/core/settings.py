# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The settings of one running engine, read once at start and passed in."""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from openconnector.core.retention import MAX_DAYS


class Settings(BaseSettings):
    """Everything an administrator decides by environment. Each name has the prefix `OPENCONNECTOR_`."""

    model_config = SettingsConfigDict(env_prefix="OPENCONNECTOR_", env_ignore_empty=True, frozen=True, extra="ignore")

    storage_path: Path = Path(".standalone/data")
    """Directory of the SQLite database and the key file; it must survive a restart."""

    database_url: SecretStr | None = None
    """`postgresql://user:password@host/name`; without it SQLite in `storage_path` is used. It holds a password."""

    secret_key: SecretStr | None = None
    """32 bytes in base64 that encrypt the secrets; without it a key file is made in `storage_path`."""

    previous_secret_keys: Annotated[list[SecretStr], NoDecode] = []
    """Former values of `secret_key`, separated by commas: they are read until `secret:rotate` is done."""

    log_level: Literal["debug", "info", "warning", "error"] = "info"

    success_retention_days: int = Field(default=30, ge=0, le=MAX_DAYS)
    """Days that a successful call stays in the log, unless its source says otherwise; 0: for ever."""

    error_retention_days: int = Field(default=90, ge=0, le=MAX_DAYS)
    """Days that any other call stays in the log, unless its source says otherwise; 0: for ever."""

    ca_file: Path | None = None
    """Certificate authorities (PEM) that calls trust beside those of the system."""

    egress_allow: Annotated[list[str], NoDecode] = []
    """Networks (CIDR) and host names that calls may reach although they are not public, separated by commas."""

    own_ports: frozenset[int] = frozenset()
    """Ports of this machine that belong to OpenConnector itself, and that no call may reach."""

    background_work: bool = True
    """Whether this process runs scheduled work. Processes that share a PostgreSQL database share the work."""

    clean_up_cron: str = "*/10 * * * *"
    """When expired log entries are removed, as a cron expression."""

    watch_cron: str = "*/10 * * * * *"
    """When it is looked which watched sources are due for a check, as a cron expression that begins with seconds."""

    @field_validator("egress_allow", "previous_secret_keys", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return value.replace(",", " ").split() if isinstance(value, str) else value

    @field_validator("clean_up_cron", "watch_cron")
    @classmethod
    def _is_due_some_day(cls, value: str) -> str:
        from openconnector.core.cron import ever_due  # noqa: PLC0415  # 0.1 s, for the few who say something

        if not ever_due(value):
            text = "this is no cron expression of five fields, or of six with seconds first, that is ever due"
            raise PydanticCustomError("cron", text)
        return value
