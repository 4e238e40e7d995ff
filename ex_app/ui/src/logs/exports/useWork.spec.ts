/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { WorkState } from '../../api/logExports.ts'

import { beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope } from 'vue'
import { Problem } from '../../api/problem.ts'
import { useWork } from './useWork.ts'

const notFound = new Problem('answer', 'Not found', '', { type: 'x', title: 'Not found', status: 404, detail: '', errors: [] } as never)

/**
 * @param changes what the case is about
 */
function aState(changes: Partial<WorkState>): WorkState {
	return { id: 'id', state: 'running', done: 0, total: 9, bytes: 0, error: null, ...changes }
}

/** The composable with a server that can be told what to answer. */
function work() {
	const read = vi.fn<(id: string) => Promise<WorkState>>()
	const stop = vi.fn<(id: string) => Promise<void>>().mockResolvedValue()
	return { read, stop, work: effectScope().run(() => useWork(read, stop))! }
}

beforeEach(() => {
	vi.useFakeTimers()
})

describe('work of the server', () => {
	it('is followed to its end, though it begins a little later', async () => {
		const { read, work: { state, follow } } = work()
		read.mockRejectedValueOnce(notFound).mockResolvedValueOnce(aState({ done: 4 })).mockResolvedValueOnce(aState({ done: 9, state: 'done' }))

		const end = follow({ id: 'id', total: 9 })
		await vi.advanceTimersByTimeAsync(700)
		expect(state.value?.done).toBe(4)
		await vi.advanceTimersByTimeAsync(700)

		await expect(end).resolves.toMatchObject({ state: 'done', done: 9 })
	})

	it('is given up when it never begins', async () => {
		const { read, work: { problem, follow } } = work()
		read.mockRejectedValue(notFound)

		const end = follow({ id: 'id', total: 9 })
		await vi.advanceTimersByTimeAsync(20_000)

		await expect(end).resolves.toBeNull()
		expect(problem.value?.status).toBe(404)
	})

	it('is looked for again where one of several servers does not know it', async () => {
		const { read, work: { problem, follow } } = work()
		read.mockResolvedValueOnce(aState({ done: 4 })).mockRejectedValueOnce(notFound).mockRejectedValueOnce(notFound)
			.mockResolvedValueOnce(aState({ done: 9, state: 'done' }))

		const end = follow(aState({}))
		await vi.advanceTimersByTimeAsync(2100)

		await expect(end).resolves.toMatchObject({ state: 'done' })
		expect(problem.value).toBeNull()
	})

	it('may go on elsewhere when it was under way and is not known any more', async () => {
		const { read, work: { problem, follow } } = work()
		read.mockRejectedValue(notFound)

		const end = follow(aState({}))
		await vi.advanceTimersByTimeAsync(14_000)
		expect(problem.value).toBeNull()
		await vi.advanceTimersByTimeAsync(2000)

		await expect(end).resolves.toBeNull()
		expect(problem.value?.message).toContain('Another process')
	})

	it('survives a hiccup of the network, and not its end', async () => {
		const { read, work: { problem, follow } } = work()
		const hiccup = new Problem('network', 'gone', '')
		read.mockRejectedValueOnce(hiccup).mockResolvedValueOnce(aState({})).mockRejectedValue(hiccup)

		const end = follow({ id: 'id', total: 9 })
		await vi.advanceTimersByTimeAsync(1400)
		expect(problem.value).toBeNull()
		await vi.advanceTimersByTimeAsync(5000)

		await expect(end).resolves.toBeNull()
		expect(problem.value?.kind).toBe('network')
	})

	it('is asked to stop, and says itself that it did', async () => {
		const { read, stop, work: { state, isCancelling, follow, cancel } } = work()
		read.mockResolvedValueOnce(aState({ done: 3 })).mockResolvedValueOnce(aState({ done: 5, state: 'cancelled' }))
		const end = follow({ id: 'id', total: 9 })
		await vi.advanceTimersByTimeAsync(0)

		await cancel()
		expect(stop).toHaveBeenCalledWith('id')
		expect(isCancelling.value).toBe(true)
		await vi.advanceTimersByTimeAsync(700)

		await end
		expect(state.value?.state).toBe('cancelled')
	})
})
