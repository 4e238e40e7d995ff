/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Ref } from 'vue'
import type { Problem } from '../api/problem.ts'
import type { Call } from '../api/types.ts'

import { onScopeDispose, ref, shallowRef, watch } from 'vue'
import { readLog } from '../api/logs.ts'
import { isCancelled, toProblem } from '../api/problem.ts'

/**
 * One log entry with everything in it.
 *
 * @param id which entry
 */
export function useEntry(id: Ref<string>) {
	const entry = shallowRef<Call | null>(null)
	const problem = shallowRef<Problem | null>(null)
	const isLoading = ref(false)
	let running: AbortController | null = null

	/** Loads it (again). The one before stays until the new one is here, so that walking through the list does not flicker. */
	async function load() {
		running?.abort()
		const controller = running = new AbortController()
		isLoading.value = true
		try {
			entry.value = await readLog(id.value, controller.signal)
			problem.value = null
		} catch (error) {
			if (!isCancelled(error)) {
				entry.value = null
				problem.value = toProblem(error)
			}
		} finally {
			if (running === controller) {
				isLoading.value = false
			}
		}
	}

	watch(id, load, { immediate: true })
	onScopeDispose(() => running?.abort())

	return { entry, problem, isLoading, load }
}
