/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { describe, expect, it } from 'vitest'
import { aBody, aConnection, anExchange } from '../factories.ts'
import { connectedTo, exchangeLabel, firstAnswer, sizeWords } from './exchanges.ts'

const { response } = anExchange()

describe('an exchange in a list', () => {
	it('is called by its kind and its end', () => {
		expect(exchangeLabel(anExchange({ kind: 'redirect' }), 1)).toBe('2. redirect: 200 OK')
		expect(exchangeLabel(anExchange({ kind: 'retry', response: null, error: { type: 'read_timeout', message: '' } }), 0)).toBe('1. retry: Read timeout')
	})

	it.each([
		['authentication', '1. with credentials: 200 OK'],
		['token', '1. token request: 200 OK'],
		['discovery', '1. discovery: 200 OK'],
	] as const)('tells a login from the call: %s', (kind, label) => {
		expect(exchangeLabel(anExchange({ kind }), 0)).toBe(label)
	})

	it('that broke off in the middle of an answer did not succeed', () => {
		expect(exchangeLabel(anExchange({ error: { type: 'incomplete_body', message: '' } }), 0)).toBe('1. request: Incomplete body')
	})
})

describe('the first answer', () => {
	it('is the last one, until pages follow it', () => {
		const [token, first, again, page, redirected] = (['token', 'request', 'retry', 'page', 'redirect'] as const)
			.map((kind, position) => anExchange({ kind, position }))

		expect(firstAnswer([token!, first!, again!])).toBe(again)
		expect(firstAnswer([token!, first!, again!, page!, redirected!])).toBe(again)
		expect(firstAnswer([first!, { ...again!, response: null }])).toBe(first)
		expect(firstAnswer([token!])).toBeNull()
	})
})

describe('the size of a response', () => {
	it('is told as the network counts and as one reads it', () => {
		expect(sizeWords({ ...response!, wireSize: 1229, body: aBody({ size: 8602 }) })).toBe('1.2 KiB on the wire, 8.4 KiB decoded')
	})

	it('is that of the body, where responses share a connection', () => {
		expect(sizeWords({ ...response!, wireSize: null, encodedSize: 100, body: null })).toBe('100 B on the wire, 100 B decoded')
		expect(sizeWords({ ...response!, wireSize: null, encodedSize: null })).toBeNull()
	})
})

describe('the other end of a connection', () => {
	it('is an address with its port', () => {
		expect(connectedTo(aConnection())).toBe('203.0.113.7:443')
		expect(connectedTo(aConnection({ address: '2001:db8::1' }))).toBe('[2001:db8::1]:443')
		expect(connectedTo(aConnection({ address: null }))).toBeNull()
	})
})
