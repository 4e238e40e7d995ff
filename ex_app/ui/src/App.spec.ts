/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { flushPromises, mount } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { describe, expect, it, vi } from 'vitest'
import { createMemoryHistory, createRouter } from 'vue-router'
import App from './App.vue'
import { refusedForSpace } from './api/client.ts'
import { readStorage } from './api/logs.ts'
import { Problem } from './api/problem.ts'

vi.mock('./api/logs.ts', () => ({ readStorage: vi.fn().mockResolvedValue({ isReadOnly: false }) }))
vi.mock('./api/sources.ts', () => ({ listSources: vi.fn().mockResolvedValue({ total: 0, results: [] }) }))

const PAGE = { template: '<p>A page</p>' }

describe('the frame of all pages', () => {
	it('says on each of them that the disk is full, until it is not', async () => {
		const router = createRouter({
			history: createMemoryHistory(),
			routes: ['sources', 'logs', 'settings'].map((name) => ({ path: `/${name}`, name, component: PAGE })),
		})
		await router.push({ name: 'sources' })
		const stubs = { NcContent: { template: '<div><slot /></div>' }, NcAppContent: { template: '<main><slot /></main>' }, NcAppNavigation: true }
		const app = mount(App, { global: { plugins: [createPinia(), router], stubs } })
		await flushPromises()
		expect(app.text()).toBe('A page')

		vi.mocked(readStorage).mockResolvedValue({ isReadOnly: true } as Awaited<ReturnType<typeof readStorage>>)
		refusedForSpace.value = new Problem('answer', 'The disk is full', 'Nothing is saved.')
		for (const name of ['sources', 'logs', 'settings']) {
			await router.push({ name })
			await flushPromises()
			expect(app.text()).toMatch(/The disk is full.*A page/s)
		}

		vi.mocked(readStorage).mockResolvedValue({ isReadOnly: false } as Awaited<ReturnType<typeof readStorage>>)
		await app.get('main button').trigger('click')
		await flushPromises()
		expect(app.text()).toBe('A page')
		app.unmount()
	})

	it('asks about the disk on each page that is opened', async () => {
		const router = createRouter({
			history: createMemoryHistory(),
			routes: ['sources', 'logs'].map((name) => ({ path: `/${name}`, name, component: PAGE })),
		})
		await router.push({ name: 'sources' })
		const stubs = { NcContent: { template: '<div><slot /></div>' }, NcAppContent: true, NcAppNavigation: true }
		vi.mocked(readStorage).mockClear()
		const app = mount(App, { global: { plugins: [createPinia(), router], stubs } })
		await flushPromises()
		await router.push({ name: 'logs' })
		await flushPromises()

		expect(readStorage).toHaveBeenCalledTimes(2)
		app.unmount()
	})
})
