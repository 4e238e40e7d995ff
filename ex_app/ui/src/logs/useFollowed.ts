/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Ref } from 'vue'
import type { CallSummary } from '../api/types.ts'
import type { useLogs } from './useLogs.ts'

import { computed, ref, shallowRef } from 'vue'
import { tailLogs } from '../api/logs.ts'
import { useTail } from './useTail.ts'

/** With more rows than this the page gets slow; the list begins anew then. */
const MOST_ROWS = 1000

/**
 * A list of calls that new ones come to by themselves, while it is switched on.
 *
 * @param logs the list
 * @param reload loads it anew
 */
export function useFollowed(logs: ReturnType<typeof useLogs>, reload: () => void) {
	const isLive = ref(false)
	/** Somebody points at a row, or has the focus in one */
	const isPaused = ref(false)
	const newIds: Ref<ReadonlySet<string>> = shallowRef(new Set<string>())
	/** New ones have a place on top of the newest only. */
	const canBeLive = computed(() => logs.asked.value.sort === '-time')

	const tail = useTail({
		isOn: computed(() => isLive.value && canBeLive.value && logs.isLoaded.value),
		isPaused,
		newest: logs.newest,
		isLoading: logs.isLoading,
		ask: (after, signal) => tailLogs(logs.query.value, after, signal),
		show,
		reload,
	})

	/**
	 * @param calls newest first
	 */
	function show(calls: CallSummary[]) {
		if (logs.calls.value.length + calls.length > MOST_ROWS) {
			reload()
			return
		}
		newIds.value = new Set(calls.map(({ id }) => id))
		logs.prepend(calls)
	}

	return { isLive, canBeLive, isPaused, newIds, tail }
}
