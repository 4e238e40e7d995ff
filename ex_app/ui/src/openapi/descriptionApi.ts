/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { components } from '../api/schema.d.ts'

import { request, segment } from '../api/client.ts'

type Schemas = components['schemas']

/** What is known of the API of a source. */
export type ApiDescription = Schemas['ApiDescriptionRead']
/** What has come of an attempt to load one. */
export type LoadedDescription = Schemas['ApiDescriptionLoaded']
export type DescriptionWanted = Schemas['ApiDescriptionWanted']
/** An operation as the list shows it. */
export type OperationSummary = Schemas['OperationSummary']
export type OperationList = Schemas['OperationList']
/** All of an operation. */
export type Operation = Schemas['OperationRead']
export type OperationParameter = Schemas['OperationParameter']
export type OperationBody = Schemas['OperationBody']

/** As many as a description may have */
const ALL = 2000
/** The timeouts of the source bound how long it takes to fetch a description. */
const UNBOUNDED = { timeoutMs: 0 }

/**
 * All operations of a source; none where no description was loaded.
 *
 * @param sourceId id or slug
 * @param signal gives up waiting
 */
export function listOperations(sourceId: string, signal?: AbortSignal): Promise<OperationList> {
	return request('GET', `sources/${segment(sourceId)}/operations`, { query: { limit: ALL }, signal })
}

/**
 * @param sourceId id or slug
 * @param key which operation
 * @param signal gives up waiting
 */
export function readOperation(sourceId: string, key: string, signal?: AbortSignal): Promise<Operation> {
	return request('GET', `sources/${segment(sourceId)}/operations/${segment(key)}`, { signal })
}

/**
 * Load a description from a text or a URL.
 *
 * @param sourceId id or slug
 * @param wanted one of both
 */
export function loadDescription(sourceId: string, wanted: DescriptionWanted): Promise<LoadedDescription> {
	return request('PUT', `sources/${segment(sourceId)}/api-description`, { body: wanted, ...UNBOUNDED })
}

/**
 * Look for a description at the usual places.
 *
 * @param sourceId id or slug
 */
export function findDescription(sourceId: string): Promise<LoadedDescription> {
	return request('POST', `sources/${segment(sourceId)}/api-description/find`, UNBOUNDED)
}

/**
 * @param sourceId id or slug
 */
export function forgetDescription(sourceId: string): Promise<void> {
	return request('DELETE', `sources/${segment(sourceId)}/api-description`)
}
