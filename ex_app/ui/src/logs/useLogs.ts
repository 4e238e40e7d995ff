/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { LogQuery } from '../api/logs.ts'
import type { Problem } from '../api/problem.ts'
import type { CallSummary } from '../api/types.ts'

import { onScopeDispose, ref, shallowRef } from 'vue'
import { deleteLog, deleteLogs, listLogs } from '../api/logs.ts'
import { isCancelled, toProblem } from '../api/problem.ts'

/** A list of calls: its first page, more of it, and what is deleted from it. */
export function useLogs() {
	const calls = ref<CallSummary[]>([])
	const total = ref(0)
	const nextCursor = ref<string | null>(null)
	const isLoading = ref(false)
	const isLoadingMore = ref(false)
	const isLoaded = ref(false)
	const problem = shallowRef<Problem | null>(null)

	let running: AbortController | null = null
	let query: LogQuery = {}

	/**
	 * Load the first page. A failure keeps what was there.
	 *
	 * @param wanted the filters
	 */
	async function load(wanted: LogQuery): Promise<void> {
		running?.abort()
		const controller = running = new AbortController()
		query = wanted
		isLoading.value = true
		try {
			const page = await listLogs(wanted, {}, controller.signal)
			calls.value = page.results
			total.value = page.total
			nextCursor.value = page.nextCursor
			problem.value = null
			isLoaded.value = true
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

	/** Append the next page. */
	async function loadMore(): Promise<void> {
		if (!nextCursor.value || isLoading.value || isLoadingMore.value) {
			return
		}
		isLoadingMore.value = true
		try {
			const page = await listLogs(query, { cursor: nextCursor.value }, running?.signal)
			calls.value.push(...page.results)
			nextCursor.value = page.nextCursor
		} finally {
			isLoadingMore.value = false
		}
	}

	/**
	 * @param id which entry
	 */
	async function remove(id: string): Promise<void> {
		await deleteLog(id)
		const before = calls.value.length
		calls.value = calls.value.filter((call) => call.id !== id)
		total.value -= before - calls.value.length
	}

	/** @return how many were deleted: everything that the filters let through */
	async function removeAll(): Promise<number> {
		const { deleted } = await deleteLogs(query)
		await load(query)
		return deleted
	}

	onScopeDispose(() => running?.abort())

	return { calls, total, nextCursor, isLoading, isLoadingMore, isLoaded, problem, load, loadMore, remove, removeAll }
}
