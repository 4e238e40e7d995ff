/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { BodyNode } from '../../api/bodies.ts'
import type { TreeRow } from './bodyTree.ts'

import { describe, expect, it, vi } from 'vitest'
import { Problem } from '../../api/problem.ts'
import { BodyTree, PAGE_SIZE } from './bodyTree.ts'
import { localNodes } from './nodeSource.ts'

/**
 * @param row a line of the tree
 */
function words(row: TreeRow) {
	return row.type === 'node' ? `${'  '.repeat(row.item.level - 1)}${row.item.node.name}` : `${'  '.repeat(row.item.level)}<${row.type}>`
}

/**
 * @param text JSON
 */
async function aTree(text: string) {
	const source = localNodes(text)!
	const page = vi.spyOn(source, 'page')
	const tree = new BodyTree(source, () => {})
	await tree.begin()
	return { tree, page, names: () => tree.rows().map(words), item: (index: number) => tree.rows()[index]!.item }
}

describe('a tree', () => {
	it('begins with its first level', async () => {
		const { names, page } = await aTree('{"a":{"b":{"c":1}},"d":2}')

		expect(names()).toEqual(['$', '  a', '  d'])
		expect(page).toHaveBeenCalledTimes(1)
	})

	it('asks for a level when it is opened, and only once', async () => {
		const { tree, names, item, page } = await aTree('{"a":{"b":{"c":1}},"d":2}')

		await tree.open(item(1))
		tree.close(item(1))
		await tree.open(item(1))

		expect(names()).toEqual(['$', '  a', '    b', '  d'])
		expect(page).toHaveBeenCalledTimes(2)
	})

	it('offers the rest of a long level', async () => {
		const { tree, names, item } = await aTree(JSON.stringify({ list: Array.from({ length: 450 }, (_, index) => index) }))

		await tree.open(item(1))
		expect(names()).toHaveLength(2 + PAGE_SIZE + 1)
		expect(names().at(-1)).toBe('    <more>')

		await tree.loadMore(item(1))
		await tree.loadMore(item(1))
		expect(names()).toHaveLength(452)
		expect(names().at(-1)).toBe('    449')
		expect(item(451).position).toBe(450)
	})

	it('opens level after level, and folds all but the first', async () => {
		const { tree, names } = await aTree('{"a":{"b":{"c":1}},"d":[[2]]}')

		await tree.openNextLevel()
		expect(names()).toEqual(['$', '  a', '    b', '  d', '    0'])
		await tree.openNextLevel()
		expect(names()).toEqual(['$', '  a', '    b', '      c', '  d', '    0', '      0'])

		tree.closeAll()
		expect(names()).toEqual(['$', '  a', '  d'])
	})

	it('says what went wrong in the place of what is missing, and tries again', async () => {
		const { tree, names, item, page } = await aTree('{"a":[1]}')
		page.mockRejectedValueOnce(new Problem('timeout', 'No answer in time', ''))

		await tree.open(item(1))
		expect(names()).toEqual(['$', '  a', '    <problem>'])

		await tree.loadMore(item(1))
		expect(names()).toEqual(['$', '  a', '    0'])
	})

	it('keeps the problem when nothing comes at all', async () => {
		const tree = new BodyTree({ page: () => Promise.reject(new Problem('timeout', 'No answer in time', '')) }, () => {})

		await tree.begin()

		expect(tree.problem?.title).toBe('No answer in time')
		expect(tree.rows()).toEqual([])
	})

	it('does not offer for ever what does not come', async () => {
		const node: BodyNode = { path: '', location: '$', name: '$', kind: 'array', value: null, isCut: false, count: 3 }
		const tree = new BodyTree({ page: async (path, offset) => ({ parent: node, offset, total: 3, nodes: offset === 0 ? [node] : [] }) }, () => {})
		await tree.begin()

		await tree.loadMore(tree.top!)

		expect(tree.rows().map(({ type }) => type)).toEqual(['node', 'node'])
	})
})
