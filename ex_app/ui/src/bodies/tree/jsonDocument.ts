/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { BodyNode, NodeKind, NodePage } from '../../api/bodies.ts'

interface JsonNode {
	name: string | number
	kind: NodeKind
	/** Where it is in the text */
	start: number
	end: number
	parent: JsonNode | null
	children: JsonNode[]
}

const TOKEN = /\s*("[^"\\]*(?:\\[\s\S][^"\\]*)*"|[{}[\],:]|[^\s{}[\],:"]+)/gy
/** As the server cuts them. */
const MAX_VALUE = 1000

/**
 * A JSON text as a tree. The values stay as they came: parsing would round big numbers, and drop doubled names.
 */
export class JsonDocument {
	readonly #text: string
	readonly #top: JsonNode

	private constructor(text: string, top: JsonNode) {
		this.#text = text
		this.#top = top
	}

	/**
	 * @param text a whole body
	 * @return its tree; null when it is not JSON
	 */
	static read(text: string): JsonDocument | null {
		try {
			JSON.parse(text)
		} catch {
			return null
		}
		return new JsonDocument(text, parse(text))
	}

	/**
	 * What is below a node, as the server would tell.
	 *
	 * @param path of the node; empty: the top
	 * @param offset of the first one
	 * @param limit how many
	 */
	page(path: string, offset: number, limit: number): NodePage {
		const parent = this.#find(path)
		const nodes = parent.children.slice(offset, offset + limit).map((child, index) => this.#describe(child, `${path}/${offset + index}`))
		return { parent: this.#describe(parent, path), offset, total: parent.children.length, nodes }
	}

	/**
	 * A node as it came.
	 *
	 * @param path which one
	 */
	source(path: string): string {
		const node = this.#find(path)
		const raw = this.#text.slice(node.start, node.end)
		return node.kind === 'string' ? JSON.parse(raw) as string : raw
	}

	/**
	 * @param path positions among the children, from the top
	 */
	#find(path: string): JsonNode {
		return path.split('/').slice(1).reduce((node, position) => node.children[Number(position)]!, this.#top)
	}

	/**
	 * @param node which one
	 * @param path of it
	 */
	#describe(node: JsonNode, path: string): BodyNode {
		const isLeaf = node.kind !== 'object' && node.kind !== 'array'
		const value = isLeaf ? this.source(path) : null
		return {
			path,
			location: locationOf(node),
			name: String(node.name),
			kind: node.kind,
			value: value === null ? null : value.slice(0, MAX_VALUE),
			isCut: value !== null && value.length > MAX_VALUE,
			count: node.children.length,
		}
	}
}

/**
 * A normalized path (RFC 9535, section 2.7).
 *
 * @param node which node
 */
function locationOf(node: JsonNode): string {
	const parts: string[] = []
	for (let here: JsonNode | null = node; here.parent; here = here.parent) {
		parts.push(typeof here.name === 'number' ? `[${here.name}]` : `['${escaped(here.name)}']`)
	}
	return '$' + parts.reverse().join('')
}

/**
 * @param name a member's name
 */
function escaped(name: string): string {
	return JSON.stringify(name).slice(1, -1).replaceAll('\\"', '"').replaceAll('\'', '\\\'')
}

/**
 * @param text valid JSON
 */
function parse(text: string): JsonNode {
	const top: JsonNode = { name: '$', kind: 'null', start: 0, end: 0, parent: null, children: [] }
	const open: JsonNode[] = []
	let name: string | null = null
	for (const match of text.matchAll(TOKEN)) {
		const token = match[1]!
		const end = match.index + match[0].length
		const parent = open.at(-1)
		if (token === '}' || token === ']') {
			open.pop()!.end = end
		} else if (token !== ',' && token !== ':') {
			if (parent?.kind === 'object' && name === null) {
				name = JSON.parse(token) as string
				continue
			}
			const read = parent ? { ...top, name: name ?? parent.children.length, parent, children: [] } : top
			Object.assign(read, { kind: kindOf(token), start: end - token.length, end })
			parent?.children.push(read)
			name = null
			if (token === '{' || token === '[') {
				open.push(read)
			}
		}
	}
	return top
}

/**
 * @param token the first one of a value
 */
function kindOf(token: string): NodeKind {
	switch (token[0]) {
		case '{': return 'object'
		case '[': return 'array'
		case '"': return 'string'
		case 't':
		case 'f': return 'boolean'
		case 'n': return 'null'
		default: return 'number'
	}
}
