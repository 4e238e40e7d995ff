/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { ImportDocument } from './transferApi.ts'

import { t } from '../l10n.ts'

const MAX_BYTES = 10 * 1024 * 1024
const ZIP = [0x50, 0x4B, 0x03, 0x04]
/** Characters that one call of `fromCharCode` takes */
const CHUNK = 0x8000

/**
 * A file as it is sent: as text, or in base64 where it is an archive or has another encoding than UTF-8.
 *
 * @param file what was chosen or dropped
 * @throws {Error} with a sentence, when it is too large
 */
export async function readFile(file: File): Promise<Pick<ImportDocument, 'content' | 'encoding'>> {
	if (file.size > MAX_BYTES) {
		throw new Error(t('open_connector', 'This file is larger than {size} MiB.', { size: MAX_BYTES / 1024 / 1024 }))
	}
	const bytes = new Uint8Array(await file.arrayBuffer())
	if (!ZIP.every((byte, index) => bytes[index] === byte)) {
		try {
			return { content: new TextDecoder('utf-8', { fatal: true }).decode(bytes), encoding: 'text' }
		} catch {
			// The server knows other encodings.
		}
	}
	let binary = ''
	for (let start = 0; start < bytes.length; start += CHUNK) {
		binary += String.fromCharCode(...bytes.subarray(start, start + CHUNK))
	}
	return { content: btoa(binary), encoding: 'base64' }
}
