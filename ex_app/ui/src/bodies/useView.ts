/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { BodyPlace, BodyView } from '../api/bodies.ts'
import type { Problem } from '../api/problem.ts'

import { onScopeDispose, shallowRef, watch } from 'vue'
import { viewBody } from '../api/bodies.ts'
import { isCancelled, toProblem } from '../api/problem.ts'

/**
 * What the server knows of a body. Until that is here, and where it does not come, the body itself has to do.
 *
 * @param place which body; null: the server does not have it
 */
export function useView(place: () => BodyPlace | null) {
	const view = shallowRef<BodyView | null>(null)
	const problem = shallowRef<Problem | null>(null)
	let running: AbortController | null = null

	/** Asks (again). */
	async function load() {
		running?.abort()
		view.value = null
		problem.value = null
		const source = place()
		if (!source) {
			return
		}
		const controller = running = new AbortController()
		try {
			view.value = await viewBody(source, controller.signal)
		} catch (error) {
			if (!isCancelled(error)) {
				problem.value = toProblem(error)
			}
		}
	}

	watch(place, load, { immediate: true })
	onScopeDispose(() => running?.abort())

	return { view, problem, load }
}
