# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The rows for tokens: what goes wrong at the authorization server (RFC 6749, section 5.2), and with what it gave."""

from dataclasses import replace

from openconnector.calls.remedies import AUTHENTICATION, BASICS, READ_BODY, THEIR_LOGS, TRY_AGAIN, Step, Words

_ENDPOINT: Step = ("Check the token URL, or the issuer.", AUTHENTICATION)
_SECRET: Step = ("Check client id and secret or key: copy them again, without spaces.", AUTHENTICATION)
_METHOD: Step = ("Try another client authentication: many servers want “client_secret_post”.", AUTHENTICATION)
_CLOCK: Step = ("Check the clocks of both servers: assertions are valid for minutes.", None)
_ASK: Step = ("Ask whoever runs {host} what is registered for this client.", None)
_CONNECT: Step = ("Press Connect, and log in at the provider again.", AUTHENTICATION)

TOKENS: dict[str, Words] = {
    "oauth_invalid_client": Words(
        "authentication",
        "The authorization server does not accept the client",
        "{host} answered invalid_client: client id, secret, key or certificate is wrong, or wanted in another way.",
        (
            _SECRET,
            _METHOD,
            ("With a key: check that its public half and its key id are registered there.", AUTHENTICATION),
            _CLOCK,
        ),
        ("clock",),
    ),
    "oauth_invalid_grant": Words(
        "authentication",
        "The authorization server does not accept the grant",
        "{host} answered invalid_grant: password, assertion or refresh token is wrong, expired or used before.",
        (("Enter the credentials of the grant again.", AUTHENTICATION), _CLOCK, _ASK),
        ("clock",),
    ),
    "oauth_login_expired": Words(
        "authentication",
        "The login at the provider has ended",
        "{host} does not take the refresh token any more: it has expired, was withdrawn, or was used elsewhere.",
        (_CONNECT,),
        ("clock",),
    ),
    "oauth_invalid_scope": Words(
        "authentication",
        "The authorization server does not grant this scope",
        "{host} answered invalid_scope: a scope is misspelt, or not allowed for this client.",
        (("Check the scopes: separated by spaces, spelt as in the provider's documentation.", AUTHENTICATION), _ASK),
    ),
    "oauth_invalid_target": Words(
        "authentication",
        "The authorization server does not know this resource",
        "{host} answered invalid_target: the resource or audience that the token shall be for is not known there.",
        (("Check resource and audience.", AUTHENTICATION), _ASK),
    ),
    "oauth_invalid_request": Words(
        "authentication",
        "The token request is not as the authorization server wants it",
        "{host} answered invalid_request: something is missing, or there twice.",
        (READ_BODY, ("Compare grant, audience and extra parameters with its documentation.", AUTHENTICATION), _METHOD),
    ),
    "oauth_unauthorized_client": Words(
        "authentication",
        "The client may not use this grant",
        "{host} answered unauthorized_client: it knows the client, and does not allow this grant for it.",
        (("Choose another grant.", AUTHENTICATION), _ASK),
    ),
    "oauth_unsupported_grant_type": Words(
        "authentication",
        "The authorization server does not know this grant",
        "{host} answered unsupported_grant_type.",
        (("Choose another grant.", AUTHENTICATION), _ENDPOINT),
    ),
    "token_refused": Words(
        "authentication",
        "The authorization server gives no token",
        "{host} answered {reported}.",
        (READ_BODY, _ENDPOINT, _SECRET, THEIR_LOGS),
        ("clock",),
    ),
    "token_endpoint_failed": Words(
        "authentication",
        "The authorization server failed",
        "{host} answered with an error of its own.",
        (TRY_AGAIN, THEIR_LOGS),
    ),
    "token_not_json": Words(
        "authentication",
        "The token URL leads to something else",
        "{host} answered without an error, but not with JSON. Often it is a login page or a portal.",
        (_ENDPOINT, ("Enter the issuer instead, and let OpenConnector find the token URL.", AUTHENTICATION)),
    ),
    "token_missing": Words(
        "authentication",
        "There is no token in the answer",
        "{host} answered, but no token is where it was looked for. {reported}",
        (("Check the place of the token in the answer.", AUTHENTICATION), _ENDPOINT),
    ),
    "token_redirected": Words(
        "authentication",
        "The token URL redirects",
        "{host} sends the token request elsewhere, to {target}. Credentials never follow a redirect.",
        (("If that is the right one, make it the token URL.", AUTHENTICATION),),
    ),
    "token_busy": Words(
        "authentication",
        "Another process is fetching the token",
        "It has not come to an end within the total timeout of the source.",
        (TRY_AGAIN, _ENDPOINT),
    ),
    "discovery_failed": Words(
        "authentication",
        "The endpoints of the issuer were not found",
        "{host} has no discovery document for this issuer that can be used. {reported}",
        (("Check the issuer.", AUTHENTICATION), ("Enter the token URL instead.", AUTHENTICATION)),
    ),
    "not_connected": Words(
        "authentication",
        "The source is not connected",
        "There is no login that a token could come from. {reported}",
        (("Press Connect, and log in at the provider.", AUTHENTICATION),),
    ),
    "credentials_unusable": Words(
        "configuration",
        "The credentials cannot be used as they are",
        "OpenConnector did not send the request. {reported}",
        (("Mend this under Authentication.", AUTHENTICATION),),
    ),
    "invalid_template": Words(
        "configuration",
        "A placeholder cannot be filled in",
        "OpenConnector did not send the request. {reported}",
        (("Mend the placeholder. To send two braces as they are, write {braces}.", None),),
    ),
    "authorization_denied": Words(
        "authentication",
        "The login was refused",
        "The provider says that access was denied, or somebody pressed Cancel there.",
        (_CONNECT, ("Ask whoever runs the provider whether this account may give access.", None)),
    ),
    "authorization_failed": Words(
        "authentication",
        "The provider did not let the login come to its end",
        "It sent the browser back with an error: {reported}.",
        (
            ("Check that the redirect URI is registered with the provider, to the letter.", AUTHENTICATION),
            ("Check client id and scopes.", AUTHENTICATION),
        ),
    ),
    "authorization_outdated": Words(
        "authentication",
        "The source was changed since the login began",
        "The login belongs to the authentication as it was before.",
        (_CONNECT,),
    ),
    "authorization_mixed_up": Words(
        "authentication",
        "The login came back from somebody else",
        "The answer names another issuer than the one that the login was begun at. {reported}",
        (("Check the issuer.", AUTHENTICATION), _CONNECT),
    ),
}

