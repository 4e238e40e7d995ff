# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The rows for what fails in the TLS handshake. Nothing of the request has been sent then."""

from openconnector.calls.remedies import AUTHENTICATION, BASICS, CONNECTION, PORT, THEIR_LOGS, TRY_AGAIN, Step, Words

_NEW_CERTIFICATE: Step = ("Ask whoever runs {host} to install a valid certificate.", None)
_CLOCK: Step = ("Check the clock of the server that runs Nextcloud.", None)
_OWN_CA: Step = (
    "If you trust it, paste its certificate (PEM) into the source, or set OPENCONNECTOR_CA_FILE for all sources.",
    CONNECTION,
)
_UNVERIFIED: Step = ("For a test system only: switch off “Verify TLS” under Connection.", CONNECTION)
_SHOWN = ("certificate",)

TLS: dict[str, Words] = {
    "tls_certificate_expired": Words(
        "tls",
        "The certificate has expired",
        "{host} shows the certificate of {subject}. It {expiry}, so nothing was sent.",
        (_NEW_CERTIFICATE, _CLOCK, _UNVERIFIED),
        _SHOWN,
    ),
    "tls_certificate_not_yet_valid": Words(
        "tls",
        "The certificate is not valid yet",
        "{host} shows the certificate of {subject}. It {beginning}, so nothing was sent.",
        (_CLOCK, _NEW_CERTIFICATE),
        _SHOWN,
    ),
    "tls_certificate_self_signed": Words(
        "tls",
        "The certificate is self-signed",
        "{host} shows the certificate of {subject}, for which no authority vouches. Nothing was sent.",
        (_OWN_CA, _NEW_CERTIFICATE, _UNVERIFIED),
        _SHOWN,
    ),
    "tls_certificate_untrusted": Words(
        "tls",
        "The certificate's issuer is not trusted",
        "{host} shows the certificate of {subject}. The server that runs Nextcloud does not know the authority "
        "{missing_issuer} behind it, so nothing was sent.",
        (
            ("If the issuer is well known, {host} may leave out an intermediate certificate: ask for it.", None),
            _OWN_CA,
            _UNVERIFIED,
        ),
        ("certificate", "issuer"),
    ),
    "tls_name_mismatch": Words(
        "tls",
        "The certificate is for another name",
        "{host} shows a certificate for {names}, so nothing was sent.",
        (("Use a host name that the certificate has.", BASICS), _NEW_CERTIFICATE, _UNVERIFIED),
        _SHOWN,
    ),
    "tls_certificate_invalid": Words(
        "tls",
        "The certificate is not valid",
        "The certificate of {subject}, which {host} shows, was not accepted. Nothing was sent.",
        (_NEW_CERTIFICATE, _UNVERIFIED),
        _SHOWN,
    ),
    "tls_client_certificate_required": Words(
        "tls",
        "The other system demands a client certificate",
        "{host} takes only callers that show a certificate of their own (mutual TLS). OpenConnector showed none.",
        (
            ("Enter a client certificate that {host} accepts, with its private key.", AUTHENTICATION),
            (
                "If it has one: only the host of the location sees it. Make the address behind redirects the location.",
                BASICS,
            ),
            ("Check the port: often another one works without a client certificate.", BASICS),
        ),
        _SHOWN,
    ),
    "tls_client_certificate_rejected": Words(
        "tls",
        "The client certificate was not accepted",
        "OpenConnector showed {host} the client certificate of the source, and was turned away: {reported}",
        (
            ("Check that the client certificate has not expired, and is the one that {host} expects.", AUTHENTICATION),
            ("Enter the certificates of its issuers behind it: {host} may know the topmost one alone.", AUTHENTICATION),
            ("Ask whoever runs {host} to trust the issuer of the client certificate.", None),
            THEIR_LOGS,
        ),
        _SHOWN,
    ),
    "tls_client_certificate_unusable": Words(
        "tls",
        "The client certificate cannot be used",
        "OpenConnector did not connect to {host}: {reported}",
        (
            ("Enter the client certificate and its private key again.", AUTHENTICATION),
            ("Ask whoever issued the certificate for a new one.", None),
        ),
    ),
    "tls_certificate_not_pinned": Words(
        "tls",
        "The certificate is not the pinned one",
        "{host} shows the certificate of {subject}, which is none of those that are pinned in the source. Nothing was "
        "sent.",
        (
            ("Ask whoever runs {host} whether the certificate was renewed, and compare the fingerprint.", None),
            ("If it was, pin the new fingerprint. Add it beside the old one before the next change.", CONNECTION),
            ("If it was not, somebody may be in between: ask whoever runs the network.", None),
        ),
        _SHOWN,
    ),
    "tls_protocol_mismatch": Words(
        "tls",
        "There is no TLS version or cipher in common",
        "{host} speaks TLS, but only in versions or with ciphers that are too old to be safe.",
        (
            ("Ask whoever runs {host} to switch on TLS 1.2 or 1.3.", None),
            ("Check whether a newer address of the same system exists.", BASICS),
        ),
    ),
    "tls_not_spoken": Words(
        "tls",
        "The port does not speak TLS",
        "The location says https, but {host} does not answer in TLS. Most likely it speaks plain HTTP.",
        (
            ("Use the port of https. For a plain port that you trust, the location is {as_http}", BASICS),
            ("On a plain port everything can be read on the way, credentials too.", None),
        ),
    ),
    "tls_expected": Words(
        "tls",
        "The port speaks TLS",
        "The location says http, but {host} expects TLS.",
        (("Change the location to {as_https}", BASICS),),
    ),
    "tls_timeout": Words(
        "tls",
        "The TLS handshake did not end in time",
        "{host} accepted the connection, but did not finish the TLS handshake.",
        (PORT, TRY_AGAIN, THEIR_LOGS, ("If the network is slow, raise the connect timeout.", CONNECTION)),
        ("addresses",),
    ),
    "tls_error": Words(
        "tls",
        "No secure connection could be made",
        "The TLS handshake with {host} failed.",
        (PORT, THEIR_LOGS),
        ("addresses", "certificate"),
    ),
}
