/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Problem } from '../api/problem.ts'
import type { Watch } from './watchApi.ts'

import { onBeforeUnmount, ref, shallowRef } from 'vue'
import { toProblem } from '../api/problem.ts'
import { toastProblem } from '../components/toasts.ts'
import { checkNow, readWatch, removeWatch, storeWatch } from './watchApi.ts'
import { draftOf } from './watchDraft.ts'

/** Checks are made in the background, so the page looks for their results. */
const FRESH_MS = 10_000

/**
 * The watch of a source as the page knows it, kept fresh while it is looked at.
 *
 * @param source id of the source
 * @param changed is told when the state may have changed
 */
export function useWatch(source: string, changed: () => void) {
	const watch = shallowRef<Watch | null>(null)
	const problem = shallowRef<Problem | null>(null)
	const isLoading = ref(true)
	/** Something is on its way to the server */
	const isBusy = ref(false)

	/**
	 * @param newest what the server says
	 */
	function take(newest: Watch | null) {
		const isNews = newest?.state !== watch.value?.state || newest?.isEnabled !== watch.value?.isEnabled
		watch.value = newest
		if (isNews) {
			changed()
		}
	}

	/** Read it for the first time, or again after a failure. */
	async function load() {
		isLoading.value = true
		problem.value = null
		try {
			watch.value = await readWatch(source)
		} catch (error) {
			problem.value = toProblem(error)
		} finally {
			isLoading.value = false
		}
	}

	/** What cannot be read now is read the next time. */
	async function refresh() {
		const known = watch.value
		if (document.hidden || isBusy.value || !known) {
			return
		}
		try {
			const newest = await readWatch(source)
			// What has been done meanwhile is newer than this answer.
			if (!isBusy.value && watch.value === known) {
				take(newest)
			}
		} catch (error) {
			toProblem(error)
		}
	}

	/**
	 * @param work what the administrator wants
	 */
	async function run(work: () => Promise<Watch | null>) {
		if (isBusy.value) {
			return
		}
		isBusy.value = true
		try {
			take(await work())
		} catch (error) {
			toastProblem(error)
		} finally {
			isBusy.value = false
		}
	}

	/**
	 * @param isEnabled whether checks are made
	 */
	function setEnabled(isEnabled: boolean) {
		return run(async () => {
			// What is typed in the form is not saved by the way: only the switch is changed.
			const stored = await readWatch(source)
			return await storeWatch(source, stored ? { ...draftOf(stored), isEnabled, version: stored.version } : { isEnabled })
		})
	}

	const timer = window.setInterval(() => void refresh(), FRESH_MS)
	onBeforeUnmount(() => window.clearInterval(timer))
	void load()

	return {
		watch,
		problem,
		isLoading,
		isBusy,
		load,
		take,
		setEnabled,
		check: () => run(() => checkNow(source)),
		remove: () => run(async () => {
			await removeWatch(source)
			return null
		}),
	}
}
