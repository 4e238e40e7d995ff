/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Problem } from '../api/problem.ts'
import type { Comparison } from './comparisonApi.ts'

import { onScopeDispose, ref, shallowRef } from 'vue'
import { isCancelled, toProblem } from '../api/problem.ts'
import { compareEntries } from './comparisonApi.ts'

/** One comparison of two entries; a newer one takes its place. */
export function useComparison() {
	const comparison = shallowRef<Comparison | null>(null)
	const problem = shallowRef<Problem | null>(null)
	const isLoading = ref(false)
	let running: AbortController | null = null

	/**
	 * @param id the entry
	 * @param base what it is compared with; null: the previous success of the same request
	 * @param ignore what is left out
	 */
	async function compare(id: string, base: string | null, ignore: string): Promise<void> {
		running?.abort()
		const controller = running = new AbortController()
		isLoading.value = true
		try {
			comparison.value = await compareEntries(id, base, ignore, controller.signal)
			problem.value = null
		} catch (error) {
			if (!isCancelled(error)) {
				problem.value = toProblem(error)
			}
		} finally {
			if (running === controller) {
				isLoading.value = false
			}
		}
	}

	onScopeDispose(() => running?.abort())

	return { comparison, problem, isLoading, compare }
}
