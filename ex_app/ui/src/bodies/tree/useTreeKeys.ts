/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Ref } from 'vue'
import type { BodyTree, TreeRow } from './bodyTree.ts'

interface Keyboard {
	rows: Readonly<Ref<TreeRow[]>>
	active: Readonly<Ref<number>>
	/** Makes another row the active one */
	go: (index: number) => void
	/** What a click on the mark of a row does */
	toggle: (index: number) => void
	/** How many rows are in sight */
	pageSize: () => number
	tree: () => BodyTree
}

/**
 * The keys of a tree, as in the WAI-ARIA Authoring Practices.
 *
 * @param keyboard what the keys do
 */
export function useTreeKeys(keyboard: Keyboard) {
	const { rows, active, go, toggle, pageSize, tree } = keyboard

	/** Opens, or goes to the first below. */
	function right() {
		const row = rows.value[active.value]
		if (row?.type === 'node' && row.item.node.count > 0) {
			if (row.item.isOpen) {
				go(active.value + 1)
			} else {
				void tree().open(row.item)
			}
		}
	}

	/** Closes, or goes to the one above. */
	function left() {
		const row = rows.value[active.value]
		if (row?.type === 'node' && row.item.isOpen) {
			tree().close(row.item)
		} else if (row) {
			const above = row.type === 'node' ? row.item.parent : row.item
			go(rows.value.findIndex(({ type, item }) => type === 'node' && item === above))
		}
	}

	const keys: Record<string, () => void> = {
		ArrowDown: () => go(active.value + 1),
		ArrowUp: () => go(active.value - 1),
		ArrowRight: right,
		ArrowLeft: left,
		Home: () => go(0),
		End: () => go(rows.value.length - 1),
		PageDown: () => go(Math.min(rows.value.length - 1, active.value + pageSize())),
		PageUp: () => go(Math.max(0, active.value - pageSize())),
		Enter: () => toggle(active.value),
		' ': () => toggle(active.value),
		'*': () => void tree().openNextLevel(),
	}

	return (event: KeyboardEvent) => {
		const act = event.ctrlKey || event.metaKey || event.altKey ? undefined : keys[event.key]
		if (act) {
			event.preventDefault()
			act()
		}
	}
}
