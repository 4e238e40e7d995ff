/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { CurlSource } from './transferApi.ts'

import { describe, expect, it } from 'vitest'
import { looksLikeCurl, remarks, settingsOf, toDraft } from './curlText.ts'

const READ: CurlSource = {
	source: {
		name: 'api.example.org',
		location: 'https://api.example.org/v1',
		type: 'json',
		authentication: { type: 'bearer', token: 'secret' },
		headers: [{ name: 'Cookie', value: 'secret', isSecret: true }],
	},
	request: { name: 'GET /v1/items', method: 'POST', path: '/items', query: [{ name: 'page', value: '2' }], headers: [], body: '{}', bodyEncoding: 'text' },
	notes: [{ pointer: '', text: 'A note.' }],
	missingSecrets: [],
}

describe('a cURL command', () => {
	it('is told from an address by its first word', () => {
		expect(looksLikeCurl(' curl https://h')).toBe(true)
		expect(looksLikeCurl('$ curl.exe -s h')).toBe(true)
		expect(looksLikeCurl('https://curl.se/')).toBe(false)
		expect(looksLikeCurl('curly braces')).toBe(false)
	})

	it('becomes a request below the location of its own source', () => {
		expect(toDraft(READ)).toEqual({ method: 'POST', path: '/items', query: [{ name: 'page', value: '2' }], headers: [], body: '{}' })
	})

	it('keeps its whole path below a source with another base', () => {
		expect(toDraft(READ, 'https://api.example.org').path).toBe('/v1/items')
		expect(toDraft(READ, 'https://other.example').path).toBe('/v1/items')
		expect(toDraft(READ, 'https://other.example/v1').path).toBe('/items')
		expect(toDraft(READ, 'https://api.example.org/v1/items').path).toBe('')
	})

	it('says what the test of another source leaves out, and no secret', () => {
		const told = remarks(READ, 'https://other.example')
		expect(told).toHaveLength(4)
		expect(told[0]).toContain('https://api.example.org')
		expect(told.join(' ')).toContain('Cookie')
		expect(told.join(' ')).not.toContain('secret,')
		expect(remarks({ ...READ, notes: [], source: { location: 'https://api.example.org/v1' } }, 'https://api.example.org')).toEqual([])
	})

	it('gives a new source what is whole, and nothing of which a part is missing', () => {
		expect(Object.keys(settingsOf(READ))).toEqual(['authentication', 'headers'])
		expect(Object.keys(settingsOf({ ...READ, missingSecrets: ['/authentication/token'] }))).toEqual(['headers'])
	})
})
