/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { describe, expect, it } from 'vitest'
import { forgetRequest, recallRequest, rememberRequest } from './lastRequest.ts'
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

	it.each([
		['{"user": "jan", "password": "s3cret", "page": 2}', { user: 'jan', password: '', page: 2 }],
		['[{"credentials": {"user": "s3cret", "pins": [1234567]}, "name": "x"}]', [{ credentials: { user: '', pins: [''] }, name: 'x' }]],
	])('is remembered without what secret members of the JSON %s hold', (body, left) => {
		rememberRequest('a', { ...emptyRequest(), body })

		expect(JSON.parse(recallRequest('a').body)).toEqual(left)
		expect(JSON.stringify(localStorage)).not.toMatch(/s3cret|1234567/)
	})

	it.each([
		['{"token": "s3cret \\" s3cret", "id": {{ id }}}', '{"token": "", "id": {{ id }}}'],
		['{"pin_secret": 1234567, "id": {{ id }}}', '{"pin_secret": "", "id": {{ id }}}'],
		['{"token": "s3cret', '{"token": ""'],
		['grant_type=password&client%5Fsecret=s3cret&password=s3cret&scope=a', 'grant_type=password&client%5Fsecret=&password=&scope=a'],
	])('is remembered without the secrets of %s', (body, left) => {
		rememberRequest('a', { ...emptyRequest(), body })

		expect(recallRequest('a').body).toBe(left)
	})

	it.each(['{"name":  "x"}', 'a, b\n1, 2', 'page=2', ''])('is remembered as it was typed where nothing in it is a secret: %s', (body) => {
		rememberRequest('a', { ...emptyRequest(), body })

		expect(recallRequest('a').body).toBe(body)
	})

	it('is forgotten with its source', () => {
		rememberRequest('a', { ...emptyRequest(), path: '/zaken' })
		forgetRequest('a')

		expect(recallRequest('a')).toEqual(emptyRequest())
		expect(localStorage).toHaveLength(0)
	})

	it('is empty when the storage holds something else', () => {
		localStorage.setItem('open_connector:last-request:a', '{"method":"BREW"}')
		expect(recallRequest('a')).toEqual(emptyRequest())

		localStorage.setItem('open_connector:last-request:a', '{')
		expect(recallRequest('a')).toEqual(emptyRequest())
	})
})
