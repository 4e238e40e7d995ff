/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope } from 'vue'
import { useAtMostEvery } from './atMostEvery.ts'

beforeEach(() => {
	vi.useFakeTimers()
})
afterEach(() => {
	vi.useRealTimers()
})

describe('what is done at most every ten seconds', () => {
	it('is done at once, and once more for all that asked meanwhile', () => {
		const work = vi.fn()
		const scope = effectScope()
		const ask = scope.run(() => useAtMostEvery(10_000, work))!

		ask()
		vi.advanceTimersByTime(0)
		expect(work).toHaveBeenCalledTimes(1)

		ask()
		ask()
		vi.advanceTimersByTime(9_990)
		expect(work).toHaveBeenCalledTimes(1)
		vi.advanceTimersByTime(20)
		expect(work).toHaveBeenCalledTimes(2)

		vi.advanceTimersByTime(60_000)
		expect(work).toHaveBeenCalledTimes(2)
		scope.stop()
	})

	it('is not done any more when the page has gone', () => {
		const work = vi.fn()
		const scope = effectScope()
		scope.run(() => useAtMostEvery(10_000, work))!()
		scope.stop()
		vi.advanceTimersByTime(60_000)
		expect(work).not.toHaveBeenCalled()
	})
})
