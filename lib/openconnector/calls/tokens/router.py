# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The routes about tokens, logins, and the placeholders that may ask for them."""

import asyncio
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request

from openconnector.authentication.base import Signing
from openconnector.authentication.key_material import Inspection, inspect
from openconnector.authentication.oauth2.scheme import OAuth2Authentication
from openconnector.calls.opening import opened
from openconnector.calls.progress import Progress
from openconnector.calls.rendering import previewed, renderer
from openconnector.calls.schemas import CallRequest
from openconnector.calls.service import CallService, Work
from openconnector.calls.tokens.authorizations import Authorizations, refused_by_provider
from openconnector.calls.tokens.engine import TokenEngine
from openconnector.calls.tokens.fetching import Errand, TokenFailed
from openconnector.calls.tokens.schemas import (
    AuthorizationRead,
    AuthorizationReturn,
    AuthorizationStart,
    AuthorizationStarted,
    KeyMaterial,
    SourceName,
    TemplatePreviewRequest,
    TemplatePreviews,
    TokenFetched,
    TokenRead,
    TokenRequest,
    TokenStateRead,
)
from openconnector.core.errors import (
    AdministratorRequired,
    Conflict,
    InvalidInput,
    NotAuthenticated,
    NotFound,
    TooLarge,
)
from openconnector.core.phrases import phrase, told
from openconnector.core.principal import Administrator, administrator
from openconnector.core.problems import problems
from openconnector.egress.policy import EgressPolicy
from openconnector.logs.schemas import Trigger
from openconnector.logs.shown import show_call
from openconnector.sources.opened import OpenSource
from openconnector.sources.sealing import why_closed
from openconnector.vault.redaction import Redactor

router = APIRouter(
    prefix="/api",
    tags=["authorization"],
    dependencies=[Depends(administrator)],
    responses=problems(NotAuthenticated, AdministratorRequired, InvalidInput, TooLarge),
)

Reference = Annotated[str, Path(description="Id or slug of the source.", min_length=1, max_length=100)]


@router.post("/sources/{id}/token", responses=problems(NotFound, Conflict))
async def fetch_token(
    id: Reference,  # noqa: A002
    body: TokenRequest,
    request: Request,
    principal: Administrator,
) -> TokenFetched:
    """Fetch another token now. It is in the log, and answered with 200 also when it fails: `token` is null then."""
    source = await _source(request, id)
    scheme = _oauth2(source)
    tokens: TokenEngine = request.app.state.tokens

    async def work(progress: Progress, policy: EgressPolicy, _redactor: Redactor) -> None:
        signing = _signing(source, progress)
        progress.token = (await tokens.renew(source, scheme, policy, signing, progress.exchanges)).token

    return TokenFetched(**await _logged(request, source, principal.user_id, work, body.call_id))


@router.get("/sources/{id}/token", responses=problems(NotFound, Conflict))
async def read_token(id: Reference, request: Request) -> TokenStateRead:  # noqa: A002
    """The token that is stored for a source. Nothing is fetched, and the token itself is not shown."""
    source = await _source(request, id)
    tokens: TokenEngine = request.app.state.tokens
    stored = await tokens.peek(source, _oauth2(source))
    return TokenStateRead(token=TokenRead.of(stored.token) if stored else None)


@router.delete("/sources/{id}/token", status_code=204, responses=problems(NotFound))
async def forget_token(id: Reference, request: Request) -> None:  # noqa: A002
    """Forget the token of a source, and the login that it came from."""
    tokens: TokenEngine = request.app.state.tokens
    await tokens.forget(await _source(request, id))


