/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

const INDENT = '  '
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g

/**
 * Lay JSON out over lines. The tokens stay as they came: parsing and writing again would round big numbers and drop doubled keys, and
 * then the page would show what the other side never sent.
 *
 * @param text JSON
 * @return the same, laid out; null when it is not JSON
 */
export function prettyJson(text: string): string | null {
	try {
		JSON.parse(text)
	} catch {
		return null
	}
	let depth = 0
	let previous = ''
	const parts: string[] = []
	for (const [token] of text.matchAll(TOKEN)) {
		if (token === '}' || token === ']') {
			depth -= 1
			if (previous !== '{' && previous !== '[') {
				parts.push(newLine(depth))
			}
		} else if (previous === '{' || previous === '[' || previous === ',') {
			parts.push(newLine(depth))
		}
		if (token === '{' || token === '[') {
			depth += 1
		}
		parts.push(token === ':' ? ': ' : token)
		previous = token
	}
	return parts.join('')
}

/**
 * @param depth how far the next line is indented
 */
function newLine(depth: number): string {
	return `\n${INDENT.repeat(depth)}`
}
