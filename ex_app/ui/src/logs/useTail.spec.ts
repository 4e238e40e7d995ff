/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { LogTail } from '../api/logs.ts'
import type { CallSummary } from '../api/types.ts'

import { beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, ref } from 'vue'
import { Problem } from '../api/problem.ts'
import { aCall } from '../factories.ts'
import { mergeNewer, useTail } from './useTail.ts'

/**
 * @param numbers of the calls, newest first
 */
function calls(...numbers: number[]): CallSummary[] {
	return numbers.map((number) => aCall({ id: String(number), number }))
}

/**
 * @param numbers of the calls that came
 * @param isComplete that was all
 */
function came(numbers: number[], isComplete = true): LogTail {
	return { results: calls(...numbers), newest: Math.max(10, ...numbers), isComplete }
}

/** The composable with everything that it needs, switched on. */
function follow() {
	const ask = vi.fn<(after: number, signal: AbortSignal) => Promise<LogTail>>().mockResolvedValue(came([]))
	const show = vi.fn<(calls: CallSummary[]) => void>()
	const reload = vi.fn()
	const state = { isOn: ref(true), isPaused: ref(false), newest: ref(10), isLoading: ref(false) }
	const scope = effectScope()
	const tail = scope.run(() => useTail({ ...state, ask, show, reload }))!
	return { ...state, ask, show, reload, tail, scope }
}

beforeEach(() => {
	vi.useFakeTimers()
})

describe('the live log', () => {
	it('asks every two seconds for what came behind the last', async () => {
		const { ask, show } = follow()
		await vi.advanceTimersByTimeAsync(0)
		ask.mockResolvedValueOnce(came([12, 11]))

		await vi.advanceTimersByTimeAsync(4000)

		expect(ask.mock.calls.map(([after]) => after)).toEqual([10, 10, 12])
		expect(show.mock.calls.map(([shown]) => shown.map(({ number }) => number))).toEqual([[12, 11]])
	})

	it('holds back what comes while somebody is in the rows', async () => {
		const { ask, show, isPaused, tail } = follow()
		isPaused.value = true
		ask.mockResolvedValueOnce(came([11])).mockResolvedValueOnce(came([13, 12]))

		await vi.advanceTimersByTimeAsync(4000)
		expect(show).not.toHaveBeenCalled()
		expect(tail.pending.value.map(({ number }) => number)).toEqual([13, 12, 11])

		isPaused.value = false
		await vi.advanceTimersByTimeAsync(2000)
		expect(show.mock.calls[0]![0].map(({ number }) => number)).toEqual([13, 12, 11])
		expect(tail.pending.value).toEqual([])
	})

	it('loads the list anew when more came than an answer holds', async () => {
		const { ask, show, reload } = follow()
		ask.mockResolvedValueOnce(came([60], false))

		await vi.advanceTimersByTimeAsync(2000)

		expect(reload).toHaveBeenCalledOnce()
		expect(show).not.toHaveBeenCalled()
	})

	it('stops at a failure until one retries', async () => {
		const { ask, tail } = follow()
		await vi.advanceTimersByTimeAsync(0)
		ask.mockRejectedValueOnce(new Problem('network', 'gone', ''))
		await vi.advanceTimersByTimeAsync(10_000)
		expect(tail.problem.value?.kind).toBe('network')
		const asked = ask.mock.calls.length

		tail.retry()
		await vi.advanceTimersByTimeAsync(2000)

		expect(tail.problem.value).toBeNull()
		expect(ask.mock.calls.length).toBe(asked + 2)
	})

	it('asks nothing while it is off, and while the list is being loaded', async () => {
		const { ask, isOn, isLoading, scope } = follow()
		await vi.advanceTimersByTimeAsync(0)
		const asked = ask.mock.calls.length
		isLoading.value = true
		await vi.advanceTimersByTimeAsync(6000)
		expect(ask.mock.calls.length).toBe(asked)

		isLoading.value = false
		isOn.value = false
		await vi.advanceTimersByTimeAsync(6000)
		expect(ask.mock.calls.length).toBe(asked)
		scope.stop()
	})

	it('does not take an answer to the question before', async () => {
		const { ask, show, tail } = follow()
		let answer: (tail: LogTail) => void = () => {}
		await vi.advanceTimersByTimeAsync(0)
		ask.mockImplementationOnce(() => new Promise((resolve) => {
			answer = resolve
		}))
		await vi.advanceTimersByTimeAsync(2000)

		tail.forget()
		answer(came([99]))
		await vi.advanceTimersByTimeAsync(0)

		expect(show).not.toHaveBeenCalled()
	})

	it('forgets what was deleted meanwhile', async () => {
		const { ask, isPaused, tail } = follow()
		isPaused.value = true
		ask.mockResolvedValueOnce(came([12, 11]))
		await vi.advanceTimersByTimeAsync(2000)

		tail.drop(['12'])

		expect(tail.pending.value.map(({ number }) => number)).toEqual([11])
	})
})

describe('what came', () => {
	it('is merged newest first, each once', () => {
		expect(mergeNewer(calls(12, 11), calls(13, 12)).map(({ number }) => number)).toEqual([13, 12, 11])
	})
})
