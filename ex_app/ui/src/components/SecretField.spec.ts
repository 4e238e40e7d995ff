/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import { defineComponent, h, nextTick, ref } from 'vue'
import SecretField from './SecretField.vue'
import { MASK } from '../api/mask.ts'
import { Problem } from '../api/problem.ts'
import { provideFieldErrors } from './fieldErrors.ts'

/**
 * @param initial what the API gave
 */
function mountSecret(initial: string) {
	const value = ref(initial)
	let take: (detail: string, code: string) => void
	const Form = defineComponent({
		setup() {
			const fieldErrors = provideFieldErrors()
			take = (detail, code) => {
				const errors = [{ pointer: '/authentication/token', detail, code }]
				fieldErrors.take(new Problem('answer', 'Invalid', '', { type: 'x', title: 'Invalid', status: 422, detail: '', errors }))
			}
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
	const wrapper = mount(Form, { attachTo: document.body })
	return { value, wrapper, take: take! }
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

	it('that the server wants again opens with the reason, and can still be kept', async () => {
		const { value, wrapper, take } = mountSecret(MASK)

		take('The host has changed. Enter the token again.', 'secret_origin_changed')
		await nextTick()

		expect(wrapper.get('input').attributes('aria-invalid')).toBe('true')
		expect(wrapper.text()).toContain('The host has changed.')
		expect(value.value).toBe('')
		await wrapper.get('[aria-label="Keep the stored Token"]').trigger('click')
		expect(value.value).toBe(MASK)
	})

	it('that was never stored has nothing to go back to', () => {
		const { wrapper } = mountSecret('')

		expect(wrapper.find('input').exists()).toBe(true)
		expect(wrapper.find('[aria-label="Keep the stored Token"]').exists()).toBe(false)
	})
})
