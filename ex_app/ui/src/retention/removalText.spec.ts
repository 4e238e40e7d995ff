/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { describe, expect, it } from 'vitest'
import { cleanedText, removalText } from './removalText.ts'

const BYTES = 3.2 * 2 ** 30

describe('what a clean-up would remove', () => {
	it.each([
		[{ calls: 120_000, bodies: 4000, bytes: BYTES }, 'Removes 120,000 calls and the bodies of 4,000 others, about 3.2 GiB.'],
		[{ calls: 1, bodies: 1, bytes: 100 }, 'Removes 1 call and the bodies of 1 other, about 100 B.'],
		[{ calls: 2, bodies: 0, bytes: 100 }, 'Removes 2 calls, about 100 B.'],
		[{ calls: 0, bodies: 4000, bytes: BYTES }, 'Removes the bodies of 4,000 calls, about 3.2 GiB.'],
		[{ calls: 0, bodies: 0, bytes: 0 }, 'Removes nothing.'],
	])('%o is told', (removal, text) => {
		expect(removalText(removal)).toBe(text)
	})
})

describe('what a clean-up did', () => {
	it('is told when it was stopped, too', () => {
		expect(cleanedText({ state: 'done', done: 1200, bytes: 2048 })).toBe('Cleaned up 1,200 calls, 2 KiB.')
		expect(cleanedText({ state: 'cancelled', done: 7, bytes: 2048 })).toBe('The clean-up was stopped after 7 calls, 2 KiB.')
		expect(cleanedText({ state: 'done', done: 0, bytes: 0 })).toBe('There was nothing to remove.')
	})
})
