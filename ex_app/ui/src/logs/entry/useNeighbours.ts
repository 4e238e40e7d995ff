/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Ref } from 'vue'
import type { Neighbours } from './entryApi.ts'

import { onBeforeUnmount, onMounted, onScopeDispose, shallowRef, watch } from 'vue'
import { useRoute } from 'vue-router'
import { isCancelled } from '../../api/problem.ts'
import { fromAddress, toLogQuery } from '../logFilter.ts'
import { readNeighbours } from './entryApi.ts'

const NONE: Neighbours = { newer: null, older: null }

/** Where keys are typed, or mean something else. */
const BUSY = 'input, textarea, select, [contenteditable], [role="dialog"], [role="menu"], [role="listbox"], .cm-editor'

/**
 * The entries before and after the open one, among those that the filters in the address let through: J goes to the next one of the list, K
 * to the one before, wherever the focus is.
 *
 * @param id the open entry
 * @param sourceId the source whose page it is; null: on the page of all logs
 * @param select opens another one
 */
export function useNeighbours(id: Ref<string>, sourceId: () => string | null, select: (id: string) => void) {
	const route = useRoute()
	const neighbours = shallowRef<Neighbours>(NONE)
	let running: AbortController | null = null
	const filter = () => fromAddress(route.query, sourceId() !== null)

	/** They change when calls arrive, so they are asked for with each entry, and with each filter. */
	async function load() {
		running?.abort()
		const controller = running = new AbortController()
		try {
			const query = toLogQuery(filter(), sourceId() ?? undefined)
			neighbours.value = await readNeighbours(id.value, query, controller.signal)
		} catch (error) {
			if (!isCancelled(error)) {
				// The entry says itself what is wrong with it; without neighbours one cannot walk, that is all.
				neighbours.value = NONE
			}
		}
	}

	/**
	 * @param to the newer or the older one
	 */
	function go(to: keyof Neighbours) {
		const target = neighbours.value[to]
		if (target) {
			// Until the new ones are known, a second key must not lead back.
			neighbours.value = NONE
			select(target)
		}
	}

	/**
	 * @param event a key pressed anywhere on the page
	 */
	function walk(event: KeyboardEvent) {
		const to = ({ j: 'older', k: 'newer' } as const)[event.key.toLowerCase()]
		const isTyped = event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || event.defaultPrevented
		if (to && !isTyped && !(event.target as HTMLElement | null)?.closest?.(BUSY)) {
			event.preventDefault()
			go(to)
		}
	}

	watch([id, () => JSON.stringify(filter())], load, { immediate: true })
	onMounted(() => window.addEventListener('keydown', walk))
	onBeforeUnmount(() => window.removeEventListener('keydown', walk))
	onScopeDispose(() => running?.abort())

	return { neighbours, go }
}
