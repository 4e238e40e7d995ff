/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { BodyPlace, RecordPage } from '../../api/bodies.ts'
import type { Problem } from '../../api/problem.ts'

import { onScopeDispose, ref, shallowRef, watch } from 'vue'
import { listRecords } from '../../api/bodies.ts'
import { isCancelled, toProblem } from '../../api/problem.ts'

export const RECORDS_LIMIT = 100

/**
 * The records of a body, a page at a time.
 *
 * @param place which body
 * @param position where they are looked for at first
 */
export function useRecords(place: () => BodyPlace, position: () => string) {
	const page = shallowRef<RecordPage | null>(null)
	const problem = shallowRef<Problem | null>(null)
	const isLoading = ref(false)
	/** Where they are looked for */
	const tried = ref(position())
	let offset = 0
	let running: AbortController | null = null

	/** Asks (again). What is shown stays until the answer is here. */
	async function load() {
		running?.abort()
		const controller = running = new AbortController()
		isLoading.value = true
		try {
			page.value = await listRecords(place(), tried.value, offset, RECORDS_LIMIT, controller.signal)
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

	/**
	 * @param elsewhere another position
	 */
	function lookAt(elsewhere: string) {
		tried.value = elsewhere
		offset = 0
		return load()
	}

	/**
	 * @param first of the records that are shown
	 */
	function goTo(first: number) {
		offset = first
		return load()
	}

	watch([place, position], () => lookAt(position()), { immediate: true })
	onScopeDispose(() => running?.abort())

	return { page, problem, isLoading, tried, load, lookAt, goTo }
}
