# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is known of the service of a source, and how the API tells it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from openconnector.calls.soap.loading import Loaded
from openconnector.calls.soap.schemas import ServiceRead, SoapOperation, SoapPort, SoapService
from openconnector.core.phrases import phrase
from openconnector.logs.shown import show_call
from openconnector.sources.opened import OpenSource
from openconnector.sources.service_descriptions import DescriptionHead
from openconnector.transports.soap.endpoint import endpoint_of, is_same_address, wsdl_url_of

if TYPE_CHECKING:
    from openconnector.transports.soap.operations import Service, ServiceModel

NO_PORTS = phrase("This WSDL has no service with a port for SOAP over HTTP.")


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a source's service. Without a head there is nothing, and `loaded` has the problem."""

    head: DescriptionHead | None
    model: "ServiceModel | None"
    problem: str | None = None
    loaded: Loaded | None = None


def wsdl_url(source: OpenSource) -> str:
    """Where the WSDL of a source is."""
    return wsdl_url_of(source.location, source.connection.soap.wsdl_url)


def described(source: OpenSource, known: Known) -> ServiceRead:
    """What the API tells of a service."""
    head, model, entry = known.head, known.model, known.loaded.entry if known.loaded else None
    endpoint = endpoint_of(source.location)
    return ServiceRead(
        url=head.url if head else wsdl_url(source),
        is_uploaded=head.is_uploaded if head else False,
        fetched_at=head.fetched_at if head else None,
        documents=model.documents if model else [],
        services=[_service(service, endpoint) for service in model.services.values()] if model else [],
        problem=known.problem
        or (NO_PORTS if model and not any(one.ports for one in model.services.values()) else None),
        call=show_call(entry) if entry else None,
    )


def _service(service: "Service", endpoint: str) -> SoapService:
    ports = [
        SoapPort(
            name=port.name,
            version=port.version,
            address=port.address,
            is_location=is_same_address(port.address, endpoint),
            wants_addressing=port.wants_addressing,
            operations=[SoapOperation.model_validate(operation) for operation in port.operations.values()],
        )
        for port in service.ports.values()
    ]
    return SoapService(name=service.name, documentation=service.documentation, ports=ports)
