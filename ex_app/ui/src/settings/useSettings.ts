/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Problem } from '../api/problem.ts'
import type { Settings } from '../api/types.ts'

import { onScopeDispose, ref, shallowRef } from 'vue'
import { isCancelled, toProblem } from '../api/problem.ts'
import { readSettings } from '../api/settings.ts'

/** What administrators change for all sources, as it is stored. */
export function useSettings() {
	const settings = shallowRef<Settings | null>(null)
	const problem = shallowRef<Problem | null>(null)
	const isLoading = ref(false)
	const controller = new AbortController()

	/** Loads them (again). */
	async function load() {
		isLoading.value = true
		try {
			settings.value = await readSettings(controller.signal)
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

	return { settings, problem, isLoading, load }
}
