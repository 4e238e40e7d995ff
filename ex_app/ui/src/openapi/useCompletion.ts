/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Ref } from 'vue'
import type { OperationSummary } from './descriptionApi.ts'

import { computed, ref, useId, watch } from 'vue'
import { MAX_SHOWN, search } from './paths.ts'

/**
 * A combobox that offers operations for what is typed (ARIA Authoring Practices, "Combobox with list autocomplete").
 * The field stays a text field: what it holds need not be offered.
 *
 * @param text what the field holds
 * @param operations what there is
 * @param pick takes the one that was chosen
 */
export function useCompletion(text: Ref<string>, operations: () => OperationSummary[], pick: (operation: OperationSummary) => void) {
	const listId = useId()
	const isWanted = ref(false)
	/** Which of the shown ones the keyboard is at; -1: the field itself */
	const active = ref(-1)
	const found = computed(() => isWanted.value ? search(operations(), text.value) : [])
	const shown = computed(() => found.value.slice(0, MAX_SHOWN))
	const isOpen = computed(() => shown.value.length > 0)

	watch(shown, () => {
		active.value = -1
	})

	/** Offers what fits. */
	function open() {
		isWanted.value = true
	}

	/** Offers nothing until something is typed. */
	function close() {
		isWanted.value = false
	}

	/**
	 * @param operation the one that was chosen
	 */
	function take(operation: OperationSummary) {
		close()
		pick(operation)
	}

	/**
	 * @param by how far, and in which direction; around the ends it goes through the field
	 */
	function move(by: 1 | -1) {
		const count = shown.value.length + 1
		active.value = (active.value + 1 + by + count) % count - 1
	}

	/**
	 * @param event a key pressed in the field
	 */
	function keydown(event: KeyboardEvent) {
		if (event.key === 'ArrowDown' && !isOpen.value) {
			open()
			active.value = -1
		}
		if (!isOpen.value) {
			return
		}
		const operation = shown.value[active.value]
		if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
			move(event.key === 'ArrowDown' ? 1 : -1)
		} else if (event.key === 'Enter' && operation && !event.ctrlKey && !event.metaKey) {
			take(operation)
		} else if (event.key === 'Escape') {
			close()
		} else {
			return
		}
		event.preventDefault()
		event.stopPropagation()
	}

	const attributes = computed(() => operations().length === 0
		? {}
		: {
				role: 'combobox',
				'aria-autocomplete': 'list' as const,
				'aria-expanded': isOpen.value,
				'aria-controls': isOpen.value ? listId : undefined,
				'aria-activedescendant': active.value >= 0 ? `${listId}-${active.value}` : undefined,
			})

	return { listId, found, shown, active, isOpen, attributes, open, close, take, keydown }
}
