/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Problem } from '../api/problem.ts'
import type { Removal, Retention } from '../api/retention.ts'

import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue'
import { isCancelled, toProblem } from '../api/problem.ts'
import { previewCleanUp } from '../api/retention.ts'
import { debounce } from '../components/debounce.ts'

/** As long as one types a number. */
const QUIET_MS = 500

/**
 * What a clean-up would remove, kept fresh while its settings are edited.
 *
 * @param retention the settings, as they are edited
 * @param source id of the source whose settings they are, if it is one
 */
export function useRemoval(retention: () => Retention, source: () => string | undefined) {
	const removal = shallowRef<Removal | null>(null)
	const problem = shallowRef<Problem | null>(null)
	const isLoading = ref(false)
	const wanted = computed(() => JSON.stringify([retention(), source()]))
	const later = debounce(load, QUIET_MS)
	let running: AbortController | null = null

	/** Counts what is in the log now. */
	async function load() {
		later.cancel()
		running?.abort()
		const { signal } = running = new AbortController()
		isLoading.value = true
		try {
			removal.value = await previewCleanUp(retention(), source(), signal)
			problem.value = null
		} catch (error) {
			// What was given up has a successor, which says itself when it is done.
			if (isCancelled(error) || signal.aborted) {
				return
			}
			removal.value = null
			problem.value = toProblem(error)
		}
		isLoading.value = false
	}

	watch(wanted, () => {
		// What is on its way is of numbers that are no longer in the fields.
		running?.abort()
		isLoading.value = true
		later()
	})
	onScopeDispose(() => {
		later.cancel()
		running?.abort()
	})

	return { removal, problem, isLoading, load }
}
