# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The table behind the diagnosis: for each `error.type` its phase, its words, and what to do.

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
_TRY_AGAIN: tuple[str, Place | None] = ("Try again in a moment.", TEST)
_THEIR_LOGS: tuple[str, Place | None] = ("Look into the logs of the other system at the time of this call.", None)

REFUSALS: dict[str, Words] = {
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
            _THEIR_LOGS,
        ),
    ),
    "write_timeout": Words(
        "request",
        "The request could not be sent in time",
        "{host} accepted the connection, but did not take the request.",
        (_TRY_AGAIN, _THEIR_LOGS),
    ),
    "pool_timeout": Words("tcp", "Too many calls are running", "No connection became free in time.", (_TRY_AGAIN,)),
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
        (_TRY_AGAIN, _FIREWALL, _THEIR_LOGS),
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
        (("Check http:// or https:// and the port in the location.", BASICS), _THEIR_LOGS),
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
        (_TRY_AGAIN, _THEIR_LOGS),
    ),
    "undecodable_body": Words(
        "content",
        "The answer cannot be decompressed",
        "The content encoding that {host} announced does not fit the body.",
        (("Add the header Accept-Encoding: identity to the source.", HEADERS), _THEIR_LOGS),
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
            _THEIR_LOGS,
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
        (_THEIR_LOGS,),
    ),
    "cancelled": Words("request", "The call was cancelled", "It was stopped before an answer came.", ()),
    "redirect_not_followed": Words(
        "response",
        "The answer is a redirect",
        "{host} says that what you look for is at {target}. The source does not follow redirects.",
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

NO_CREDENTIALS = Words(
    "authentication",
    "The other system asks for credentials",
    "{host} answered 401, and the source sent none.",
    (
        (
            "Choose a scheme and enter the credentials. WWW-Authenticate in the evidence may name the scheme.",
            AUTHENTICATION,
        ),
    ),
)

STATUSES: dict[int, Words] = {
    400: Words(
        "request",
        "The other system did not understand the request",
        "{host} answered 400. Its answer often says which part is wrong.",
        (
            ("Read the body of the answer.", TEST),
            ("Compare path, query and body with its documentation.", TEST),
        ),
    ),
    401: Words(
        "authentication",
        "The credentials were not accepted",
        "{host} answered 401: the credentials are missing, wrong or expired.",
        (
            ("Enter the credentials again, and check the scheme (now: {scheme}).", AUTHENTICATION),
            ("Compare the scheme with WWW-Authenticate in the evidence.", None),
        ),
    ),
    403: Words(
        "authentication",
        "The credentials may not do this",
        "{host} answered 403: it may know who is asking, but does not allow this call.",
        (
            ("Ask whoever runs the other system to grant the right to this account.", None),
            ("Check whether it admits calls from this server's address only.", None),
            ("Check that the right credentials are configured (now: {scheme}).", AUTHENTICATION),
        ),
    ),
    404: Words(
        "request",
        "There is nothing at this path",
        "{host} answered 404. The location {location} and the path {path} were joined as the evidence shows.",
        (
            ("Check the path.", TEST),
            ("Check that the location holds the right base path, such as /api/v1.", BASICS),
        ),
    ),
    405: Words(
        "request",
        "The method is not allowed here",
        "{host} answered 405. The header Allow in the evidence names what it takes.",
        (("Choose another method.", TEST),),
    ),
    406: Words(
        "request",
        "The other system has no answer in this format",
        "{host} answered 406: it cannot give what the header Accept asks for.",
        (("Check the type of the source, or set the header Accept.", HEADERS),),
    ),
    407: Words(
        "authentication",
        "A proxy wants credentials",
        "A proxy on the way to {host} answered 407.",
        (("Ask your network administrator how this server may pass the proxy.", None),),
    ),
    415: Words(
        "request",
        "The other system does not take this kind of body",
        "{host} answered 415.",
        (("Set the header Content-Type to what it expects.", TEST),),
    ),
    429: Words(
        "response",
        "Too many calls",
        "{host} answered 429: it wants fewer calls. Retry-After in the evidence may say when to come back.",
        (("Wait, then try again.", TEST),),
    ),
    503: Words(
        "response",
        "The other system is not available",
        "{host} answered 503: it is overloaded, or down for maintenance.",
        (_TRY_AGAIN, ("Ask whoever runs it.", None)),
    ),
}


def status_class_words(status: int) -> Words:
    """The words for a status that has no row of its own."""
    if status >= 500:  # noqa: PLR2004
        return Words(
            "response",
            "The other system failed",
            "{host} answered {status}: something went wrong on its side.",
            (("Read the body of the answer.", TEST), _THEIR_LOGS),
        )
    return Words(
        "request",
        "The other system refused the request",
        "{host} answered {status}. Its answer often says why.",
        (("Read the body of the answer.", TEST),),
    )
