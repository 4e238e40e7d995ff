/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Inspection } from './authentication.ts'

import { request } from './client.ts'

/**
 * What a pasted key or certificate is. Nothing of it is kept on the server.
 *
 * @param content text, or a file in base64
 * @param passphrase opens it
 * @param signal gives up
 */
export function inspectKeyMaterial(content: string, passphrase: string, signal?: AbortSignal): Promise<Inspection> {
	return request('POST', 'key-material/inspect', { body: { content, passphrase }, signal })
}