@router.post("/sources/{id}/authorization", responses=problems(NotFound, Conflict))
async def begin_authorization(
    id: Reference,  # noqa: A002
    body: AuthorizationStart,
    request: Request,
    principal: Administrator,
) -> AuthorizationStarted:
    """Begin a login at the provider (authorization code with PKCE). It may come back for a quarter of an hour."""
    source = await _source(request, id)
    scheme = _oauth2(source)
    if scheme.grant.type != "authorization_code":
        raise Conflict(phrase("This source does not use the authorization code grant."))
    if source.closed:  # else the login would be in vain
        raise Conflict(why_closed(source.closed))
    authorizations: Authorizations = request.app.state.authorizations
    policy: EgressPolicy = (await request.app.state.administration.current()).egress
    errand = Errand(source, scheme, policy, Signing())
    try:
        begun = await authorizations.begin(errand, scheme.grant, principal.user_id, body.redirect_uri)
    except TokenFailed as failed:
        raise Conflict(phrase("The provider's endpoints were not found: {reason}", reason=told(failed))) from None
    finally:
        if errand.exchanges:
            calls: CallService = request.app.state.calls
            await calls.log_exchanges(source, errand.exchanges, errand.signing.learned, principal.user_id)
    return AuthorizationStarted(authorization_url=begun.url, expires_at=begun.expires_at)


@router.post("/authorizations", responses=problems(NotFound, Conflict))
async def end_authorization(body: AuthorizationReturn, request: Request, principal: Administrator) -> AuthorizationRead:
    """End a login with what the provider has sent the browser back with. A `state` is good for one return."""
    authorizations: Authorizations = request.app.state.authorizations
    returned = await authorizations.take(body.state, principal.user_id)
    source = await _source(request, str(returned.source_id))
    scheme = _oauth2(source)

    async def work(progress: Progress, policy: EgressPolicy, _redactor: Redactor) -> None:
        progress.learned += [text for text in (body.code, body.state) if text]
        if body.error or not body.code:
            progress.refusal = refused_by_provider(body.error or "no code", body.error_description)
            return
        errand = Errand(source, scheme, policy, _signing(source, progress), progress.exchanges)
        progress.token = await authorizations.finish(errand, returned, body.code, body.iss)

    fetched = await _logged(request, source, principal.user_id, work, None)
    return AuthorizationRead(**fetched, source=SourceName(id=source.id, slug=source.slug, name=source.name))


@router.post("/sources/{id}/templates/preview", responses=problems(NotFound))
async def preview_templates(id: Reference, body: TemplatePreviewRequest, request: Request) -> TemplatePreviews:  # noqa: A002
    """Texts with their placeholders filled in. Secrets and tokens are masks in them."""
    return TemplatePreviews(results=previewed(await _source(request, id), body.texts))


@router.post("/key-material/inspect")
async def inspect_key_material(body: KeyMaterial) -> Inspection:
    """Recognise a key, a certificate, a PKCS#12 file, a JWK or a service account, and check it. Nothing is kept."""
    # Opening a file with a passphrase takes long on purpose.
    return await asyncio.to_thread(inspect, body.content, body.passphrase)


def _signing(source: OpenSource, progress: Progress) -> Signing:
    signing = Signing(learned=progress.learned)
    signing.render = renderer(source, signing)
    return signing


async def _source(request: Request, reference: str) -> OpenSource:
    state = request.app.state
    return await opened(reference, database=state.database, vault=state.vault, administration=state.administration)


def _oauth2(source: OpenSource) -> OAuth2Authentication:
    if not isinstance(source.authentication, OAuth2Authentication):
        raise Conflict(phrase("This source does not use OAuth 2.0."))
    return source.authentication


async def _logged(
    request: Request, source: OpenSource, user_id: str, work: Work, call_id: UUID | None
) -> dict[str, object]:
    """Do the work as a call of the log. The members of `TokenFetched`."""
    calls: CallService = request.app.state.calls
    held = Progress()

    async def noted(progress: Progress, policy: EgressPolicy, redactor: Redactor) -> None:
        await work(progress, policy, redactor)
        held.token = progress.token

    trigger = Trigger(type="authorization", user_id=user_id)
    entry = await calls.log(source, CallRequest(method="POST"), trigger, noted, call_id=call_id)
    token = held.token if entry.outcome == "success" else None
    return {"token": TokenRead.of(token) if token else None, "call": show_call(entry)}
