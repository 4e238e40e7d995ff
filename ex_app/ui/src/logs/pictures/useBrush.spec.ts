/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { describe, expect, it } from 'vitest'
import { useBrush } from './useBrush.ts'

describe('choosing bars of a picture', () => {
	it('drags over some, in either direction', () => {
		const { begin, drag, end, chosen } = useBrush(() => 10)
		begin(6)
		drag(2)

		expect(chosen.value).toEqual({ first: 2, last: 6 })
		expect(end()).toEqual({ first: 2, last: 6 })
		expect(chosen.value).toBeNull()
	})

	it('takes a click for a drag over one bar, and none for nothing', () => {
		const { begin, drag, end } = useBrush(() => 10)
		drag(4)
		expect(end()).toBeNull()
		begin(12)
		expect(end()).toEqual({ first: 9, last: 9 })
	})

	it('moves a mark with the keys, and stretches it', () => {
		const { move, chosen } = useBrush(() => 10)
		move(-1, false)
		expect(chosen.value).toEqual({ first: 9, last: 9 })
		move(-1, false)
		move(-2, true)
		expect(chosen.value).toEqual({ first: 6, last: 8 })
		move(-Infinity, false)
		expect(chosen.value).toEqual({ first: 0, last: 0 })
	})
})
