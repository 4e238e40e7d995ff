/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { LogFilter } from './logFilter.ts'

import { beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope } from 'vue'
import { countOn, listLogs } from '../api/logs.ts'
import { Problem } from '../api/problem.ts'
import { aCall } from '../factories.ts'
import { useLogs } from './useLogs.ts'

vi.mock(import('../api/logs.ts'))

const list = vi.mocked(listLogs)
const filter: LogFilter = { query: 'status:4xx', sort: '-duration' }
const page = { total: 3, isEstimate: false, newest: 7, searched: null, terms: [] }

/**
 * The composable, outside of a component.
 *
 * @param sourceId the source whose page it is
 */
function inScope(sourceId?: string) {
	return effectScope().run(() => useLogs(sourceId))!
}

beforeEach(() => {
	vi.resetAllMocks()
	list.mockImplementation(async (_, place) => place?.cursor
		? { ...page, results: [aCall({ id: 'c' })], nextCursor: null }
		: { ...page, results: [aCall({ id: 'a' }), aCall({ id: 'b' })], nextCursor: 'next' })
})

describe('the list of calls', () => {
	it('goes on with the question and the order that it began with', async () => {
		const logs = inScope('id')

		await logs.load(filter)
		await logs.loadMore()

		expect(logs.calls.value.map(({ id }) => id)).toEqual(['a', 'b', 'c'])
		expect(list.mock.calls.map(([query, place]) => [query, place])).toEqual([
			[{ query: 'status:4xx', source: ['id'] }, { sort: '-duration' }],
			[{ query: 'status:4xx', source: ['id'] }, { sort: '-duration', cursor: 'next' }],
		])
	})

	it('searches on while nothing is found and something is left', async () => {
		list.mockImplementation(async (_, place) => ({
			...page,
			total: 0,
			results: place?.cursor === 'second' ? [aCall({ id: 'a' })] : [],
			nextCursor: place?.cursor === 'second' ? 'third' : place?.cursor === 'first' ? 'second' : 'first',
		}))
		const logs = inScope()

		await logs.load(filter)
		await vi.waitFor(() => expect(logs.calls.value).toHaveLength(1))

		expect(list).toHaveBeenCalledTimes(3)
		expect([logs.calls.value.length, logs.total.value, logs.nextCursor.value]).toEqual([1, 1, 'third'])
	})

	it('counts on where the total is projected', async () => {
		list.mockImplementationOnce(async () => ({ ...page, total: 90, isEstimate: true, results: [aCall({ id: 'a' })], nextCursor: 'next' }))
		const logs = inScope()
		vi.mocked(countOn).mockImplementation(async (query, projected, tell) => {
			tell?.({ total: 80, isEstimate: true, nextCursor: 'on' })
			logs.prepend([aCall({ id: 'new' })])
			tell?.({ total: 78, isEstimate: false, nextCursor: null })
			return projected
		})
		await logs.load(filter)
		await vi.waitFor(() => expect(logs.isEstimate.value).toBe(false))

		expect(logs.total.value).toBe(79)
	})

	it('waits to be asked when it has searched for long', async () => {
		list.mockImplementation(async () => ({ ...page, total: 0, results: [], nextCursor: 'on' }))
		const logs = inScope()

		await logs.load(filter)
		await vi.waitFor(() => expect(logs.isLoadingMore.value).toBe(false))

		expect(list).toHaveBeenCalledTimes(21)
		expect([logs.isLoadingMore.value, logs.nextCursor.value]).toEqual([false, 'on'])
	})

	it('says how far it has searched, and stops when it is told to', async () => {
		const searched = { at: '2026-11-23T10:00:00.000Z', share: 0.25 }
		list.mockImplementation(async () => ({ ...page, total: 0, results: [], nextCursor: 'on', searched }))
		const logs = inScope()

		await logs.load(filter)
		expect([logs.isLoadingMore.value, logs.searched.value]).toEqual([true, searched])
		logs.stop()
		await vi.waitFor(() => expect(logs.isLoadingMore.value).toBe(false))

		expect(list.mock.calls.length).toBeLessThan(4)
		expect(logs.nextCursor.value).toBe('on')
	})

	it('counts and searches again after a stop, when something else is asked', async () => {
		list.mockImplementation(async () => ({ ...page, total: 90, isEstimate: true, results: [aCall({ id: 'a' })], nextCursor: 'next' }))
		vi.mocked(countOn).mockResolvedValue({ total: 90, isEstimate: true })
		const logs = inScope()

		logs.stop()
		await logs.load(filter)

		expect(countOn).toHaveBeenCalled()
	})

	it('shows its calls though they could not be counted', async () => {
		list.mockImplementation(async () => ({ ...page, total: 90, isEstimate: true, results: [aCall({ id: 'a' })], nextCursor: 'next' }))
		vi.mocked(countOn).mockRejectedValue(new Problem('timeout', 'slow', ''))
		const logs = inScope()

		await logs.load(filter)
		await vi.waitFor(() => expect(countOn).toHaveBeenCalled())
		await Promise.resolve()

		expect([logs.problem.value, logs.total.value, logs.isEstimate.value]).toEqual([null, 90, true])
	})

	it('knows the number when it has come to the end', async () => {
		list.mockImplementation(async (_, place) => place?.cursor
			? { ...page, total: 90, isEstimate: true, results: [aCall({ id: 'b' })], nextCursor: null }
			: { ...page, total: 90, isEstimate: true, results: [aCall({ id: 'a' })], nextCursor: 'next' })
		vi.mocked(countOn).mockResolvedValue({ total: 90, isEstimate: true })
		const logs = inScope()

		await logs.load(filter)
		await logs.loadMore()

		expect([logs.total.value, logs.isEstimate.value]).toEqual([2, false])
	})

	it('keeps what was there when loading fails', async () => {
		const logs = inScope()
		await logs.load(filter)
		list.mockRejectedValueOnce(new Problem('timeout', 'slow', ''))

		await logs.load(filter)

		expect(logs.calls.value).toHaveLength(2)
		expect(logs.problem.value?.kind).toBe('timeout')
	})

	it('does not put a page of the question before to the one of now', async () => {
		const logs = inScope()
		await logs.load(filter)
		let answer = () => {}
		list.mockImplementationOnce(() => new Promise((resolve) => {
			answer = () => resolve({ ...page, results: [aCall({ id: 'old' })], nextCursor: null })
		}))
		const more = logs.loadMore()

		await logs.load({ ...filter, query: '' })
		answer()
		await more

		expect(logs.calls.value.map(({ id }) => id)).toEqual(['a', 'b'])
	})

	it('tells the parts of a query before the server did', async () => {
		const logs = inScope()
		list.mockRejectedValueOnce(new Problem('timeout', 'slow', ''))

		await logs.load(filter)

		expect(logs.terms.value.map(({ field, value }) => [field, value])).toEqual([['status', '4xx']])
	})

	it('takes a call that came once only, and loses those that were deleted', async () => {
		const logs = inScope()
		await logs.load(filter)

		logs.prepend([aCall({ id: 'new' }), aCall({ id: 'a' })])
		expect(logs.calls.value.map(({ id }) => id)).toEqual(['new', 'a', 'b'])
		expect(logs.total.value).toBe(4)

		logs.drop(['a', 'elsewhere'])
		expect(logs.calls.value.map(({ id }) => id)).toEqual(['new', 'b'])
		expect(logs.total.value).toBe(3)
	})

	it('keeps where the words stand when a call changes', async () => {
		const hit = { place: 'url' as const, text: 'a', ranges: [] }
		list.mockResolvedValueOnce({ ...page, results: [aCall({ id: 'a', hit })], nextCursor: null })
		const logs = inScope()
		await logs.load(filter)

		logs.replace(aCall({ id: 'a', isPinned: true, hit: null }))

		expect(logs.calls.value[0]).toMatchObject({ isPinned: true, hit })
	})
})
