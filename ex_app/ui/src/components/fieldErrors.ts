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
	/** What is wrong at a pointer; with `deep` also what is wrong first below it. */
	at: (pointer: string, deep?: boolean) => string | undefined
	/** Takes over a problem's errors. True when there were any. */
	take: (problem: Problem) => boolean
	/** Forgets the errors at a pointer and below it; all of them without one. */
	clear: (pointer?: string) => void
	/** A field that shows the errors of its pointer (with `deep` those below it, too) says so; the answer takes it back. */
	place: (pointer: string, deep?: boolean) => () => void
}

const KEY: InjectionKey<FieldErrors> = Symbol('field errors')

/** For the form: its fields find the errors by themselves. */
export function provideFieldErrors(): FieldErrors {
	const errors = ref(new Map<string, string>())
	// A field that shows what is below its pointer is kept with a slash at its end.
	const places = ref(new Map<string, number>())

	/**
	 * @param pointer where an error is
	 */
	function isPlaced(pointer: string): boolean {
		return [...places.value.keys()].some((place) => place === pointer || (place.endsWith('/') && `${pointer}/`.startsWith(place)))
	}

	const fieldErrors: FieldErrors = {
		unplaced: computed(() => [...errors.value].filter(([pointer]) => !isPlaced(pointer)).map(([, detail]) => detail)),
		count: computed(() => errors.value.size),
		at(pointer, deep) {
			const below = deep ? [...errors.value].find(([key]) => key.startsWith(`${pointer}/`))?.[1] : undefined
			return errors.value.get(pointer) ?? below
		},
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
		place(pointer, deep) {
			const key = deep ? `${pointer}/` : pointer
			places.value.set(key, (places.value.get(key) ?? 0) + 1)
			return () => {
				const left = (places.value.get(key) ?? 1) - 1
				if (left > 0) {
					places.value.set(key, left)
				} else {
					places.value.delete(key)
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
