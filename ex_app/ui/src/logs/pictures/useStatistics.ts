/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { LogQuery } from '../../api/logs.ts'
import type { Statistics } from '../../api/logStatistics.ts'
import type { Problem } from '../../api/problem.ts'

import { onScopeDispose, ref, shallowRef } from 'vue'
import { readStatistics } from '../../api/logStatistics.ts'
import { isCancelled, toProblem } from '../../api/problem.ts'

const BARS = 60

/** The numbers that the pictures show. */
export function useStatistics() {
	const statistics = shallowRef<Statistics | null>(null)
	const problem = shallowRef<Problem | null>(null)
	const isLoading = ref(false)
	let running: AbortController | null = null

	/**
	 * What was there stays until the newer numbers are.
	 *
	 * @param query the filters of the list
	 * @param isQuiet the page does not say that it is loading: nobody has asked
	 */
	async function load(query: LogQuery, isQuiet = false) {
		running?.abort()
		const controller = running = new AbortController()
		isLoading.value = !isQuiet
		try {
			statistics.value = await readStatistics(query, BARS, controller.signal)
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

	return { statistics, problem, isLoading, load }
}
