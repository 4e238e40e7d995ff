/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { QueryReading } from '../../api/logQuestions.ts'

import { flushPromises, mount } from '@vue/test-utils'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import QueryBox from './QueryBox.vue'
import { readQuery } from '../../api/logQuestions.ts'

vi.mock(import('../../api/logQuestions.ts'))

const read = vi.mocked(readQuery)
const COMPLETIONS = ['status:', 'source:'].map((text) => ({ start: 0, end: 1, text, label: text, detail: '' }))

/**
 * @param changes what the server answers
 */
function reading(changes: Partial<QueryReading>): QueryReading {
	return { terms: [], problem: null, completions: [], ...changes }
}

/**
 * @param query what is asked for already
 */
function mountBox(query = '') {
	const wrapper = mount(QueryBox, { attachTo: document.body, props: { query } })
	return { wrapper, input: wrapper.get<HTMLInputElement>('input') }
}

beforeEach(() => {
	vi.resetAllMocks()
	vi.useFakeTimers()
	read.mockResolvedValue(reading({ completions: COMPLETIONS }))
})

describe('the box of the query', () => {
	it('offers completions once one stops typing, and takes one with the keyboard', async () => {
		const { wrapper, input } = mountBox()
		await input.setValue('s')
		expect(read).not.toHaveBeenCalled()
		await vi.advanceTimersByTimeAsync(200)

		expect(input.attributes('aria-expanded')).toBe('true')
		await input.trigger('keydown', { key: 'ArrowDown' })
		await input.trigger('keydown', { key: 'ArrowDown' })
		expect(wrapper.get('[aria-selected="true"]').text()).toBe('source:')
		await input.trigger('keydown', { key: 'Enter' })
		await flushPromises()

		expect(input.element.value).toBe('source:')
		expect(wrapper.emitted('apply')).toBeUndefined()
		expect(read).toHaveBeenLastCalledWith('source:', 7, expect.anything())
	})

	it('applies with Enter when no completion is marked', async () => {
		const { wrapper, input } = mountBox()
		await input.setValue(' s ')
		await vi.advanceTimersByTimeAsync(200)

		await input.trigger('keydown', { key: 'Enter' })
		await flushPromises()

		expect(wrapper.emitted('apply')).toEqual([['s']])
		expect(input.attributes('aria-expanded')).toBe('false')
	})

	it('closes the list with Escape, and keeps the text', async () => {
		const { input } = mountBox()
		await input.setValue('s')
		await vi.advanceTimersByTimeAsync(200)

		await input.trigger('keydown', { key: 'Escape' })

		expect(input.attributes('aria-expanded')).toBe('false')
		expect(input.element.value).toBe('s')
	})

	it('says what is wrong and where, and applies what was meant', async () => {
		const problem = { start: 0, end: 6, message: '“statsu” is no name to filter by.', suggestion: 'status:404' }
		read.mockResolvedValueOnce(reading({ problem }))
		const { wrapper, input } = mountBox()
		await input.setValue('statsu:404')

		await input.trigger('keydown', { key: 'Enter' })
		await flushPromises()

		expect(wrapper.emitted('apply')).toBeUndefined()
		expect(input.attributes('aria-invalid')).toBe('true')
		expect(wrapper.get('.query-mirror__place').text()).toBe('statsu')
		await wrapper.get('.query-mistake__suggestion').trigger('click')
		await flushPromises()
		expect(wrapper.emitted('apply')).toEqual([['status:404']])
	})

	it('says what is wrong with the query of a link', async () => {
		read.mockResolvedValueOnce(reading({ problem: { start: 0, end: 3, message: 'No.', suggestion: null } }))
		const { wrapper } = mountBox('x:1')
		await flushPromises()

		expect(wrapper.get('.query-mistake').text()).toContain('No.')
	})

	it('counts characters, not units, for the server', async () => {
		const { input } = mountBox()
		await input.setValue('🎉s')
		input.element.setSelectionRange(3, 3)
		await input.trigger('input')
		await vi.advanceTimersByTimeAsync(200)

		expect(read).toHaveBeenLastCalledWith('🎉s', 2, expect.anything())
	})
})
