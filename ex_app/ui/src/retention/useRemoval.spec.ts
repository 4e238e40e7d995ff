/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Removal } from '../api/retention.ts'

import { beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, nextTick, reactive } from 'vue'
import { Problem } from '../api/problem.ts'
import { previewCleanUp } from '../api/retention.ts'
import { someRetention } from '../factories.ts'
import { useRemoval } from './useRemoval.ts'

vi.mock(import('../api/retention.ts'))

const preview = vi.mocked(previewCleanUp)

/**
 * @param calls how many would go
 */
function aRemoval(calls: number): Removal {
	return { calls, bodies: 0, bytes: 10 * calls, oldestKeptAt: null, sources: [] }
}

/** The composable around fields that can be edited. */
function edit() {
	const retention = reactive(someRetention())
	return { retention, ...effectScope().run(() => useRemoval(() => retention, () => 'the-source'))! }
}

beforeEach(() => {
	vi.resetAllMocks()
	vi.useFakeTimers()
})

describe('the preview of a clean-up', () => {
	it('is asked for once when one has stopped typing', async () => {
		const { retention, removal, isLoading } = edit()
		preview.mockResolvedValue(aRemoval(5))

		for (const days of [1, 12, 120]) {
			retention.successDays = days
			await vi.advanceTimersByTimeAsync(300)
		}
		expect([preview.mock.calls.length, isLoading.value]).toEqual([0, true])
		await vi.advanceTimersByTimeAsync(300)

		expect(preview.mock.calls.map(([asked, source]) => [asked.successDays, source])).toEqual([[120, 'the-source']])
		expect([removal.value?.calls, isLoading.value]).toEqual([5, false])
	})

	it('never shows the answer to numbers that were there before', async () => {
		const { retention, removal, load } = edit()
		preview.mockImplementationOnce((_retention, _source, signal) => new Promise((_resolve, reject) => {
			signal!.addEventListener('abort', () => reject(new Error('given up')))
		}))
		preview.mockResolvedValueOnce(aRemoval(2))
		void load()

		retention.maxCalls = 100
		await nextTick()
		expect(preview.mock.calls[0]![2]!.aborted).toBe(true)
		await vi.advanceTimersByTimeAsync(600)

		expect(removal.value?.calls).toBe(2)
	})

	it('says why there is none, and forgets it when there is one', async () => {
		const { problem, removal, load } = edit()
		preview.mockResolvedValueOnce(aRemoval(1)).mockRejectedValueOnce(new Problem('network', 'No answer', '')).mockResolvedValueOnce(aRemoval(3))

		await load()
		await load()
		expect([problem.value?.kind, removal.value]).toEqual(['network', null])

		await load()
		expect([problem.value, removal.value?.calls]).toEqual([null, 3])
	})
})
