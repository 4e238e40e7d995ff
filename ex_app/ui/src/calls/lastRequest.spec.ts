/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { describe, expect, it } from 'vitest'
import { recallRequest, rememberRequest } from './lastRequest.ts'
import { emptyRequest } from './requestDraft.ts'

describe('the last request of a source', () => {
	it('is remembered', () => {
		const draft = { ...emptyRequest(), method: 'POST' as const, path: '/zaken', body: '{}', query: [{ name: 'page', value: '2' }] }

		rememberRequest('a', draft)

		expect(recallRequest('a')).toEqual(draft)
		expect(recallRequest('b')).toEqual(emptyRequest())
	})

	it.each(['Authorization', 'Cookie', 'X-API-Key', 'access_token', 'client-secret', 'Password'])('is remembered without the value of %s', (name) => {
		rememberRequest('a', { ...emptyRequest(), headers: [{ name, value: 's3cret' }], query: [{ name, value: 's3cret' }] })

		expect(recallRequest('a').headers).toEqual([{ name, value: '' }])
		expect(JSON.stringify(localStorage)).not.toContain('s3cret')
	})

	it('is remembered without what secret elements of its body hold', () => {
		const body = '<s:Body><m:Password type="text">s3cret</m:Password><m:name id="1">Jan</m:name><m:token><![CDATA[s3<cret]]></m:token><m:login apiKey=\'s3cret\'/></s:Body>'

		rememberRequest('a', { ...emptyRequest(), body })

		expect(recallRequest('a').body).toBe('<s:Body><m:Password type="text"></m:Password><m:name id="1">Jan</m:name><m:token></m:token><m:login apiKey=""/></s:Body>')
	})

	it('is empty when the storage holds something else', () => {
		localStorage.setItem('open_connector:last-request:a', '{"method":"BREW"}')
		expect(recallRequest('a')).toEqual(emptyRequest())

		localStorage.setItem('open_connector:last-request:a', '{')
		expect(recallRequest('a')).toEqual(emptyRequest())
	})
})
