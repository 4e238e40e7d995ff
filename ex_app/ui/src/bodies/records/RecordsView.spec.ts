/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { RecordPage } from '../../api/bodies.ts'

import { enableAutoUnmount, flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import RecordsView from './RecordsView.vue'
import { listRecords } from '../../api/bodies.ts'
import { Problem } from '../../api/problem.ts'

vi.mock(import('../../api/bodies.ts'))
enableAutoUnmount(afterEach)

const list = vi.mocked(listRecords)
const PLACE = { logId: 'a', position: 0, side: 'response' } as const

/**
 * @param changes what the case is about
 */
function aPage(changes: Partial<RecordPage> = {}): RecordPage {
	return {
		position: 'data.items',
		isFoundByItself: false,
		total: 250,
		offset: 0,
		columns: ['id', 'owner'],
		rows: [[{ text: '1', kind: 'number', isCut: false }, { text: '{"name":"Ann"}', kind: 'object', isCut: true }]],
		problem: null,
		proposals: [],
		...changes,
	}
}

const MISSING = aPage({
	position: '',
	total: 0,
	columns: [],
	rows: [],
	problem: { type: 'position_missing', message: 'Records are expected at `items`.' },
	proposals: [{ position: 'data.items', count: 25, names: ['id', 'name'] }],
})

/**
 * @param props other than usual
 */
async function mounted(props: Partial<InstanceType<typeof RecordsView>['$props']> = {}) {
	const wrapper = mount(RecordsView, { props: { place: PLACE, resultsPosition: '', canUse: true, isCsv: false, ...props } })
	await flushPromises()
	return {
		wrapper,
		click: async (name: string) => {
			await wrapper.findAll('button').find((button) => (button.attributes('aria-label') ?? button.text()) === name)!.trigger('click')
			await flushPromises()
		},
		asked: () => list.mock.calls.map(([, position, offset]) => [position, offset]),
	}
}

beforeEach(() => {
	vi.resetAllMocks()
	list.mockImplementation(async (_, position) => position === 'data.items' ? aPage() : MISSING)
})

describe('the records of a body', () => {
	it('are counted, and shown as a table', async () => {
		const { wrapper, asked } = await mounted({ resultsPosition: 'data.items' })

		expect(asked()).toEqual([['data.items', 0]])
		expect(wrapper.get('.records-view__count').text()).toBe('250 records at data.items')
		expect(wrapper.findAll('thead th').map((head) => head.text())).toEqual(['#', 'id', 'owner'])
		expect(wrapper.findAll('tbody td').map((cell) => cell.text())).toEqual(['1', '{"name":"Ann"}…'])
		expect(wrapper.text()).not.toContain('Use this')
	})

	it('are proposed where the position finds none', async () => {
		const { wrapper, click, asked } = await mounted()
		expect(wrapper.text()).toContain('Records are expected at items.')
		expect(wrapper.text()).toContain('25 objects at data.items')
		expect(wrapper.text()).toContain('id, name')

		await click('Look here: data.items')
		expect(asked()).toEqual([['', 0], ['data.items', 0]])
		expect(wrapper.get('input').element.value).toBe('data.items')

		await click('Use this')
		expect(wrapper.emitted('usePosition')).toEqual([['data.items']])
	})

	it('may be used at once from a proposal', async () => {
		const { wrapper, click } = await mounted()

		await click('Use this: data.items')

		expect(wrapper.emitted('usePosition')).toEqual([['data.items']])
	})

	it('of a log entry can be looked at, and not kept', async () => {
		const { wrapper, click } = await mounted({ canUse: false })

		await click('Look here: data.items')

		expect(wrapper.text()).not.toContain('Use this')
	})

	it('are looked for at a position that somebody types', async () => {
		const { wrapper, asked } = await mounted()

		await wrapper.get('input').setValue(' data.items ')
		await wrapper.get('form').trigger('submit')
		await flushPromises()

		expect(asked().at(-1)).toEqual(['data.items', 0])
	})

	it('come a hundred at a time', async () => {
		const { wrapper, click, asked } = await mounted({ resultsPosition: 'data.items' })
		list.mockResolvedValue(aPage({ rows: Array.from({ length: 100 }, () => [null, null]) }))
		await click('Records after')

		expect(asked().at(-1)).toEqual(['data.items', 1])
		expect(wrapper.text()).toContain('1 to 100 of 250')
	})

	it('look again where the source was changed', async () => {
		const { wrapper, asked } = await mounted()

		await wrapper.setProps({ resultsPosition: 'data.items' })
		await flushPromises()

		expect(asked().at(-1)).toEqual(['data.items', 0])
	})

	it('that cannot be loaded say why', async () => {
		list.mockRejectedValueOnce(new Problem('timeout', 'No answer in time', 'Try again.'))
		const { wrapper, click } = await mounted()
		expect(wrapper.text()).toContain('No answer in time')

		await click('Retry')
		expect(wrapper.text()).toContain('25 objects at data.items')
	})
})
