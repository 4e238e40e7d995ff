/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { MaybeRefOrGetter } from 'vue'

import { onScopeDispose, readonly, ref, toValue, watch } from 'vue'

/**
 * True once the source has been true for a while: a skeleton that shows for a blink is worse than none.
 *
 * @param source what to follow
 * @param delayMs how long to hold back
 */
export function useDelayed(source: MaybeRefOrGetter<boolean>, delayMs = 200) {
	const delayed = ref(false)
	let timer = 0
	watch(() => toValue(source), (value) => {
		window.clearTimeout(timer)
		if (value) {
			timer = window.setTimeout(() => {
				delayed.value = true
			}, delayMs)
		} else {
			delayed.value = false
		}
	}, { immediate: true })
	onScopeDispose(() => window.clearTimeout(timer))
	return readonly(delayed)
}
