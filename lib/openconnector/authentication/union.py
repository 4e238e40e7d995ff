# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""All schemes as one union, discriminated by `type`: it validates the API and shapes the column and `openapi.json`."""

from typing import Annotated

from pydantic import Field

from openconnector.authentication.anonymous import NoAuthentication
from openconnector.authentication.api_key import ApiKeyAuthentication
from openconnector.authentication.basic import BasicAuthentication
from openconnector.authentication.bearer import BearerAuthentication

Authentication = Annotated[
    NoAuthentication | BasicAuthentication | BearerAuthentication | ApiKeyAuthentication,
    Field(discriminator="type"),
]
