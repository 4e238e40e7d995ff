/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { computed } from 'vue'
import { useRoute, useRouter } from 'vue-router'

/**
 * Which entry is open. It is part of the address, so that the browser's back button closes it: `/logs/{id}` on the page of all logs,
 * `?entry={id}` on the page of a source.
 *
 * @param isScoped on the page of a source
 */
export function useSelectedEntry(isScoped: boolean) {
	const route = useRoute()
	const router = useRouter()

	const selectedId = computed(() => String((isScoped ? route.query.entry : route.params.entry) ?? '') || null)

	/**
	 * @param id which entry
	 * @return where it is
	 */
	function to(id: string | null) {
		const query = { ...route.query }
		delete query.entry
		delete query.compare
		if (isScoped) {
			return { name: 'source', params: route.params, query: id ? { ...query, entry: id } : query }
		}
		return id ? { name: 'log', params: { entry: id }, query } : { name: 'logs', query }
	}

	/**
	 * Opens an entry, or closes the panel. Walking from one to the next leaves no trail in the history.
	 *
	 * @param id which entry; null closes
	 */
	function select(id: string | null) {
		const isOpening = selectedId.value === null && id !== null
		void (isOpening ? router.push(to(id)) : router.replace(to(id)))
	}

	return { selectedId, to, select }
}
