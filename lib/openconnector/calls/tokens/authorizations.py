# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Logins at a provider: authorization code with PKCE (RFC 6749, section 4.1; RFC 7636; RFC 9207; RFC 9700).

The provider sends the browser back to a page of ours, and the page hands over what it was given. A `state` belongs to
the user and the source that it was made for, is good for one return, and is stored as its hash alone.
"""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit
from uuid import UUID

from openconnector.authentication.oauth2.form import TokenForm
from openconnector.authentication.oauth2.grants import AuthorizationCode
from openconnector.authentication.oauth2.tokens import Token
from openconnector.calls.tokens.engine import TokenEngine
from openconnector.calls.tokens.fetching import Errand, TokenFailed, TokenFetcher
from openconnector.calls.tokens.shelf import digest_of
from openconnector.core.clock import now
from openconnector.core.database import Database
from openconnector.core.errors import ConfigurationError, Conflict, NotFound
from openconnector.core.phrases import phrase
from openconnector.sources.models import PendingAuthorization
from openconnector.sources.token_states import begin_authorization, take_authorization
from openconnector.transports.exchange import Failure
from openconnector.vault.encryption import Vault

VALID_FOR = timedelta(minutes=15)
"""How long a person may take to log in."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A login that has begun. `url` is where the person goes."""

    url: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Returned:
    """A login that has come back: which source it is for, and what is needed to go on."""

    source_id: UUID
    digest: str
    verifier: str
    redirect_uri: str
    issuer: str


class Authorizations:
    """Begins and ends logins. One instance serves a process; what has begun is known to all workers."""

    def __init__(self, database: Database, vault: Vault, fetcher: TokenFetcher, tokens: TokenEngine) -> None:
        self._database = database
        self._vault = vault
        self._fetcher = fetcher
        self._tokens = tokens

    async def begin(self, errand: Errand, grant: AuthorizationCode, user_id: str, redirect_uri: str) -> Begun:
        """Where to send the browser.

        Raises:
            TokenFailed: discovery did not find the authorization URL.
            Conflict: the provider names none.
        """
        endpoints = await self._fetcher.endpoints(errand)
        url = grant.authorization_url or endpoints.authorization_url
        if not url:
            raise Conflict(phrase("The provider's discovery document names no authorization URL. Enter it yourself."))
        state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(64)
        expires_at = now() + VALID_FOR
        content = {"verifier": verifier, "redirectUri": redirect_uri, "issuer": endpoints.issuer}
        pending = PendingAuthorization(
            state_hash=_hash(state),
            source_id=errand.source.id,
            user_id=user_id,
            digest=digest_of(errand.source, errand.scheme),
            content=self._vault.encrypt(json.dumps(content), context=_context(_hash(state))),
            expires_at=expires_at,
        )
        await self._database.run(partial(begin_authorization, pending=pending, at=now()), writes=True)
        scheme = errand.scheme
        wanted = {
            "response_type": "code",
            "client_id": scheme.client_id,
            "redirect_uri": redirect_uri,
            "scope": scheme.scope,
            "state": state,
            "code_challenge": _challenge(verifier),
            "code_challenge_method": "S256",
            "audience": scheme.audience,
            "prompt": grant.prompt,
        }
        fields = [*wanted.items(), *(("resource", uri) for uri in scheme.resource)]
        return Begun(_with_query(url, [(name, value) for name, value in fields if value]), expires_at)

    async def take(self, state: str, user_id: str) -> Returned:
        """What has begun with this state. It is used up by this.

        Raises:
            NotFound: nothing has, or somebody else has begun it, or it was too long ago.
        """
        take = partial(take_authorization, state_hash=_hash(state), user_id=user_id, at=now())
        pending = await self._database.run(take, writes=True)
        unknown = phrase(
            "This login is not known here: it has ended already, took too long, or was begun by another user."
        )
        if pending is None:
            raise NotFound(unknown)
        try:
            content = json.loads(self._vault.decrypt(pending.content, context=_context(pending.state_hash)))
        except ConfigurationError:  # the key was changed meanwhile
            raise NotFound(unknown) from None
        return Returned(
            pending.source_id, pending.digest, content["verifier"], content["redirectUri"], content["issuer"]
        )

    async def finish(self, errand: Errand, returned: Returned, code: str, issuer: str) -> Token:
        """Exchange the code for a token, and keep it.

        Args:
            issuer: who says to have sent the browser back; empty where it does not say (RFC 9207).

        Raises:
            TokenFailed: the provider does not take it, or the source was changed since the login began.
        """
        if returned.digest != digest_of(errand.source, errand.scheme):
            words = phrase("The source was changed since the login began. Connect again.")
            raise TokenFailed("authorization_outdated", words)
        if issuer and returned.issuer and issuer != returned.issuer:
            words = phrase("The answer comes from “{issuer}”.", issuer=issuer[:200])
            raise TokenFailed("authorization_mixed_up", words)
        endpoints = await self._fetcher.endpoints(errand)
        errand.signing.learned += [code, returned.verifier]

        def form() -> TokenForm:
            form = TokenForm(endpoints.token_url, errand.scheme.client_id, endpoints.issuer)
            form.put("grant_type", "authorization_code")
            form.put("code", code)
            form.put("redirect_uri", returned.redirect_uri)
            form.put("code_verifier", returned.verifier)
            errand.scheme.complete(form, errand.signing, with_scope=False)
            return form

        return await self._tokens.store(errand, await self._fetcher.ask(errand, form))


def refused_by_provider(error: str, description: str) -> Failure:
    """What the provider has said to the browser instead of giving a code (RFC 6749, section 4.1.2.1)."""
    said = f"{error}: {description}" if description else error
    kind = "authorization_denied" if error == "access_denied" else "authorization_failed"
    return Failure(kind, said[:1000])


def _hash(state: str) -> str:
    return hashlib.sha256(state.encode("utf-8", "replace")).hexdigest()


def _context(state_hash: str) -> str:
    return f"authorization/{state_hash}"


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _with_query(url: str, fields: list[tuple[str, str]]) -> str:
    """The authorization URL may have a query of its own (RFC 6749, section 3.1)."""
    parts = urlsplit(url)
    own = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name not in dict(fields)]
    return urlunsplit(parts._replace(query=urlencode([*own, *fields])))
