/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Ref } from 'vue'
import type { LogTail } from '../api/logs.ts'
import type { Problem } from '../api/problem.ts'
import type { CallSummary } from '../api/types.ts'

import { onScopeDispose, ref, shallowRef, watch } from 'vue'
import { isCancelled, toProblem } from '../api/problem.ts'

const EVERY_MS = 2000

interface Tail {
	/** Whether to look for new calls at all */
	isOn: Ref<boolean>
	/** Whether somebody looks at the rows, which must not move then */
	isPaused: Ref<boolean>
	/** The highest number that was seen; it is moved on */
	newest: Ref<number>
	/** The list is being loaded, which brings the newest as well */
	isLoading: Ref<boolean>
	/** Asks for what came behind a number */
	ask: (after: number, signal: AbortSignal) => Promise<LogTail>
	/** Puts calls on top of the list */
	show: (calls: CallSummary[]) => void
	/** Loads the list anew, when too much came */
	reload: () => void
}

/**
 * Follows the log: asks every two seconds what came since, while the page is visible.
 *
 * @param tail what to follow, and where to put it
 */
export function useTail(tail: Tail) {
	/** What came while it was paused, newest first */
	const pending = shallowRef<CallSummary[]>([])
	/** More came than an answer holds */
	const isOverrun = ref(false)
	/** Why it stopped */
	const problem = shallowRef<Problem | null>(null)
	let timer = 0
	let running: AbortController | null = null

	/** Asks once, and again in a while. */
	async function ask() {
		window.clearTimeout(timer)
		if (!tail.isOn.value || problem.value || running) {
			return
		}
		if (document.hidden || tail.isLoading.value) {
			schedule()
			return
		}
		const controller = running = new AbortController()
		try {
			const answer = await tail.ask(tail.newest.value, controller.signal)
			if (running === controller) {
				take(answer)
			}
		} catch (error) {
			if (!isCancelled(error) && running === controller) {
				problem.value = toProblem(error)
			}
		} finally {
			if (running === controller) {
				running = null
				schedule()
			}
		}
	}

	/** In a while. */
	function schedule() {
		window.clearTimeout(timer)
		if (tail.isOn.value && !problem.value) {
			timer = window.setTimeout(ask, EVERY_MS)
		}
	}

	/**
	 * @param answer what came
	 */
	function take(answer: LogTail) {
		tail.newest.value = answer.newest
		isOverrun.value ||= !answer.isComplete
		pending.value = mergeNewer(pending.value, answer.results)
		// Not as soon as the pointer leaves: it may be on its way to the button.
		if (!tail.isPaused.value) {
			flush()
		}
	}

	/** Shows what was held back. */
	function flush() {
		if (isOverrun.value) {
			forget()
			tail.reload()
		} else if (pending.value.length > 0) {
			const calls = pending.value
			pending.value = []
			tail.show(calls)
		}
	}

	/** The list begins anew, so nothing is held back and no answer is waited for. */
	function forget() {
		running?.abort()
		running = null
		pending.value = []
		isOverrun.value = false
		problem.value = null
		schedule()
	}

	/**
	 * Deleted calls come no more.
	 *
	 * @param ids which ones
	 */
	function drop(ids: readonly string[]) {
		pending.value = pending.value.filter(({ id }) => !ids.includes(id))
	}

	/** Goes on after a failure. */
	function retry() {
		problem.value = null
		void ask()
	}

	/** Who comes back to the page wants to see now what came. */
	function onVisible() {
		if (!document.hidden) {
			void ask()
		}
	}

	watch(tail.isOn, (isOn) => {
		forget()
		if (isOn) {
			void ask()
		}
	}, { immediate: true })
	document.addEventListener('visibilitychange', onVisible)
	onScopeDispose(() => {
		document.removeEventListener('visibilitychange', onVisible)
		window.clearTimeout(timer)
		running?.abort()
		running = null
	})

	return { pending, isOverrun, problem, flush, forget, drop, retry }
}

/**
 * @param held what came before, newest first
 * @param came what came now, newest first
 */
export function mergeNewer(held: CallSummary[], came: CallSummary[]): CallSummary[] {
	const known = new Set(held.map(({ id }) => id))
	return [...came.filter(({ id }) => !known.has(id)), ...held].sort((a, b) => b.number - a.number)
}
