/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { FormField } from '../api/service.ts'
import type { FormValues } from './formValues.ts'

import { enableAutoUnmount, mount } from '@vue/test-utils'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { defineComponent, h, nextTick, reactive } from 'vue'
import FormFields from './FormFields.vue'
import { Problem } from '../api/problem.ts'
import { provideFieldErrors } from '../components/fieldErrors.ts'
import { fitValues } from './formValues.ts'
import { aField, aGroup } from './samples.ts'

enableAutoUnmount(afterEach)

/**
 * @param fields of a form
 * @param given values to begin with
 * @param isLarge there are many more fields
 */
function mountFields(fields: FormField[], given: unknown = {}, isLarge = false) {
	const values = reactive<FormValues>(fitValues(fields, given))
	let take: (pointer: string) => void
	const wrapper = mount(defineComponent({
		setup() {
			const fieldErrors = provideFieldErrors()
			take = (pointer) => fieldErrors.take(new Problem('answer', 'Invalid', '', { type: 'x', title: 'Invalid', status: 422, detail: '', errors: [{ pointer, detail: `wrong ${pointer}`, code: 'x' }] }))
			return () => h(FormFields, { modelValue: values, fields, pointer: '/values', depth: 0, isLarge })
		},
	}), { attachTo: document.body })
	const field = (label: string) => {
		const found = wrapper.findAll('label').find((element) => element.text().replace(/ \*$/, '') === label)
		return wrapper.find<HTMLInputElement>(`[id="${found?.attributes('for')}"]`)
	}
	const button = (label: string) => wrapper.findAll('button').find((element) => (element.attributes('aria-label') ?? element.text()) === label)!
	return { values, wrapper, field, button, take: (pointer: string) => take(pointer) }
}

describe('a field', () => {
	it('says what it is, whether it must be there, and what it has to be like', () => {
		const { wrapper, field } = mountFields([aField('@age', { isRequired: true, kind: 'number', type: 'Age', documentation: 'In years.', min: '0', max: '150' })])

		expect(field('age').attributes()).toMatchObject({ type: 'text', inputmode: 'decimal', 'aria-required': 'true' })
		expect(wrapper.text()).toContain('attribute, Age')
		expect(wrapper.text()).toContain('In years.\n0 to 150')
	})

	it('shows what the server finds wrong, until something else is entered', async () => {
		const { field, wrapper, take } = mountFields([aField('age', { kind: 'number', type: 'xsd:int' })])
		expect(field('age').attributes('pattern')).toContain('\\d+')

		take('/values/age')
		await nextTick()
		expect(wrapper.text()).toContain('wrong /values/age')

		await field('age').setValue('3')
		expect(field('age').attributes('aria-invalid')).toBeUndefined()
	})

	it('with a choice or a truth value is a select, in which optional ones can be left out', async () => {
		const { values, field } = mountFields([
			aField('colour', { kind: 'choice', choices: ['red', 'blue'], isRequired: true }),
			aField('urgent', { kind: 'boolean' }),
		], { colour: 'green' })

		expect(field('colour').findAll('option').map((option) => option.text())).toEqual(['Choose\u00A0…', 'green', 'red', 'blue'])
		expect(field('urgent').findAll('option').map((option) => option.text())).toEqual(['Not sent', 'true', 'false'])

		await field('urgent').setValue('false')
		expect(values.urgent).toBe('false')
	})

	it('that can be nil has a switch for it, and no value then', async () => {
		const { values, wrapper, field } = mountFields([aField('end', { isNillable: true }), aField('start')], { end: 'x' })
		expect(wrapper.findAll('input[type="checkbox"]')).toHaveLength(1)

		await wrapper.get('input[type="checkbox"]').setValue(true)

		expect(values.end).toBeNull()
		expect(field('end').attributes('disabled')).toBeDefined()
	})

	it('of open content takes XML', async () => {
		const { values, field } = mountFields([aField('#any', { name: 'XML', kind: 'any' })])

		await field('XML').setValue('<a/>')

		expect(values['#any']).toBe('<a/>')
	})
})

