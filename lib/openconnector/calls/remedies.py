# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The table behind the diagnosis: for each refusal and failure its phase, its words, and what to do.

In the words `{host}`, `{location}`, `{path}`, `{status}`, `{target}` and `{scheme}` stand for what was observed.
"""

from dataclasses import dataclass

from openconnector.logs.schemas import Phase, Place

CONNECTION: Place = "configuration/connection"
AUTHENTICATION: Place = "configuration/authentication"
BASICS: Place = "configuration"
HEADERS: Place = "configuration/headers"
TEST: Place = "test"


@dataclass(frozen=True, slots=True)
class Words:
    """One row: `remedies` are pairs of a sentence and the place in the interface where it is done."""

    phase: Phase
    title: str
    detail: str
    remedies: tuple[tuple[str, Place | None], ...] = ()


_ADDRESS: tuple[str, Place | None] = ("Check the spelling of the location.", BASICS)
_FIREWALL: tuple[str, Place | None] = ("Check firewall, VPN and proxy rules from that server to {host}.", None)
_CERTIFICATE: tuple[str, Place | None] = ("Ask whoever runs {host} to install a valid certificate.", None)
_UNVERIFIED: tuple[str, Place | None] = (
    "For a test system only: switch off “Verify TLS” under Connection.",
    CONNECTION,
)
_OWN_CA: tuple[str, Place | None] = (
    "If it is your own authority, add it to the server's store or set OPENCONNECTOR_CA_FILE.",
    None,
)
TRY_AGAIN: tuple[str, Place | None] = ("Try again in a moment.", TEST)
THEIR_LOGS: tuple[str, Place | None] = ("Look into the logs of the other system at the time of this call.", None)

REFUSALS: dict[str, Words] = {
    "invalid_request": Words(
        "configuration",
        "The request cannot be built",
        "OpenConnector did not send the request: location, path, headers and authentication make no valid one.",
        (("Check the path and the headers of this request.", TEST), ("Check the configuration of the source.", BASICS)),
    ),
    "source_disabled": Words(
        "configuration",
        "The source is disabled",
        "OpenConnector did not send the request, because calls of this source are switched off.",
        (("Enable the source, then test again.", BASICS),),
    ),
    "path_leaves_origin": Words(
        "configuration",
        "The path does not stay below the location",
        "OpenConnector did not send the request: a path may not name another host or climb out of {location}.",
        (
            ("Enter only the part behind the location, such as /health.", TEST),
            ("To call another host, add a source for it.", None),
        ),
    ),
}

FAILURES: dict[str, Words] = {
    "name_not_resolved": Words(
        "dns",
        "The host name was not found",
        "The server that runs Nextcloud cannot find an address for {host}.",
        (_ADDRESS, ("If it is an internal name, check the DNS of the server that runs Nextcloud.", None)),
    ),
    "connection_refused": Words(
        "tcp",
        "The connection was refused",
        "{host} can be reached, but nothing answers on that port.",
        (("Check the port in the location.", BASICS), ("Check that the other system is running.", None)),
    ),
    "host_unreachable": Words(
        "tcp",
        "There is no route to the host",
        "The server that runs Nextcloud has no way to reach {host}.",
        (_FIREWALL, _ADDRESS),
    ),
    "connect_timeout": Words(
        "tcp",
        "The host did not answer in time",
        "The server that runs Nextcloud cannot reach {host}: its packets get no reply.",
        (_FIREWALL, _ADDRESS, ("If the network is slow, raise the connect timeout.", CONNECTION)),
    ),
    "read_timeout": Words(
        "response",
        "The answer did not come in time",
        "{host} accepted the request, but was silent for longer than the read timeout.",
        (
            ("Raise the read timeout if the other system is slow.", CONNECTION),
            ("Try a lighter path to see whether the system answers at all.", TEST),
            THEIR_LOGS,
        ),
    ),
    "write_timeout": Words(
        "request",
        "The request could not be sent in time",
        "{host} accepted the connection, but did not take the request.",
        (TRY_AGAIN, THEIR_LOGS),
    ),
    "pool_timeout": Words("tcp", "Too many calls are running", "No connection became free in time.", (TRY_AGAIN,)),
    "total_timeout": Words(
        "response",
        "The call took too long",
        "The call was stopped at the total timeout of the source.",
        (("Raise the total timeout.", CONNECTION), ("Ask for less, for example with a page size.", TEST)),
    ),
    "connection_reset": Words(
        "tcp",
        "The connection was cut",
        "{host}, or something on the way to it, closed the connection before the answer was complete.",
        (TRY_AGAIN, _FIREWALL, THEIR_LOGS),
    ),
    "connection_failed": Words(
        "tcp",
        "The connection failed",
        "The server that runs Nextcloud could not connect to {host}.",
        (_ADDRESS, _FIREWALL),
    ),
    "empty_reply": Words(
        "response",
        "The connection was closed without an answer",
        "{host} took the request and hung up. Often the port speaks another protocol than the location says.",
        (("Check http:// or https:// and the port in the location.", BASICS), THEIR_LOGS),
    ),
    "protocol_error": Words(
        "response",
        "The answer is not valid HTTP",
        "What came from {host} cannot be read as an HTTP answer.",
        (("Check http:// or https:// and the port in the location.", BASICS),),
    ),
    "incomplete_body": Words(
        "content",
        "The answer broke off",
        "{host} announced more bytes than it sent.",
        (TRY_AGAIN, THEIR_LOGS),
    ),
    "undecodable_body": Words(
        "content",
        "The answer cannot be decompressed",
        "The content encoding that {host} announced does not fit the body.",
        (("Add the header Accept-Encoding: identity to the source.", HEADERS), THEIR_LOGS),
    ),
    "invalid_request": Words(
        "request",
        "The request cannot be sent as it is",
        "A header, the path or the body breaks the rules of HTTP.",
        (("Check the headers of this request and of the source.", HEADERS),),
    ),
    "invalid_url": Words("configuration", "Location and path make no valid URL", "Check both.", (_ADDRESS,)),
    "unsupported_scheme": Words("configuration", "Only http and https can be called", "Check it.", (_ADDRESS,)),
    "tls_certificate_expired": Words(
        "tls",
        "The certificate has expired",
        "{host} shows a certificate whose time is over, so nothing was sent.",
        (_CERTIFICATE, ("Check the clock of the server that runs Nextcloud.", None), _UNVERIFIED),
    ),
    "tls_certificate_not_yet_valid": Words(
        "tls",
        "The certificate is not valid yet",
        "{host} shows a certificate whose time has not come, so nothing was sent.",
        (("Check the clock of the server that runs Nextcloud.", None), _CERTIFICATE),
    ),
    "tls_certificate_self_signed": Words(
        "tls",
        "The certificate is self-signed",
        "{host} shows a certificate that nobody vouches for, so nothing was sent.",
        (_OWN_CA, _CERTIFICATE, _UNVERIFIED),
    ),
    "tls_certificate_untrusted": Words(
        "tls",
        "The certificate's issuer is not trusted",
        "The server that runs Nextcloud does not know the authority behind the certificate of {host}.",
        (
            _OWN_CA,
            ("The other side may have left out an intermediate certificate: ask for it.", None),
            _UNVERIFIED,
        ),
    ),
    "tls_name_mismatch": Words(
        "tls",
        "The certificate is for another name",
        "The certificate that {host} shows does not name it, so nothing was sent.",
        (("Use the host name that the certificate names.", BASICS), _CERTIFICATE, _UNVERIFIED),
    ),
    "tls_certificate_invalid": Words(
        "tls",
        "The certificate is not valid",
        "The certificate of {host} was not accepted.",
        (_CERTIFICATE, _UNVERIFIED),
    ),
    "tls_error": Words(
        "tls",
        "No secure connection could be made",
        "The TLS handshake with {host} failed. Often the port does not speak TLS, or only versions that are too old.",
        (
            ("Check https:// and the port in the location; try http:// if it is a plain port.", BASICS),
            THEIR_LOGS,
        ),
    ),
    "too_many_redirects": Words(
        "response",
        "There are too many redirects",
        "{host} keeps sending the call elsewhere.",
        (("Check the location: http or https, and a slash at the end.", BASICS),),
    ),
    "invalid_redirect": Words(
        "response",
        "The redirect leads nowhere",
        "{host} answered with a redirect that is no HTTP address.",
        (THEIR_LOGS,),
    ),
    "internal_error": Words(
        "request",
        "OpenConnector failed",
        "Something went wrong in OpenConnector itself. Its own log says more.",
        (("Report it, with the log of the app at this time.", None),),
    ),
    "cancelled": Words("request", "The call was cancelled", "It was stopped before an answer came.", ()),
    "redirect_not_followed": Words(
        "response",
        "The answer is a redirect",
        "{host} says that what you look for is at {target}. The redirect was not followed: either the source does not "
        "follow redirects, or a body would have gone to another host.",
        (
            ("Put the address of the redirect into the location.", BASICS),
            ("Or switch on “Follow redirects” under Connection.", CONNECTION),
        ),
    ),
    "empty_body": Words(
        "content",
        "The answer is empty",
        "{host} answered {status}, but without a body.",
        (("Try another path: this one may only confirm that the system is there.", TEST),),
    ),
    "unexpected_html": Words(
        "content",
        "The answer is a web page",
        "The source is of type json, but {host} answered with HTML. Often that is a login or error page.",
        (
            ("Check the path: an API often lives below /api.", TEST),
            ("Check the authentication.", AUTHENTICATION),
        ),
    ),
}
