/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { RequestDraft } from './requestDraft.ts'

import { APP_ID } from '../appapi.ts'
import { emptyRequest, METHODS } from './requestDraft.ts'

/** Names of what may be a secret: rather one too many than one too few. */
export const SECRET_NAME = /auth|cookie|key|token|secret|passw|pwd|wachtwoord|signature|credential/i

const ELEMENT_TEXT = /(<(?:[\w.-]+:)?([\w.-]+)(?:\s[^<>]*)?>)(?:[^<]|<!\[CDATA\[[\s\S]*?\]\]>)+(?=<\/)/g
const ATTRIBUTE = /(\s(?:[\w.-]+:)?([\w.-]+)\s*=\s*)(?:"[^"]*"|'[^']*')/g

/**
 * @param sourceId whose request
 */
function storageKey(sourceId: string): string {
	return `${APP_ID}:last-request:${sourceId}`
}

/**
 * Keep a request for the next visit. The browser's storage is no place for secrets: what looks like one by its name is left out.
 *
 * @param sourceId whose request
 * @param draft what was sent
 */
export function rememberRequest(sourceId: string, draft: RequestDraft): void {
	const withoutSecrets = (rows: RequestDraft['headers']) => rows.map(({ name, value }) => ({ name, value: SECRET_NAME.test(name) ? '' : value }))
	try {
		localStorage.setItem(storageKey(sourceId), JSON.stringify({
			...draft,
			headers: withoutSecrets(draft.headers),
			query: withoutSecrets(draft.query),
			body: withoutSecretTexts(draft.body),
		}))
	} catch {
		// A full or forbidden storage costs the convenience only.
	}
}

/**
 * @param body XML; anything else is as it was
 */
function withoutSecretTexts(body: string): string {
	return body
		.replace(ELEMENT_TEXT, (whole, tag: string, name: string) => SECRET_NAME.test(name) ? tag : whole)
		.replace(ATTRIBUTE, (whole, start: string, name: string) => SECRET_NAME.test(name) ? `${start}""` : whole)
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
