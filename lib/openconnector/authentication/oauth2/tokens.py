# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""An access token as it is kept."""

import base64
import binascii
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Self

MARGIN = timedelta(seconds=60)
"""How long before its end a token is not used any more; for a token that lives shorter than ten of these, a tenth."""


@dataclass(frozen=True, slots=True)
class Token:
    """What a token endpoint has given.

    Attributes:
        expires_at: by our clock, counted from when it came; None: nobody said, so it is used until it is refused.
    """

    access_token: str = field(repr=False)
    token_type: str
    scope: str
    obtained_at: datetime
    expires_at: datetime | None = None
    refresh_token: str = field(default="", repr=False)
    refresh_expires_at: datetime | None = None

    def is_fresh(self, at: datetime) -> bool:
        """Whether it can be sent, with enough time left to arrive."""
        if self.expires_at is None:
            return True
        margin = min(MARGIN, (self.expires_at - self.obtained_at) / 10)
        return at < self.expires_at - margin

    @property
    def lives_no_time(self) -> bool:
        """Whether it had come to its end when it came."""
        return self.expires_at is not None and self.expires_at <= self.obtained_at

    def can_refresh(self, at: datetime) -> bool:
        """Whether its refresh token may still be taken."""
        return bool(self.refresh_token) and (self.refresh_expires_at is None or at < self.refresh_expires_at)

    def secrets(self) -> list[str]:
        """What nobody may see of it."""
        return [text for text in (self.access_token, self.refresh_token) if text]

    def dumped(self) -> str:
        """The token as a text, to be encrypted."""
        return json.dumps(
            {
                "accessToken": self.access_token,
                "tokenType": self.token_type,
                "scope": self.scope,
                "obtainedAt": self.obtained_at.isoformat(),
                "expiresAt": self.expires_at and self.expires_at.isoformat(),
                "refreshToken": self.refresh_token,
                "refreshExpiresAt": self.refresh_expires_at and self.refresh_expires_at.isoformat(),
            }
        )

    @classmethod
    def loaded(cls, text: str) -> Self:
        """The token from what `dumped` gave."""
        values = json.loads(text)
        return cls(
            access_token=values["accessToken"],
            token_type=values["tokenType"],
            scope=values["scope"],
            obtained_at=datetime.fromisoformat(values["obtainedAt"]),
            expires_at=_time(values["expiresAt"]),
            refresh_token=values["refreshToken"],
            refresh_expires_at=_time(values["refreshExpiresAt"]),
        )


def decoded_jwt(token: str) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Header and claims of a JWT (RFC 7519), with nothing verified: it is not for us. None: it is none."""
    parts = token.split(".")
    if len(parts) != 3:  # noqa: PLR2004
        return None
    try:
        header, claims = (json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))) for part in parts[:2])
    except (ValueError, binascii.Error, RecursionError):
        return None
    if not isinstance(header, dict) or not isinstance(claims, dict):
        return None
    return json.loads(storable(json.dumps(header, ensure_ascii=False))), json.loads(
        storable(json.dumps(claims, ensure_ascii=False))
    )


def storable(text: str) -> str:
    """A text of the other side without what no database and no answer holds: NUL, and halves of surrogate pairs."""
    return text.encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
