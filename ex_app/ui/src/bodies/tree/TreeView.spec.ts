/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { enableAutoUnmount, flushPromises, mount } from '@vue/test-utils'
import { afterEach, describe, expect, it } from 'vitest'
import TreeView from './TreeView.vue'
import { localNodes } from './nodeSource.ts'

enableAutoUnmount(afterEach)

/**
 * @param text JSON
 */
async function mounted(text: string) {
	const wrapper = mount(TreeView, { props: { source: localNodes(text)!, canQuery: true }, attachTo: document.body })
	await flushPromises()
	const tree = wrapper.get('[role=tree]')
	return {
		wrapper,
		press: async (...keys: string[]) => {
			for (const key of keys) {
				await tree.trigger('keydown', { key })
				await flushPromises()
			}
		},
		lines: () => wrapper.findAll('[role=treeitem]').map((line) => line.text().replace(/\s+/g, ' ')),
		active: () => wrapper.get(`#${tree.attributes('aria-activedescendant')}`),
	}
}

describe('the tree of a body', () => {
	it('is walked with the arrow keys', async () => {
		const { press, lines, active } = await mounted('{"data":{"items":[{"id":1}]},"total":1}')
		expect(lines()).toEqual(['$2 members', 'data1 member', 'total1'])

		await press('ArrowDown', 'ArrowRight', 'ArrowRight')
		expect(active().text()).toContain('items')
		expect(active().attributes()).toMatchObject({ 'aria-level': '3', 'aria-expanded': 'false', 'aria-posinset': '1', 'aria-setsize': '1' })

		await press('ArrowLeft')
		expect(active().text()).toContain('data')
		await press('ArrowLeft')
		expect(lines()).toEqual(['$2 members', 'data1 member', 'total1'])

		await press('End')
		expect(active().text()).toContain('total')
		await press('ArrowRight', 'Home', 'ArrowUp')
		expect(active().text()).toContain('$')
	})

	it('shows the place of the active node, and hands it over to the query box', async () => {
		const { wrapper, press } = await mounted('{"data":{"items":[]}}')

		await press('ArrowDown', 'Enter', 'ArrowDown')

		expect(wrapper.get('.tree-view__location').text()).toBe('$[\'data\'][\'items\']')
		await wrapper.findAll('button').find((button) => button.text() === 'Query from here')!.trigger('click')
		expect(wrapper.emitted('query')).toEqual([['$[\'data\'][\'items\']']])
	})

	it('holds only the lines in sight of a long list', async () => {
		const { wrapper, press, active } = await mounted(JSON.stringify(Array.from({ length: 200 }, (_, index) => index)))

		expect(wrapper.findAll('[role=treeitem]').length).toBeLessThan(60)
		await press('End')
		expect(active().text()).toContain('199')
	})

	it('asks for more by a line of its own', async () => {
		const { press, active } = await mounted(JSON.stringify(Array.from({ length: 450 }, (_, index) => index)))

		await press('End')
		expect(active().text()).toBe('Show next 200 of 450')
		await press('Enter')
		expect(active().text()).toContain('200')
		await press('End')
		expect(active().text()).toBe('Show next 50 of 450')
	})
})
