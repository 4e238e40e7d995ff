/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { QueryProblem, QueryReading } from '../../api/logQuestions.ts'

import { onScopeDispose, ref, shallowRef } from 'vue'
import { readQuery } from '../../api/logQuestions.ts'
import { isCancelled, toProblem } from '../../api/problem.ts'
import { debounce } from '../../components/debounce.ts'
import { toCodePoints, toUnits } from './codePoints.ts'

const DEBOUNCE_MS = 150

/** How the server understands a query while it is typed. Places in what it gives are in UTF-16 units, as JavaScript counts. */
export function useReading() {
	const completions = shallowRef<QueryReading['completions']>([])
	const problem = shallowRef<QueryProblem | null>(null)
	/** The text that the answer is about */
	const readText = ref('')
	let running: AbortController | null = null
	const later = debounce((text: string, cursor: number) => void read(text, cursor), DEBOUNCE_MS)

	/**
	 * Asks now. Without an answer the page works on: the list says itself what it does not understand.
	 *
	 * @param text the query
	 * @param cursor where the text cursor stands; null: no completions are wanted
	 * @return what is wrong with the query; undefined: overtaken or without an answer
	 */
	async function read(text: string, cursor: number | null): Promise<QueryProblem | null | undefined> {
		later.cancel()
		running?.abort()
		const controller = running = new AbortController()
		try {
			const reading = await readQuery(text, cursor === null ? null : toCodePoints(text, cursor), controller.signal)
			if (running !== controller) {
				return undefined
			}
			completions.value = cursor === null ? [] : reading.completions.map((completion) => placed(text, completion))
			problem.value = reading.problem && placed(text, reading.problem)
			readText.value = text
			return problem.value
		} catch (error) {
			if (!isCancelled(error)) {
				toProblem(error)
				forget()
			}
			return undefined
		}
	}

	/** Nothing is asked any more. */
	function forget() {
		later.cancel()
		running?.abort()
		completions.value = []
		problem.value = null
	}

	onScopeDispose(forget)

	return { completions, problem, readText, read, readLater: later, forget }
}

/**
 * @param text where
 * @param part with places in characters
 */
function placed<T extends { start: number, end: number }>(text: string, part: T): T {
	return { ...part, start: toUnits(text, part.start), end: toUnits(text, part.end) }
}
