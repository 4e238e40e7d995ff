/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Envelope } from '../api/service.ts'

import { describe, expect, it } from 'vitest'
import { emptyRequest } from '../calls/requestDraft.ts'
import { withEnvelope } from './envelope.ts'

/**
 * @param headers names and values
 * @param changes what the case is about
 */
function anEnvelope(headers: Record<string, string>, changes: Partial<Envelope> = {}): Envelope {
	return { method: 'POST', path: '', headers: Object.entries(headers).map(([name, value]) => ({ name, value })), body: '<e/>', ...changes }
}

const soap11 = anEnvelope({ 'Content-Type': 'text/xml; charset=utf-8', SOAPAction: '"urn:Add"' })

describe('a request with an envelope', () => {
	it('is what the envelope says, and keeps further headers and parameters', () => {
		const draft = { ...emptyRequest(), query: [{ name: 'a', value: '1' }], headers: [{ name: 'X-Trace', value: '1' }, { name: 'content-type', value: 'text/plain' }] }

		expect(withEnvelope(draft, soap11, null)).toEqual({
			method: 'POST',
			path: '',
			query: [{ name: 'a', value: '1' }],
			headers: [...soap11.headers, { name: 'X-Trace', value: '1' }],
			body: '<e/>',
		})
	})

	it('loses the headers that only the envelope before had', () => {
		const soap12 = anEnvelope({ 'Content-Type': 'application/soap+xml; charset=utf-8; action="urn:Add"' })
		const draft = withEnvelope(emptyRequest(), soap11, null)

		expect(withEnvelope(draft, soap12, soap11).headers).toEqual(soap12.headers)
	})

	it('keeps what was changed by hand, as long as the envelopes agree about it', () => {
		const draft = { ...withEnvelope(emptyRequest(), soap11, null), path: '/other', headers: [soap11.headers[0]!, { name: 'SOAPAction', value: '"mine"' }] }

		expect(withEnvelope(draft, { ...soap11, body: '<f/>' }, soap11)).toEqual({ ...draft, body: '<f/>' })
		expect(withEnvelope(draft, soap11, null)).toMatchObject({ path: '', headers: soap11.headers })
	})
})
