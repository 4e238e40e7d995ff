/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { DeletionState } from '../api/logExports.ts'

import { enableAutoUnmount, flushPromises, shallowMount } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { afterEach, expect, it, vi } from 'vitest'
import { createMemoryHistory } from 'vue-router'
import BulkProgress from './exports/BulkProgress.vue'
import LogsPanel from './LogsPanel.vue'
import { listDeletions, readDeletion } from '../api/logExports.ts'
import { listLogs } from '../api/logs.ts'
import { listSources } from '../api/sources.ts'
import { createAppRouter } from '../router.ts'

vi.mock(import('../api/logExports.ts'))
vi.mock(import('../api/logs.ts'))
vi.mock(import('../api/sources.ts'))
vi.mock(import('../components/toasts.ts'))
enableAutoUnmount(afterEach)

const running: DeletionState = { id: 'id', state: 'running', done: 3, total: 9, bytes: 0, error: null, isCleanUp: false }

it('shows a deletion that runs since before it was opened, and what is left after it', async () => {
	vi.mocked(listSources).mockResolvedValue({ results: [] } as never)
	vi.mocked(listLogs).mockResolvedValue({ total: 0, isEstimate: false, newest: 7, searched: null, terms: [], results: [], nextCursor: null })
	vi.mocked(listDeletions).mockResolvedValue([running])
	let answer: (state: DeletionState) => void
	vi.mocked(readDeletion).mockReturnValue(new Promise((resolve) => {
		answer = resolve
	}))
	const router = createAppRouter(createMemoryHistory())
	await router.push({ name: 'logs' })

	const wrapper = shallowMount(LogsPanel, { props: { scope: null }, global: { plugins: [createPinia(), router] } })
	await flushPromises()
	const { work } = wrapper.findAllComponents(BulkProgress)[1]!.props()
	expect([work.isRunning.value, work.state.value?.done]).toEqual([true, 3])

	answer!({ ...running, state: 'done' })
	await flushPromises()
	expect(work.state.value).toBeNull()
	expect(listLogs).toHaveBeenCalledTimes(2)
})
