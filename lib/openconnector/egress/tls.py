# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The TLS contexts that calls are made with."""

import ssl
from pathlib import Path

from openconnector.core.errors import ConfigurationError


def create_context(*, verify: bool, ca_file: Path | None = None) -> ssl.SSLContext:
    """A client context that trusts the system's authorities and those in `ca_file` (PEM).

    The system's store is used, and not a bundle of ours: AppAPI and administrators put private authorities there.

    Raises:
        ConfigurationError: the file cannot be read or holds no certificate.
    """
    if not verify:
        unverified = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        unverified.check_hostname = False
        unverified.verify_mode = ssl.CERT_NONE
        return unverified
    context = ssl.create_default_context()
    if ca_file is not None:
        try:
            context.load_verify_locations(cafile=str(ca_file))
        except (OSError, ssl.SSLError) as error:
            raise ConfigurationError(f"OPENCONNECTOR_CA_FILE {ca_file}: {error}") from None
    return context
