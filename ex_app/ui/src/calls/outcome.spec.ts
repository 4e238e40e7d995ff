/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { describe, expect, it } from 'vitest'
import { badgeOf } from './outcome.ts'

describe('the badge of a call', () => {
	it.each([
		[200, 'success', 'success', '200 OK'],
		[302, 'success', 'info', '302 Found'],
		[418, 'http_error', 'error', '418'],
		[401, 'auth_error', 'error', '401 Unauthorized'],
		[503, 'http_error', 'error', '503 Service Unavailable'],
	])('%i is told by colour and by words', (statusCode, outcome, tone, long) => {
		expect(badgeOf({ statusCode, outcome, errorType: String(statusCode) })).toMatchObject({ tone, long, short: String(statusCode) })
	})

	it('uses the words of the server, if it has any', () => {
		expect(badgeOf({ statusCode: 418, reason: 'I\'M A TEAPOT', outcome: 'http_error', errorType: '418' }).long).toBe('418 I\'M A TEAPOT')
	})

	it.each([
		[226, 'success', null, 'success', 'Success · 226'],
		[0, 'success', null, 'success', 'Success · 0'],
		[550, 'http_error', 'file_not_found', 'error', 'File not found · 550'],
		[2, 'http_error', 'file_not_found', 'error', 'File not found · 2'],
		[530, 'auth_error', 'login_refused', 'error', 'Login refused · 530'],
		[4, 'http_error', null, 'error', 'Failed · 4'],
	])('says of code %i of a file server what it means', (statusCode, outcome, errorType, tone, short) => {
		const call = { statusCode, outcome, errorType, reason: 'as it says' }

		expect(badgeOf({ ...call, url: 'sftp://files.example/out' })).toMatchObject({ tone, short, long: `${short} as it says` })
		expect(badgeOf(call, true)).toMatchObject({ tone, short })
	})

	it('does not take the numbers of another protocol for those of HTTP', () => {
		const tones = [0, 150, 226, 350].map((statusCode) => badgeOf({ statusCode, outcome: 'http_error', errorType: null }, true).tone)

		expect(new Set(tones)).toEqual(new Set(['error']))
	})

	it('never invents a status', () => {
		expect(badgeOf({ statusCode: null, outcome: 'transport_error', errorType: 'name_not_resolved' })).toMatchObject({ tone: 'error', short: 'Name not resolved' })
		expect(badgeOf({ statusCode: null, outcome: 'refused', errorType: 'source_disabled' })).toMatchObject({ tone: 'warning', short: 'Source disabled' })
	})

	it('makes words of errors that it does not know', () => {
		expect(badgeOf({ statusCode: null, outcome: 'transport_error', errorType: 'too_many_redirects' }).short).toBe('Too many redirects')
		expect(badgeOf({ statusCode: null, outcome: 'refused', errorType: null }).short).toBe('Refused')
	})

	it('tells a source that was never called', () => {
		expect(badgeOf(null)).toMatchObject({ tone: 'neutral', short: 'never called' })
	})

	it('has another shape for each tone', () => {
		const badges = [
			badgeOf(null),
			badgeOf({ statusCode: 200, outcome: 'success', errorType: null }),
			badgeOf({ statusCode: 302, outcome: 'success', errorType: null }),
			badgeOf({ statusCode: 404, outcome: 'http_error', errorType: '404' }),
			badgeOf({ statusCode: null, outcome: 'refused', errorType: null }),
		]
		expect(new Set(badges.map(({ icon }) => icon)).size).toBe(badges.length)
	})
})
