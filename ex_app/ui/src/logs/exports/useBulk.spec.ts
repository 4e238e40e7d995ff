/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { DeletionState } from '../../api/logExports.ts'

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope } from 'vue'
import { cancelDeletion, listDeletions, readDeletion, readExport, startDeletion } from '../../api/logExports.ts'
import { countOn, listLogs } from '../../api/logs.ts'
import { choose } from '../../components/confirm.ts'
import { toastSuccess } from '../../components/toasts.ts'
import { useBulk } from './useBulk.ts'

vi.mock(import('../../api/logExports.ts'))
vi.mock(import('../../api/logs.ts'))
vi.mock(import('../../components/confirm.ts'))
vi.mock(import('../../components/toasts.ts'))

/**
 * @param changes what the case is about
 */
function aState(changes: Partial<DeletionState> = {}): DeletionState {
	return { id: 'the-deletion', state: 'running', done: 0, total: 900, bytes: 0, error: null, isCleanUp: false, ...changes }
}

/** A page, until it is left. */
function page() {
	const scope = effectScope()
	return { scope, bulk: scope.run(() => useBulk(vi.fn()))! }
}

beforeEach(() => {
	vi.resetAllMocks()
	vi.useFakeTimers()
	vi.mocked(listDeletions).mockResolvedValue([])
	vi.mocked(listLogs).mockResolvedValue({ total: 900, isEstimate: false, results: [], nextCursor: null } as never)
	vi.mocked(countOn).mockImplementation(async (query, projected) => projected)
})
afterEach(() => {
	vi.useRealTimers()
})

describe('a deletion', () => {
	it('that runs since before the page was opened is followed, and can be stopped', async () => {
		vi.mocked(listDeletions).mockResolvedValue([aState({ id: 'the-clean-up', isCleanUp: true }), aState({ done: 100 }), aState({ id: 'ended', state: 'done' })])
		vi.mocked(readDeletion).mockResolvedValueOnce(aState({ done: 300 })).mockResolvedValueOnce(aState({ done: 400, state: 'cancelled' }))
		const { bulk: { deleting, resumeDeletion } } = page()

		const wasDeleted = resumeDeletion()
		await vi.advanceTimersByTimeAsync(0)
		expect([deleting.isRunning.value, deleting.state.value?.done]).toEqual([true, 300])
		await deleting.cancel()
		expect(cancelDeletion).toHaveBeenCalledWith('the-deletion')
		await vi.advanceTimersByTimeAsync(700)

		await expect(wasDeleted).resolves.toBe(true)
		expect(toastSuccess).toHaveBeenCalledWith('400 calls deleted.')
	})

	it('is not looked for in vain', async () => {
		const { bulk: { deleting, resumeDeletion } } = page()
		await expect(resumeDeletion()).resolves.toBe(false)

		vi.mocked(listDeletions).mockRejectedValue(new Error('no answer'))
		await expect(resumeDeletion()).resolves.toBe(false)
		expect(deleting.state.value).toBeNull()
	})

	it('changes nothing on the page that was left meanwhile', async () => {
		vi.mocked(choose).mockResolvedValue('delete')
		vi.mocked(startDeletion).mockResolvedValue(aState())
		vi.mocked(readDeletion).mockResolvedValue(aState({ done: 300 }))
		const { scope, bulk: { deleteAll } } = page()

		const wasDeleted = deleteAll({}, [], null)
		await vi.advanceTimersByTimeAsync(100)
		expect(readDeletion).toHaveBeenCalled()
		scope.stop()
		await vi.advanceTimersByTimeAsync(700)

		await expect(wasDeleted).resolves.toBe(false)
	})
})

describe('an export', () => {
	it('that was refused says why at once', async () => {
		vi.mocked(choose).mockResolvedValue('export')
		vi.mocked(readExport).mockResolvedValue(aState({ state: 'failed', error: '2 exports are running.' }))
		const { bulk: { exporting, exportAll } } = page()

		await exportAll({}, 'csv')

		expect(exporting.state.value).toMatchObject({ state: 'failed', error: '2 exports are running.' })
		expect(exporting.isRunning.value).toBe(false)
	})
})
