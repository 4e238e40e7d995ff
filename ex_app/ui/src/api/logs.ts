/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Call, CallSummary, Page } from './types.ts'

import { queryParameters, request, segment } from './client.ts'

export interface LogQuery {
	source?: string[]
	status?: string[]
	method?: string[]
	trigger?: string[]
	since?: string | null
	until?: string | null
	q?: string
}

/**
 * One page of calls, newest first.
 *
 * @param query filters; a call has to meet all of them
 * @param place where to go on, and how many
 * @param place.cursor from the page before
 * @param place.limit how many
 * @param signal gives up
 */
export function listLogs(query: LogQuery, place: { cursor?: string | null, limit?: number } = {}, signal?: AbortSignal): Promise<Page<CallSummary>> {
	return request('GET', 'logs', { query: { ...query, ...place }, signal })
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
 * Delete every call that the filters let through.
 *
 * @param query the filters of the list
 */
export function deleteLogs(query: LogQuery): Promise<{ deleted: number }> {
	return request('POST', 'logs/delete', { body: { filter: queryParameters({ ...query }) } })
}
