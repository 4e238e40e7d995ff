# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""All schemes as one union, discriminated by `type`: it validates the API and shapes the column and `openapi.json`."""

from typing import Annotated

from pydantic import Field

from openconnector.authentication.anonymous import NoAuthentication
from openconnector.authentication.api_key import ApiKeyAuthentication
from openconnector.authentication.aws_sigv4 import AwsSigV4Authentication
from openconnector.authentication.basic import BasicAuthentication
from openconnector.authentication.bearer import BearerAuthentication
from openconnector.authentication.digest import DigestAuthentication
from openconnector.authentication.hmac_signature import HmacAuthentication
from openconnector.authentication.ntlm import NtlmAuthentication
from openconnector.authentication.oauth2.scheme import OAuth2Authentication
from openconnector.authentication.self_issued_jwt import JwtAuthentication
from openconnector.authentication.ssh_key import SshKeyAuthentication

Authentication = Annotated[
    NoAuthentication
    | BasicAuthentication
    | BearerAuthentication
    | ApiKeyAuthentication
    | OAuth2Authentication
    | JwtAuthentication
    | DigestAuthentication
    | NtlmAuthentication
    | AwsSigV4Authentication
    | HmacAuthentication
    | SshKeyAuthentication,
    Field(discriminator="type"),
]
