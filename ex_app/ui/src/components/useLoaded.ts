/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Problem } from '../api/problem.ts'

import { onScopeDispose, ref, shallowRef } from 'vue'
import { isCancelled, toProblem } from '../api/problem.ts'

/**
 * Something that the server knows, asked for at once. A failed load leaves what was known before.
 *
 * @param read asks for it
 */
export function useLoaded<T>(read: (signal: AbortSignal) => Promise<T>) {
	const value = shallowRef<T | null>(null)
	const problem = shallowRef<Problem | null>(null)
	const isLoading = ref(false)
	const controller = new AbortController()

	/** Asks (again). */
	async function load() {
		isLoading.value = true
		try {
			value.value = await read(controller.signal)
			problem.value = null
		} catch (error) {
			if (!isCancelled(error)) {
				problem.value = toProblem(error)
			}
		} finally {
			isLoading.value = false
		}
	}

	void load()
	onScopeDispose(() => controller.abort())

	return { value, problem, isLoading, load }
}
