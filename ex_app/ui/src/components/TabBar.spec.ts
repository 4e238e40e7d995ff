/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import TabBar from './TabBar.vue'

/** Two tabs, the first one open. */
function mountTabs() {
	return mount(TabBar as never, {
		attachTo: document.body,
		props: { modelValue: 'body', label: 'Parts', tabs: [{ value: 'body', label: 'Body' }, { value: 'headers', label: 'Headers', count: 14 }] } as never,
	})
}

describe('tabs', () => {
	it('say which one is open', () => {
		const tabs = mountTabs().findAll('[role="tab"]')

		expect(tabs.map((tab) => tab.attributes('aria-selected'))).toEqual(['true', 'false'])
		expect(tabs.map((tab) => tab.attributes('tabindex'))).toEqual(['0', '-1'])
		expect(tabs[1]!.text()).toBe('Headers 14')
	})

	it('open with a click', async () => {
		const wrapper = mountTabs()

		await wrapper.findAll('[role="tab"]')[1]!.trigger('click')

		expect(wrapper.emitted('update:modelValue')).toEqual([['headers']])
	})

	it('are walked through with the arrow keys, round and round', async () => {
		const wrapper = mountTabs()
		const [first, second] = wrapper.findAll<HTMLElement>('[role="tab"]')
		first!.element.focus()

		await first!.trigger('keydown', { key: 'ArrowRight' })
		expect(document.activeElement).toBe(second!.element)

		await second!.trigger('keydown', { key: 'ArrowRight' })
		expect(document.activeElement).toBe(first!.element)
	})
})
