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
/** Of JSON that cannot be parsed, because templates stand in it or it is not done yet */
const MEMBER = /("((?:[^"\\]|\\.)*)"\s*:\s*)(?:"(?:[^"\\]|\\.)*"?|[^\s,{}[\]"]+)/g
const FORM = /^[^=&\s]+=[^&\s]*(?:&[^=&\s]*=?[^&\s]*)*$/
const FORM_FIELD = /(^|&)([^=&]*)=([^&]*)/g

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
			body: bodyWithoutSecrets(draft.body),
		}))
	} catch {
		// A full or forbidden storage costs the convenience only.
	}
}

/**
 * Forget the request of a source that is gone.
 *
 * @param sourceId whose request
 */
export function forgetRequest(sourceId: string): void {
	try {
		localStorage.removeItem(storageKey(sourceId))
	} catch {
		// Where nothing can be stored, nothing is.
	}
}

/**
 * @param body JSON, a form or XML; anything else is as it was
 */
function bodyWithoutSecrets(body: string): string {
	if (/^\s*</.test(body)) {
		return xmlWithoutSecrets(body)
	}
	if (FORM.test(body.trim())) {
		return body.replace(FORM_FIELD, (whole, start: string, name: string) => SECRET_NAME.test(decoded(name)) ? `${start}${name}=` : whole)
	}
	try {
		const [value, hasSecrets] = withoutSecretMembers(JSON.parse(body))
		return hasSecrets ? JSON.stringify(value, null, 2) : body
	} catch {
		return body.replace(MEMBER, (whole, start: string, name: string) => SECRET_NAME.test(name) ? `${start}""` : whole)
	}
}

/**
 * @param value of a JSON document
 * @param isSecret whether it stands below the name of a secret
 * @return without the texts and numbers below such names, and whether there were some
 */
function withoutSecretMembers(value: unknown, isSecret = false): [unknown, boolean] {
	if (typeof value !== 'object' || value === null) {
		return isSecret && value !== null && value !== '' ? ['', true] : [value, false]
	}
	const members = Object.entries(value).map(([name, member]) => {
		return [name, ...withoutSecretMembers(member, isSecret || (!Array.isArray(value) && SECRET_NAME.test(name)))] as const
	})
	const cleaned = Array.isArray(value) ? members.map(([, member]) => member) : Object.fromEntries(members.map(([name, member]) => [name, member]))
	return [cleaned, members.some(([, , hasSecrets]) => hasSecrets)]
}

/**
 * @param name of a field as it travels
 */
function decoded(name: string): string {
	try {
		return decodeURIComponent(name)
	} catch {
		return name
	}
}

/**
 * @param body XML
 */
function xmlWithoutSecrets(body: string): string {
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
