/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { onBeforeUnmount, ref } from 'vue'

/**
 * The present, in ms, kept fresh while the component lives.
 *
 * @param everyMs how often it moves on
 */
export function useNow(everyMs = 30_000) {
	const now = ref(Date.now())
	const timer = window.setInterval(() => {
		now.value = Date.now()
	}, everyMs)
	onBeforeUnmount(() => window.clearInterval(timer))
	return now
}
