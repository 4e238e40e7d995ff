# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""idpyoidc's authorization server over Flask: for token exchange (RFC 8693), which it has built in.

The Flask routes are as in its own example; what is checked and answered is its own.
"""

import json
import logging
from typing import Any

import flask
from idpyoidc.message.oauth2 import AuthorizationRequest
from idpyoidc.server import Server
from idpyoidc.server.authn_event import create_authn_event
from idpyoidc.server.configure import ASConfiguration
from idpyoidc.server.exception import ClientAuthenticationError, UnAuthorizedClient

from tests.authorization.clients import RESOURCE, TOKEN_EXCHANGE, USER, Client
from tests.authorization.flask_server import FlaskServer
from tests.factories import marked

SCOPES = ["api:read", "api:write"]
REFUSED = (ClientAuthenticationError, UnAuthorizedClient)


class ExchangeServer(FlaskServer):
    """`/token` exchanges tokens, `/introspection` tells of them, and `/resource` wants an exchanged one.

    Tokens may be exchanged for the audience `RESOURCE` alone.

    Attributes:
        client: who exchanges; with `client_secret_post`. It may ask for `api:read` alone.
        front_end: another client, which the subject tokens were given to.
    """

    def __init__(self) -> None:
        logging.getLogger("idpyoidc").setLevel(logging.CRITICAL)  # it writes the tokens that it refuses into its log
        app = flask.Flask(__name__)
        super().__init__(app)
        self.client = Client("exchanger", "client_secret_post", marked("exchange-secret"))
        self.front_end = Client("front-end", "client_secret_post", marked("front-end-secret"))
        self._protected = Client("resource-server", "client_secret_post", marked("resource-server-secret"))
        self._provider = Server(ASConfiguration(conf=_configuration(self.url)))
        for client in (self.client, self.front_end, self._protected):
            self._provider.context.cdb[client.id] = {
                "client_id": client.id,
                "client_secret": client.secret,
                "allowed_scopes": SCOPES[:1],
                "grant_types_supported": [TOKEN_EXCHANGE],
            }
        app.add_url_rule("/token", view_func=self._token, methods=["POST"])
        app.add_url_rule("/introspection", view_func=self._introspection, methods=["POST"])
        app.add_url_rule("/resource", view_func=self._resource)
        app.add_url_rule("/.well-known/oauth-authorization-server", view_func=self._metadata)

    @property
    def introspection_url(self) -> str:
        return f"{self.url}/introspection"

    def subject_token(self, user: str = USER, *, lifetime: int = 600) -> str:
        """An access token of a user, as the front end would have got it by a login."""
        context = self._provider.context
        request = AuthorizationRequest(client_id=self.front_end.id, scope=SCOPES[:1], response_type="code")
        session = context.session_manager.create_session(
            create_authn_event(user), request, user, client_id=self.front_end.id, scopes=SCOPES[:1]
        )
        grant = context.authz(session, request)
        token = grant.mint_token(
            session_id=session,
            context=context,
            token_class="access_token",
            token_handler=context.session_manager.token_handler["access_token"],
            usage_rules=grant.usage_rules["access_token"] | {"expires_in": lifetime},
            expires_in=lifetime,
        )
        value: str = token.value
        return value

    def _token(self) -> flask.Response:
        return self._answer("token", flask.request.form.to_dict(flat=True))

    def _introspection(self) -> flask.Response:
        return self._answer("introspection", flask.request.form.to_dict(flat=True))

    def _metadata(self) -> flask.Response:
        return self._answer("server_metadata", {})

    def _answer(self, name: str, request: dict[str, str]) -> flask.Response:
        """What an endpoint of idpyoidc answers."""
        endpoint = self._provider.get_endpoint(name)
        sent = {key: value for key, value in flask.request.headers.items(lower=True) if key != "cookie"}
        try:
            parsed = endpoint.parse_request(request, http_info={"headers": sent, "method": flask.request.method})
            result = parsed if "error" in parsed else endpoint.process_request(parsed)
        except REFUSED as error:
            return _error("invalid_client", str(error), 401)
        except Exception as error:  # noqa: BLE001  # as its example does: it raises many kinds for what was sent
            return _error("invalid_request", str(error), 400)
        if "error" in result:
            return flask.Response(result.to_json(), 400, content_type="application/json")
        answer = endpoint.do_response(request=parsed, **result)
        return flask.Response(answer["response"], 200, answer["http_headers"])

    def _resource(self) -> flask.Response:
        scheme, _, token = flask.request.headers.get("Authorization", "").partition(" ")
        client = self._protected
        asked = {"token": token, "client_id": client.id, "client_secret": client.secret}
        told = self._answer("introspection", asked).get_json() if scheme.lower() == "bearer" and token else {}
        if told.get("active") and RESOURCE in told.get("aud", []):
            return flask.Response(json.dumps(told), content_type="application/json")
        refused = _error("invalid_token", "The token is not good here.", 401)
        refused.headers["WWW-Authenticate"] = f'Bearer realm="{self.url}", error="invalid_token"'
        return refused


def _error(code: str, description: str, status: int) -> flask.Response:
    document = json.dumps({"error": code, "error_description": description})
    return flask.Response(document, status, content_type="application/json")


def _configuration(issuer: str) -> dict[str, Any]:
    package = "idpyoidc.server"
    by_secret = {"client_authn_method": ["client_secret_basic", "client_secret_post"]}
    return {
        "issuer": issuer,
        "key_conf": {"key_defs": [{"type": "EC", "crv": "P-256", "use": ["sig"]}]},
        "endpoint": {
            "metadata": {
                "path": ".well-known/oauth-authorization-server",
                "class": f"{package}.oauth2.server_metadata.ServerMetadata",
                "kwargs": {},
            },
            "token": {"path": "token", "class": f"{package}.oauth2.token.Token", "kwargs": by_secret | _exchange()},
            "introspection": {
                "path": "introspection",
                "class": f"{package}.oauth2.introspection.Introspection",
                "kwargs": by_secret | {"enforce_audience_restriction": False},
            },
        },
        "authz": {
            "class": f"{package}.authz.AuthzHandling",
            "kwargs": {
                "grant_config": {
                    "usage_rules": {"access_token": {"supports_minting": ["access_token"], "expires_in": 600}}
                }
            },
        },
        "token_handler_args": {"token": {"class": f"{package}.token.jwt_token.JWTToken", "kwargs": {"lifetime": 600}}},
        "userinfo": {"class": f"{package}.user_info.UserInfo", "kwargs": {"db": {USER: {}}}},
        "scopes_supported": SCOPES,
        "session_params": {"password": marked("session-password"), "salt": "0123456789abcdef"},
    }


def _exchange() -> dict[str, Any]:
    """Which tokens are exchanged for which, as its documentation has it."""
    access_token = "urn:ietf:params:oauth:token-type:access_token"
    helper = "idpyoidc.server.oauth2.token_helper"
    return {
        "grant_types_helpers": {
            TOKEN_EXCHANGE: {
                "class": f"{helper}.token_exchange.TokenExchangeHelper",
                "kwargs": {
                    "subject_token_types_supported": [access_token],
                    "requested_token_types_supported": [access_token],
                    "policy": {
                        "": {
                            "function": f"{helper}.validate_token_exchange_policy",
                            "kwargs": {"scope": SCOPES, "audience": [RESOURCE], "resource": [RESOURCE]},
                        }
                    },
                },
            }
        }
    }
