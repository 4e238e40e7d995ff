/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { flushPromises, mount } from '@vue/test-utils'
import { expect, it, vi } from 'vitest'
import WatchForm from './WatchForm.vue'
import { Problem } from '../api/problem.ts'
import { aSource, aWatch } from '../factories.ts'
import { storeWatch } from './watchApi.ts'

vi.mock(import('./watchApi.ts'))
vi.mock(import('../components/useUnsavedGuard.ts'))

const put = vi.mocked(storeWatch)

it('leaves a watch switched off that somebody else has switched off', async () => {
	const watch = aWatch()
	const theirs = aWatch({ version: 2, isEnabled: false })
	put.mockRejectedValueOnce(new Problem('answer', 'Changed', '', { type: 'urn:openconnector:problem:version-conflict', title: 'Changed', status: 409, detail: '', current: theirs }))
	put.mockResolvedValueOnce({ ...theirs, version: 3 })
	const wrapper = mount(WatchForm, { props: { source: aSource(), watch }, attachTo: document.body, global: { stubs: { NcCheckboxRadioSwitch: true } } })
	const path = wrapper.findAll('label').find((label) => label.text() === 'Path')!
	await wrapper.get(`[id="${path.attributes('for')}"]`).setValue('/health')

	await wrapper.get('form').trigger('submit')
	await flushPromises()
	await wrapper.findAll('button').find((button) => button.text() === 'Keep mine')!.trigger('click')
	await flushPromises()

	expect(put.mock.calls.map(([, sent]) => [sent.path, sent.version, sent.isEnabled])).toEqual([['/health', 1, true], ['/health', 2, false]])
	wrapper.unmount()
})
