/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { BodyNode } from '../../api/bodies.ts'
import type { Problem } from '../../api/problem.ts'
import type { NodeSource } from './nodeSource.ts'

import { toProblem } from '../../api/problem.ts'

/** How many nodes are asked for at a time. */
export const PAGE_SIZE = 200
/** Opening a whole level asks for the nodes below so many nodes, at most. */
const MAX_OPENED = 50

/** A node of the tree, and what the page knows of those below it. */
export interface TreeItem {
	/** For the page: unique within the tree */
	id: number
	node: BodyNode
	/** From 1 */
	level: number
	/** Among those with the same parent, from 1 */
	position: number
	parent: TreeItem | null
	/** As far as they are known; null: nobody has asked */
	children: TreeItem[] | null
	isOpen: boolean
	isLoading: boolean
	problem: Problem | null
}

/** One line: a node, or what stands in the place of those that are not there (yet). */
export type TreeRow = { type: 'node', item: TreeItem } | { type: 'more', item: TreeItem } | { type: 'problem', item: TreeItem }

/** A tree of which each level is asked for when somebody opens it. */
export class BodyTree {
	readonly #source: NodeSource
	readonly #changed: () => void
	#nextId = 1
	top: TreeItem | null = null
	problem: Problem | null = null

	/**
	 * @param source where nodes come from
	 * @param changed is told when the rows are others than before
	 */
	constructor(source: NodeSource, changed: () => void) {
		this.#source = source
		this.#changed = changed
	}

	/** Asks for the top and what is right below. */
	async begin(): Promise<void> {
		this.problem = null
		try {
			const page = await this.#source.page('', 0, PAGE_SIZE)
			this.top = this.#item(page.parent, null, 1)
			this.top.node = { ...page.parent, count: page.total }
			this.top.isOpen = true
			this.top.children = page.nodes.map((node, index) => this.#item(node, this.top, index + 1))
		} catch (error) {
			this.problem = toProblem(error)
		}
		this.#changed()
	}

	/** The lines in their order. */
	rows(): TreeRow[] {
		const rows: TreeRow[] = []
		// Not recursive: a body may be deeper than the stack.
		const waiting: TreeRow[] = this.top ? [{ type: 'node', item: this.top }] : []
		for (let row = waiting.pop(); row; row = waiting.pop()) {
			rows.push(row)
			const { item } = row
			if (row.type === 'node' && item.isOpen) {
				const children = item.children ?? []
				if (item.problem) {
					waiting.push({ type: 'problem', item })
				} else if (children.length < item.node.count) {
					waiting.push({ type: 'more', item })
				}
				waiting.push(...children.toReversed().map((child) => ({ type: 'node' as const, item: child })))
			}
		}
		return rows
	}

	/**
	 * Shows what is below a node.
	 *
	 * @param item which one
	 */
	async open(item: TreeItem): Promise<void> {
		if (item.node.count === 0 || item.isOpen) {
			return
		}
		item.isOpen = true
		this.#changed()
		if (!item.children) {
			await this.loadMore(item)
		}
	}

	/**
	 * Hides what is below a node.
	 *
	 * @param item which one
	 */
	close(item: TreeItem): void {
		item.isOpen = false
		this.#changed()
	}

	/**
	 * Asks for the next nodes below one.
	 *
	 * @param item below which
	 */
	async loadMore(item: TreeItem): Promise<void> {
		if (item.isLoading) {
			return
		}
		item.isLoading = true
		item.problem = null
		this.#changed()
		try {
			const before = item.children?.length ?? 0
			const page = await this.#source.page(item.node.path, before, PAGE_SIZE)
			const added = page.nodes.map((node, index) => this.#item(node, item, before + index + 1))
			item.children = [...item.children ?? [], ...added]
			// Whatever the node was said to have below: what does not come is not there.
			item.node = { ...item.node, count: added.length > 0 ? page.total : item.children.length }
		} catch (error) {
			item.problem = toProblem(error)
		}
		item.isLoading = false
		this.#changed()
	}

	/** Hides everything but the first level. */
	closeAll(): void {
		const waiting = [...this.top?.children ?? []]
		for (let item = waiting.pop(); item; item = waiting.pop()) {
			item.isOpen = false
			waiting.push(...item.children ?? [])
		}
		this.#changed()
	}

	/** Shows one level more, everywhere. */
	async openNextLevel(): Promise<void> {
		const closed = this.rows().flatMap((row) => row.type === 'node' && !row.item.isOpen && row.item.node.count > 0 ? row.item : [])
		const level = Math.min(...closed.map((item) => item.level))
		const wanted = closed.filter((item) => item.level === level)
		const known = wanted.filter((item) => item.children)
		const unknown = wanted.filter((item) => !item.children).slice(0, MAX_OPENED)
		await Promise.all([...known, ...unknown].map((item) => this.open(item)))
	}

	/**
	 * @param node what the source told
	 * @param parent above it
	 * @param position among its siblings, from 1
	 */
	#item(node: BodyNode, parent: TreeItem | null, position: number): TreeItem {
		const level = (parent?.level ?? 0) + 1
		return { id: this.#nextId++, node, level, position, parent, children: null, isOpen: false, isLoading: false, problem: null }
	}
}
