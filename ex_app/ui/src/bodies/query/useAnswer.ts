/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Problem } from '../../api/problem.ts'

import { computed, onScopeDispose, ref, shallowRef } from 'vue'
import { isCancelled, toProblem } from '../../api/problem.ts'

/**
 * The answer to the latest question about a body; an earlier one that is still on its way is given up.
 *
 * @param ask asks the server
 */
export function useAnswer<Q, A>(ask: (question: Q, signal: AbortSignal) => Promise<A>) {
	const answer = shallowRef<A | null>(null)
	const problem = shallowRef<Problem | null>(null)
	const isAsking = ref(false)
	let running: AbortController | null = null

	/** What is wrong with the question, in words for below its field. */
	const mistake = computed(() => {
		const { fieldErrors = [], detail = '', title = '' } = problem.value ?? {}
		return fieldErrors[0]?.detail ?? (detail || title)
	})

	/** Forgets the question and its answer. */
	function clear() {
		running?.abort()
		running = null
		answer.value = null
		problem.value = null
		isAsking.value = false
	}

	/**
	 * @param question what to ask
	 * @return whether it has been answered
	 */
	async function put(question: Q): Promise<boolean> {
		running?.abort()
		const controller = running = new AbortController()
		isAsking.value = true
		try {
			answer.value = await ask(question, controller.signal)
			problem.value = null
			return true
		} catch (error) {
			if (!isCancelled(error)) {
				answer.value = null
				problem.value = toProblem(error)
			}
			return false
		} finally {
			if (running === controller) {
				isAsking.value = false
			}
		}
	}

	onScopeDispose(clear)

	return { answer, problem, mistake, isAsking, put, clear }
}
