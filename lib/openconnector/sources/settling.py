# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads and checks the keys of a source before it is saved. That takes long: no transaction may be open meanwhile."""

import asyncio
from collections.abc import Iterable
from typing import TypeVar

from openconnector.core.errors import FieldError, InvalidInput
from openconnector.sources.schemas import SourceCreate

Wanted = TypeVar("Wanted", bound=SourceCreate)


async def settled(wanted: Wanted) -> Wanted:
    """The source with its keys as they are stored.

    Raises:
        InvalidInput: something is wrong with authentication or client certificate.
    """
    return await asyncio.to_thread(_settled, wanted)


def _settled(wanted: Wanted) -> Wanted:
    authentication, wrong = wanted.authentication.settled()
    errors = list(_below("/authentication", wrong))
    certificate = wanted.connection.client_certificate
    if certificate is not None:
        certificate, wrong = certificate.settled()
        errors += _below("/connection/clientCertificate", wrong)
    if errors:
        raise InvalidInput(errors=errors)
    connection = wanted.connection.model_copy(update={"client_certificate": certificate})
    return wanted.model_copy(update={"authentication": authentication, "connection": connection})


def _below(pointer: str, errors: Iterable[FieldError]) -> Iterable[FieldError]:
    return (FieldError(f"{pointer}{error.pointer or ''}", error.detail, error.code) for error in errors)
