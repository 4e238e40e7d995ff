/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { components } from './schema.d.ts'
import type { Connection } from './types.ts'

import { request, segment } from './client.ts'

type Schemas = components['schemas']

/** What a WSDL offers. */
export type Service = Schemas['ServiceRead']
export type SoapService = Schemas['SoapService']
export type SoapPort = Schemas['SoapPort']
export type SoapOperation = Schemas['SoapOperation']
export type WsdlUpload = Schemas['WsdlUpload']
/** Which operation, by its names. */
export type OperationName = Schemas['OperationName']
export type OperationForm = Schemas['OperationForm']
/** One element or attribute of a message. */
export type FormField = Schemas['FormField']
export type EnvelopeRequest = Schemas['EnvelopeRequest']
/** A request that can be sent as it is. */
export type Envelope = Schemas['EnvelopeRead']
export type SoapOptions = Connection['soap']
export type WsSecurity = NonNullable<SoapOptions['security']>

/** The timeouts of the source bound how long it takes to fetch a WSDL, and to go through a large one. */
const UNBOUNDED = { timeoutMs: 0 }

/**
 * @param sourceId id or slug
 */
function path(sourceId: string): string {
	return `sources/${segment(sourceId)}/service`
}

/**
 * What the WSDL of a source offers. It is fetched when it never was.
 *
 * @param sourceId id or slug
 * @param signal gives up waiting
 */
export function readService(sourceId: string, signal?: AbortSignal): Promise<Service> {
	return request('GET', path(sourceId), { signal, ...UNBOUNDED })
}

/**
 * Fetch the WSDL again.
 *
 * @param sourceId id or slug
 * @param signal gives up waiting
 */
export function refreshService(sourceId: string, signal?: AbortSignal): Promise<Service> {
	return request('POST', `${path(sourceId)}/refresh`, { signal, ...UNBOUNDED })
}

/**
 * Use a WSDL from files in place of one that is fetched.
 *
 * @param sourceId id or slug
 * @param upload its text, and the texts of what it imports
 * @param signal gives up waiting
 */
export function uploadService(sourceId: string, upload: WsdlUpload, signal?: AbortSignal): Promise<Service> {
	return request('PUT', path(sourceId), { body: upload, signal, ...UNBOUNDED })
}

/**
 * Forget the WSDL that is kept.
 *
 * @param sourceId id or slug
 */
export function forgetService(sourceId: string): Promise<void> {
	return request('DELETE', path(sourceId))
}

/**
 * @param sourceId id or slug
 * @param operation which one
 * @param signal gives up waiting
 */
export function readForm(sourceId: string, operation: OperationName, signal?: AbortSignal): Promise<OperationForm> {
	return request('POST', `${path(sourceId)}/form`, { body: operation, signal, ...UNBOUNDED })
}

/**
 * The request of an operation with these values.
 *
 * @param sourceId id or slug
 * @param envelope which operation, with which values
 * @param signal gives up waiting
 */
export function makeEnvelope(sourceId: string, envelope: EnvelopeRequest, signal?: AbortSignal): Promise<Envelope> {
	return request('POST', `${path(sourceId)}/envelope`, { body: envelope, signal, ...UNBOUNDED })
}
