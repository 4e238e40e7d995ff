/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { WorkState } from '../../api/logExports.ts'
import type { Problem } from '../../api/problem.ts'

import { computed, onScopeDispose, ref, shallowRef } from 'vue'
import { isCancelled, toProblem } from '../../api/problem.ts'

const EVERY_MS = 700
/** A download has to reach the server before it has a progress. */
const GRACE_MS = 15_000
/** Failures in a row; one alone is a hiccup of the network. */
const MOST_FAILURES = 5

/**
 * Follows work of the server on many entries to its end.
 *
 * @param read asks how far it is
 * @param stop ends it
 */
export function useWork(read: (id: string, signal: AbortSignal) => Promise<WorkState>, stop: (id: string) => Promise<void>) {
	const state = shallowRef<WorkState | null>(null)
	/** Why it cannot be followed any more */
	const problem = shallowRef<Problem | null>(null)
	const isCancelling = ref(false)
	const isRunning = computed(() => state.value?.state === 'running' && !problem.value)
	let running: AbortController | null = null

	/**
	 * @param id of the work
	 * @param total how many entries, as far as it is known
	 * @return how it ended; null: that cannot be known
	 */
	async function follow(id: string, total: number): Promise<WorkState | null> {
		running?.abort()
		const { signal } = running = new AbortController()
		const begun = Date.now()
		let failures = 0
		problem.value = null
		isCancelling.value = false
		state.value = { id, state: 'running', done: 0, total, bytes: 0, error: null }
		while (!signal.aborted) {
			try {
				state.value = await read(id, signal)
				failures = 0
				if (state.value.state !== 'running') {
					return state.value
				}
			} catch (error) {
				if (isCancelled(error)) {
					return null
				}
				const reason = toProblem(error)
				const isEarly = reason.status === 404 && Date.now() - begun < GRACE_MS
				if (!isEarly && (reason.status === 404 || ++failures >= MOST_FAILURES)) {
					problem.value = reason
					return null
				}
			}
			await new Promise((resolve) => window.setTimeout(resolve, EVERY_MS))
		}
		return null
	}

	/** Stops the work; its end is heard of as any other. */
	async function cancel() {
		if (!state.value) {
			return
		}
		isCancelling.value = true
		try {
			await stop(state.value.id)
		} catch (error) {
			isCancelling.value = false
			throw error
		}
	}

	/** Takes it off the page. */
	function dismiss() {
		running?.abort()
		state.value = null
		problem.value = null
	}

	onScopeDispose(() => running?.abort())

	return { state, problem, isCancelling, isRunning, follow, cancel, dismiss }
}
