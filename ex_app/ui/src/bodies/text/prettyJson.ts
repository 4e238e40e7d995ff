/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

const INDENT = '  '
/** Of ten thousand levels, the indentation alone would be hundreds of megabytes. */
const MAX_INDENT = 60
// The loops inside of a text hold single characters only: so they need no stack, however long the text is.
const TOKEN = /\s+|"[^"\\]*(?:\\[\s\S][^"\\]*)*"|[{}[\],:]|[^\s{}[\],:"]+/gy

/**
 * Lays JSON out over lines, piece by piece. The tokens stay as they came: parsing and writing again would round big numbers and drop doubled
 * keys, and then the page would show what the other side never sent.
 */
export class JsonLayout {
	#depth = 0
	#previous = ''
	#rest = ''

	/**
	 * @param text the next piece; it may end anywhere
	 * @return what it adds; a token that may go on in the next piece waits for it
	 */
	push(text: string): string {
		const piece = this.#rest + text
		const parts: string[] = []
		let end = 0
		TOKEN.lastIndex = 0
		for (let match = TOKEN.exec(piece); match; match = TOKEN.exec(piece)) {
			const [token] = match
			if (end + token.length === piece.length && !/["{}[\],:]$/.test(token)) {
				break
			}
			end += token.length
			this.#write(token, parts)
		}
		this.#rest = piece.slice(end)
		return parts.join('')
	}

	/** What waits at the end: all there is to see of a text that is cut off. */
	get rest(): string {
		const rest = this.#rest.trim()
		const isFirst = this.#previous === '{' || this.#previous === '[' || this.#previous === ','
		return rest !== '' && isFirst ? newLine(this.#depth) + rest : rest
	}

	/**
	 * @param token a token, or space
	 * @param parts where it is written
	 */
	#write(token: string, parts: string[]): void {
		if (token.trim() === '') {
			return
		}
		const isAfterOpening = this.#previous === '{' || this.#previous === '['
		if (token === '}' || token === ']') {
			this.#depth = Math.max(0, this.#depth - 1)
			if (!isAfterOpening) {
				parts.push(newLine(this.#depth))
			}
		} else if (isAfterOpening || this.#previous === ',') {
			parts.push(newLine(this.#depth))
		}
		if (token === '{' || token === '[') {
			this.#depth += 1
		}
		parts.push(token === ':' ? ': ' : token)
		this.#previous = token
	}
}

/**
 * @param text JSON
 * @return the same, laid out; null when it is not JSON
 */
export function prettyJson(text: string): string | null {
	try {
		JSON.parse(text)
	} catch {
		return null
	}
	const layout = new JsonLayout()
	return layout.push(text) + layout.rest
}

/**
 * @param depth how far the next line is indented
 */
function newLine(depth: number): string {
	return `\n${INDENT.repeat(Math.min(depth, MAX_INDENT))}`
}
