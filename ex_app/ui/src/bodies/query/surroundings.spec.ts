/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { describe, expect, it } from 'vitest'
import { around, surroundings } from './surroundings.ts'

/**
 * @param text a whole body
 * @param match what was found in it
 */
function found(text: string, match: string) {
	const offset = new TextEncoder().encode(text.slice(0, text.indexOf(match))).length
	return { offset, line: 1, column: 1, before: '', match, after: '' }
}

describe('what is around a match', () => {
	it('is the whole of a short body', () => {
		const text = 'één twee drie'
		const match = found(text, 'twee')

		expect(surroundings(match, new TextEncoder().encode(text))).toEqual({ before: 'één ', match: 'twee', after: ' drie' })
	})

	it('begins and ends with whole characters', () => {
		const text = `${'é'.repeat(1000)}xZIELx${'é'.repeat(1000)}`
		const match = found(text, 'ZIEL')
		const { offset, length } = around(match)

		const { before, after } = surroundings(match, new TextEncoder().encode(text).subarray(offset, offset + length))

		expect(before).toMatch(/^é{499}x$/)
		expect(after).toMatch(/^xé{499}$/)
	})
})
