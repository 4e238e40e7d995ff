/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { CallSummary } from '../api/types.ts'

import { defineStore } from 'pinia'
import { ref, watch } from 'vue'
import { APP_ID } from '../appapi.ts'
import { badgeOf } from '../calls/outcome.ts'
import { formatLogTime } from '../components/format.ts'

/** An entry that others are compared with. */
export interface PickedBase {
	id: string
	/** What it is called, as "200 GET /health, 14:02" */
	label: string
}

export const DEFAULT_IGNORE = 'dates, ids'
const IGNORE_KEY = `${APP_ID}:comparison-ignore`
const DIFFERENCES_KEY = `${APP_ID}:comparison-only-differences`

/** How entries are compared: remembered in the browser, but for the base, which is gone with the page. */
export const useComparisonStore = defineStore('comparison', () => {
	const base = ref<PickedBase | null>(null)
	/** What is left out, as the administrator typed it */
	const ignore = ref(recall(IGNORE_KEY) ?? DEFAULT_IGNORE)
	const onlyDifferences = ref(recall(DIFFERENCES_KEY) !== 'no')

	watch(ignore, (text) => remember(IGNORE_KEY, text))
	watch(onlyDifferences, (is) => remember(DIFFERENCES_KEY, is ? 'yes' : 'no'))

	/**
	 * Others are compared with this entry from now on.
	 *
	 * @param call from the log
	 */
	function pick(call: CallSummary) {
		base.value = { id: call.id, label: `${badgeOf(call).short} ${call.method}, ${formatLogTime(call.startedAt)}` }
	}

	return { base, ignore, onlyDifferences, pick }
})

/**
 * @param key in the browser's storage
 */
function recall(key: string): string | null {
	try {
		return localStorage.getItem(key)
	} catch {
		return null
	}
}

/**
 * @param key in the browser's storage
 * @param text what to keep
 */
function remember(key: string, text: string) {
	try {
		localStorage.setItem(key, text)
	} catch {
		// A full or forbidden storage costs the convenience only.
	}
}
