/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, nextTick } from 'vue'
import { readContent } from '../../api/bodies.ts'
import { aBody } from '../../factories.ts'
import { useContent } from '../useContent.ts'
import { PRETTY_LIMIT, useLayout } from './useLayout.ts'

vi.mock(import('../../api/bodies.ts'))

/**
 * @param body a body
 * @param format what it is
 */
function layoutOf(body: ReturnType<typeof aBody>, format: 'json' | 'xml' | 'text') {
	return effectScope().run(() => {
		const content = useContent(() => body, () => ({ logId: 'a', position: 0, side: 'response' }))
		return { content, pretty: useLayout(content, () => format) }
	})!
}

beforeEach(() => {
	vi.resetAllMocks()
})

describe('the layout of a body', () => {
	it.each([
		['json', '{"a":1}', '{\n  "a": 1\n}'],
		['xml', '<a><b/></a>', '<a>\n  <b/>\n</a>'],
		['json', '{"a":', null],
		['text', '{"a":1}', null],
	] as const)('of %s %s', (format, content, pretty) => {
		expect(layoutOf(aBody({ content }), format).pretty.value).toBe(pretty)
	})

	it('is not tried when it is large', () => {
		expect(layoutOf(aBody({ content: `"${'x'.repeat(PRETTY_LIMIT)}"` }), 'json').pretty.value).toBeNull()
	})

	it('of the beginning of a body goes as far as that, and on with what is loaded', async () => {
		const { content, pretty } = layoutOf(aBody({ content: '[1,{"a":"b', isPreview: true, size: 14, keptSize: 14 }), 'json')
		expect(pretty.value).toBe('[\n  1,\n  {\n    "a": "b')

		vi.mocked(readContent).mockResolvedValueOnce(new TextEncoder().encode('c"}]'))
		await content.loadMore()
		await nextTick()

		expect(pretty.value).toBe('[\n  1,\n  {\n    "a": "bc"\n  }\n]')
	})

	it('of a body that was cut off goes as far as that', () => {
		expect(layoutOf(aBody({ content: '{"a":[1,2', isTruncated: true }), 'json').pretty.value).toBe('{\n  "a": [\n    1,\n    2')
		expect(layoutOf(aBody({ content: '<a><b>', isTruncated: true }), 'xml').pretty.value).toBe('<a>\n  <b>')
	})

	it('is left out where the beginning is that of something else', () => {
		expect(layoutOf(aBody({ content: 'Internal error, sorry', isPreview: true }), 'json').pretty.value).toBeNull()
	})
})
