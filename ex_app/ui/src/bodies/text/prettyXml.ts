/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

const INDENT = '  '
const MAX_DEPTH = 500
// Each piece begins where the one before ended, and the first that does not match ends it: so a strange text takes no longer than a good one.
const MARKUP = /<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<\?[\s\S]*?\?>|<!DOCTYPE(?:[^[>]|\[[\s\S]*?\])*>|<[^!?](?:"[^"]*"|'[^']*'|[^>"'])*>|[^<]+/gy

interface Node {
	/** An opening tag, or a piece that has no inside */
	text: string
	children: Node[]
	/** The closing tag, once it has come; null for a piece that has no inside */
	end: string | null
	isText: boolean
}

/**
 * Lay XML out over lines. Elements that hold text keep it untouched, spaces and line breaks included: only the space between elements is ours.
 *
 * @param text XML
 * @param isCut it is the beginning of a longer one: its last elements have no end
 * @return the same, laid out; null when its tags do not match, or it is too deep
 */
export function prettyXml(text: string, isCut = false): string | null {
	const root = piece('')
	const open = [root]
	let seen = 0
	for (const [token] of text.matchAll(MARKUP)) {
		seen += token.length
		if (!take(token, open)) {
			return null
		}
	}
	if (!isCut && (open.length > 1 || seen < text.length)) {
		return null
	}
	if (seen < text.length) {
		open.at(-1)!.children.push(piece(text.slice(seen)))
	}
	for (const node of open) {
		node.end ??= ''
	}
	return root.children.filter((node) => !isBlank(node)).map((node) => write(node, 0)).join('\n')
}

/**
 * @param token the next piece
 * @param open the elements around it, the outermost first
 * @return whether it may stand there
 */
function take(token: string, open: Node[]): boolean {
	const parent = open.at(-1)!
	if (token.startsWith('</')) {
		parent.end = token
		open.pop()
		return nameOf(token) === nameOf(parent.text)
	}
	const node = piece(token)
	parent.children.push(node)
	if (token.startsWith('<') && !/^<[!?]/.test(token) && !token.endsWith('/>')) {
		open.push(node)
	}
	return open.length < MAX_DEPTH
}

/**
 * @param text a tag, a comment, a piece of text …
 */
function piece(text: string): Node {
	return { text, children: [], end: null, isText: !text.startsWith('<') || text.startsWith('<![CDATA[') }
}

/**
 * @param tag an opening or closing one
 */
function nameOf(tag: string): string | undefined {
	return /^<\/?([^\s>/]+)/.exec(tag)?.[1]
}

/**
 * @param node any node
 */
function isBlank(node: Node): boolean {
	return node.isText && node.text.trim() === ''
}

/**
 * @param node any node
 * @param depth how far it is indented
 */
function write(node: Node, depth: number): string {
	const indent = INDENT.repeat(depth)
	if (node.end === null) {
		return indent + node.text.trim()
	}
	const children = node.children.filter((child) => !isBlank(child))
	if (children.length === 0 || children.some(({ isText }) => isText)) {
		return indent + verbatim(node)
	}
	const lines = [indent + node.text, ...children.map((child) => write(child, depth + 1))]
	return (node.end === '' ? lines : [...lines, indent + node.end]).join('\n')
}

/**
 * @param node any node
 */
function verbatim(node: Node): string {
	return node.text + node.children.map(verbatim).join('') + (node.end ?? '')
}
