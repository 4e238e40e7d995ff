/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { components } from './schema.d.ts'

import { request, segment } from './client.ts'

type Schemas = components['schemas']

/** How a query is understood. All places are counted in characters (code points). */
export type QueryReading = Schemas['QueryReading']
export type QueryTerm = Schemas['QueryTerm']
export type QueryProblem = Schemas['QueryProblem']
export type Completion = Schemas['Completion']
/** A question with a name, shared by all administrators. */
export type SavedView = Schemas['ViewRead']
export type NewView = Schemas['ViewWrite']

/**
 * @param query a text of the query language, as far as it is typed
 * @param cursor where the text cursor stands, in characters
 * @param signal gives up
 */
export function readQuery(query: string, cursor: number | null, signal?: AbortSignal): Promise<QueryReading> {
	return request('GET', 'logs/query', { query: { query, cursor }, signal })
}

/**
 * @param signal gives up
 */
export async function listViews(signal?: AbortSignal): Promise<SavedView[]> {
	return (await request<Schemas['ViewList']>('GET', 'logs/views', { signal })).results
}

/**
 * @param view as it shall be
 */
export function createView(view: NewView): Promise<SavedView> {
	return request('POST', 'logs/views', { body: view })
}

/**
 * @param id which view
 * @param view as it shall be
 */
export function replaceView(id: string, view: NewView): Promise<SavedView> {
	return request('PUT', `logs/views/${segment(id)}`, { body: view })
}

/**
 * @param id which view
 */
export function deleteView(id: string): Promise<void> {
	return request('DELETE', `logs/views/${segment(id)}`)
}
