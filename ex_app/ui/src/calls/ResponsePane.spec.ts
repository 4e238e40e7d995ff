/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { RecordPage } from '../api/bodies.ts'
import type { PagesRead, PaginationProposal } from '../api/types.ts'

import { enableAutoUnmount, flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { defineComponent, h, reactive } from 'vue'
import { createMemoryHistory } from 'vue-router'
import ResponsePane from './ResponsePane.vue'
import { listRecords } from '../api/bodies.ts'
import { readProposals } from '../api/pages.ts'
import { Problem } from '../api/problem.ts'
import { provideFieldErrors } from '../components/fieldErrors.ts'
import { aCall, anExchange, aSource } from '../factories.ts'
import { paginationOf } from '../pages/paginationWords.ts'
import { createAppRouter } from '../router.ts'

vi.mock(import('../api/bodies.ts'))
vi.mock(import('../api/pages.ts'))
enableAutoUnmount(afterEach)

const LINK: PaginationProposal = { pagination: paginationOf('next_link', null), evidence: 'There is a link.' }
const PAGES: PagesRead = { pages: 2, records: 20, recordsProblem: null, endedBy: 'last_page', detail: 'Page 2 names no next page.' }
const ELSEWHERE = {
	problem: { type: 'position_not_found', message: 'There is no `rows`.' },
	proposals: [{ position: 'data.items', count: 25, names: ['id'] }],
} as unknown as RecordPage

/**
 * @param pointers where the mistakes are
 */
function problemAt(...pointers: string[]) {
	const errors = pointers.map((pointer) => ({ pointer, detail: `wrong ${pointer}`, code: 'wrong' }))
	return new Problem('answer', 'Invalid', 'Look at the fields.', { type: 'x', title: 'Invalid', status: 422, detail: '', errors })
}

/**
 * @param changes to what is shown
 */
async function mounted(changes: Record<string, unknown> = {}) {
	const props = reactive<Record<string, unknown>>({ source: aSource(), task: 'call', call: aCall(), verification: null, problem: null, isRunning: false, pages: null, pagination: null, ...changes })
	const emitted: [string, unknown][] = []
	const listeners = Object.fromEntries(['follow', 'keepPages', 'usePosition'].map((name) => [`on${name[0]!.toUpperCase()}${name.slice(1)}`, (value: unknown) => emitted.push([name, value])]))
	let errors: ReturnType<typeof provideFieldErrors>
	const wrapper = mount(defineComponent({
		setup() {
			errors = provideFieldErrors()
			return () => h(ResponsePane, {
				...props as unknown as InstanceType<typeof ResponsePane>['$props'],
				...listeners,
				'onUpdate:pagination': (value: unknown) => {
					props.pagination = value
				},
			})
		},
	}), { global: { plugins: [createAppRouter(createMemoryHistory())], stubs: { BodyViewer: true } }, attachTo: document.body })
	const button = (label: string) => wrapper.findAll('button, [role="tab"]').find((element) => element.text() === label || element.attributes('aria-label') === label)!
	const click = async (label: string) => {
		await button(label).trigger('click')
		await flushPromises()
	}
	await flushPromises()
	await wrapper.get('[id="response-pages-tab"]').trigger('click')
	await flushPromises()
	return { wrapper, props, emitted, click, button, errors: errors! }
}

beforeEach(() => {
	vi.resetAllMocks()
	vi.mocked(readProposals).mockResolvedValue([LINK])
})

describe('the pages of an answer', () => {
	it('are followed, and kept, as somebody chose though their last one proposes something else', async () => {
		const { props, click, emitted, wrapper } = await mounted()
		await wrapper.get('input[placeholder="links.next"]').setValue('links.following')
		await click('Follow the pages')
		const wanted = { ...LINK.pagination, position: 'links.following' }
		expect(emitted).toEqual([['follow', wanted]])

		vi.mocked(readProposals).mockResolvedValue([{ pagination: paginationOf('page', null), evidence: '' }])
		const exchanges = [anExchange(), anExchange({ position: 1, kind: 'page' })]
		Object.assign(props, { call: aCall({ id: '0190a5d0-0000-7000-8000-00000000000b', exchanges }), pages: PAGES })
		await flushPromises()

		await click('Keep on the source')
		expect(emitted.at(-1)).toEqual(['keepPages', wanted])
	})

	it('stay where a mistake is told at its field', async () => {
		const { wrapper, props, errors } = await mounted()
		const problem = problemAt('/pages/position')
		errors.take(problem)
		props.problem = problem
		await flushPromises()

		expect(wrapper.get('input[placeholder="links.next"]').attributes('aria-invalid')).toBe('true')
		expect(wrapper.text()).toContain('wrong /pages/position')
		expect(wrapper.text()).not.toContain('Look at the fields.')
		expect(errors.unplaced.value).toEqual([])
	})

	it.each(['/path', '/pagesX'])('give way to another problem: %s', async (pointer) => {
		const { wrapper, props } = await mounted()
		props.problem = problemAt(pointer)
		await flushPromises()

		expect(wrapper.text()).toContain('Look at the fields.')
		expect(wrapper.find('form').exists()).toBe(false)
	})

	it('without records are no success, and say where some are', async () => {
		vi.mocked(listRecords).mockResolvedValue(ELSEWHERE)
		const exchanges = [anExchange(), anExchange({ position: 1, kind: 'page' })]
		const { wrapper, click, emitted } = await mounted({
			source: aSource({ resultsPosition: 'rows' }),
			call: aCall({ exchanges }),
			pages: { ...PAGES, records: null, recordsProblem: 'There is no `rows`.' },
		})

		expect(wrapper.find('.notecard--warning').exists()).toBe(true)
		expect(wrapper.get('[data-testid="pages-count"]').text()).toBe('2 pages, no records found')
		expect(wrapper.text()).toContain('There is no rows.')
		expect(vi.mocked(listRecords).mock.calls.map(([place, position]) => [place.position, position])).toEqual([[0, 'rows']])
		await click('Use this: data.items')
		expect(emitted).toEqual([['usePosition', 'data.items']])
	})

	it('with records are a success', async () => {
		const { wrapper } = await mounted({ pages: PAGES })

		expect(wrapper.find('.notecard--success').exists()).toBe(true)
		expect(wrapper.get('[data-testid="pages-count"]').text()).toBe('2 pages, 20 records')
	})
})
