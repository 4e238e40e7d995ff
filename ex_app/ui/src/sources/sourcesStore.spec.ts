/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { Problem } from '../api/problem.ts'
import * as api from '../api/sources.ts'
import { aSource } from '../factories.ts'
import { fromAddress } from './sourceFilter.ts'
import { useSourcesStore } from './sourcesStore.ts'

vi.mock(import('../api/sources.ts'))

const list = vi.mocked(api.listSources)
const everything = fromAddress({})

/**
 * @param ids of the sources on a page
 * @param nextCursor where the next page begins
 */
function page(ids: string[], nextCursor: string | null = null) {
	return { results: ids.map((id) => aSource({ id })), total: 3, nextCursor }
}

beforeEach(() => {
	setActivePinia(createPinia())
	vi.resetAllMocks()
})

describe('the list of sources', () => {
	it('is loaded page by page, without doubles', async () => {
		const store = useSourcesStore()
		list.mockResolvedValueOnce(page(['a', 'b'], 'next')).mockResolvedValueOnce(page(['b', 'c']))

		await store.load(everything)
		await store.loadMore()

		expect(store.sources.map(({ id }) => id)).toEqual(['a', 'b', 'c'])
		expect(list.mock.calls[1]![0]).toMatchObject({ cursor: 'next' })
		expect(store.nextCursor).toBeNull()
	})

	it('keeps what was there when loading fails', async () => {
		const store = useSourcesStore()
		list.mockResolvedValueOnce(page(['a'])).mockRejectedValueOnce(new Problem('network', 'gone', ''))

		await store.load(everything)
		await store.load(everything)

		expect(store.sources).toHaveLength(1)
		expect(store.problem?.kind).toBe('network')
		expect(store.isLoading).toBe(false)
	})

	it('shows the answer to the last question, whatever order the answers come in', async () => {
		const store = useSourcesStore()
		list.mockImplementation((query, signal) => query.search === 'slow'
			? new Promise((_, reject) => {
					signal!.addEventListener('abort', () => reject(Object.assign(new Error('canceled'), { __CANCEL__: true })))
				})
			: Promise.resolve(page(['quick'])))

		const slow = store.load({ ...everything, search: 'slow' })
		await store.load({ ...everything, search: 'quick' })
		await slow

		expect(store.sources.map(({ id }) => id)).toEqual(['quick'])
		expect(store.problem).toBeNull()
		expect(store.isLoading).toBe(false)
	})

	it('counts all sources for the navigation, not those that a filter lets through', async () => {
		const store = useSourcesStore()
		list.mockResolvedValueOnce(page(['a'])).mockResolvedValueOnce({ ...page(['a']), total: 1 })

		await store.load(everything)
		await store.load({ ...everything, search: 'a' })

		expect(store.count).toBe(3)
		expect(store.total).toBe(1)
	})

	it('begins with a new source', async () => {
		const store = useSourcesStore()
		list.mockResolvedValue(page(['a']))
		await store.load(everything)
		vi.mocked(api.createSource).mockResolvedValue(aSource({ id: 'new' }))

		await store.create({ name: 'New', location: 'https://a.example', type: 'json', description: '' })

		expect(store.sources.map(({ id }) => id)).toEqual(['new', 'a'])
		expect(store).toMatchObject({ addedId: 'new', count: 4, total: 4 })
	})

	it('forgets a deleted one', async () => {
		const store = useSourcesStore()
		list.mockResolvedValue(page(['a', 'b']))
		await store.load(everything)

		await store.remove(store.sources[0]!)

		expect(api.deleteSource).toHaveBeenCalledWith('a')
		expect(store.sources.map(({ id }) => id)).toEqual(['b'])
		expect(store).toMatchObject({ count: 2, total: 2 })
	})

	it('goes on with those of the next page when all of this one are deleted', async () => {
		const store = useSourcesStore()
		list.mockResolvedValueOnce(page(['a', 'b'], 'next')).mockResolvedValueOnce({ ...page(['c']), total: 1 })
		await store.load(everything)

		for (const source of [...store.sources]) {
			await store.remove(source)
		}

		await vi.waitFor(() => expect(store.sources.map(({ id }) => id)).toEqual(['c']))
		expect(store).toMatchObject({ total: 1, count: 1, nextCursor: null })
		expect(list).toHaveBeenCalledTimes(2)
	})
})
