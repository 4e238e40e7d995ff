/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { LogQuery } from './logs.ts'
import type { components } from './schema.d.ts'

import { apiUrl } from '../appapi.ts'
import { queryParameters, request, segment } from './client.ts'

type Schemas = components['schemas']

/** How far an export is, or a deletion of many entries. */
export type WorkState = Schemas['ExportProgress']
export type DeletionState = Schemas['DeletionProgress']
export type ExportFormat = 'csv' | 'ndjson' | 'har'

/**
 * Where the browser can download the calls that match, newest first.
 *
 * @param query the filters of the list
 * @param format of the file
 * @param exportId a UUID of ours, to ask for its progress by
 */
export function exportUrl(query: LogQuery, format: ExportFormat, exportId: string): string {
	return `${apiUrl('logs/export')}?${new URLSearchParams(queryParameters({ ...query, format, exportId }))}`
}

/**
 * @param id of the export
 * @param signal gives up
 */
export function readExport(id: string, signal?: AbortSignal): Promise<WorkState> {
	return request('GET', `logs/exports/${segment(id)}`, { signal })
}

/**
 * @param id of the export
 */
export function cancelExport(id: string): Promise<void> {
	return request('DELETE', `logs/exports/${segment(id)}`)
}

/**
 * Delete all calls that match, as they are now. Those that are kept for ever stay.
 *
 * @param query the filters of the list; none means every call
 */
export function startDeletion(query: LogQuery): Promise<WorkState> {
	return request('POST', 'logs/deletions', { body: queryParameters({ ...query }) })
}

/** The deletions that the server runs, or has ended a short while ago; the latest first. */
export async function listDeletions(): Promise<DeletionState[]> {
	return (await request<{ results: DeletionState[] }>('GET', 'logs/deletions')).results
}

/**
 * @param id of the deletion
 * @param signal gives up
 */
export function readDeletion(id: string, signal?: AbortSignal): Promise<WorkState> {
	return request('GET', `logs/deletions/${segment(id)}`, { signal })
}

/**
 * Stop a deletion; what is deleted stays deleted.
 *
 * @param id of the deletion
 */
export function cancelDeletion(id: string): Promise<void> {
	return request('DELETE', `logs/deletions/${segment(id)}`)
}
