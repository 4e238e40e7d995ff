/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { InjectionKey, Ref } from 'vue'
import type { Problem } from '../api/problem.ts'

import { computed, inject, nextTick, provide, ref } from 'vue'

/** What the server found wrong with a form, by JSON pointer. */
export interface FieldErrors {
	/** Errors whose field is not on the page, so that they need another place. */
	unplaced: Ref<string[]>
	/** How many errors there are. */
	count: Ref<number>
	/** What is wrong at a pointer. */
	at: (pointer: string) => string | undefined
	/** Takes over a problem's errors. True when there were any. */
	take: (problem: Problem) => boolean
	/** Forgets the errors at a pointer and below it; all of them without one. */
	clear: (pointer?: string) => void
	/** A field that shows the errors of its pointer says so; the answer takes it back. */
	place: (pointer: string) => () => void
}

const KEY: InjectionKey<FieldErrors> = Symbol('field errors')

/** For the form: its fields find the errors by themselves. */
export function provideFieldErrors(): FieldErrors {
	const errors = ref(new Map<string, string>())
	const places = ref(new Map<string, number>())

	const fieldErrors: FieldErrors = {
		unplaced: computed(() => [...errors.value].filter(([pointer]) => !places.value.has(pointer)).map(([, detail]) => detail)),
		count: computed(() => errors.value.size),
		at: (pointer) => errors.value.get(pointer),
		take(problem) {
			errors.value = new Map(problem.fieldErrors.map(({ pointer, detail }) => [pointer ?? '', detail]))
			return errors.value.size > 0
		},
		clear(pointer) {
			for (const key of [...errors.value.keys()]) {
				if (pointer === undefined || key === pointer || key.startsWith(`${pointer}/`)) {
					errors.value.delete(key)
				}
			}
		},
		place(pointer) {
			places.value.set(pointer, (places.value.get(pointer) ?? 0) + 1)
			return () => {
				const left = (places.value.get(pointer) ?? 1) - 1
				if (left > 0) {
					places.value.set(pointer, left)
				} else {
					places.value.delete(pointer)
				}
			}
		},
	}
	provide(KEY, fieldErrors)
	return fieldErrors
}

/** For the fields of a form. */
export function useFieldErrors(): FieldErrors {
	const fieldErrors = inject(KEY)
	if (!fieldErrors) {
		throw new Error('No form provides field errors')
	}
	return fieldErrors
}

/**
 * Puts the focus where the first mistake is.
 *
 * @param form the element around the fields
 */
export async function focusFirstError(form: HTMLElement | null | undefined): Promise<void> {
	await nextTick()
	form?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
}
