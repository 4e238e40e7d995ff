# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Security schemes of a description as authentication of a source."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin

from openconnector.authentication.oauth2.urls import check_url
from openconnector.core.phrases import listed, phrase
from openconnector.core.rows import TOKEN_PATTERN
from openconnector.transfer.openapi.document import Document, line, mapping, sequence

METHODS = ("get", "put", "post", "delete", "options", "head", "patch")
"""The methods of operations that can be called."""

_FLOWS = {
    "clientCredentials": "client_credentials",
    "application": "client_credentials",  # Swagger 2 calls it so
    "authorizationCode": "authorization_code",
    "accessCode": "authorization_code",
    "password": "password",
}
"""OAuth flows in the order in which they are preferred for a server that calls, and our grants for them."""

_DISCOVERY = "/.well-known/openid-configuration"


@dataclass(slots=True)
class Security:
    """What of a source proves who it is.

    Attributes:
        definition: the members of `SourceCreate` that it takes.
        missing: JSON pointers into it, of what the description cannot know.
        wants_certificate: whether the server wants to see one of the client (mutual TLS).
        pointer: where the description defines it.
    """

    definition: dict[str, Any] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    wants_certificate: bool = False
    pointer: str = ""

    def authenticate(self, scheme: dict[str, Any], *missing: str) -> None:
        """Use a scheme. `missing` are names below it."""
        self.definition["authentication"] = scheme
        self.missing += [f"/authentication/{name}" for name in missing]


def security_of(document: Document, origin: str | None) -> Security:
    """How the operations of a description are called, mostly. What is left over is noted."""
    schemes = _schemes(document)
    pointer = "/securityDefinitions" if document.is_swagger else "/components/securitySchemes"
    best: tuple[int, Security, dict[str, Any]] | None = None
    for requirement in _requirements(document, schemes):
        security = Security()
        understood = [
            _use(security, schemes.get(name, {}), sequence(scopes), origin) for name, scopes in requirement.items()
        ]
        failures = understood.count(False)
        if best is None or failures < best[0]:
            best = (failures, security, requirement)
    if best is None:
        return Security()
    failures, security, chosen = best
    security.pointer = pointer
    if security.wants_certificate:
        text = phrase("The server wants a client certificate. Enter it in the connection of the source.")
        document.note(pointer, text)
    for name in chosen if failures else ():
        if not _use(Security(), schemes.get(name, {}), [], origin):
            text = phrase("{scheme} cannot be carried over.", scheme=_told(name, schemes.get(name, {})))
            document.note(f"{pointer}/{name}", text)
    others = [_told(name, scheme) for name, scheme in schemes.items() if name not in chosen]
    if others:
        document.note(pointer, phrase("Calls may also be authenticated with {schemes}.", schemes=listed(others[:10])))
    return security


def _schemes(document: Document) -> dict[str, dict[str, Any]]:
    if document.is_swagger:
        return {name: scheme for name, scheme, _ in document.members(document.root.get("securityDefinitions"), "")}
    written = mapping(document.root.get("components")).get("securitySchemes")
    return {name: scheme for name, scheme, _ in document.members(written, "/components/securitySchemes")}


