/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Ref } from 'vue'
import type { CallSummary } from '../api/types.ts'

import { computed, ref, watch } from 'vue'

/**
 * The rows that are ticked.
 *
 * @param calls the rows
 */
export function useTicks(calls: Ref<CallSummary[]>) {
	const ids = ref<ReadonlySet<string>>(new Set())
	/** Where a range begins */
	let anchor: string | null = null

	const ticked = computed(() => calls.value.filter(({ id }) => ids.value.has(id)))

	/**
	 * @param id the row that was clicked
	 * @param isRange all from the row that was clicked before become as this one does
	 */
	function toggle(id: string, isRange: boolean) {
		const order = calls.value.map((call) => call.id)
		const here = order.indexOf(id)
		const there = isRange && anchor !== null ? order.indexOf(anchor) : here
		const from = there < 0 ? here : there
		const range = order.slice(Math.min(from, here), Math.max(from, here) + 1)
		const wanted = new Set(ids.value)
		const isOn = !ids.value.has(id)
		range.forEach((one) => isOn ? wanted.add(one) : wanted.delete(one))
		ids.value = wanted
		anchor = id
	}

	/**
	 * @param isOn all that are loaded, or none
	 */
	function toggleAll(isOn: boolean) {
		ids.value = new Set(isOn ? calls.value.map(({ id }) => id) : [])
		anchor = null
	}

	// What is not in the list any more must not be deleted with the rest.
	watch(calls, () => {
		const left = ticked.value.map(({ id }) => id)
		if (left.length < ids.value.size) {
			ids.value = new Set(left)
		}
	})

	return { ids, ticked, toggle, toggleAll }
}
