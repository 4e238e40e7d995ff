/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Source } from '../../api/types.ts'
import type { FieldErrors } from '../../components/fieldErrors.ts'

import { computed, ref, shallowRef } from 'vue'
import { toProblem } from '../../api/problem.ts'
import { replaceSource } from '../../api/sources.ts'
import { draftOf, isChanged } from './draft.ts'

/**
 * The edited copy of a source and what becomes of it.
 *
 * @param stored the source as the page knows it
 * @param fieldErrors where mistakes are shown
 * @param saved is told about the new state
 */
export function useDraft(stored: () => Source, fieldErrors: FieldErrors, saved: (source: Source) => void) {
	const base = ref<Source>(stored())
	const draft = ref(draftOf(stored()))
	const isSaving = ref(false)
	const failure = ref('')
	/** What somebody else stored in the meantime */
	const conflict = shallowRef<Source | null>(null)

	const isDirty = computed(() => isChanged(draft.value, base.value))

	/**
	 * Start over from a stored state.
	 *
	 * @param source that state
	 */
	function reset(source: Source = stored()) {
		base.value = source
		draft.value = draftOf(source)
		conflict.value = null
		failure.value = ''
		fieldErrors.clear()
	}

	/**
	 * The source changed outside of the form, e.g. by its switch. What was typed stays, and so does the version it was based on, unless the
	 * step is the one that we made: otherwise saving would overwrite another administrator's work without asking.
	 *
	 * @param source its newest state
	 */
	function follow(source: Source) {
		if (!isDirty.value) {
			reset(source)
		} else if (source.version <= base.value.version + 1 && !isChanged(draftOf(base.value), source)) {
			base.value = source
		}
	}

	/** @return whether it is stored now */
	async function save(): Promise<boolean> {
		if (isSaving.value) {
			return false
		}
		isSaving.value = true
		failure.value = ''
		fieldErrors.clear()
		try {
			const sent = JSON.stringify(draft.value)
			const source = await replaceSource({ ...base.value, ...draft.value, isEnabled: stored().isEnabled })
			if (JSON.stringify(draft.value) === sent) {
				reset(source)
			} else {
				// What was typed on the way to the server is not stored yet.
				base.value = source
			}
			saved(source)
			return true
		} catch (error) {
			const problem = toProblem(error)
			if (problem.current) {
				conflict.value = problem.current
			} else {
				fieldErrors.take(problem)
				failure.value = problem.fieldErrors.length > 0 ? fieldErrors.unplaced.value.join(' ') : problem.message
			}
			return false
		} finally {
			isSaving.value = false
		}
	}

	/** Mine wins: store it on top of what the other administrator stored. */
	async function overwrite(): Promise<boolean> {
		base.value = conflict.value ?? base.value
		conflict.value = null
		return await save()
	}

	/** Theirs wins: show it, and forget what was typed. */
	function takeTheirs() {
		const theirs = conflict.value
		if (theirs) {
			reset(theirs)
			saved(theirs)
		}
	}

	return { draft, isDirty, isSaving, failure, conflict, reset, follow, save, overwrite, takeTheirs }
}
