# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""No authentication."""

from typing import Literal

from openconnector.authentication.base import Scheme, Signing
from openconnector.core.http import Request


class NoAuthentication(Scheme):
    """The request is sent as it is."""

    type: Literal["none"] = "none"

    def sign(self, request: Request, signing: Signing) -> None:
        """Nothing to add."""
