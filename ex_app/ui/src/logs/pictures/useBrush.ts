/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { computed, ref } from 'vue'

/** Bars, by their index. */
export interface Bars {
	first: number
	last: number
}

/**
 * Chooses bars of a picture: by dragging, or with the keyboard, where the arrows move a mark, with the shift key they stretch it.
 *
 * @param count how many bars there are
 */
export function useBrush(count: () => number) {
	const anchor = ref<number | null>(null)
	const head = ref<number | null>(null)
	const isDragging = ref(false)

	const chosen = computed<Bars | null>(() => anchor.value === null || head.value === null
		? null
		: { first: Math.min(anchor.value, head.value), last: Math.max(anchor.value, head.value) })

	/**
	 * @param index of a bar, or beside them
	 */
	function clamped(index: number): number {
		return Math.max(0, Math.min(count() - 1, index))
	}

	/**
	 * @param index where the pointer went down
	 */
	function begin(index: number) {
		isDragging.value = true
		anchor.value = head.value = clamped(index)
	}

	/**
	 * @param index where the pointer is
	 */
	function drag(index: number) {
		if (isDragging.value) {
			head.value = clamped(index)
		}
	}

	/** @return what was chosen, when the pointer had gone down here */
	function end(): Bars | null {
		const bars = isDragging.value ? chosen.value : null
		clear()
		return bars
	}

	/**
	 * @param step how far; without a mark, from the end that is nearest to now
	 * @param isStretching keep the other end where it is
	 */
	function move(step: number, isStretching: boolean) {
		head.value = clamped(head.value === null ? count() - 1 : head.value + step)
		if (!isStretching || anchor.value === null) {
			anchor.value = head.value
		}
	}

	/** Nothing is chosen. */
	function clear() {
		isDragging.value = false
		anchor.value = head.value = null
	}

	return { chosen, head, isDragging, begin, drag, end, move, clear }
}
