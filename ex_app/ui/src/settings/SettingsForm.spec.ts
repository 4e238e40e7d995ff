/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { flushPromises, mount } from '@vue/test-utils'
import { beforeEach, expect, it, vi } from 'vitest'
import { defineComponent, h, ref } from 'vue'
import { createMemoryHistory, createRouter, RouterView } from 'vue-router'
import SettingsForm from './SettingsForm.vue'
import { replaceSettings } from '../api/settings.ts'
import { someSettings } from '../factories.ts'

vi.mock(import('../api/settings.ts'))
vi.mock(import('../api/logs.ts'))

const put = vi.mocked(replaceSettings)
const REFUSED = { field: 'Allowed addresses', pointer: '/egressAllow', value: 'wrong', reason: 'It is no address.' }

beforeEach(() => vi.resetAllMocks())

/** The page of the settings, with a value that Nextcloud's own form has and that cannot be used. */
async function mountForm() {
	const settings = ref(someSettings({ egressAllow: ['10.0.0.0/8'], redactionNames: ['pin'], version: 4, refused: [REFUSED] }))
	const Page = defineComponent({
		setup: () => () => h(SettingsForm, {
			settings: settings.value,
			onSaved: (saved) => {
				settings.value = saved
			},
		}),
	})
	const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/', name: 'sources', component: Page }] })
	await router.push('/')
	const wrapper = mount(RouterView, { attachTo: document.body, global: { plugins: [router], stubs: { LogsSection: true } } })
	const press = (label: string) => wrapper.findAll('button').find((button) => button.text() === label)!.trigger('click')
	return { wrapper, press, entry: () => wrapper.get<HTMLInputElement>('#section-egress li input') }
}

it('puts back what is stored, and saves nothing of what is being edited', async () => {
	put.mockImplementation(async (settings) => someSettings({ ...settings, version: settings.version + 1 }))
	const { wrapper, press, entry } = await mountForm()
	await entry().setValue('10.9.0.0/16')

	await press('Put back')
	await flushPromises()

	expect(put).toHaveBeenCalledOnce()
	expect(put.mock.calls[0]![0]).toMatchObject({ egressAllow: ['10.0.0.0/8'], redactionNames: ['pin'], version: 4 })
	expect(wrapper.text()).not.toContain('It is no address.')
	expect(entry().element.value).toBe('10.9.0.0/16')

	await press('Save')
	await flushPromises()
	expect(put.mock.calls[1]![0]).toMatchObject({ egressAllow: ['10.9.0.0/16'], version: 5 })
})
