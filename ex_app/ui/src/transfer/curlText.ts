/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Method } from '../api/types.ts'
import type { RequestDraft } from '../calls/requestDraft.ts'
import type { CurlSource, SavedRequest } from './transferApi.ts'

import { METHODS } from '../calls/requestDraft.ts'
import { t } from '../l10n.ts'

const ORIGIN = /^[a-z]+:\/\/[^/?#]*/i
const BEGINNING = /^\s*(?:[$%>]\s+)?curl(?:\.exe)?\s/i

/**
 * Whether a text is a command and not what the field is for.
 *
 * @param text what was pasted
 */
export function looksLikeCurl(text: string): boolean {
	return BEGINNING.test(text)
}

/**
 * The text of a paste, when it is a command; the field does not get it then.
 *
 * @param event of the browser
 */
export function pastedCurl(event: ClipboardEvent): string | null {
	const text = event.clipboardData?.getData('text/plain') ?? ''
	if (!looksLikeCurl(text)) {
		return null
	}
	event.preventDefault()
	return text
}

/**
 * The request of a command, for the test panel of a source.
 *
 * @param read what the command says
 * @param location of the source that is tested; by default that of the command
 */
export function toDraft(read: CurlSource, location = String(read.source.location)): RequestDraft {
	return { ...draftOf(read.request), path: below(String(read.source.location), read.request.path, location) }
}

/**
 * A request of an imported document, for the test panel of its source.
 *
 * @param request as the document has it
 */
export function draftOf(request: SavedRequest): RequestDraft {
	const { method, path, query, headers, body, bodyEncoding } = request
	return {
		method: METHODS.includes(method as Method) ? method as Method : 'GET',
		path,
		query: query.map(({ name, value }) => ({ name, value: value ?? '' })),
		headers: headers.map(({ name, value }) => ({ name, value: value ?? '' })),
		body: bodyEncoding === 'text' ? body ?? '' : '',
	}
}

/**
 * The same address, written as a path below another location.
 *
 * @param base location that the path is below
 * @param path of the command
 * @param location of the source
 */
function below(base: string, path: string, location: string): string {
	const whole = base.replace(/\/+$/, '') + path
	const wanted = location.replace(/\/+$/, '')
	if (whole === wanted || whole.startsWith(`${wanted}/`) || whole.startsWith(`${wanted}?`)) {
		return whole.slice(wanted.length)
	}
	const rest = whole.replace(ORIGIN, '')
	const own = wanted.replace(ORIGIN, '')
	return own !== '' && (rest === own || rest.startsWith(`${own}/`)) ? rest.slice(own.length) : rest
}

/**
 * What of a command cannot be taken over into the test of a source that is there, in sentences.
 *
 * @param read what the command says
 * @param location of the source
 */
export function remarks(read: CurlSource, location: string): string[] {
	const found: string[] = []
	const own = originOf(location)
	const other = originOf(String(read.source.location))
	if (own !== other) {
		found.push(t('open_connector', 'The command is for {other}. The request goes to the location of this source.', { other }))
	}
	if (read.source.authentication) {
		found.push(t('open_connector', 'How the command proves who calls was left out: the source has its own authentication.'))
	}
	const rows = [...(read.source.headers as { name: string }[] | undefined ?? []), ...(read.source.query as { name: string }[] | undefined ?? [])]
	if (rows.length > 0) {
		found.push(t('open_connector', 'Left out, because they hold a secret: {names}', { names: rows.map(({ name }) => name).join(', ') }))
	}
	if (read.request.bodyEncoding === 'base64') {
		found.push(t('open_connector', 'The body is not text, and was left out.'))
	}
	return [...found, ...read.notes.map(({ text }) => text)]
}

/**
 * @param address a URL
 */
function originOf(address: string): string {
	try {
		return new URL(address).origin
	} catch {
		return address
	}
}

/**
 * What a new source gets from a command beside what the dialog asks for. Secrets that are not in the command are entered later.
 *
 * @param read what the command says
 */
export function settingsOf(read: CurlSource): Record<string, unknown> {
	const { authentication, connection, headers, query } = read.source
	const isWhole = (member: string) => !read.missingSecrets.some((pointer) => pointer.startsWith(`/${member}/`))
	return Object.fromEntries(Object.entries({ authentication, connection, headers, query })
		.filter(([member, value]) => value !== undefined && isWhole(member)))
}
