/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Envelope } from '../api/service.ts'
import type { NameValue } from '../api/types.ts'
import type { RequestDraft } from '../calls/requestDraft.ts'

/**
 * A request with another envelope. What is not the envelope's stays: further headers, and what was changed by hand, as long as the envelopes
 * agree about it.
 *
 * @param draft what was there
 * @param envelope what comes in
 * @param former the envelope before, whose headers go
 */
export function withEnvelope(draft: RequestDraft, envelope: Envelope, former: Envelope | null): RequestDraft {
	return {
		...draft,
		method: envelope.method,
		path: former?.path === envelope.path ? draft.path : envelope.path,
		headers: withHeaders(draft.headers, envelope.headers, former?.headers ?? null),
		body: envelope.body,
	}
}

/**
 * @param rows what was there
 * @param wanted what the envelope asks for
 * @param former what the envelope before has asked for
 */
function withHeaders(rows: NameValue[], wanted: NameValue[], former: NameValue[] | null): NameValue[] {
	const news = wanted.filter((header) => !former?.some((old) => isSame(old, header) && old.value === header.value))
	const gone = (former ?? []).filter((header) => !wanted.some((other) => isSame(other, header)))
	return [...news.map(({ name, value }) => ({ name, value })), ...withoutHeaders(rows, [...news, ...gone])]
}

/**
 * @param rows what there is
 * @param headers those that go, with any value
 */
export function withoutHeaders(rows: NameValue[], headers: NameValue[]): NameValue[] {
	return rows.filter((row) => row.name !== '' && !headers.some((header) => isSame(header, row)))
}

/**
 * @param a a header
 * @param b another one
 */
function isSame(a: NameValue, b: NameValue): boolean {
	return a.name.toLowerCase() === b.name.toLowerCase()
}

/**
 * An envelope as an editor holds it, so that both can be compared.
 *
 * @param envelope from the server
 */
export function asEdited(envelope: Envelope): Envelope {
	return { ...envelope, body: envelope.body.replace(/\r\n?/g, '\n') }
}