describe('a repeated field', () => {
	const line = aGroup('line', [aField('article')], { isRepeated: true })

	it('can be added to, moved and removed, with the keyboard at the right place', async () => {
		const { values, button, wrapper } = mountFields([aField('tag', { isRepeated: true })], { tag: ['a', 'b'] })

		await button('Add tag').trigger('click')
		await nextTick()
		expect(values.tag).toEqual(['a', 'b', ''])
		expect(document.activeElement).toBe(wrapper.findAll('input').at(-1)!.element)

		await button('Move tag 2 up').trigger('click')
		expect(values.tag).toEqual(['b', 'a', ''])
		expect(button('Move tag 1 up').attributes('disabled')).toBeDefined()

		await button('Remove tag 3').trigger('click')
		expect(values.tag).toEqual(['b', 'a'])
	})

	it('of groups adds a whole group', async () => {
		const { values, button, field } = mountFields([line])

		await button('Add line').trigger('click')
		await field('article').setValue('A')

		expect(values.line).toEqual([{ article: 'A' }])
	})

	it('shows what is wrong with one of them', async () => {
		const { wrapper, take } = mountFields([line], { line: [{ article: 'A' }, { article: 'B' }] })

		take('/values/line/1/article')
		await nextTick()

		expect(wrapper.findAll('[aria-invalid="true"]').map((input) => (input.element as HTMLInputElement).value)).toEqual(['B'])
	})
})

describe('fields that exclude each other', () => {
	it('are a choice, of which one is sent', async () => {
		const { values, field } = mountFields([aField('email', { oneOf: 'choice1' }), aField('phone', { oneOf: 'choice1' })], { email: 'a@b.example' })
		expect(field('phone').exists()).toBe(false)

		await field('One of these').setValue('phone')
		await field('phone').setValue('1')
		expect(values).toEqual({ phone: '1' })

		await field('One of these').setValue('email')
		expect(values).toEqual({ email: 'a@b.example' })

		await field('One of these').setValue('')
		expect(values).toEqual({})
	})
})

describe('a group', () => {
	const address = aGroup('address', [aField('street'), aGroup('country', [aField('code')])])

	it('of a large form is folded when it is deep, and costs nothing until it is opened', async () => {
		const { wrapper, field } = mountFields([address], {}, true)
		expect(field('street').exists()).toBe(true)
		expect(field('code').exists()).toBe(false)

		const country = wrapper.findAll<HTMLDetailsElement>('details')[1]!
		country.element.open = true
		await country.trigger('toggle')

		expect(field('code').exists()).toBe(true)
	})

	it('opens where something is wrong', async () => {
		const { field, take } = mountFields([address], {}, true)

		take('/values/address/country/code')
		await nextTick()
		await nextTick()

		expect(field('code').attributes('aria-invalid')).toBe('true')
	})

	it('that is there or not is a switch; one that goes on in itself says so', () => {
		const { wrapper } = mountFields([aGroup('urgent', []), aGroup('node', [], { isRecursive: true })])

		expect(wrapper.text()).toContain('Send urgent')
		expect(wrapper.text()).toContain('node: deeper levels are not shown.')
	})

	it('can be nil', async () => {
		const { values, wrapper } = mountFields([aGroup('address', [aField('street')], { isNillable: true })])

		await wrapper.get('input[type="checkbox"]').setValue(true)

		expect(values.address).toBeNull()
		expect(wrapper.find('input[type="text"]').exists()).toBe(false)
	})
})

describe('a form of hundreds of fields', () => {
	it('puts a screenful on the page at once, and the rest bit by bit', async () => {
		vi.useFakeTimers()
		const { wrapper } = mountFields(Array.from({ length: 100 }, (_, index) => aField(`field${index}`)), {}, true)
		expect(wrapper.findAll('input')).toHaveLength(30)

		await vi.advanceTimersByTimeAsync(1000)

		expect(wrapper.findAll('input')).toHaveLength(100)
	})
})
