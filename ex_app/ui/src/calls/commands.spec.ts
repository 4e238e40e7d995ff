/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import CommandTrace from './CommandTrace.vue'
import { aBody, aConnection, anExchange } from '../factories.ts'
import { firstPart, partsOf, traceText } from './commands.ts'

const TRACE = [
	{ atMs: 1, isSent: true, text: 'USER jan' },
	{ atMs: 12.34, isSent: false, text: '331 Username ok, send password.' },
]
const PARTS = ['body', 'commands', 'headers', 'timing', 'tls'].map((value) => ({ value }))

describe('commands and replies', () => {
	it('are copied as lines that tell who spoke', () => {
		expect(traceText(TRACE)).toBe('     1.0 ms > USER jan\n    12.3 ms < 331 Username ok, send password.')
	})

	it('are told apart by a sign, and by a word for those who do not see it', () => {
		const lines = mount(CommandTrace, { props: { trace: TRACE } }).findAll('li').map((line) => line.text())

		expect(lines[0]).toContain('→sent:USER jan')
		expect(lines[1]).toContain('←received:331')
	})
})

describe('the parts of an exchange', () => {
	/**
	 * @param changes what the case is about
	 */
	function values(changes: Parameters<typeof anExchange>[0]): string[] {
		return partsOf(anExchange(changes), PARTS).map(({ value }) => value)
	}

	it('have no commands over HTTP', () => {
		expect(values({})).toEqual(['body', 'headers', 'timing', 'tls'])
		expect(values({ response: null, connection: null })).toEqual(['body', 'headers', 'timing', 'tls'])
	})

	it('of a file transfer have a body only if there is one', () => {
		const response = { ...anExchange().response!, headers: [], body: null }
		const request = { ...anExchange().request, method: 'LIST' }

		expect(values({ trace: TRACE, request, response, connection: aConnection({ tls: null }) })).toEqual(['commands', 'timing'])
		expect(values({ trace: TRACE, request, response: { ...response, body: aBody() } })).toEqual(['body', 'commands', 'timing', 'tls'])
		expect(values({ trace: TRACE, response })).toEqual(['body', 'commands', 'timing', 'tls'])
	})

	it('begin with what came, or with how it went', () => {
		const request = { ...anExchange().request, method: 'LIST' }

		expect([firstPart(null), firstPart(anExchange()), firstPart(anExchange({ trace: TRACE })), firstPart(anExchange({ trace: TRACE, request }))]).toEqual(['body', 'body', 'body', 'commands'])
	})
})
