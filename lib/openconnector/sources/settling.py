# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads and checks the keys of a source before it is saved. That takes long: no transaction may be open meanwhile."""

import asyncio
from collections.abc import Iterable, Iterator
from typing import TypeVar

from openconnector.core.errors import FieldError, InvalidInput
from openconnector.core.phrases import phrase
from openconnector.sources.schemas import SourceCreate

_FILE_SCHEMES = frozenset({"none", "basic", "ssh_key"})

Wanted = TypeVar("Wanted", bound=SourceCreate)


async def settled(wanted: Wanted) -> Wanted:
    """The source with its keys as they are stored.

    Raises:
        InvalidInput: something is wrong with authentication or client certificate.
    """
    return await asyncio.to_thread(settle, wanted)


def settle(wanted: Wanted) -> Wanted:
    """The same, for a thread."""
    authentication, wrong = wanted.authentication.settled()
    errors = [*_misfit(wanted), *_below("/authentication", wrong)]
    certificate = wanted.connection.client_certificate
    if certificate is not None:
        certificate, wrong = certificate.settled()
        errors += _below("/connection/clientCertificate", wrong)
    soap = wanted.connection.soap
    if soap.security is not None and soap.security.signature is not None:
        signature, wrong = soap.security.signature.settled()
        errors += _below("/connection/soap/security/signature", wrong)
        soap = soap.model_copy(update={"security": soap.security.model_copy(update={"signature": signature})})
    if errors:
        raise InvalidInput(errors=errors)
    connection = wanted.connection.model_copy(update={"client_certificate": certificate, "soap": soap})
    return wanted.model_copy(update={"authentication": authentication, "connection": connection})


def _misfit(wanted: SourceCreate) -> Iterator[FieldError]:
    """What is wrong with the choice of the scheme: file servers know few, and an SSH key is for SSH alone."""
    scheme, is_ssh = wanted.authentication.type, wanted.location.lower().startswith("sftp://")
    if wanted.type == "ftp" and scheme not in _FILE_SCHEMES:
        detail = phrase("A file server takes user name and password (Basic), an SSH key, or nobody's name.")
        yield FieldError("/authentication/type", detail, "invalid")
    elif scheme == "ssh_key" and not is_ssh:
        detail = phrase("An SSH key is for locations that begin with sftp://.")
        yield FieldError("/authentication/type", detail, "invalid")


def _below(pointer: str, errors: Iterable[FieldError]) -> Iterable[FieldError]:
    return (FieldError(f"{pointer}{error.pointer or ''}", error.detail, error.code) for error in errors)
