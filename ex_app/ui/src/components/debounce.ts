/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

/**
 * Calls through once the caller has been quiet for a while, with the last arguments.
 *
 * @param callback what to call
 * @param delayMs how long the quiet lasts
 */
export function debounce<A extends unknown[]>(callback: (...args: A) => void, delayMs: number): ((...args: A) => void) & { cancel: () => void } {
	let timer = 0
	const debounced = (...args: A) => {
		window.clearTimeout(timer)
		timer = window.setTimeout(() => callback(...args), delayMs)
	}
	return Object.assign(debounced, { cancel: () => window.clearTimeout(timer) })
}
