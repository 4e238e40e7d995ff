# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a call can come to. The log keeps it, the sources show the latest, and `calls` decides it."""

from typing import Literal

Outcome = Literal["success", "http_error", "transport_error", "auth_error", "refused"]
