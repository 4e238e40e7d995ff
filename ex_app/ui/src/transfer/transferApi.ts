/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { components } from '../api/schema.d.ts'

import axios from '@nextcloud/axios'
import { ownHeaders, request, segment } from '../api/client.ts'
import { toProblem } from '../api/problem.ts'
import { apiUrl } from '../appapi.ts'

type Schemas = components['schemas']

export type ImportPreview = Schemas['ImportPreview']
export type PreviewItem = Schemas['PreviewItem']
export type ImportState = PreviewItem['state']
export type ImportAction = PreviewItem['actions'][number]
export type ImportChoice = Schemas['Choice']
export type ImportResult = Schemas['ImportResult']
export type ImportProgress = Schemas['ImportProgress']
export type CurlSource = Schemas['CurlRead']
export type SavedRequest = Schemas['SavedRequestRead']
export type ExportFormat = 'json' | 'yaml'

/** A document that sources are read from: its text, or the bytes of a file in base64. */
export interface ImportDocument {
	content: string
	encoding: 'text' | 'base64'
	passphrase: string | null
}

/** Longer than a page may wait for anything else: a thousand sources are looked at. */
const TIMEOUT_MS = 120_000

/**
 * What an import would do. Nothing is changed.
 *
 * @param document what was pasted or dropped
 */
export function previewImport(document: ImportDocument): Promise<ImportPreview> {
	return request('POST', 'import/preview', { body: document, timeoutMs: TIMEOUT_MS })
}

/**
 * The same for a document that the server fetches.
 *
 * @param url where it is
 * @param passphrase of the secrets in it
 */
export function previewUrl(url: string, passphrase: string | null): Promise<ImportPreview> {
	return request('POST', 'import/preview', { body: { url, passphrase }, timeoutMs: TIMEOUT_MS })
}

/**
 * Do an import as it was previewed: all of it, or nothing.
 *
 * @param document the one that was previewed
 * @param revision of the preview
 * @param choices what to do with each source
 * @param importId a UUID of ours, to ask for its progress by
 */
export function importSources(document: ImportDocument, revision: string, choices: ImportChoice[], importId: string): Promise<ImportResult> {
	return request('POST', 'import', { body: { ...document, revision, choices, importId }, timeoutMs: TIMEOUT_MS })
}

/**
 * @param importId of the import
 */
export function readImport(importId: string): Promise<ImportProgress> {
	return request('GET', `imports/${segment(importId)}`)
}

/**
 * What a cURL command says: a source, and one request to it.
 *
 * @param command as it was copied
 */
export function readCurl(command: string): Promise<CurlSource> {
	return request('POST', 'import/curl', { body: { command } })
}

/**
 * Sources as a file. It comes by POST, because an address is no place for a passphrase.
 *
 * @param ids of the sources; null: all
 * @param format of the file
 * @param passphrase encrypts the secrets; null: they are left out
 * @throws {Problem} when there is no good answer
 */
export async function exportSources(ids: string[] | null, format: ExportFormat, passphrase: string | null): Promise<Blob> {
	try {
		const response = await axios.post<string>(apiUrl('export'), { ids, format, passphrase }, {
			headers: ownHeaders(),
			// As text, a problem document can be read as well.
			responseType: 'text',
			transformResponse: (text: string) => text,
			timeout: TIMEOUT_MS,
		})
		return new Blob([response.data], { type: format === 'json' ? 'application/json' : 'application/yaml' })
	} catch (error) {
		throw toProblem(readable(error))
	}
}

/**
 * @param error what the HTTP client threw
 */
function readable(error: unknown): unknown {
	const response = (error as { response?: { data?: unknown } }).response
	if (typeof response?.data === 'string') {
		try {
			response.data = JSON.parse(response.data)
		} catch {
			// An error page of something between: it is told as such.
		}
	}
	return error
}
