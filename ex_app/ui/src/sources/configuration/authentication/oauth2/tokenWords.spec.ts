/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Token } from '../../../../api/authentication.ts'

import { describe, expect, it } from 'vitest'
import { aToken } from '../../../../factories.ts'
import { expiryWords, memberRows, refreshWords } from './tokenWords.ts'

const now = Date.parse('2026-11-23T12:00:00Z')

describe('the end of a token', () => {
	it.each([
		['2026-11-23T12:59:12Z', 'success', 'Ends in 59 min 12 s'],
		['2026-11-23T12:00:59Z', 'warning', 'Ends in 59 s'],
		['2026-11-23T12:00:00.400Z', 'warning', 'Ends in 1 s'],
		['2026-11-23T12:00:00Z', 'neutral', 'It has ended. The next call gets another one.'],
		['2026-11-23T15:20:30Z', 'success', 'Ends in 3 h 20 min'],
		['2026-12-05T12:00:00Z', 'success', 'Ends in 12 days'],
	])('at %s is %s: %s', (expiresAt, tone, text) => {
		expect(expiryWords(expiresAt, now)).toEqual({ tone, text })
	})

	it('may be unknown', () => {
		expect(expiryWords(null, now).text).toContain('did not say')
	})
})

describe('the refresh token', () => {
	it.each<[Partial<Token>, string]>([
		[{ canRefresh: false }, 'no'],
		[{ canRefresh: true, refreshExpiresAt: null }, 'yes; the provider did not say until when'],
		[{ canRefresh: true, refreshExpiresAt: '2026-12-03T12:00:00Z' }, 'yes, until Dec 3, 2026'],
	])('%o: %s', (changes, text) => {
		expect(refreshWords(aToken(changes))).toContain(text)
	})
})

describe('claims', () => {
	it('that are moments are told as such, and others as they are', () => {
		expect(memberRows({ iss: 'a', aud: ['x', 'y'], exp: 1_795_435_200, size: 3, ok: true })).toEqual([
			{ name: 'iss', value: 'a' },
			{ name: 'aud', value: '["x","y"]' },
			{ name: 'exp', value: expect.stringMatching(/^1795435200 \(Nov 2\d, 2026/) },
			{ name: 'size', value: '3' },
			{ name: 'ok', value: 'true' },
		])
	})

	it('with nonsense do no harm', () => {
		expect(memberRows({ exp: 1e300, iat: 'soon' })).toEqual([{ name: 'exp', value: '1e+300' }, { name: 'iat', value: 'soon' }])
	})
})
