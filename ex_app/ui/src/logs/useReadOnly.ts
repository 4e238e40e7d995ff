/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { computed, onScopeDispose, ref, watch } from 'vue'
import { NO_SPACE, refusedForSpace } from '../api/client.ts'
import { readStorage } from '../api/logs.ts'
import { isCancelled, toProblem } from '../api/problem.ts'
import { toastProblem } from '../components/toasts.ts'

/** As long as the server itself believes that the disk is full. */
const POLL_MS = 5000

/** The server said so when it was asked. All pages share it: there is one disk. */
const isFull = ref(false)
const isReadOnly = computed(() => isFull.value || refusedForSpace.value !== null)
let isChecking = false

/** Whether the log can be written: not when the disk is full. */
export function useReadOnly() {
	return { isReadOnly, refused: refusedForSpace, check, tell }
}

/** While the disk is full, asks again and again, until there is space. */
export function usePollOfSpace() {
	let timer: number | undefined

	watch(isReadOnly, (isUp) => {
		window.clearInterval(timer)
		timer = isUp ? window.setInterval(poll, POLL_MS) : undefined
	}, { immediate: true })
	document.addEventListener('visibilitychange', poll)
	onScopeDispose(() => {
		window.clearInterval(timer)
		document.removeEventListener('visibilitychange', poll)
	})
}

/** A page that nobody sees asks nothing. */
function poll() {
	if (isReadOnly.value && !document.hidden) {
		void check()
	}
}

/** Asks. The page works without an answer. */
async function check() {
	if (isChecking) {
		return
	}
	isChecking = true
	const known = refusedForSpace.value
	try {
		isFull.value = (await readStorage()).isReadOnly
		// What was refused meanwhile is newer than this answer.
		if (!isFull.value && refusedForSpace.value === known) {
			refusedForSpace.value = null
		}
	} catch (error) {
		if (!isCancelled(error)) {
			toProblem(error)
		}
	} finally {
		isChecking = false
	}
}

/**
 * Tells why something failed: a full disk in the banner, which stays; everything else in a toast.
 *
 * @param error what was thrown
 */
function tell(error: unknown) {
	if (isCancelled(error) || toProblem(error).status !== NO_SPACE) {
		toastProblem(error)
	}
}
