/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Problem } from '../api/problem.ts'
import type { NewSource, Source } from '../api/types.ts'
import type { SourceFilter } from './sourceFilter.ts'

import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import { isCancelled, toProblem } from '../api/problem.ts'
import * as api from '../api/sources.ts'
import { forgetRequest } from '../calls/lastRequest.ts'
import { toSourceQuery } from './sourceFilter.ts'

/** The list of sources, as the page shows it and as the navigation counts it. */
export const useSourcesStore = defineStore('sources', () => {
	const sources = ref<Source[]>([])
	/** How many the filters let through */
	const total = ref(0)
	/** How many there are at all; null until known */
	const count = ref<number | null>(null)
	const nextCursor = ref<string | null>(null)
	const isLoading = ref(false)
	const isLoadingMore = ref(false)
	const isLoaded = ref(false)
	const problem = shallowRef<Problem | null>(null)
	/** The source that was just added, to be pointed out in the list */
	const addedId = ref<string | null>(null)

	let running: AbortController | null = null
	let filter: SourceFilter | null = null

	/**
	 * Load the first page. A failure keeps what was there.
	 *
	 * @param wanted filters and order
	 */
	async function load(wanted: SourceFilter): Promise<void> {
		running?.abort()
		const controller = running = new AbortController()
		filter = wanted
		isLoading.value = true
		isLoadingMore.value = false
		try {
			const page = await api.listSources(toSourceQuery(wanted), controller.signal)
			sources.value = page.results
			total.value = page.total
			nextCursor.value = page.nextCursor
			problem.value = null
			isLoaded.value = true
			if (!wanted.search && wanted.types.length === 0 && !wanted.state) {
				count.value = page.total
			}
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
		if (!nextCursor.value || !filter || isLoading.value || isLoadingMore.value) {
			return
		}
		isLoadingMore.value = true
		const signal = running?.signal
		try {
			const page = await api.listSources({ ...toSourceQuery(filter), cursor: nextCursor.value }, signal)
			const known = new Set(sources.value.map(({ id }) => id))
			sources.value.push(...page.results.filter(({ id }) => !known.has(id)))
			nextCursor.value = page.nextCursor
		} finally {
			isLoadingMore.value = false
		}
	}

	/** Ask how many sources there are, for the navigation. It can do without. */
	async function loadCount(): Promise<void> {
		try {
			count.value = (await api.listSources({ limit: 1 })).total
		} catch (error) {
			toProblem(error)
		}
	}

	/**
	 * @param source what the administrator typed
	 */
	async function create(source: NewSource): Promise<Source> {
		const created = await api.createSource(source)
		insert(created)
		return created
	}

	/**
	 * @param source what to copy
	 */
	async function duplicate(source: Source): Promise<Source> {
		const copy = await api.duplicateSource(source.id)
		insert(copy)
		return copy
	}

	/**
	 * A new source comes first, whatever the order and the filters are: the administrator wants to see it.
	 *
	 * @param source the new one
	 */
	function insert(source: Source) {
		sources.value.unshift(source)
		total.value += 1
		if (count.value !== null) {
			count.value += 1
		}
		addedId.value = source.id
	}

	/**
	 * @param source which one
	 * @param isEnabled whether calls are let through
	 */
	async function setEnabled(source: Source, isEnabled: boolean): Promise<Source> {
		const changed = await api.setSourceEnabled(source.id, isEnabled)
		replace(changed)
		return changed
	}

	/**
	 * @param source which one
	 */
	async function remove(source: Source): Promise<void> {
		await api.deleteSource(source.id)
		forgetRequest(source.id)
		const before = sources.value.length
		sources.value = sources.value.filter(({ id }) => id !== source.id)
		total.value -= before - sources.value.length
		if (count.value !== null) {
			count.value -= 1
		}
		// An empty list would say that there are none, and offer no more of them.
		if (sources.value.length === 0 && nextCursor.value && filter) {
			void load(filter)
		}
	}

	/**
	 * Take over what another page learned about a source.
	 *
	 * @param source its newest state
	 */
	function replace(source: Source) {
		const index = sources.value.findIndex(({ id }) => id === source.id)
		if (index >= 0) {
			sources.value[index] = source
		}
	}

	return { sources, total, count, nextCursor, isLoading, isLoadingMore, isLoaded, problem, addedId, load, loadMore, loadCount, create, duplicate, setEnabled, remove, replace }
})
