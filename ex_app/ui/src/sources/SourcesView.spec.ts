/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { enableAutoUnmount, flushPromises, mount } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createMemoryHistory, createRouter } from 'vue-router'
import SourcesView from './SourcesView.vue'
import { Problem } from '../api/problem.ts'
import { listSources } from '../api/sources.ts'
import { aSource } from '../factories.ts'

vi.mock(import('../api/sources.ts'))

const list = vi.mocked(listSources)
const nothing = { results: [], total: 0, nextCursor: null }

/**
 * The page after its first answer.
 *
 * @param address of the page
 */
async function mountPage(address: string) {
	const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/', component: SourcesView }] })
	await router.push(address)
	const wrapper = mount(SourcesView, { attachTo: document.body, global: { plugins: [createPinia(), router], stubs: { SourcesTable: true, TransferMenu: true } } })
	await flushPromises()
	return { wrapper, router }
}

enableAutoUnmount(afterEach)
beforeEach(() => vi.resetAllMocks())

describe('the page of sources', () => {
	it('says that there are none', async () => {
		list.mockResolvedValue(nothing)
		const { wrapper } = await mountPage('/')

		expect(wrapper.text()).toContain('No sources yet')
	})

	it('says nothing until the answer comes, and leaves the focus in the search', async () => {
		list.mockResolvedValueOnce(nothing)
		const { wrapper, router } = await mountPage('/?search=none')
		expect(wrapper.text()).toContain('No source matches')
		const search = wrapper.get('.sources-toolbar input').element as HTMLInputElement
		search.focus()

		let answer: (page: Awaited<ReturnType<typeof listSources>>) => void
		list.mockReturnValueOnce(new Promise((resolve) => {
			answer = resolve
		}))
		await router.replace('/')
		await flushPromises()

		expect(wrapper.text()).not.toMatch(/No source/)
		expect(document.activeElement).toBe(search)

		answer!({ results: [aSource()], total: 1, nextCursor: null })
		await flushPromises()

		expect(wrapper.text()).toContain('1 of 1 source')
		expect(document.activeElement).toBe(search)
	})

	it('does not call a failure an empty list', async () => {
		list.mockResolvedValueOnce(nothing).mockRejectedValueOnce(new Problem('network', 'gone', ''))
		const { wrapper, router } = await mountPage('/?search=none')

		await router.replace('/')
		await flushPromises()

		expect(wrapper.text()).toContain('gone')
		expect(wrapper.text()).not.toMatch(/No source/)
	})
})
