/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { LogFilter } from './logFilter.ts'

import { beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope } from 'vue'
import { listLogs } from '../api/logs.ts'
import { Problem } from '../api/problem.ts'
import { aCall } from '../factories.ts'
import { useLogs } from './useLogs.ts'

vi.mock(import('../api/logs.ts'))

const list = vi.mocked(listLogs)
const filter: LogFilter = { query: 'status:4xx', sort: '-duration' }
const page = { total: 3, isEstimate: false, newest: 7, terms: [] }

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
