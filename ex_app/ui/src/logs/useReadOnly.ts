/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Problem } from '../api/problem.ts'

import { ref, shallowRef } from 'vue'
import { readStorage } from '../api/logs.ts'
import { isCancelled, toProblem } from '../api/problem.ts'
import { toastProblem } from '../components/toasts.ts'

/** RFC 4918: "Insufficient Storage". */
const NO_SPACE = 507

/** Whether the log can be written: not when the disk is full. */
export function useReadOnly() {
	const isReadOnly = ref(false)
	/** What the server said when something could not be written */
	const refused = shallowRef<Problem | null>(null)

	/** Asks. The page works without an answer. */
	async function check() {
		try {
			isReadOnly.value = (await readStorage()).isReadOnly
			if (!isReadOnly.value) {
				refused.value = null
			}
		} catch (error) {
			if (!isCancelled(error)) {
				toProblem(error)
			}
		}
	}

	/**
	 * Tells why something failed: a full disk in the banner, which stays; everything else in a toast.
	 *
	 * @param error what was thrown
	 */
	function tell(error: unknown) {
		if (!isCancelled(error) && toProblem(error).status === NO_SPACE) {
			refused.value = toProblem(error)
			isReadOnly.value = true
		} else {
			toastProblem(error)
		}
	}

	return { isReadOnly, refused, check, tell }
}
