# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Descriptions of APIs: OpenAPI 3.0, 3.1, 3.2 and Swagger 2.0, as sources and as what completes a request."""

from openconnector.transfer.openapi.document import recognises
from openconnector.transfer.openapi.drafts import located, read

__all__ = ["located", "read", "recognises"]
