# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The form in Nextcloud's own settings.

Nextcloud keeps the texts as configuration of the app, under the ids of the fields, and checks nothing. So a text
becomes a value of the settings here, or a sentence about what is wrong with it. None of the settings is a secret.
"""

from typing import Any

from ex_app.settings_field import Field, Unusable, number, shown_number
from openconnector.core.phrases import any_of, phrase

FORM_ID = "open_connector-settings"
PAGE = "/index.php/apps/app_api/embedded/open_connector/main"

AS_BUILT_IN = "default"
_POLICIES = {
    AS_BUILT_IN: "As OpenConnector has it: of all calls",
    "always": "Of all calls",
    "errors": "Of failed calls",
    "never": "Of no call",
}


def _number_field(
    id: str,  # noqa: A002
    pointer: str,
    title: str,
    description: str,
    *,
    least: int = 0,
    most: int,
    unit: int = 1,
    placeholder: str = "",
) -> Field:
    def show(value: int | None) -> str:
        return "" if value is None else shown_number(value, unit)

    read = number(least, most, unit=unit)
    return Field(id, pointer, title, description, read, show, placeholder=placeholder)


def _list_field(id: str, pointer: str, title: str, description: str, placeholder: str) -> Field:  # noqa: A002
    def read(text: str) -> list[str]:
        return [entry for part in text.replace("\n", ",").split(",") if (entry := part.strip())]

    return Field(id, pointer, title, description, read, ", ".join, "text", placeholder)


def _read_policy(text: str) -> str | None:
    if text and text not in _POLICIES:
        raise Unusable(phrase("Choose one of {expected}.", expected=any_of(list(_POLICIES))))
    return None if text in ("", AS_BUILT_IN) else text


_DAYS = 36_500
_AS_ENVIRONMENT = "Empty: as the environment of the app says. 0: for ever."

FIELDS = (
    _number_field(
        "retention_success_days",
        "/retention/successDays",
        phrase("Keep successful calls (days)"),
        _AS_ENVIRONMENT,
        most=_DAYS,
        placeholder="30",
    ),
    _number_field(
        "retention_error_days",
        "/retention/errorDays",
        phrase("Keep failed calls (days)"),
        _AS_ENVIRONMENT,
        most=_DAYS,
        placeholder="90",
    ),
    _number_field(
        "retention_success_body_days",
        "/retention/successBodyDays",
        phrase("Keep bodies of successful calls (days)"),
        "Empty: as long as the call.",
        most=_DAYS,
    ),
    _number_field(
        "retention_error_body_days",
        "/retention/errorBodyDays",
        phrase("Keep bodies of failed calls (days)"),
        "Empty: as long as the call.",
        most=_DAYS,
    ),
    _number_field(
        "retention_max_calls",
        "/retention/maxCalls",
        phrase("Calls in the log at most"),
        "The oldest go first. Empty or 0: any number.",
        most=10**12,
    ),
    _number_field(
        "retention_max_mebibytes",
        "/retention/maxBytes",
        phrase("Size of the log at most (MiB)"),
        "As stored, compressed; the oldest calls go first. Empty or 0: any size.",
        most=10**15,
        unit=2**20,
    ),
    Field(
        "bodies_policy",
        "/bodies/policy",
        phrase("Keep bodies"),
        "A call without its bodies keeps everything else.",
        _read_policy,
        lambda policy: policy or AS_BUILT_IN,
        "radio",
        default=AS_BUILT_IN,
        options=_POLICIES,
    ),
    _list_field(
        "egress_allow",
        "/egressAllow",
        phrase("Allowed addresses"),
        "Calls reach public addresses only. Networks, addresses and names that they may reach besides, with commas.",
        "10.1.0.0/16, erp.intranet.example",
    ),
    _list_field(
        "redaction_names",
        "/redactionNames",
        phrase("Secret names"),
        "The values of headers, parameters and body fields with these names never reach the log; with commas.",
        "citizen_number",
    ),
    _number_field(
        "timeout_connect_seconds",
        "/timeouts/connectMs",
        phrase("Connect timeout (seconds)"),
        "For the name, the connection, and TLS; each of them. Of every source that says nothing else.",
        least=1,
        most=600_000,
        unit=1000,
        placeholder="10",
    ),
    _number_field(
        "timeout_read_seconds",
        "/timeouts/readMs",
        phrase("Read timeout (seconds)"),
        "Between two pieces of the answer. Of every source that says nothing else.",
        least=1,
        most=600_000,
        unit=1000,
        placeholder="30",
    ),
    _number_field(
        "timeout_total_seconds",
        "/timeouts/totalMs",
        phrase("Total timeout (seconds)"),
        "For the whole call, with its redirects and retries. Of every source that says nothing else.",
        least=1,
        most=600_000,
        unit=1000,
        placeholder="60",
    ),
    _number_field(
        "limit_requests_per_minute",
        "/limits/requestsPerMinute",
        phrase("Requests to each source in a minute"),
        "Of every source without a rate limit of its own. Empty: any number.",
        least=1,
        most=1_000_000,
    ),
    _number_field(
        "limit_concurrent_calls",
        "/limits/concurrentCalls",
        phrase("Calls of each source at the same time"),
        "In each process. Empty: any number.",
        least=1,
        most=10_000,
    ),
)

FORM: dict[str, Any] = {
    "id": FORM_ID,
    "priority": 10,
    "section_type": "admin",
    "section_id": "declarative_settings",
    "title": "OpenConnector",
    "description": "The same settings, and more about them, are on the page Settings of OpenConnector. Sources of the "
    "former OpenConnector, and of other tools, are imported on its page Sources, under Import sources.",
    "doc_url": f"{PAGE}/settings",
    "fields": [field.scheme() for field in FIELDS],
}
"""What `POST ui/settings` of AppAPI takes."""
