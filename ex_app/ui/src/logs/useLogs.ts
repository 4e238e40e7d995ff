/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { LogQuery, Searched } from '../api/logs.ts'
import type { Problem } from '../api/problem.ts'
import type { CallSummary } from '../api/types.ts'
import type { LogFilter } from './logFilter.ts'
import type { Term } from './query/terms.ts'

import { computed, onScopeDispose, ref, shallowRef } from 'vue'
import { countOn, listLogs } from '../api/logs.ts'
import { isCancelled, toProblem } from '../api/problem.ts'
import { placedTerms } from './logChips.ts'
import { NO_FILTER, toLogQuery } from './logFilter.ts'
import { splitQuery } from './query/terms.ts'

/** Pages without a call after which the list waits to be asked for more: each takes the server a second or two. */
const MOST_EMPTY_PAGES = 20

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
	/** How far back a search has come that has found nothing so far */
	const searched = shallowRef<Searched | null>(null)
	const problem = shallowRef<Problem | null>(null)
	const asked = shallowRef<LogFilter>(NO_FILTER)
	const read = shallowRef<{ text: string, terms: Term[] }>({ text: '', terms: [] })

	/** The parts of the query: as the server read them, or until it did, as they look. */
	const terms = computed(() => read.value.text === asked.value.query ? read.value.terms : splitQuery(asked.value.query))
	const query = computed<LogQuery>(() => toLogQuery(asked.value, sourceId))
	let running: AbortController | null = null
	let isStopped = false
	/** What came and went since a count was begun */
	let changed = 0

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
		isStopped = false
		try {
			const page = await listLogs(query.value, { sort: wanted.sort }, controller.signal)
			calls.value = page.results
			total.value = Math.max(page.total, page.results.length)
			isEstimate.value = page.isEstimate
			newest.value = page.newest
			nextCursor.value = page.nextCursor
			searched.value = page.searched
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
		// A page ends early where much has to be searched: that is no end of the list.
		if (running === controller && !problem.value) {
			void searchOn(controller)
		}
	}

	/**
	 * Go on where the first page has come to its end too early: until there is a call, and a number of them.
	 *
	 * @param controller gives up
	 */
	async function searchOn(controller: AbortController): Promise<void> {
		try {
			if (calls.value.length === 0) {
				await loadMore()
			}
		} catch (error) {
			if (running === controller) {
				problem.value = toProblem(error)
			}
		}
		if (running === controller && isEstimate.value && !isStopped) {
			changed = 0
			await countOn(query.value, { total: total.value, isEstimate: true }, (count) => {
				if (running === controller) {
					total.value = Math.max(count.total + changed, calls.value.length)
					isEstimate.value = count.isEstimate
				}
			}, controller.signal).catch(() => {
				// The projection stays, and says that it is one.
			})
		}
	}

	/** Leave a search where it is. */
	function stop(): void {
		isStopped = true
	}

	/** Append the next page that has calls. */
	async function loadMore(): Promise<void> {
		if (!nextCursor.value || isLoading.value || isLoadingMore.value) {
			return
		}
		const controller = running
		isLoadingMore.value = true
		isStopped = false
		try {
			for (let pages = 0; nextCursor.value && pages < MOST_EMPTY_PAGES && !isStopped; pages++) {
				const page = await listLogs(query.value, { sort: asked.value.sort, cursor: nextCursor.value }, controller?.signal)
				if (running !== controller) {
					return
				}
				calls.value.push(...page.results)
				nextCursor.value = page.nextCursor
				searched.value = page.searched
				total.value = Math.max(total.value, calls.value.length)
				if (!page.nextCursor) {
					total.value = calls.value.length
					isEstimate.value = false
				}
				if (page.results.length > 0) {
					return
				}
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
		changed += added.length
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
		changed += calls.value.length - before
	}

	/**
	 * @param call its newer state
	 */
	function replace(call: CallSummary): void {
		calls.value = calls.value.map((old) => old.id === call.id ? { ...call, hit: call.hit ?? old.hit } : old)
	}

	onScopeDispose(() => running?.abort())

	return { calls, total, isEstimate, newest, nextCursor, isLoading, isLoadingMore, isLoaded, searched, problem, asked, terms, query, load, loadMore, stop, prepend, drop, replace }
}