REJECTED: dict[str, Words] = {
    "token_rejected": Words(
        "authentication",
        "The access token was not accepted",
        "The authorization server gave a token, and {host} does not take it. {wanted}",
        (
            ("Check scope, audience and resource: they decide what the token is good for.", AUTHENTICATION),
            (
                "Check that the token comes from the environment of the other system: test or production.",
                AUTHENTICATION,
            ),
            ("Ask whoever runs {host} which issuer, audience and scope it expects.", None),
        ),
        ("token", "credentials"),
    ),
    "wrong_audience": Words(
        "authentication",
        "The access token is for somebody else",
        "{host} does not take the token. It was made for {audience}.",
        (
            ("Enter the audience or the resource that {host} expects.", AUTHENTICATION),
            ("Ask whoever runs {host} which audience that is.", None),
        ),
        ("token", "credentials"),
    ),
    "token_over_at_once": Words(
        "authentication",
        "The access token had expired when it came",
        "The authorization server gave a token with expires_in 0, and {host} does not take it.",
        (
            ("Ask whoever runs the authorization server to raise the lifetime of tokens.", None),
            ("Check the clocks of both servers.", None),
        ),
        ("token", "credentials"),
    ),
}
"""Answers of 401 to a token that was fetched."""


def about_token(words: Words) -> Words:
    """What goes wrong on the way to any host, as it goes wrong on the way to the authorization server."""
    steps = [_ENDPOINT if step[1] == BASICS else step for step in words.remedies]
    return replace(words, remedies=tuple(dict.fromkeys(steps)), is_about_token=True)
