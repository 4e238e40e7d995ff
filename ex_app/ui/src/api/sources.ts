/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { NewSource, Page, Source } from './types.ts'

import { request, segment } from './client.ts'

export interface SourceQuery {
	search?: string
	type?: string[]
	enabled?: boolean | null
	sort?: string
	cursor?: string | null
	limit?: number
}

/**
 * One page of sources.
 *
 * @param query filters, order and place
 * @param signal gives up
 */
export function listSources(query: SourceQuery, signal?: AbortSignal): Promise<Page<Source>> {
	return request('GET', 'sources', { query: { ...query }, signal })
}

/**
 * @param source what the administrator typed
 */
export function createSource(source: NewSource): Promise<Source> {
	return request('POST', 'sources', { body: source })
}

/**
 * @param id id or slug
 * @param signal gives up
 */
export function readSource(id: string, signal?: AbortSignal): Promise<Source> {
	return request('GET', `sources/${segment(id)}`, { signal })
}

/**
 * Replace a source; refused when `version` is not the stored one.
 *
 * @param source all of it
 */
export function replaceSource(source: Source): Promise<Source> {
	return request('PUT', `sources/${segment(source.id)}`, { body: source })
}

/**
 * @param id id or slug
 * @param isEnabled whether calls are let through
 */
export function setSourceEnabled(id: string, isEnabled: boolean): Promise<Source> {
	return request('PUT', `sources/${segment(id)}/enabled`, { body: { isEnabled } })
}

/**
 * Copy a source on the server, which alone knows its secrets.
 *
 * @param id id or slug
 */
export function duplicateSource(id: string): Promise<Source> {
	return request('POST', `sources/${segment(id)}/duplicate`)
}

/**
 * @param id id or slug
 */
export function deleteSource(id: string): Promise<void> {
	return request('DELETE', `sources/${segment(id)}`)
}
