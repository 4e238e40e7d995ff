/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { mount } from '@vue/test-utils'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { defineComponent, h, nextTick, ref } from 'vue'
import TemplatePreview from './TemplatePreview.vue'
import { Problem } from '../api/problem.ts'
import { previewTemplates } from '../api/templates.ts'
import { createPreviewer, provideTemplates } from './templates.ts'

vi.mock(import('../api/templates.ts'))

const asking = vi.mocked(previewTemplates)

beforeEach(() => {
	vi.resetAllMocks()
	vi.useFakeTimers()
	asking.mockImplementation(async (_, texts) => texts.map(({ place, text }) => ({
		place,
		before: text,
		after: text.includes('nope') ? null : text.replace('{{ uuid() }}', '6f1c'),
		problem: text.includes('nope') ? 'There is no function “nope”.' : null,
	})))
})

describe('previews', () => {
	it('that are wanted within a moment are asked for together', async () => {
		const preview = createPreviewer(() => 's')
		const both = Promise.all([preview('X-A', 'a'), preview('X-B', 'b')])

		await vi.runAllTimersAsync()

		expect((await both).map((one) => one?.after)).toEqual(['a', 'b'])
		expect(asking).toHaveBeenCalledExactlyOnceWith('s', [{ place: 'X-A', text: 'a' }, { place: 'X-B', text: 'b' }])
	})

	it('are given up in silence when the server does not answer', async () => {
		asking.mockRejectedValue(new Problem('network', 'gone', ''))
		const wanted = createPreviewer(() => 's')('X-A', 'a')

		await vi.runAllTimersAsync()

		await expect(wanted).resolves.toBeNull()
	})

	it('of what is too long are not asked for', async () => {
		await expect(createPreviewer(() => 's')('body', 'x'.repeat(65_537))).resolves.toBeNull()

		expect(asking).not.toHaveBeenCalled()
	})
})

describe('a field with placeholders', () => {
	/**
	 * @param initial what is typed first
	 */
	function mountPreview(initial: string) {
		const text = ref(initial)
		const version = ref(1)
		const wrapper = mount(defineComponent({
			setup() {
				provideTemplates(() => 's', () => version.value)
				return () => h(TemplatePreview, { text: text.value, place: 'X-A' })
			},
		}))
		return { text, version, wrapper }
	}

	it('shows what they become', async () => {
		const { wrapper } = mountPreview('id {{ uuid() }}')
		await vi.runAllTimersAsync()

		expect(wrapper.text()).toContain('→ id 6f1c')
	})

	it('shows what is wrong with them', async () => {
		const { text, wrapper } = mountPreview('plain')
		text.value = '{{ nope() }}'
		await nextTick()
		await vi.runAllTimersAsync()

		expect(wrapper.text()).toBe('There is no function “nope”.')
	})

	it('without any shows nothing, and asks nobody', async () => {
		const { wrapper } = mountPreview('plain { text }')
		await vi.runAllTimersAsync()

		expect(wrapper.text()).toBe('')
		expect(asking).not.toHaveBeenCalled()
	})

	it('looks again when the source was saved', async () => {
		const { version } = mountPreview('{{ source.name }}')
		await vi.runAllTimersAsync()

		version.value = 2
		await nextTick()
		await vi.runAllTimersAsync()

		expect(asking).toHaveBeenCalledTimes(2)
	})

	it('outside of a source shows nothing', async () => {
		const wrapper = mount(TemplatePreview, { props: { text: '{{ uuid() }}', place: 'x' } })
		await vi.runAllTimersAsync()

		expect(wrapper.text()).toBe('')
	})
})
