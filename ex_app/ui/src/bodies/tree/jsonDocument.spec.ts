/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { describe, expect, it } from 'vitest'
import { JsonDocument } from './jsonDocument.ts'

const TEXT = '{"a": 12345678901234567890, "a": 1.0, "list": [true, null, "x\\n\\u00e9"], "it\'s \\"q\\"": {}}'

describe('a JSON document', () => {
	it('gives the nodes below its top as they came, doubled names and big numbers included', () => {
		const { parent, nodes, total } = JsonDocument.read(TEXT)!.page('', 0, 200)

		expect(parent).toMatchObject({ name: '$', location: '$', kind: 'object', count: 4, value: null })
		expect(total).toBe(4)
		expect(nodes.map(({ name, kind, value, count }) => [name, kind, value, count])).toEqual([
			['a', 'number', '12345678901234567890', 0],
			['a', 'number', '1.0', 0],
			['list', 'array', null, 3],
			['it\'s "q"', 'object', null, 0],
		])
	})

	it('gives what is below a node, a page at a time', () => {
		const document = JsonDocument.read(TEXT)!
		const list = document.page('', 0, 200).nodes[2]!

		expect(document.page(list.path, 0, 2).nodes.map(({ name, value }) => [name, value])).toEqual([['0', 'true'], ['1', 'null']])
		expect(document.page(list.path, 2, 2).nodes).toMatchObject([{ name: '2', kind: 'string', value: 'x\né', location: '$[\'list\'][2]' }])
	})

	it('writes locations as normalized paths', () => {
		const [, , , last] = JsonDocument.read(TEXT)!.page('', 0, 200).nodes

		expect(last!.location).toBe('$[\'it\\\'s "q"\']')
	})

	it('gives a node as it came', () => {
		const document = JsonDocument.read(TEXT)!

		expect(document.source('/2')).toBe('[true, null, "x\\n\\u00e9"]')
		expect(document.source('/2/2')).toBe('x\né')
		expect(document.source('')).toBe(TEXT)
	})

	it('cuts long values, and says so', () => {
		const [node] = JsonDocument.read(`["${'x'.repeat(1001)}"]`)!.page('', 0, 1).nodes

		expect(node).toMatchObject({ value: 'x'.repeat(1000), isCut: true })
	})

	it('may be ten thousand levels deep', () => {
		const document = JsonDocument.read('['.repeat(10_000) + ']'.repeat(10_000))!

		expect(document.page('/0'.repeat(9_998), 0, 200)).toMatchObject({ total: 1, nodes: [{ kind: 'array', count: 0 }] })
	})

	it.each(['7', ' "x" ', 'null'])('may be a single value: %s', (text) => {
		expect(JsonDocument.read(text)!.page('', 0, 200)).toMatchObject({ total: 0, parent: { value: JSON.parse(text) === null ? 'null' : String(JSON.parse(text)) } })
	})

	it.each(['', '{"a":', '<a/>'])('that is none has no tree: %s', (text) => {
		expect(JsonDocument.read(text)).toBeNull()
	})
})
