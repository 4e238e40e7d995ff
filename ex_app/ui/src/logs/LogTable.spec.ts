/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import LogTable from './LogTable.vue'
import { aCall } from '../factories.ts'

/**
 * @param selectedId the entry that is open
 */
function mountTable(selectedId: string | null) {
	return mount(LogTable, {
		attachTo: document.body,
		props: {
			calls: ['a', 'b', 'c'].map((id) => aCall({ id, url: `https://gis.example/v1/${id}?page=2` })),
			selectedId,
			sort: '-time',
			tickedIds: new Set(['b']),
			newIds: new Set<string>(),
			withSource: true,
			isLoading: false,
			to: (id: string) => ({ name: 'log', params: { entry: id } }),
		},
		global: { stubs: { RouterLink: { template: '<a href="#"><slot /></a>' } } },
	})
}

describe('the table of calls', () => {
	it('shows the path of the URL, and the whole of it in the title', () => {
		const cell = mountTable(null).get('[data-entry="a"] .log-row__url')

		expect(cell.text()).toBe('/v1/a?page=2')
		expect(cell.attributes('title')).toBe('https://gis.example/v1/a?page=2')
	})

	it('is walked through with the arrow keys', async () => {
		const wrapper = mountTable(null)
		const link = wrapper.get<HTMLElement>('[data-entry="a"] a')
		link.element.focus()

		await link.trigger('keydown', { key: 'ArrowDown' })

		expect(document.activeElement).toBe(wrapper.get('[data-entry="b"] a').element)
		expect(wrapper.emitted('select')).toBeUndefined()
	})

	it('opens one entry after the other while one is open', async () => {
		const wrapper = mountTable('b')

		await wrapper.get('[data-entry="b"] a').trigger('keydown', { key: 'ArrowUp' })

		expect(wrapper.emitted('select')).toEqual([['a']])
	})

	it('stops at its end, and closes with Escape', async () => {
		const wrapper = mountTable('c')

		await wrapper.get('[data-entry="c"] a').trigger('keydown', { key: 'ArrowDown' })
		await wrapper.get('[data-entry="c"] a').trigger('keydown', { key: 'Escape' })

		expect(wrapper.emitted('select')).toBeUndefined()
		expect(wrapper.emitted('close')).toHaveLength(1)
	})

	it('is sorted by its headers', async () => {
		const wrapper = mountTable(null)

		await wrapper.get('.log-table__time button').trigger('click')
		await wrapper.get('.log-table__duration button').trigger('click')

		expect(wrapper.emitted('sort')).toEqual([['time'], ['-duration']])
	})

	it('ticks a row without opening it, a range with the shift key, and all with a key', async () => {
		const wrapper = mountTable(null)
		await wrapper.get('[data-entry="a"] input').trigger('click')
		await wrapper.get('[data-entry="c"] input').trigger('click', { shiftKey: true })
		await wrapper.get('[data-entry="c"] input').trigger('keydown', { key: 'a', ctrlKey: true })

		expect(wrapper.emitted('tick')).toEqual([['a', false], ['c', true]])
		expect(wrapper.emitted('tickAll')).toEqual([[true]])
		expect(wrapper.emitted('select')).toBeUndefined()
	})

	it('marks the words of the question, and nothing else', async () => {
		const wrapper = mountTable(null)
		await wrapper.setProps({ calls: [aCall({ id: 'a', hit: { place: 'response_body', text: '🎉 <b>time</b> out', ranges: [[5, 9], [14, 17]] } })] })

		expect(wrapper.findAll('.hit-text mark').map((mark) => mark.text())).toEqual(['time', 'out'])
		expect(wrapper.get('.hit-text').text()).toBe('Response🎉 <b>time</b> out')
	})
})
