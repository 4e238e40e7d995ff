/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Source } from '../api/types.ts'

import { listFiles } from '../api/files.ts'
import { toProblem } from '../api/problem.ts'
import { formatBytes } from '../components/format.ts'
import { t } from '../l10n.ts'
import { pathIn } from './paths.ts'

/** More does not fit into one request through Nextcloud's proxy. */
export const MAX_UPLOAD_BYTES = 7 * 1024 * 1024

/** One file on its way to the server. */
export interface Upload {
	name: string
	size: number
	state: 'waiting' | 'sending' | 'done' | 'failed'
	/** Why it has failed */
	detail: string
}

/**
 * @param files what somebody has chosen
 */
export function uploadsOf(files: File[]): Upload[] {
	return files.map(({ name, size }) => size > MAX_UPLOAD_BYTES
		? { name, size, state: 'failed', detail: t('open_connector', 'Larger than {size}, which is the most that can be uploaded here.', { size: formatBytes(MAX_UPLOAD_BYTES) }) }
		: { name, size, state: 'waiting', detail: '' })
}

/**
 * The names that are there already, so that nothing is replaced without asking. Where nobody can know, they may be.
 *
 * @param source which source
 * @param directory where the files shall be
 * @param listingId of the directory, if it was read
 * @param names of the files
 */
export async function namesTaken(source: Source, directory: string, listingId: string | null, names: string[]): Promise<string[]> {
	const taken: string[] = []
	for (const name of names) {
		const { entries, total, isComplete } = await listFiles(source.id, { path: directory, search: name, sort: 'name', offset: 0, limit: 1000, listingId })
		if (entries.some((entry) => entry.name === name) || total > entries.length || !isComplete) {
			taken.push(name)
		}
	}
	return taken
}

/**
 * Uploads one file after the other; one that fails does not keep the others back, and one that is cancelled does.
 *
 * @param uploads what is shown of them, and changed
 * @param files the same files
 * @param directory where they shall be
 * @param send sends one of them, and tells why it has failed; empty when it has not, and null when it was cancelled
 */
export async function sendAll(uploads: Upload[], files: File[], directory: string, send: (path: string, content: string) => Promise<string | null>) {
	let isCancelled = false
	for (const upload of uploads) {
		const file = files.find(({ name }) => name === upload.name)
		if (file && upload.state === 'waiting') {
			upload.state = 'sending'
			try {
				const reason: string | null = isCancelled ? null : await send(pathIn(directory, upload.name), await base64Of(file))
				isCancelled = reason === null
				upload.detail = reason ?? t('open_connector', 'Cancelled')
			} catch (error) {
				upload.detail = reasonOf(error)
			}
			upload.state = upload.detail ? 'failed' : 'done'
		}
	}
}

/**
 * @param uploads what is shown of them
 */
export function isUploading(uploads: Upload[]): boolean {
	return uploads.some(({ state }) => state === 'waiting' || state === 'sending')
}

/**
 * @param error what was thrown
 */
function reasonOf(error: unknown): string {
	return error instanceof DOMException ? t('open_connector', 'The browser could not read it.') : toProblem(error).message
}

/**
 * @param file what is read
 */
export function base64Of(file: Blob): Promise<string> {
	return new Promise((resolve, reject) => {
		const reader = new FileReader()
		reader.addEventListener('load', () => resolve(String(reader.result).replace(/^[^,]*,/, '')))
		reader.addEventListener('error', () => reject(reader.error))
		reader.readAsDataURL(file)
	})
}
