/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { BodyView } from '../api/bodies.ts'

import { enableAutoUnmount, flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import BodyViewer from './BodyViewer.vue'
import { listRecords, queryBody, viewBody } from '../api/bodies.ts'
import { Problem } from '../api/problem.ts'
import { aBody } from '../factories.ts'

vi.mock(import('../api/bodies.ts'), async (original) => ({ ...await original(), viewBody: vi.fn(), listNodes: vi.fn(), listRecords: vi.fn(), queryBody: vi.fn(), searchBody: vi.fn(), readContent: vi.fn() }))
enableAutoUnmount(afterEach)

const view = vi.mocked(viewBody)
const PLACE = { logId: 'a', position: 0, side: 'response' } as const

/**
 * @param changes what the case is about
 */
function aView(changes: Partial<BodyView> = {}): BodyView {
	return { format: 'json', mediaType: 'application/json', charset: 'utf-8', charsetFrom: 'header', size: 15, keptSize: 15, hasTree: true, namespaces: {}, findings: [], parts: [], ...changes }
}

/**
 * @param body what is shown
 * @param props other than usual
 */
async function mounted(body = aBody(), props: Partial<InstanceType<typeof BodyViewer>['$props']> = {}) {
	const wrapper = mount(BodyViewer, { props: { body, place: PLACE, fileName: 'parcels', ...props }, attachTo: document.body })
	await flushPromises()
	// The editor is loaded when it is shown for the first time.
	await vi.dynamicImportSettled()
	return {
		wrapper,
		ways: () => wrapper.findAll('.way-switch__way').map((way) => way.text()),
		choose: async (way: string) => {
			await wrapper.findAll('.way-switch__way').find((label) => label.text() === way)!.get('input').setValue(true)
			await flushPromises()
		},
		labels: () => wrapper.findAll('button').map((button) => button.attributes('aria-label') ?? button.text()),
		button: (label: string) => wrapper.findAll('button').find((button) => (button.attributes('aria-label') ?? button.text()) === label)!,
	}
}

beforeEach(() => {
	vi.resetAllMocks()
	view.mockResolvedValue(aView())
})

describe('the viewer of a body', () => {
	it('shows JSON as text, and offers a tree and a table', async () => {
		const { wrapper, ways } = await mounted()

		expect(ways()).toEqual(['Text', 'Tree', 'Records', 'Hex'])
		expect(wrapper.get('.cm-content').text()).toContain('"status": "ok"')
		expect(wrapper.get('.body-viewer__facts').text()).toBe('application/json · UTF-8 · 15 B')
	})

	it('remembers how one looks at a format', async () => {
		const first = await mounted()
		await first.choose('Tree')
		expect(first.wrapper.find('[role=tree]').exists()).toBe(true)

		const second = await mounted()
		expect(second.wrapper.find('[role=tree]').exists()).toBe(true)
	})

	it('needs no server for the tree of JSON that is here', async () => {
		const { wrapper, ways, choose } = await mounted(aBody(), { place: null })

		expect(view).not.toHaveBeenCalled()
		expect(ways()).toEqual(['Text', 'Tree', 'Hex'])
		await choose('Tree')
		expect(wrapper.get('[role=tree]').text()).toContain('"ok"')
		expect(wrapper.find('form').exists()).toBe(false)
	})

	it('does without what needs the server when the log entry is gone', async () => {
		view.mockRejectedValue(new Problem('answer', 'Not found', '', { type: 'urn:problem:not-found', title: 'Not found', status: 404, detail: null, instance: null } as never))

		const { ways } = await mounted()

		expect(ways()).toEqual(['Text', 'Tree', 'Hex'])
	})

	it('says what it does not show of a long body, and loads more of it', async () => {
		const { wrapper, button } = await mounted(aBody({ content: '{"a":1', isPreview: true, size: 50_331_648, keptSize: 50_331_648 }))

		expect(wrapper.get('.not-shown').text()).toContain('The first 6 B of 48 MiB are shown. Tree, search and query work on all of it.')
		expect(button('Load more').exists()).toBe(true)
		expect(wrapper.get('.cm-content').text()).toContain('"a": 1')
	})

	it('searches a long body on the server', async () => {
		const { wrapper, button } = await mounted(aBody({ content: '{"a":1', isPreview: true, size: 50_331_648, keptSize: 50_331_648 }))

		await button('Search in the body').trigger('click')

		expect(wrapper.find('[aria-label="Search in the whole body"]').exists()).toBe(true)
		expect(wrapper.find('.cm-search').exists()).toBe(false)
	})

	it('searches a short body where it is', async () => {
		const { wrapper, button } = await mounted()

		await button('Search in the body').trigger('click')

		expect(wrapper.find('[aria-label="Search in the whole body"]').exists()).toBe(false)
		expect(wrapper.find('.cm-search').exists()).toBe(true)
	})

	it('says what was cut off, and what is odd', async () => {
		const message = 'The name “a” occurs 2 times in the same object.'
		view.mockResolvedValue(aView({ findings: [{ type: 'duplicate_keys', message, location: '$[\'a\']' }] }))

		const { wrapper, labels } = await mounted(aBody({ isTruncated: true, size: 2_097_152, keptSize: 1_048_576 }))

		expect(wrapper.get('.body-notes').text()).toContain('Cut off: 1 MiB of 2 MiB are kept.')
		expect(wrapper.get('.body-notes').text()).toContain(`${message} ($['a'])`)
		expect(labels()).toContain('Download what is kept: 1 MiB of 2 MiB')
	})

	it('says how the charset is known', async () => {
		view.mockResolvedValue(aView({ format: 'text', mediaType: 'text/plain', charset: 'iso-8859-1', charsetFrom: 'detected', hasTree: false }))

		const { wrapper, ways } = await mounted(aBody({ content: 'Grüße', mediaType: 'text/plain' }))

		expect(wrapper.get('.body-viewer__facts').text()).toBe('text/plain · ISO-8859-1, detected · 5 B')
		expect(ways()).toEqual(['Text', 'Hex'])
	})

	it('shows matches in the place of the tree, which is as it was afterwards', async () => {
		vi.mocked(queryBody).mockResolvedValue({ language: 'jsonpath', total: 300, isComplete: true, matches: [{ path: '/a', location: '$[\'a\']', name: 'a', kind: 'number', value: '7', isCut: false, count: 0 }] })
		const { wrapper, choose } = await mounted()
		await choose('Tree')

		await wrapper.get('.ask-box input').setValue('$.a')
		await wrapper.get('.ask-box').trigger('submit')
		await flushPromises()

		expect(wrapper.get('.match-list').text()).toContain('300 matches, the first 1 are shown')
		expect(wrapper.get('.match-list').text()).toContain('7')
		expect(wrapper.get('.tree-view').isVisible()).toBe(false)

		await wrapper.get('.ask-box input').trigger('keydown', { key: 'Escape' })
		expect(wrapper.find('.match-list').exists()).toBe(false)
		expect(wrapper.get('.tree-view').isVisible()).toBe(true)
	})

	it('hands over the position of records', async () => {
		vi.mocked(listRecords).mockResolvedValue({ position: '', isFoundByItself: false, total: 0, offset: 0, columns: [], rows: [], problem: { type: 'position_missing', message: 'None.' }, proposals: [{ position: 'data', count: 2, names: [] }] })
		const { wrapper, choose, button } = await mounted(aBody(), { resultsPosition: 'items', canUsePosition: true })

		await choose('Records')
		expect(vi.mocked(listRecords).mock.calls[0]!.slice(0, 2)).toEqual([PLACE, 'items'])
		await button('Use this: data').trigger('click')

		expect(wrapper.emitted('usePosition')).toEqual([['data']])
	})

	it('shows a page in a frame without any rights', async () => {
		view.mockResolvedValue(aView({ format: 'html', mediaType: 'text/html', hasTree: false }))
		const { wrapper, ways, choose } = await mounted(aBody({ content: '<h1>Hi</h1><script>alert(1)</script>', mediaType: 'text/html' }))
		expect(ways()).toEqual(['Text', 'Preview', 'Hex'])

		await choose('Preview')

		const frame = wrapper.get('iframe')
		expect(frame.attributes('sandbox')).toBe('')
		expect(frame.attributes('srcdoc')).toContain('default-src \'none\'')
	})

	it('lists the parts of a multipart body', async () => {
		view.mockResolvedValue(aView({ format: 'multipart', mediaType: 'multipart/related', charset: null, charsetFrom: null, hasTree: false, parts: [{ position: 0, mediaType: 'image/png', contentId: 'img@x', fileName: 'photo.png', size: 2048 }] }))

		const { wrapper, ways } = await mounted(aBody({ content: 'AP8=', encoding: 'base64', mediaType: 'multipart/related' }))

		expect(ways()).toEqual(['Parts', 'Hex'])
		expect(wrapper.get('.part-list').text().replace(/\s+/g, ' ')).toBe('photo.pngimage/png · 2 KiB · img@x')
		expect(wrapper.get('.part-list a').attributes('href')).toContain('/logs/a/exchanges/0/response/content?part=0')
	})

	it('shows bytes in hexadecimal', async () => {
		view.mockResolvedValue(aView({ format: 'binary', mediaType: null, charset: null, charsetFrom: null, hasTree: false }))

		const { wrapper, ways } = await mounted(aBody({ content: 'AP8=', encoding: 'base64', mediaType: null, size: 2 }))

		expect(ways()).toEqual([])
		expect(wrapper.get('.hex-view').text()).toContain('00000000  00 ff')
		expect(wrapper.get('.body-viewer__facts').text()).toBe('binary data · 2 B')
	})
})
