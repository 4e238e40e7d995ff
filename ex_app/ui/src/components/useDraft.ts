/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Ref } from 'vue'
import type { FieldErrors } from './fieldErrors.ts'

import { computed, ref, shallowRef } from 'vue'
import { toProblem } from '../api/problem.ts'

/** How one kind of thing is edited and stored. */
export interface Edited<S extends { version: number }, D> {
	/** A copy of the edited part, that can be changed without touching what is stored */
	draftOf: (stored: S) => D
	/** Whether there is anything to save */
	isChanged: (draft: D, stored: S) => boolean
	/** Replaces what is stored; the answer is its new state. What the form does not edit is taken from the newest state that is known */
	store: (base: S, draft: D, newest: S) => Promise<S>
}

/**
 * The edited copy of something stored, and what becomes of it.
 *
 * @param stored it, as the page knows it
 * @param edited how it is edited
 * @param fieldErrors where mistakes are shown
 * @param saved is told about the new state
 */
export function useDraft<S extends { version: number }, D>(stored: () => S, edited: Edited<S, D>, fieldErrors: FieldErrors, saved: (state: S) => void) {
	const { draftOf, isChanged } = edited
	const base = shallowRef<S>(stored())
	const draft = ref(draftOf(stored())) as Ref<D>
	const isSaving = ref(false)
	const failure = ref('')
	/** What somebody else stored in the meantime */
	const conflict = shallowRef<S | null>(null)

	const isDirty = computed(() => isChanged(draft.value, base.value))

	/**
	 * Start over from a stored state.
	 *
	 * @param state that state
	 */
	function reset(state: S = stored()) {
		base.value = state
		draft.value = draftOf(state)
		conflict.value = null
		failure.value = ''
		fieldErrors.clear()
	}

	/**
	 * It changed outside of the form, e.g. by the switch of a source. What was typed stays, and so does the version it was based on, unless
	 * the step is the one that we made: otherwise saving would overwrite another administrator's work without asking.
	 *
	 * @param state its newest state
	 */
	function follow(state: S) {
		if (!isDirty.value) {
			reset(state)
		} else if (state.version <= base.value.version + 1 && !isChanged(draftOf(base.value), state)) {
			base.value = state
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
			const known = stored()
			const state = await edited.store(base.value, draft.value, known.version > base.value.version ? known : base.value)
			if (JSON.stringify(draft.value) === sent) {
				reset(state)
			} else {
				// What was typed on the way to the server is not stored yet.
				base.value = state
			}
			saved(state)
			return true
		} catch (error) {
			const problem = toProblem(error)
			if (problem.current) {
				conflict.value = problem.current as S
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
