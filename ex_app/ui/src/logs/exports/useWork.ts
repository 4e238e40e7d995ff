/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { WorkState } from '../../api/logExports.ts'

import { computed, onScopeDispose, ref, shallowRef } from 'vue'
import { isCancelled, Problem, toProblem } from '../../api/problem.ts'
import { t } from '../../l10n.ts'

const EVERY_MS = 700
/** A download has to reach the server before it has a progress; and of several servers, not every one knows of the work. */
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
	let isGone = false

	/**
	 * @param begun the work as the server told of it; before it has, only which one it is
	 * @return how it ended; null: that cannot be known
	 */
	async function follow(begun: Pick<WorkState, 'id' | 'total'> & Partial<WorkState>): Promise<WorkState | null> {
		running?.abort()
		const { signal } = running = new AbortController()
		let isKnown = begun.state !== undefined
		let since = Date.now()
		let failures = 0
		problem.value = null
		isCancelling.value = false
		state.value = { state: 'running', done: 0, bytes: 0, error: null, ...begun }
		while (!signal.aborted && !isGone) {
			try {
				state.value = await read(begun.id, signal)
				failures = 0
				isKnown = true
				since = Date.now()
				if (state.value.state !== 'running') {
					return state.value
				}
			} catch (error) {
				if (isCancelled(error)) {
					return null
				}
				const reason = toProblem(error)
				const isUnknown = reason.status === 404
				if (isUnknown ? Date.now() - since >= GRACE_MS : ++failures >= MOST_FAILURES) {
					problem.value = isUnknown && isKnown ? lost() : reason
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

	onScopeDispose(() => {
		isGone = true
		running?.abort()
	})

	return { state, problem, isCancelling, isRunning, follow, cancel, dismiss }
}

/** It was under way, and the server that answers does not know of it. */
function lost(): Problem {
	return new Problem(
		'answer',
		t('open_connector', 'This cannot be followed any more'),
		t('open_connector', 'Another process of OpenConnector may go on with it. If OpenConnector was started anew, it has ended.'),
	)
}
