/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { OperationName, Service, SoapOperation, SoapPort, SoapService } from '../api/service.ts'
import type { Source } from '../api/types.ts'

/** An operation with what it belongs to. */
export interface OfferedOperation {
	service: SoapService
	port: SoapPort
	operation: SoapOperation
}

/**
 * @param service what a WSDL offers
 * @param name what somebody asks for
 * @return the operation of that name; where there is none, the closest: another of its port, of its service, or the first of all
 */
export function findOperation(service: Service, name: Partial<OperationName> | null): OfferedOperation | null {
	const services = service.services.filter(({ ports }) => ports.some(hasOperations))
	const offering = byName(services, name?.service)
	const port = byName(offering?.ports.filter(hasOperations) ?? [], name?.port)
	const operation = byName(port?.operations ?? [], name?.operation)
	return offering && port && operation ? { service: offering, port, operation } : null
}

/**
 * @param items in their order
 * @param name which one, if it is there
 */
function byName<T extends { name: string }>(items: T[], name: string | undefined): T | undefined {
	return items.find((item) => item.name === name) ?? items[0]
}

/**
 * @param port of a service
 */
export function hasOperations(port: SoapPort): boolean {
	return port.operations.length > 0
}

/**
 * @param offered an operation
 */
export function nameOf(offered: OfferedOperation): OperationName {
	return { service: offered.service.name, port: offered.port.name, operation: offered.operation.name }
}

/**
 * The same operation may be offered at several ports, and counts once for each of them.
 *
 * @param service what a WSDL offers
 */
export function countOperations(service: Service): number {
	return service.services.flatMap(({ ports }) => ports).reduce((count, { operations }) => count + operations.length, 0)
}

/**
 * A source that calls where its WSDL says. The WSDL stays where it is: it was found by the former location, perhaps.
 *
 * @param source whose location is another one
 * @param service its WSDL
 * @param port where the WSDL says
 */
export function sourceAt(source: Source, service: Service, port: SoapPort): Source {
	const { soap } = source.connection
	const wsdlUrl = soap.wsdlUrl === '' && !service.isUploaded ? service.url : soap.wsdlUrl
	return { ...source, location: port.address, connection: { ...source.connection, soap: { ...soap, wsdlUrl } } }
}
