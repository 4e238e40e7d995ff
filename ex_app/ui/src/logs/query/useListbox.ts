/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Ref } from 'vue'
import type { Completion } from '../../api/logQuestions.ts'

import { computed, ref, watch } from 'vue'

/**
 * The list below a box: whether it is open, which of its lines is marked, and the keys that it has while the focus is in the box.
 *
 * @param completions its lines
 * @param does what the keys do
 * @param does.ask asks for lines
 * @param does.choose takes a line
 */
export function useListbox(completions: Ref<Completion[]>, does: { ask: () => void, choose: (completion: Completion) => void }) {
	const isOpen = ref(false)
	/** Index of a line; -1: none, the keys belong to the box */
	const active = ref(-1)

	const isListed = computed(() => isOpen.value && completions.value.length > 0)

	watch(completions, () => {
		active.value = -1
	})

	/**
	 * @param event a key pressed in the box
	 * @return whether it was for the list
	 */
	function key(event: KeyboardEvent): boolean {
		const marked = isListed.value ? completions.value[active.value] : undefined
		const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
		if (step) {
			walk(step)
		} else if (event.key === 'Enter' && marked) {
			does.choose(marked)
		} else if (event.key === 'Tab' && isListed.value && !event.shiftKey) {
			does.choose(marked ?? completions.value[0]!)
		} else if (event.key === 'Escape' && isListed.value) {
			event.stopPropagation()
			isOpen.value = false
		} else {
			return false
		}
		event.preventDefault()
		return true
	}

	/**
	 * Opens the list, or goes to the next of its lines; the line before the first is the box itself.
	 *
	 * @param step down or up
	 */
	function walk(step: number) {
		if (!isListed.value) {
			isOpen.value = true
			does.ask()
			return
		}
		const count = completions.value.length + 1
		active.value = (active.value + 1 + step + count) % count - 1
	}

	return { isOpen, active, isListed, key }
}
