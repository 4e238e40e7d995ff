/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { onScopeDispose } from 'vue'

/**
 * Something that is asked for often and done rarely: at once, and then at most once in a while.
 *
 * @param pauseMs between two times
 * @param work what is done
 */
export function useAtMostEvery(pauseMs: number, work: () => void): () => void {
	let timer = 0
	let doneAt = -Infinity

	/** Does it now, and notes when. */
	function run() {
		timer = 0
		doneAt = performance.now()
		work()
	}

	onScopeDispose(() => window.clearTimeout(timer))

	return () => {
		timer ||= window.setTimeout(run, Math.max(0, doneAt + pauseMs - performance.now()))
	}
}
