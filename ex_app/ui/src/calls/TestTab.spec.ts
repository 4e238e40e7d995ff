/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { flushPromises, mount } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { describe, expect, it, vi } from 'vitest'
import { createMemoryHistory } from 'vue-router'
import TestTab from './TestTab.vue'
import { readSource, replaceSource } from '../api/sources.ts'
import { aSource } from '../factories.ts'
import { createAppRouter } from '../router.ts'

vi.mock(import('../api/sources.ts'))
vi.mock(import('../components/toasts.ts'))

describe('the test of a source', () => {
	it.each([['json', 'ResponsePane'], ['ftp', 'FilesTab']] as const)('keeps the position of records that was found, for type %s', async (type, pane) => {
		const source = aSource({ type })
		vi.mocked(readSource).mockResolvedValue(source)
		vi.mocked(replaceSource).mockImplementation(async (stored) => aSource({ ...stored, version: 2 }))
		const wrapper = mount(TestTab, {
			props: { source },
			global: { plugins: [createPinia(), createAppRouter(createMemoryHistory())], stubs: { FilesTab: true, RequestPane: true, ResponsePane: true } },
		})

		wrapper.getComponent({ name: pane }).vm.$emit('usePosition', 'data.items')
		await flushPromises()

		expect(wrapper.emitted('changed')).toMatchObject([[{ resultsPosition: 'data.items', version: 2 }]])
	})
})