def _requirements(document: Document, schemes: dict[str, dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The ways to authenticate: those of the whole document, else those of its operations, else any that is defined."""
    own = [one for one in map(mapping, sequence(document.root.get("security"))) if one]
    if own:
        yield from own
        return
    counted: Counter[str] = Counter()
    found: dict[str, dict[str, Any]] = {}
    for item in mapping(document.root.get("paths")).values():
        for method in METHODS:
            for requirement in map(mapping, sequence(mapping(mapping(item).get(method)).get("security"))):
                if requirement:
                    key = "\0".join(map(str, requirement))
                    counted[key] += 1
                    found.setdefault(key, requirement)
    yield from (found[key] for key, _ in counted.most_common(20))
    if not found:
        yield from ({name: []} for name in schemes)


def _use(security: Security, scheme: dict[str, Any], scopes: list[Any], origin: str | None) -> bool:
    """Add a scheme to what proves who the source is. False: there is nothing here that can do it."""
    kind, is_taken = scheme.get("type"), "authentication" in security.definition
    if kind == "apiKey":
        return _use_key(security, scheme, is_taken=is_taken)
    if kind == "mutualTLS":
        security.wants_certificate = True
        return True
    if is_taken:
        return False
    if kind == "oauth2":
        return _use_oauth2(security, scheme, scopes, origin)
    if kind == "openIdConnect":
        return _use_discovery(security, _url(scheme.get("openIdConnectUrl"), origin), scopes)
    return _use_http(security, str(scheme.get("scheme") if kind == "http" else kind).lower())


def _use_key(security: Security, scheme: dict[str, Any], *, is_taken: bool) -> bool:
    place, name = scheme.get("in"), line(scheme.get("name"), 255)
    if place not in ("header", "query", "cookie") or not name:
        return False
    if place != "query" and not TOKEN_PATTERN.fullmatch(name):
        return False
    if not is_taken:
        security.authenticate({"type": "apiKey", "in": place, "name": name}, "value")
        return True
    if place == "cookie":
        return False
    rows = security.definition.setdefault("headers" if place == "header" else "query", [])
    security.missing.append(f"/{'headers' if place == 'header' else 'query'}/{len(rows)}/value")
    rows.append({"name": name, "isSecret": True})
    return True


def _use_http(security: Security, scheme: str) -> bool:
    match scheme:
        case "basic" | "digest":
            security.authenticate({"type": scheme}, "username", "password")
        case "bearer":
            security.authenticate({"type": "bearer"}, "token")
        case _:
            return False
    return True


def _use_oauth2(security: Security, scheme: dict[str, Any], scopes: list[Any], origin: str | None) -> bool:
    flows = mapping(scheme.get("flows")) or {str(scheme.get("flow")): scheme}
    known = [(_FLOWS[name], mapping(flows[name])) for name in _FLOWS if mapping(flows.get(name))]
    if not known:
        return False
    grant, flow = known[0]
    token_url = _url(flow.get("tokenUrl"), origin)
    asked: dict[str, Any] = {"type": grant}
    if grant == "authorization_code":
        asked["authorizationUrl"] = _url(flow.get("authorizationUrl"), origin)
    if not token_url or not asked.get("authorizationUrl", token_url):
        return False
    _authenticate_client(security, asked, {"tokenUrl": token_url}, scopes)
    if grant == "password":
        security.missing += ["/authentication/grant/username", "/authentication/grant/password"]
    return True


def _use_discovery(security: Security, url: str, scopes: list[Any]) -> bool:
    issuer = url.removesuffix(_DISCOVERY)
    if issuer:
        _authenticate_client(security, {"type": "client_credentials"}, {"issuer": issuer}, scopes)
    return bool(issuer)


def _authenticate_client(security: Security, grant: dict[str, Any], places: dict[str, str], scopes: list[Any]) -> None:
    scheme = {
        "type": "oauth2",
        "grant": grant,
        "client": {"method": "client_secret_basic"},
        **places,
        "scope": " ".join(scope for scope in scopes if isinstance(scope, str))[:2048],
    }
    security.authenticate(scheme, "clientId", "client/secret")


def _url(value: Any, origin: str | None) -> str:
    """The whole URL; empty where it is none."""
    try:
        url = urljoin(origin or "", value.strip()) if isinstance(value, str) else ""
        return check_url(url)
    except ValueError:
        return ""


def _told(name: str, scheme: dict[str, Any]) -> str:
    kind = scheme.get("type")
    more = {"apiKey": scheme.get("name"), "http": scheme.get("scheme")}.get(str(kind))
    what = " ".join(str(part)[:100] for part in (kind, more) if part)
    return f"“{name[:100]}” ({what})" if what else phrase("“{name}” (not defined)", name=name[:100])
