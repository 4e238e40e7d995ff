/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { MaybeRefOrGetter } from 'vue'
import type { Problem } from '../api/problem.ts'
import type { Source } from '../api/types.ts'

import { onScopeDispose, ref, shallowRef, toValue, watch } from 'vue'
import { isCancelled, toProblem } from '../api/problem.ts'
import { readSource } from '../api/sources.ts'

/**
 * One source, loaded whenever the id changes.
 *
 * @param id id or slug
 */
export function useSource(id: MaybeRefOrGetter<string>) {
	const source = ref<Source | null>(null)
	const problem = shallowRef<Problem | null>(null)
	const isLoading = ref(false)
	let running: AbortController | null = null

	/** Loads it (again); a failure keeps what was there, unless that was another source. */
	async function load() {
		running?.abort()
		const controller = running = new AbortController()
		const wanted = toValue(id)
		if (source.value && source.value.id !== wanted && source.value.slug !== wanted) {
			source.value = null
		}
		isLoading.value = true
		try {
			source.value = await readSource(wanted, controller.signal)
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

	watch(() => toValue(id), (wanted) => {
		// A new slug of the same source is no reason to load again.
		if (source.value?.slug !== wanted) {
			void load()
		}
	}, { immediate: true })
	onScopeDispose(() => running?.abort())

	return { source, problem, isLoading, load }
}
