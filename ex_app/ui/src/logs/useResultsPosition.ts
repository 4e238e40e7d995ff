/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { ref, watch } from 'vue'
import { isCancelled, toProblem } from '../api/problem.ts'
import { readSource } from '../api/sources.ts'

/**
 * Where a source says now that its records are. Empty as long as nobody knows, and for a source that is gone.
 *
 * @param sourceId of the source; undefined: not known yet
 */
export function useResultsPosition(sourceId: () => string | undefined) {
	const resultsPosition = ref('')

	watch(sourceId, async (id, _, onCleanup) => {
		const controller = new AbortController()
		onCleanup(() => controller.abort())
		resultsPosition.value = ''
		if (!id) {
			return
		}
		try {
			const source = await readSource(id, controller.signal)
			resultsPosition.value = source.resultsPosition
		} catch (error) {
			// The log is older than many sources, and bodies are looked at without a position, too.
			if (!isCancelled(error)) {
				toProblem(error)
			}
		}
	}, { immediate: true })

	return resultsPosition
}
