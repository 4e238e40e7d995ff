/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { LogQuery } from '../api/logs.ts'
import type { Problem } from '../api/problem.ts'
import type { CallSummary } from '../api/types.ts'
import type { LogFilter } from './logFilter.ts'
import type { Term } from './query/terms.ts'

import { computed, onScopeDispose, ref, shallowRef } from 'vue'
import { listLogs } from '../api/logs.ts'
import { isCancelled, toProblem } from '../api/problem.ts'
import { placedTerms } from './logChips.ts'
import { NO_FILTER, toLogQuery } from './logFilter.ts'
import { splitQuery } from './query/terms.ts'

/**
 * A list of calls: its first page, more of it, what comes new, and what is taken from it.
 *
 * @param sourceId the source whose page it is, if any
 */
export function useLogs(sourceId?: string) {
	const calls = ref<CallSummary[]>([])
	const total = ref(0)
	const isEstimate = ref(false)
	/** The highest number of the log, as of the last answer */
	const newest = ref(0)
	const nextCursor = ref<string | null>(null)
	const isLoading = ref(false)
	const isLoadingMore = ref(false)
	const isLoaded = ref(false)
	const problem = shallowRef<Problem | null>(null)
	const asked = shallowRef<LogFilter>(NO_FILTER)
	const read = shallowRef<{ text: string, terms: Term[] }>({ text: '', terms: [] })

	/** The parts of the query: as the server read them, or until it did, as they look. */
	const terms = computed(() => read.value.text === asked.value.query ? read.value.terms : splitQuery(asked.value.query))
	const query = computed<LogQuery>(() => toLogQuery(asked.value, sourceId))
	let running: AbortController | null = null

	/**
	 * Load the first page. A failure keeps what was there.
	 *
	 * @param wanted what the list is limited to, and its order
	 */
	async function load(wanted: LogFilter): Promise<void> {
		running?.abort()
		const controller = running = new AbortController()
		asked.value = wanted
		isLoading.value = true
		try {
			const page = await listLogs(query.value, { sort: wanted.sort }, controller.signal)
			calls.value = page.results
			total.value = page.total
			isEstimate.value = page.isEstimate
			newest.value = page.newest
			nextCursor.value = page.nextCursor
			read.value = { text: wanted.query, terms: placedTerms(wanted.query, page.terms) }
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
		const controller = running
		isLoadingMore.value = true
		try {
			const page = await listLogs(query.value, { sort: asked.value.sort, cursor: nextCursor.value }, controller?.signal)
			if (running === controller) {
				calls.value.push(...page.results)
				nextCursor.value = page.nextCursor
			}
		} catch (error) {
			if (!isCancelled(error)) {
				throw error
			}
		} finally {
			isLoadingMore.value = false
		}
	}

	/**
	 * Put what came since on top.
	 *
	 * @param fresh newest first
	 */
	function prepend(fresh: CallSummary[]): void {
		const known = new Set(calls.value.map(({ id }) => id))
		const added = fresh.filter(({ id }) => !known.has(id))
		calls.value.unshift(...added)
		total.value += added.length
	}

	/**
	 * Take deleted calls out of the list.
	 *
	 * @param ids which ones
	 */
	function drop(ids: readonly string[]): void {
		const before = calls.value.length
		calls.value = calls.value.filter(({ id }) => !ids.includes(id))
		total.value = Math.max(0, total.value - before + calls.value.length)
	}

	/**
	 * @param call its newer state
	 */
	function replace(call: CallSummary): void {
		calls.value = calls.value.map((old) => old.id === call.id ? { ...call, hit: call.hit ?? old.hit } : old)
	}

	onScopeDispose(() => running?.abort())

	return { calls, total, isEstimate, newest, nextCursor, isLoading, isLoadingMore, isLoaded, problem, asked, terms, query, load, loadMore, prepend, drop, replace }
}
