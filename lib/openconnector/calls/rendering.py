# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Fills in the placeholders of a source: which values there are, and whose secrets they may show."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from openconnector.authentication.base import Render, Signing
from openconnector.authentication.self_issued_jwt import JwtAuthentication
from openconnector.calls.tokens.schemas import TemplatePreview, TemplateText
from openconnector.core.phrases import phrase, told
from openconnector.sources.opened import OpenSource
from openconnector.templates.context import TemplateContext
from openconnector.templates.language import is_template, render
from openconnector.templates.problem import TemplateProblem
from openconnector.vault.leaves import put, secret_leaves
from openconnector.vault.secret import MASK


def renderer(source: OpenSource, signing: Signing) -> Render:
    """What fills in the placeholders of one request. Tokens and signatures are those of `signing`."""
    context: TemplateContext | None = None

    def fill(text: str, place: str) -> str:
        nonlocal context
        if not is_template(text):
            return text
        if context is None or context.at != signing.at:
            context = _context(source, signing, lambda secret: secret)
        try:
            return render(text, context)
        except TemplateProblem as problem:
            raise TemplateProblem(phrase("In {place}: {problem}", place=place, problem=told(problem))) from None

    return fill


def previewed(source: OpenSource, texts: list[TemplateText]) -> list[TemplatePreview]:
    """Texts before and after, with masks for secrets and tokens."""
    kind = source.authentication.type
    signing = Signing(token=MASK if kind == "oauth2" else None)
    jwt_token = (lambda: MASK) if kind == "jwt" else None
    context = _context(source, signing, lambda secret: secret and MASK, jwt_token=jwt_token)
    previews = []
    for text in texts:
        after, problem = None, None
        try:
            after = render(text.text, context)
        except TemplateProblem as error:
            problem = told(error)
        previews.append(TemplatePreview(place=text.place, before=text.text, after=after, problem=problem))
    return previews


def _context(
    source: OpenSource,
    signing: Signing,
    shown: Callable[[str], str],
    *,
    jwt_token: Callable[[], str] | None = None,
) -> TemplateContext:
    scheme = source.authentication
    if jwt_token is None and isinstance(scheme, JwtAuthentication):
        jwt_token = lambda: scheme.issue(signing)  # noqa: E731  # a function of the language
    return TemplateContext(
        source={
            "id": str(source.id),
            "slug": source.slug,
            "name": source.name,
            "location": source.location,
            "type": source.type,
            "host": urlsplit(source.location).hostname or "",
            "authentication": _fields_of(source, shown),
        },
        at=signing.at,
        oauth_token=(lambda: signing.token or "") if signing.token else None,
        jwt_token=jwt_token,
        learned=signing.learned.append,
    )


def _fields_of(source: OpenSource, shown: Callable[[str], str]) -> Mapping[str, Any]:
    """The fields of the scheme. A secret that is filled in is taken out of the call like everywhere else."""
    values = source.authentication.to_json()
    for path, secret in secret_leaves(source.authentication):
        put(values, path, shown(secret))
    return {name: value for name, value in values.items() if isinstance(value, (str, int, float, bool))}
