/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { MaybeRefOrGetter, Ref } from 'vue'
import type { NameValue } from '../api/types.ts'
import type { RequestDraft } from '../calls/requestDraft.ts'
import type { Operation, OperationSummary } from './descriptionApi.ts'
import type { DescriptionState } from './useDescription.ts'

import { computed, onScopeDispose, shallowRef, toValue, watch } from 'vue'
import { Problem } from '../api/problem.ts'
import { useTestsStore } from '../calls/testsStore.ts'
import { t } from '../l10n.ts'
import { readOperation } from './descriptionApi.ts'
import { addRequired, choose } from './operations.ts'
import { missingIn, operationOf } from './paths.ts'

/**
 * The operation that the request of a test is one of. It follows what is typed: nothing of it is kept, so a request that
 * was written by hand, or sent last, is recognised as well as one that was chosen from the list.
 *
 * @param sourceId of which source
 * @param draft the request
 * @param state the description of the source
 */
export function useOperation(sourceId: MaybeRefOrGetter<string>, draft: Ref<RequestDraft>, state: DescriptionState) {
	const tests = useTestsStore()
	const summary = computed(() => operationOf(state.operations, draft.value.method, draft.value.path))
	/** All of it, once it is there */
	const operation = shallowRef<Operation | null>(null)
	let added: { query: NameValue[], headers: NameValue[] } = { query: [], headers: [] }
	let chosen: string | null = null
	let controller: AbortController | null = null

	watch([summary, () => state.description?.fetchedAt], async ([found]) => {
		controller?.abort()
		if (!found) {
			operation.value = null
			return
		}
		const mine = controller = new AbortController()
		if (operation.value?.key !== found.key) {
			operation.value = null
		}
		try {
			const read = await readOperation(toValue(sourceId), found.key, mine.signal)
			if (controller === mine && !mine.signal.aborted) {
				operation.value = read
				if (chosen === read.key) {
					added = addRequired(draft.value, read, added)
				}
				chosen = null
			}
		} catch {
			// Without the details, there is nothing to offer; the request can be sent all the same.
		}
	}, { immediate: true })

	/** What would be sent with a placeholder in it is a mistake. */
	async function check() {
		const missing = summary.value ? missingIn(summary.value.path, draft.value.path) : []
		if (missing.length > 0) {
			throw missingProblem(missing)
		}
	}

	let leave = () => {}
	watch(() => state.description && toValue(sourceId), (id) => {
		leave()
		leave = () => {}
		if (id !== null) {
			leave = tests.prepare(id, check)
		}
	}, { immediate: true })

	onScopeDispose(() => {
		controller?.abort()
		leave()
	})

	return {
		summary,
		operation,
		/**
		 * Makes the request one of this operation.
		 *
		 * @param wanted which one
		 */
		choose(wanted: OperationSummary) {
			chosen = wanted.key
			const isSame = summary.value?.key === wanted.key
			choose(draft.value, wanted)
			if (isSame && operation.value) {
				added = addRequired(draft.value, operation.value, added)
				chosen = null
			}
		},
	}
}

/**
 * @param names of placeholders
 */
function missingProblem(names: string[]): Problem {
	const detail = t('open_connector', 'Enter a value for {names}.', { names: names.join(', ') })
	const errors = names.map((name) => ({ pointer: `/path/${name}`, detail: t('open_connector', 'Enter a value.'), code: 'missing', parameter: '' }))
	return new Problem('answer', t('open_connector', 'The path is not complete'), detail, { type: 'urn:openconnector:problem:validation', title: '', status: 422, detail, errors })
}
