/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { enableAutoUnmount, mount } from '@vue/test-utils'
import { afterEach, describe, expect, it } from 'vitest'
import { defineComponent, h, ref } from 'vue'
import RetentionFields from './RetentionFields.vue'
import { Problem } from '../api/problem.ts'
import { provideFieldErrors } from '../components/fieldErrors.ts'
import { someRetention } from '../factories.ts'

enableAutoUnmount(afterEach)

/**
 * @param scope whose settings they are
 * @param pointer where they are in the body
 */
function mountFields(scope: 'all' | 'source', pointer: string) {
	const retention = ref(someRetention({ maxBytes: 5 * 2 ** 20 }))
	const bodies = ref<{ policy: 'always' | 'errors' | 'never' | null, until: string | null }>({ policy: null, until: null })
	let take: (at: string) => void
	const wrapper = mount(defineComponent({
		setup() {
			const fieldErrors = provideFieldErrors()
			take = (at) => fieldErrors.take(new Problem('answer', 'Invalid', '', { type: 'x', title: 'Invalid', status: 422, detail: '', errors: [{ pointer: at, detail: `wrong ${at}`, code: 'x' }] }))
			return () => h(RetentionFields, {
				retention: retention.value,
				bodies: bodies.value,
				'onUpdate:bodies': (value) => {
					bodies.value = value
				},
				scope,
				pointer,
				wider: someRetention({ successDays: 30, errorDays: 90 }),
				widerPolicy: 'errors',
			})
		},
	}), { attachTo: document.body })
	const field = (label: string) => {
		const found = wrapper.findAll('label').find((element) => element.text() === label)
		return wrapper.find(`[id="${found?.attributes('for')}"]`)
	}
	return { retention, bodies, wrapper, field, take: (at: string) => take(at) }
}

describe('the fields of how long the log is kept', () => {
	it('store an emptied number as null, and 0 as 0', async () => {
		const { retention, field } = mountFields('all', '')

		await field('Keep successful calls (days)').setValue('0')
		await field('Keep failed calls (days)').setValue('14')
		await field('Keep failed calls (days)').setValue('')

		expect([retention.value.successDays, retention.value.errorDays]).toEqual([0, null])
		expect(field('Keep failed calls (days)').attributes('placeholder')).toBe('90')
	})

	it('show a size in its unit, and keep the number when the unit changes', async () => {
		const { retention, field } = mountFields('all', '')
		expect((field('Size at most').element as HTMLInputElement).value).toBe('5')

		await field('Unit').setValue('GiB')
		expect(retention.value.maxBytes).toBe(5 * 2 ** 30)

		await field('Size at most').setValue('1.5')
		expect([retention.value.maxBytes, (field('Unit').element as HTMLSelectElement).value]).toEqual([1.5 * 2 ** 30, 'GiB'])
	})

	it('keep the chosen unit while a size is emptied and typed anew', async () => {
		const { retention, field } = mountFields('all', '')

		await field('Size at most').setValue('')
		expect(retention.value.maxBytes).toBeNull()
		await field('Size at most').setValue('3072')

		expect([retention.value.maxBytes, (field('Unit').element as HTMLSelectElement).value]).toEqual([3 * 2 ** 30, 'MiB'])
	})

	it('take a source\'s nothing for what the settings say, which has no end', async () => {
		const { bodies, field } = mountFields('source', '/connection')
		expect(field('Keep bodies').text()).toContain('as the settings say: only of failed calls')
		expect(field('Until').exists()).toBe(false)

		await field('Keep bodies').setValue('always')
		await field('Until').setValue('2026-11-28T12:00')

		expect(bodies.value).toEqual({ policy: 'always', until: new Date('2026-11-28T12:00').toISOString() })
	})

	it.each([
		['all', '', '/retention/maxBytes', 'Size at most'],
		['all', '', '/bodies/policy', 'Keep bodies'],
		['all', '', '/bodies/until', 'Until'],
		['source', '/connection', '/connection/retention/successBodyDays', 'Keep bodies of successful calls (days)'],
	] as const)('of %s (%s) show what is wrong with %s', async (scope, pointer, at, label) => {
		const { wrapper, field, take } = mountFields(scope, pointer)

		take(at)
		await wrapper.vm.$nextTick()

		expect(field(label).attributes('aria-invalid')).toBe('true')
		expect(wrapper.text()).toContain(`wrong ${at}`)
	})
})
