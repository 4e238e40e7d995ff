/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { describe, expect, it } from 'vitest'
import { nextTick, ref } from 'vue'
import { aCall } from '../factories.ts'
import { useTicks } from './useTicks.ts'

/** Rows a to e. */
function rows() {
	const calls = ref(['a', 'b', 'c', 'd', 'e'].map((id) => aCall({ id })))
	return { calls, ...useTicks(calls) }
}

describe('ticking rows', () => {
	it('goes one by one', () => {
		const { ids, toggle } = rows()
		toggle('b', false)
		toggle('d', false)
		toggle('b', false)

		expect([...ids.value]).toEqual(['d'])
	})

	it('takes all from the row before with the shift key, up and down', () => {
		const { ticked, toggle } = rows()
		toggle('d', false)
		toggle('b', true)

		expect(ticked.value.map(({ id }) => id)).toEqual(['b', 'c', 'd'])
	})

	it('takes a row alone when there is none before it', () => {
		const { ids, toggle } = rows()
		toggle('c', true)

		expect([...ids.value]).toEqual(['c'])
	})

	it('takes all that are there, or none', () => {
		const { ids, toggleAll } = rows()
		toggleAll(true)
		expect(ids.value.size).toBe(5)
		toggleAll(false)
		expect(ids.value.size).toBe(0)
	})

	it('forgets rows that are gone', async () => {
		const { calls, ids, toggleAll } = rows()
		toggleAll(true)
		calls.value = calls.value.slice(2)
		await nextTick()

		expect([...ids.value]).toEqual(['c', 'd', 'e'])
	})
})
