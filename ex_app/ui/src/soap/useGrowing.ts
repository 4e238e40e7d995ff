/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { computed, onScopeDispose, ref, watch } from 'vue'

/** What fits one screen, and is put on it in one go */
const STEP = 30

/**
 * How many of many things are on the page: a screenful at once, and the rest bit by bit, so that the page answers in between.
 *
 * @param total how many there are
 */
export function useGrowing(total: () => number) {
	const count = ref(STEP)
	let timer = 0

	/** Goes on once the browser has drawn what is there. */
	function grow() {
		window.clearTimeout(timer)
		if (count.value < total()) {
			timer = window.setTimeout(() => {
				count.value += STEP
				grow()
			}, 16)
		}
	}

	watch(total, grow, { immediate: true })
	onScopeDispose(() => window.clearTimeout(timer))
	return computed(() => Math.min(count.value, total()))
}
