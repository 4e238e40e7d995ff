/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { describe, expect, it } from 'vitest'
import { emptyRequest, takeApart, toTestRequest } from './requestDraft.ts'

const location = 'https://gis.example/v1/'

describe('what was typed as a path', () => {
	it('stays when it is one', () => {
		expect(takeApart({ ...emptyRequest(), path: ' /health ' }, location).path).toBe('/health')
	})

	it('loses the location that is always there', () => {
		expect(takeApart({ ...emptyRequest(), path: 'https://gis.example/v1/health' }, location).path).toBe('/health')
	})

	it('keeps another host, for the server to refuse', () => {
		expect(takeApart({ ...emptyRequest(), path: 'https://gis.example/v12/health' }, location).path).toBe('https://gis.example/v12/health')
	})

	it('gives its query to the query parameters', () => {
		const draft = { ...emptyRequest(), path: '/zaken?page=2&q=a%20b', query: [{ name: 'x', value: '1' }] }

		expect(takeApart(draft, location)).toMatchObject({
			path: '/zaken',
			query: [{ name: 'x', value: '1' }, { name: 'page', value: '2' }, { name: 'q', value: 'a b' }],
		})
	})

	it('loses its empty rows, so that the rows of the page are those that are sent', () => {
		const rows = [{ name: '', value: '' }, { name: 'Accept', value: '' }, { name: '', value: 'x' }]

		expect(takeApart({ ...emptyRequest(), headers: rows, query: rows }, location)).toMatchObject({ headers: rows.slice(1), query: rows.slice(1) })
	})
})

describe('the test request', () => {
	it('leaves out a body that the method does not send', () => {
		const draft = { ...emptyRequest(), body: '{}', headers: [{ name: 'Accept', value: '' }] }

		expect(toTestRequest(draft, 'id')).toEqual({ method: 'GET', path: '', query: [], headers: [{ name: 'Accept', value: '' }], body: null, bodyEncoding: 'text', callId: 'id' })
		expect(toTestRequest({ ...draft, method: 'POST' }, 'id').body).toBe('{}')
	})
})
