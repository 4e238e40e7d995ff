# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The rows for faults of SOAP services, and for envelopes that cannot be sent."""

from openconnector.calls.remedies import AUTHENTICATION, READ_BODY, TEST, THEIR_LOGS, Step, Words
from openconnector.core.phrases import phrase
from openconnector.logs.schemas import Place
from openconnector.transports.soap.faults import SoapFault

SOAP: Place = "configuration/soap"

_SECURITY: Step = ("Check user name, password and certificate of WS-Security, and the clock of this server.", SOAP)

FAULTS: dict[str, Words] = {
    "refused": Words(
        "authentication",
        "The service refuses who asks",
        "{host} answered with a fault of WS-Security: {fault_reason}",
        (_SECURITY, ("If the service wants HTTP authentication as well, check that.", AUTHENTICATION), THEIR_LOGS),
        ("fault",),
    ),
    "sender": Words(
        "response",
        "The service did not accept the message",
        "{host} answered with the fault {fault_code}: {fault_reason}",
        (
            ("Check the values of the form against what the fault says.", TEST),
            ("Check that operation, header SOAPAction and version of SOAP are those of the WSDL.", TEST),
            READ_BODY,
        ),
        ("fault",),
    ),
    "receiver": Words(
        "response",
        "The service failed",
        "{host} answered with the fault {fault_code}: {fault_reason}",
        (READ_BODY, ("Try again in a moment.", TEST), THEIR_LOGS),
        ("fault",),
    ),
}

ENVELOPES: dict[str, Words] = {
    "envelope_unusable": Words(
        "configuration",
        "The envelope cannot be sent",
        "OpenConnector did not send the request, because it could not put WS-Security into the body. {reported}",
        (
            ("Make the envelope from the form again.", TEST),
            ("Check the certificate and the key of WS-Security, or switch it off.", SOAP),
        ),
    ),
}


def words_of(fault: SoapFault) -> Words:
    """The row for a fault."""
    if fault.is_refusal:
        return FAULTS["refused"]
    return FAULTS["sender" if fault.is_about_sender else "receiver"]


def facts_of(fault: SoapFault) -> dict[str, str]:
    """What the words and the evidence say of it."""
    return {
        "fault_code": " / ".join((fault.code, *fault.subcodes)) or phrase("without a code"),
        "fault_reason": fault.reason or phrase("it gives no reason."),
        "fault_detail": fault.detail,
        "fault_actor": fault.actor,
    }
