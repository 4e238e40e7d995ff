# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The tables of sources."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, Boolean, ForeignKey, Integer, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column, relationship

from openconnector.core.clock import now
from openconnector.core.database import Base, UtcDateTime
from openconnector.core.ids import new_id


class Source(Base):
    """A configured connection. In the JSON columns secrets are encrypted one by one."""

    __tablename__ = "sources"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    slug: Mapped[str] = mapped_column(String(100), unique=True)
    name: Mapped[str] = mapped_column(String(255))
    description: Mapped[str] = mapped_column(Text, default="")
    location: Mapped[str] = mapped_column(String(2048))
    type: Mapped[str] = mapped_column(String(16))
    is_enabled: Mapped[bool] = mapped_column(Boolean, default=True)
    headers: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    query: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    authentication: Mapped[dict[str, Any]] = mapped_column(JSON)
    connection: Mapped[dict[str, Any]] = mapped_column(JSON)
    results_position: Mapped[str] = mapped_column(String(500), default="")
    pagination: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    version: Mapped[int] = mapped_column(Integer, default=1)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    last_call: Mapped["LastCall | None"] = relationship(
        lazy="raise", passive_deletes=True, cascade="all, delete-orphan"
    )

    rate_state: Mapped["RateState | None"] = relationship(
        lazy="raise", passive_deletes=True, cascade="all, delete-orphan"
    )

    token_state: Mapped["TokenState | None"] = relationship(
        lazy="raise", passive_deletes=True, cascade="all, delete-orphan"
    )

    host_key: Mapped["HostKey | None"] = relationship(lazy="raise", passive_deletes=True, cascade="all, delete-orphan")

    watch: Mapped["Watch | None"] = relationship(lazy="raise", passive_deletes=True, cascade="all, delete-orphan")

    __mapper_args__ = {"version_id_col": version}  # SQLAlchemy's own form


class LastCall(Base):
    """The result of the latest call of a source. It is state, and changes without a new version of the source."""

    __tablename__ = "source_last_calls"

    source_id: Mapped[UUID] = mapped_column(ForeignKey("sources.id", ondelete="CASCADE"), primary_key=True)
    log_id: Mapped[UUID] = mapped_column(Uuid)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    status_code: Mapped[int | None] = mapped_column(Integer)
    outcome: Mapped[str] = mapped_column(String(32))
    error_type: Mapped[str | None] = mapped_column(String(64))


class RateState(Base):
    """What is used of the rate limit of a source, shared by all workers. Like the latest call, it is state.

    `used` of the window that began at `window_started_at` is counted by us; the announced numbers come from the
    headers of answers. Before `blocked_until` no request is sent.
    """

    __tablename__ = "source_rate_states"

    source_id: Mapped[UUID] = mapped_column(ForeignKey("sources.id", ondelete="CASCADE"), primary_key=True)
    window_started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    used: Mapped[int] = mapped_column(Integer, default=0)
    announced_limit: Mapped[int | None] = mapped_column(BigInteger)
    announced_remaining: Mapped[int | None] = mapped_column(BigInteger)
    resets_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    blocked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    observed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class TokenState(Base):
    """The token that a source sends, shared by all workers, and which of them is fetching another one.

    `content` is encrypted. It belongs to the configuration with this `digest` alone. `fetching_until` is a lease: who
    has it fetches, the others wait for what comes of it.
    """

    __tablename__ = "source_token_states"

    source_id: Mapped[UUID] = mapped_column(ForeignKey("sources.id", ondelete="CASCADE"), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), default="")
    content: Mapped[str | None] = mapped_column(Text)
    revision: Mapped[int] = mapped_column(Integer, default=0)
    obtained_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    refresh_expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    fetching_by: Mapped[str | None] = mapped_column(String(36))
    fetching_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PendingAuthorization(Base):
    """A login at a provider that has begun and not come back yet. Its `state` is known by its hash alone."""

    __tablename__ = "source_pending_authorizations"

    state_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    source_id: Mapped[UUID] = mapped_column(ForeignKey("sources.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[str] = mapped_column(String(255))
    digest: Mapped[str] = mapped_column(String(64))
    content: Mapped[str] = mapped_column(Text)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class HostKey(Base):
    """The key of the SSH server of a source, as it was shown at the first call. A call with another one is refused."""

    __tablename__ = "source_host_keys"

    source_id: Mapped[UUID] = mapped_column(ForeignKey("sources.id", ondelete="CASCADE"), primary_key=True)
    host: Mapped[str] = mapped_column(String(300))
    algorithm: Mapped[str] = mapped_column(String(64))
    fingerprint: Mapped[str] = mapped_column(String(64))
    first_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ServiceDescription(Base):
    """The WSDL of a source with all that it imports, as it was fetched or uploaded.

    `documents` are the texts by their address, the WSDL itself first.
    """

    __tablename__ = "source_service_descriptions"

    source_id: Mapped[UUID] = mapped_column(ForeignKey("sources.id", ondelete="CASCADE"), primary_key=True)
    url: Mapped[str] = mapped_column(String(2048))
    is_uploaded: Mapped[bool] = mapped_column(Boolean)
    documents: Mapped[dict[str, Any]] = mapped_column(JSON)
    digest: Mapped[str] = mapped_column(String(64))
    fetched_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Watch(Base):
    """How a source is looked at from time to time (`content`), and what came of it. `monitoring` writes it.

    The next check is due at `due_at`; null: the watch is switched off. Who checks has a claim until `claimed_until`,
    and knows it by that time. `memory` is what the next check must know of those before it.
    """

    __tablename__ = "source_watches"

    source_id: Mapped[UUID] = mapped_column(ForeignKey("sources.id", ondelete="CASCADE"), primary_key=True)
    content: Mapped[dict[str, Any]] = mapped_column(JSON, deferred=True)  # no list of sources needs it
    state: Mapped[str] = mapped_column(String(16), default="unknown")
    state_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    memory: Mapped[dict[str, Any]] = mapped_column(JSON, deferred=True)
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer, default=1)


class ApiDescription(Base):
    """What the API of a source offers, as an OpenAPI document says: made from it when it was loaded.

    `operations` are for the list, in the order of the document. `details` has the rest of each by its key.
    """

    __tablename__ = "api_descriptions"

    source_id: Mapped[UUID] = mapped_column(ForeignKey("sources.id", ondelete="CASCADE"), primary_key=True)
    url: Mapped[str] = mapped_column(String(2048))
    title: Mapped[str] = mapped_column(String(255))
    version: Mapped[str] = mapped_column(String(100))
    standard: Mapped[str] = mapped_column(String(32))
    server: Mapped[str] = mapped_column(String(2048))
    notes: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    operations: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
    fetched_at: Mapped[datetime] = mapped_column(UtcDateTime)
