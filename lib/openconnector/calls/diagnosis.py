# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The outcome of a call in words: what failed, in which phase, by which evidence, and what to do.

A pure function of what was observed. Each `error.type` has one row in a table; the words are for an administrator who
did not write the system on the other side.
"""

from collections.abc import Mapping

from openconnector.calls.credentials import row_of
from openconnector.calls.evidence import evidence_of
from openconnector.calls.facts import fill
from openconnector.calls.observed import Observed
from openconnector.calls.remedies import REFUSALS, Words
from openconnector.calls.remedies_answer import ANSWER
from openconnector.calls.remedies_content import CONTENT, LOGIN_PAGE
from openconnector.calls.remedies_files import FILES
from openconnector.calls.remedies_hosts import SSH
from openconnector.calls.remedies_network import NETWORK
from openconnector.calls.remedies_signatures import SIGNATURES, row_of_signature
from openconnector.calls.remedies_soap import ENVELOPES, facts_of, words_of
from openconnector.calls.remedies_tls import TLS
from openconnector.calls.remedies_tokens import REJECTED, TOKENS, about_token
from openconnector.calls.status_remedies import CREDENTIALS, status_words
from openconnector.calls.suspicions import Suspicion, is_login_page, suspicion_of
from openconnector.core.phrases import phrase
from openconnector.logs.schemas import Diagnosis, Remedy

FAILURES: dict[str, Words] = {**NETWORK, **TLS, **SSH, **FILES, **ANSWER, **TOKENS, **ENVELOPES}

_CREDENTIALS: dict[str, Words] = {**CREDENTIALS, **REJECTED, **SIGNATURES}

_NOTHING: Mapping[str, str] = {}


def diagnose(observed: Observed) -> Diagnosis | None:
    """The diagnosis of a call; None when all went well and there is nothing to say."""
    if observed.refusal is not None:
        kind = observed.refusal.type
        return _compose(kind, REFUSALS[kind] if kind in REFUSALS else FAILURES[kind], observed)
    failure_type = observed.failure.type if observed.failure else observed.result.error_type
    if failure_type is None:
        suspicion = suspicion_of(observed)
        return _diagnose_suspicion(suspicion, observed) if suspicion else None
    if observed.fault is not None and failure_type == "soap_fault":
        return _compose(failure_type, words_of(observed.fault), observed, facts_of(observed.fault))
    if observed.failure is None and observed.response is not None:
        status = observed.response.status_code
        row = row_of(observed) if status in (401, 403) else row_of_signature(observed)  # AWS says it with 400, too
        words = _CREDENTIALS[row] if row else status_words(status)
        return _compose(str(status), words, observed)
    words = FAILURES.get(failure_type) or REFUSALS.get(failure_type, FAILURES["connection_failed"])
    if observed.is_about_token and failure_type not in TOKENS:
        words = about_token(words)
    return _compose(failure_type, words, observed)


def _diagnose_suspicion(suspicion: Suspicion, observed: Observed) -> Diagnosis:
    is_login = suspicion.type == "unexpected_html" and is_login_page(observed)
    words = LOGIN_PAGE if is_login else CONTENT[suspicion.type]
    return _compose(suspicion.type, words, observed, suspicion.found)


def _compose(error_type: str, words: Words, observed: Observed, found: Mapping[str, str] = _NOTHING) -> Diagnosis:
    title = fill(words.title, observed, found)
    return Diagnosis(
        type=error_type,
        phase=words.phase,
        title=phrase("No access token: {reason}", reason=title) if words.is_about_token else title,
        detail=fill(words.detail, observed, found),
        remedies=[Remedy(text=fill(text, observed, found), link=link) for text, link in words.remedies],
        evidence=evidence_of(observed, words.evidence, found),
    )
