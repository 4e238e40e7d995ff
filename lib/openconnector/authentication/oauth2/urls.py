# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""URLs of an authorization server."""

from urllib.parse import urlsplit

from openconnector.core.phrases import phrase


def check_url(url: str) -> str:
    """An absolute HTTP URL without credentials and fragment, or nothing.

    Raises:
        ValueError: with the sentence that stands under the field.
    """
    if not url:
        return url
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError(phrase("This is not a valid URL.")) from None
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0 or any(char.isspace() for char in url):
        raise ValueError(phrase("Enter a whole URL, such as https://login.example.org/oauth2/token."))
    if "@" in parts.netloc:
        raise ValueError(phrase("Do not put credentials into the URL. Enter them in their fields."))
    if parts.fragment:
        raise ValueError(phrase("This URL may have no fragment (#…)."))
    return url
