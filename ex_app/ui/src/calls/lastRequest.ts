/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { RequestDraft } from './requestDraft.ts'

import { APP_ID } from '../appapi.ts'
import { emptyRequest, METHODS } from './requestDraft.ts'

const SECRET_NAME = /auth|cookie|key|token|secret|passw|signature|credential/i

/**
 * @param sourceId whose request
 */
function storageKey(sourceId: string): string {
	return `${APP_ID}:last-request:${sourceId}`
}

/**
 * Keep a request for the next visit. The browser's storage is no place for secrets: values of rows that look like one are left out.
 *
 * @param sourceId whose request
 * @param draft what was sent
 */
export function rememberRequest(sourceId: string, draft: RequestDraft): void {
	const withoutSecrets = (rows: RequestDraft['headers']) => rows.map(({ name, value }) => ({ name, value: SECRET_NAME.test(name) ? '' : value }))
	try {
		localStorage.setItem(storageKey(sourceId), JSON.stringify({ ...draft, headers: withoutSecrets(draft.headers), query: withoutSecrets(draft.query) }))
	} catch {
		// A full or forbidden storage costs the convenience only.
	}
}

/**
 * What was sent last, or an empty request.
 *
 * @param sourceId whose request
 */
export function recallRequest(sourceId: string): RequestDraft {
	try {
		const stored = JSON.parse(localStorage.getItem(storageKey(sourceId)) ?? 'null') as unknown
		return isRequest(stored) ? stored : emptyRequest()
	} catch {
		return emptyRequest()
	}
}

/**
 * Another version of this page may have written something else.
 *
 * @param stored what was in the storage
 */
function isRequest(stored: unknown): stored is RequestDraft {
	if (typeof stored !== 'object' || stored === null) {
		return false
	}
	const draft = stored as RequestDraft
	return METHODS.includes(draft.method)
		&& typeof draft.path === 'string'
		&& typeof draft.body === 'string'
		&& Array.isArray(draft.query)
		&& Array.isArray(draft.headers)
}
