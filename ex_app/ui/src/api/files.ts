/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { components } from './schema.d.ts'

import axios, { isAxiosError } from '@nextcloud/axios'
import { apiUrl } from '../appapi.ts'
import { ownHeaders, request, segment } from './client.ts'
import { isCancelled, toProblem } from './problem.ts'

type Schemas = components['schemas']

export type FileEntry = Schemas['FileEntry']
export type ListingRequest = Schemas['ListingRequest']
export type ListingPart = Schemas['ListingRead']
export type ListingSort = ListingRequest['sort']
export type FileOptions = Schemas['FileOptions-Output']

/**
 * A part of a directory. The answer comes when the call has ended, well or badly; `call` tells which.
 *
 * @param sourceId id or slug
 * @param listing which directory, and which part of it
 * @param signal gives up waiting (the call itself goes on)
 */
export function listFiles(sourceId: string, listing: ListingRequest, signal?: AbortSignal): Promise<ListingPart> {
	return request('POST', `sources/${segment(sourceId)}/files/list`, { body: listing, signal, timeoutMs: 0 })
}

/**
 * A whole file as it is, however large.
 *
 * @param sourceId id or slug
 * @param path below the location
 * @param options how to follow and to end it
 * @param options.callId by which the call can be cancelled
 * @param options.signal ends the transfer (the call itself goes on)
 * @param options.onProgress is told how many bytes have come
 * @throws {Problem} when the file does not come
 */
export async function downloadFile(sourceId: string, path: string, options: { callId?: string, signal?: AbortSignal, onProgress?: (bytes: number) => void } = {}): Promise<Blob> {
	try {
		const response = await axios.get<Blob>(apiUrl(`sources/${segment(sourceId)}/files/content`), {
			headers: ownHeaders(),
			params: { path, callId: options.callId },
			responseType: 'blob',
			timeout: 0,
			signal: options.signal,
			onDownloadProgress: ({ loaded }) => options.onProgress?.(loaded),
		})
		return response.data
	} catch (error) {
		throw isCancelled(error) ? error : toProblem(await withReadableBody(error))
	}
}

/**
 * The problem document of a failed download came as a file, too.
 *
 * @param error what the HTTP client threw
 */
async function withReadableBody(error: unknown): Promise<unknown> {
	if (isAxiosError(error) && error.response?.data instanceof Blob && error.response.data.type.includes('json')) {
		error.response.data = JSON.parse(await error.response.data.text())
	}
	return error
}

/**
 * Forget the key of an SSH server, so that the next call takes the one that it is shown.
 *
 * @param sourceId id or slug
 */
export function forgetHostKey(sourceId: string): Promise<void> {
	return request('DELETE', `sources/${segment(sourceId)}/host-key`)
}
