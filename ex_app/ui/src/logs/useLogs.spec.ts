/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope } from 'vue'
import { deleteLog, deleteLogs, listLogs } from '../api/logs.ts'
import { Problem } from '../api/problem.ts'
import { aCall } from '../factories.ts'
import { useLogs } from './useLogs.ts'

vi.mock(import('../api/logs.ts'))

const list = vi.mocked(listLogs)

/** The composable, outside of a component. */
function inScope() {
	return effectScope().run(() => useLogs())!
}

beforeEach(() => {
	vi.resetAllMocks()
	list.mockImplementation(async (_, place) => place?.cursor
		? { results: [aCall({ id: 'c' })], total: 3, nextCursor: null }
		: { results: [aCall({ id: 'a' }), aCall({ id: 'b' })], total: 3, nextCursor: 'next' })
})

describe('the list of calls', () => {
	it('goes on with the filters that it began with', async () => {
		const logs = inScope()

		await logs.load({ status: ['4xx'] })
		await logs.loadMore()

		expect(logs.calls.value.map(({ id }) => id)).toEqual(['a', 'b', 'c'])
		expect(list.mock.calls.map(([query]) => query)).toEqual([{ status: ['4xx'] }, { status: ['4xx'] }])
	})

	it('keeps what was there when loading fails', async () => {
		const logs = inScope()
		await logs.load({})
		list.mockRejectedValueOnce(new Problem('timeout', 'slow', ''))

		await logs.load({})

		expect(logs.calls.value).toHaveLength(2)
		expect(logs.problem.value?.kind).toBe('timeout')
	})

	it('loses one entry', async () => {
		const logs = inScope()
		await logs.load({})

		await logs.remove('a')

		expect(deleteLog).toHaveBeenCalledWith('a')
		expect(logs.calls.value.map(({ id }) => id)).toEqual(['b'])
		expect(logs.total.value).toBe(2)
	})

	it('loses what its filters let through, and nothing else', async () => {
		const logs = inScope()
		vi.mocked(deleteLogs).mockResolvedValue({ deleted: 38 })
		await logs.load({ status: ['error'] })

		await expect(logs.removeAll()).resolves.toBe(38)

		expect(deleteLogs).toHaveBeenCalledWith({ status: ['error'] })
	})
})
