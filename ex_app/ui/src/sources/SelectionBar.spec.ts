/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { flushPromises, mount } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import SelectionBar from './SelectionBar.vue'
import { Problem } from '../api/problem.ts'
import * as api from '../api/sources.ts'
import { toastProblem, toastSuccess } from '../components/toasts.ts'
import { aSource } from '../factories.ts'
import { confirmDelete } from './confirmDelete.ts'
import { useSourcesStore } from './sourcesStore.ts'

vi.mock(import('../api/sources.ts'))
vi.mock(import('../components/toasts.ts'))
vi.mock(import('./confirmDelete.ts'))

const gone = new Problem('network', 'gone', '')

/** The bar with two selected sources. */
function mountBar() {
	const store = useSourcesStore()
	store.sources = [aSource({ id: 'a' }), aSource({ id: 'b' })]
	const wrapper = mount(SelectionBar, { props: { modelValue: ['a', 'b'] } })
	const press = async (label: string) => {
		await wrapper.findAll('button').find((button) => button.text() === label)!.trigger('click')
		await flushPromises()
	}
	return { press }
}

beforeEach(() => {
	setActivePinia(createPinia())
	vi.resetAllMocks()
	vi.mocked(confirmDelete).mockResolvedValue(true)
})

describe('what is done with the selected sources', () => {
	it.each(['Delete', 'Enable', 'Disable'])('is no success when nothing was done: %s', async (label) => {
		const { press } = mountBar()
		vi.mocked(api.deleteSource).mockRejectedValue(gone)
		vi.mocked(api.setSourceEnabled).mockRejectedValue(gone)

		await press(label)

		expect(toastProblem).toHaveBeenCalledExactlyOnceWith(gone)
		expect(toastSuccess).not.toHaveBeenCalled()
	})

	it('is told as far as it got', async () => {
		const { press } = mountBar()
		vi.mocked(api.deleteSource).mockResolvedValueOnce().mockRejectedValueOnce(gone)

		await press('Delete')

		expect(toastProblem).toHaveBeenCalledExactlyOnceWith(gone)
		expect(toastSuccess).toHaveBeenCalledExactlyOnceWith('1 source was deleted.')
	})
})
