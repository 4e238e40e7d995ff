/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { components } from './schema.d.ts'
import type { Call, CallSummary } from './types.ts'

import { request, segment } from './client.ts'

type Schemas = components['schemas']

/** Steps of a count after which the projection is left as it is: each takes the server a second or two. */
const MOST_COUNT_STEPS = 20

export type LogPage = Schemas['LogPage']
export type LogTail = Schemas['LogTail']
export type LogSort = Schemas['ViewWrite']['sort']
/** Where a question's words stand in a call. */
export type Hit = Schemas['Hit']
/** What the log takes. */
export type LogStorage = Schemas['StorageRead']

/** How many calls match; with a cursor more of them can be counted. */
export type LogCount = Schemas['LogCount']
/** How far back a search has come that took too long for one page. */
export type Searched = Schemas['Searched']

/** Which calls are meant; all parts that are set must match. */
export interface LogQuery {
	/** In the query language */
	query?: string
	/** Ids or slugs */
	source?: string[]
	/** Kept for ever, or not */
	pinned?: boolean
}

/**
 * One page of calls.
 *
 * @param query filters; a call has to meet all of them
 * @param place in which order, where to go on, and how many
 * @param place.sort in which order
 * @param place.cursor from the page before
 * @param place.limit how many
 * @param signal gives up
 */
export function listLogs(query: LogQuery, place: { sort?: LogSort, cursor?: string | null, limit?: number } = {}, signal?: AbortSignal): Promise<LogPage> {
	return request('GET', 'logs', { query: { ...query, ...place }, signal })
}

/**
 * How many calls match, counted for some seconds.
 *
 * @param query filters; a call has to meet all of them
 * @param cursor from the count before, which goes on
 * @param signal gives up
 */
export function countLogs(query: LogQuery, cursor: string | null, signal?: AbortSignal): Promise<LogCount> {
	return request('GET', 'logs/count', { query: { ...query, cursor }, signal })
}

/**
 * How many calls match: exactly where that can be counted in a while, up to 10,000.
 *
 * @param query filters; a call has to meet all of them
 * @param projected what a page has said
 * @param tell is told how many there are by now
 * @param signal gives up
 */
export async function countOn(query: LogQuery, projected: Pick<LogCount, 'total' | 'isEstimate'>, tell?: (count: LogCount) => void, signal?: AbortSignal): Promise<Pick<LogCount, 'total' | 'isEstimate'>> {
	let count = projected
	let cursor: string | null = null
	for (let steps = 0; count.isEstimate && steps < MOST_COUNT_STEPS; steps++) {
		const more: LogCount = await countLogs(query, cursor, signal)
		count = more
		tell?.(more)
		cursor = more.nextCursor
		if (!cursor) {
			break
		}
	}
	return count
}

/**
 * The calls that match and came since.
 *
 * @param query the filters of the list
 * @param after `newest` of the answer before
 * @param signal gives up
 */
export function tailLogs(query: LogQuery, after: number, signal?: AbortSignal): Promise<LogTail> {
	return request('GET', 'logs/tail', { query: { ...query, after }, signal })
}

/**
 * @param signal gives up
 */
export function readStorage(signal?: AbortSignal): Promise<LogStorage> {
	return request('GET', 'logs/storage', { signal })
}

/**
 * @param id the call's id
 * @param signal gives up
 */
export function readLog(id: string, signal?: AbortSignal): Promise<Call> {
	return request('GET', `logs/${segment(id)}`, { signal })
}

/**
 * @param id the call's id
 */
export function deleteLog(id: string): Promise<void> {
	return request('DELETE', `logs/${segment(id)}`)
}

/**
 * Delete calls by their ids.
 *
 * @param ids at most a thousand
 */
export function deleteLogs(ids: string[]): Promise<{ deleted: number }> {
	return request('POST', 'logs/delete', { body: { ids } })
}

/**
 * Keep a call for ever, or no longer.
 *
 * @param id the call's id
 * @param isPinned whether to keep it
 */
export function pinLog(id: string, isPinned: boolean): Promise<CallSummary> {
	return request('PUT', `logs/${segment(id)}/pin`, { body: { isPinned } })
}
