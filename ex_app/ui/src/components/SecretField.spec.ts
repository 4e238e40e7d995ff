/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import { defineComponent, h, ref } from 'vue'
import SecretField from './SecretField.vue'
import { MASK } from '../api/mask.ts'
import { provideFieldErrors } from './fieldErrors.ts'

/**
 * @param initial what the API gave
 */
function mountSecret(initial: string) {
	const value = ref(initial)
	const Form = defineComponent({
		setup() {
			provideFieldErrors()
			return () => h(SecretField, {
				label: 'Token',
				pointer: '/authentication/token',
				modelValue: value.value,
				'onUpdate:modelValue': (text: string) => {
					value.value = text
				},
			})
		},
	})
	return { value, wrapper: mount(Form, { attachTo: document.body }) }
}

describe('a secret', () => {
	it('that is stored is shown as a mask, and replaced on demand', async () => {
		const { value, wrapper } = mountSecret(MASK)
		expect(wrapper.find('input').exists()).toBe(false)
		expect(wrapper.text()).toContain(MASK)

		await wrapper.get('[aria-label="Replace Token"]').trigger('click')
		await wrapper.get('input').setValue('new')

		expect(value.value).toBe('new')
	})

	it('can be kept after all', async () => {
		const { value, wrapper } = mountSecret(MASK)
		await wrapper.get('[aria-label="Replace Token"]').trigger('click')

		await wrapper.get('[aria-label="Keep the stored Token"]').trigger('click')

		expect(value.value).toBe(MASK)
	})

	it('that was never stored has nothing to go back to', () => {
		const { wrapper } = mountSecret('')

		expect(wrapper.find('input').exists()).toBe(true)
		expect(wrapper.find('[aria-label="Keep the stored Token"]').exists()).toBe(false)
	})
})
