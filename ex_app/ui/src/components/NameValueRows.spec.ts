/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { SourceRow } from '../api/types.ts'

import { flushPromises, mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import { defineComponent, h, nextTick, reactive, ref } from 'vue'
import NameValueRows from './NameValueRows.vue'
import { MASK } from '../api/mask.ts'
import { provideFieldErrors } from './fieldErrors.ts'

/**
 * A form around the rows, as the Configuration page is.
 *
 * @param rows what is edited
 */
function mountRows(rows: SourceRow[]) {
	const shown = ref(rows)
	const Form = defineComponent({
		setup() {
			provideFieldErrors()
			return () => h(NameValueRows as never, { modelValue: shown.value, kind: 'headers', pointer: '/headers', withSecrets: true })
		},
	})
	const wrapper = mount(Form, { attachTo: document.body })
	return Object.assign(wrapper, {
		/** What saving or discarding does: other rows are in their places. */
		reset(others: SourceRow[]) {
			shown.value = others
			return nextTick()
		},
	})
}

/**
 * @param names of the rows
 */
function rowsNamed(...names: string[]): SourceRow[] {
	return reactive(names.map((name) => ({ name, value: `value of ${name}`, isSecret: false })))
}

describe('name and value rows', () => {
	it('begin with a button', async () => {
		const rows = rowsNamed()
		const wrapper = mountRows(rows)

		await wrapper.get('.name-value-rows__add').trigger('click')

		expect(rows).toEqual([{ name: '', value: '', isSecret: false }])
		expect(document.activeElement?.tagName).toBe('INPUT')
	})

	it('move with the keyboard and stop at the ends', async () => {
		const rows = rowsNamed('A', 'B', 'C')
		const wrapper = mountRows(rows)

		await wrapper.findAll('li')[2]!.trigger('keydown', { key: 'ArrowUp', altKey: true })
		expect(rows.map(({ name }) => name)).toEqual(['A', 'C', 'B'])

		await wrapper.findAll('li')[0]!.trigger('keydown', { key: 'ArrowUp', altKey: true })
		expect(rows.map(({ name }) => name)).toEqual(['A', 'C', 'B'])
	})

	it('are removed, and the focus goes on to the next one', async () => {
		const rows = rowsNamed('A', 'B')
		const wrapper = mountRows(rows)

		await wrapper.get('[aria-label="Remove header 1"]').trigger('click')

		expect(rows.map(({ name }) => name)).toEqual(['B'])
		expect((document.activeElement as HTMLInputElement).value).toBe('B')
	})

	it('can be made secret', async () => {
		const rows = rowsNamed('A')
		const wrapper = mountRows(rows)

		await wrapper.get('[aria-label="Make header 1 secret"]').trigger('click')

		expect(rows[0]).toEqual({ name: 'A', value: 'value of A', isSecret: true })
	})

	it('do not turn the mask of a stored secret into a value', async () => {
		const rows = reactive([{ name: 'A', value: MASK, isSecret: true }])
		const wrapper = mountRows(rows)

		await wrapper.get('[aria-label="Make header 1 readable"]').trigger('click')

		expect(rows[0]).toEqual({ name: 'A', value: '', isSecret: false })
	})

	it.each([['at once', false], ['after Replace', true]])('keep a stored secret whose lock was opened and closed again %s', async (_, isReplaced) => {
		const rows = reactive([{ name: 'A', value: MASK, isSecret: true }])
		const wrapper = mountRows(rows)
		if (isReplaced) {
			await wrapper.get('[aria-label="Replace Value"]').trigger('click')
		}

		await wrapper.get('[aria-label="Make header 1 readable"]').trigger('click')
		await wrapper.get('[aria-label="Make header 1 secret"]').trigger('click')

		expect(rows[0]).toEqual({ name: 'A', value: MASK, isSecret: true })
	})

	it('do not go back to a secret that is not stored any more', async () => {
		const wrapper = mountRows(reactive([{ name: 'A', value: MASK, isSecret: true }]))
		const saved = rowsNamed('A')
		saved[0]!.value = ''
		await wrapper.reset(saved)

		await wrapper.get('[aria-label="Make header 1 secret"]').trigger('click')

		expect(saved[0]).toEqual({ name: 'A', value: '', isSecret: true })
	})

	it('keep the focus while they move', async () => {
		const rows = rowsNamed('A', 'B', 'C')
		const wrapper = mountRows(rows)
		const field = wrapper.findAll('li')[2]!.get('input').element
		field.focus()

		const moveUp = async () => {
			document.activeElement!.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowUp', altKey: true, bubbles: true }))
			await flushPromises()
		}

		await moveUp()
		await moveUp()

		expect(rows.map(({ name }) => name)).toEqual(['C', 'A', 'B'])
		expect(document.activeElement).toBe(field)
	})

	it('keep the focus when they are saved', async () => {
		const wrapper = mountRows(rowsNamed('A', 'B'))
		const field = wrapper.findAll('li')[1]!.get('input').element
		field.focus()

		await wrapper.reset(rowsNamed('A', 'B'))
		expect(document.activeElement).toBe(field)

		await wrapper.reset(rowsNamed('A', 'B', 'C'))
		expect(document.activeElement).toBe(field)
		expect(wrapper.findAll('li')).toHaveLength(3)
	})
})
