/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Inspection } from '../../../../api/authentication.ts'
import type { Problem } from '../../../../api/problem.ts'

import { onScopeDispose, ref, shallowRef, watch } from 'vue'
import { inspectKeyMaterial } from '../../../../api/keyMaterial.ts'
import { isCancelled, toProblem } from '../../../../api/problem.ts'
import { debounce } from '../../../../components/debounce.ts'

/** Somebody who types a passphrase pauses for as long. */
const QUIET_MS = 400

/**
 * What the server recognises in a key or a certificate, asked again whenever it changes.
 *
 * @param content what was pasted; nothing is asked about nothing
 * @param passphrase opens it
 */
export function useInspection(content: () => string, passphrase: () => string) {
	const inspection = shallowRef<Inspection | null>(null)
	const problem = shallowRef<Problem | null>(null)
	const isLoading = ref(false)
	let running: AbortController | null = null

	const ask = debounce(async () => {
		const controller = running = new AbortController()
		try {
			inspection.value = await inspectKeyMaterial(content(), passphrase(), controller.signal)
			problem.value = null
		} catch (error) {
			if (!isCancelled(error)) {
				inspection.value = null
				problem.value = toProblem(error)
			}
		} finally {
			if (running === controller) {
				isLoading.value = false
			}
		}
	}, QUIET_MS)

	watch([content, passphrase], ([text], [former]) => {
		ask.cancel()
		running?.abort()
		problem.value = null
		// While a passphrase is typed, what is known stays: otherwise its field would come and go.
		if (text !== former) {
			inspection.value = null
		}
		isLoading.value = text.trim() !== ''
		if (isLoading.value) {
			ask()
		}
	}, { immediate: true })
	onScopeDispose(() => {
		ask.cancel()
		running?.abort()
	})

	return { inspection, problem, isLoading }
}
