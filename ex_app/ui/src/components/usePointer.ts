/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { MaybeRefOrGetter } from 'vue'

import { computed, onScopeDispose, toValue, watch } from 'vue'
import { useFieldErrors } from './fieldErrors.ts'

/**
 * The error of one field, and the way to forget it.
 *
 * @param pointer JSON pointer of the field in the request body
 * @param deep the field holds a list or an object, so what is wrong with its parts is shown here, too
 */
export function usePointer(pointer: MaybeRefOrGetter<string>, deep = false) {
	const fieldErrors = useFieldErrors()
	let leave = () => {}
	watch(() => toValue(pointer), (value) => {
		leave()
		leave = fieldErrors.place(value, deep)
	}, { immediate: true })
	onScopeDispose(() => leave())
	return {
		error: computed(() => fieldErrors.at(toValue(pointer), deep)),
		clear: () => fieldErrors.clear(toValue(pointer)),
	}
}
