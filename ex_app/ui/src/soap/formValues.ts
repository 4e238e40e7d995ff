/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { FormField } from '../api/service.ts'

/** A text, null for nil, the values of a group, or a list of them. */
export type FormValue = string | null | FormValues | FormValue[]
/** By the last part of each field's path. */
export interface FormValues { [key: string]: FormValue }

/** A field by itself, or those of which one is filled in. */
export type FormEntry = { field: FormField, choices?: undefined } | { field?: undefined, choices: FormField[] }

/**
 * Under which name the value of a field is among those of its group.
 *
 * @param field of a form
 */
export function keyOf(field: FormField): string {
	return field.path.at(-1) ?? field.name
}

/**
 * @param fields of a form, or of a group
 * @return how many there are, with those in groups
 */
export function countFields(fields: FormField[]): number {
	return fields.reduce((count, field) => count + 1 + countFields(field.fields), 0)
}

/**
 * Fields that exclude each other stand together, where the first of them is.
 *
 * @param fields of a form, or of a group
 */
export function entriesOf(fields: FormField[]): FormEntry[] {
	const entries: FormEntry[] = []
	const choices = new Map<string, FormField[]>()
	for (const field of fields) {
		const known = field.oneOf === null ? undefined : choices.get(field.oneOf)
		if (known) {
			known.push(field)
		} else if (field.oneOf === null) {
			entries.push({ field })
		} else {
			const members = [field]
			choices.set(field.oneOf, members)
			entries.push({ choices: members })
		}
	}
	return entries
}

/**
 * A group that has no fields says something by being there.
 *
 * @param field of a form
 */
export function isMarker(field: FormField): boolean {
	return field.kind === 'group' && field.fields.length === 0
}

/**
 * What a field holds, or one of those of a repeated field, before anything is entered. Whoever gets an optional field that is not there knows
 * its default.
 *
 * @param field of a form
 */
export function emptyValue(field: FormField): FormValue {
	return field.kind === 'group' ? fitValues(field.fields, {}) : field.isRequired ? field.default ?? '' : ''
}

/**
 * Values in the shape of a form, whatever they were made for: its example, or an earlier version of it.
 *
 * @param fields of a form, or of a group
 * @param given what there is of values
 */
export function fitValues(fields: FormField[], given: unknown): FormValues {
	const known = isRecord(given) ? given : {}
	const values: FormValues = {}
	for (const { field, choices } of entriesOf(fields)) {
		// Of those that exclude each other, only one is there at all.
		const chosen = field ?? choices.find((choice) => isGiven(known[keyOf(choice)])) ?? choices.find(({ isRequired }) => isRequired)
		if (chosen && (known[keyOf(chosen)] !== undefined || !isMarker(chosen) || chosen.isRequired)) {
			values[keyOf(chosen)] = fitValue(chosen, known[keyOf(chosen)])
		}
	}
	return values
}

/**
 * @param field of a form
 * @param given what there is of its value
 */
function fitValue(field: FormField, given: unknown): FormValue {
	if (!field.isRepeated) {
		return fitOne(field, given)
	}
	const list = Array.isArray(given) ? given : isGiven(given) ? [given] : []
	return list.length === 0 && field.isRequired ? [emptyValue(field)] : list.map((item) => fitOne(field, item))
}

/**
 * @param field of a form
 * @param given one value of it
 */
function fitOne(field: FormField, given: unknown): FormValue {
	if (given === null && field.isNillable) {
		return null
	}
	if (field.kind === 'group') {
		return fitValues(field.fields, given)
	}
	if (typeof given === 'string' || typeof given === 'number' || typeof given === 'boolean') {
		return String(given)
	}
	return given === undefined ? emptyValue(field) : ''
}

/**
 * What is sent: optional fields with nothing in them are left out.
 *
 * @param fields of a form, or of a group
 * @param values of them
 */
export function filledValues(fields: FormField[], values: FormValues): FormValues {
	const filled: FormValues = {}
	for (const field of fields) {
		const value = values[keyOf(field)]
		if (value !== undefined && (field.isRequired || isMarker(field) || !isEmpty(value))) {
			filled[keyOf(field)] = Array.isArray(value) ? value.map((item) => filledValue(field, item)) : filledValue(field, value)
		}
	}
	return filled
}

/**
 * @param field of a form
 * @param value one of it
 */
function filledValue(field: FormField, value: FormValue): FormValue {
	return field.kind === 'group' && isRecord(value) ? filledValues(field.fields, value as FormValues) : value
}

/**
 * Nil is something: it is sent.
 *
 * @param value of a field
 */
export function isEmpty(value: FormValue): boolean {
	if (Array.isArray(value)) {
		return value.length === 0
	}
	return value === '' || (isRecord(value) && Object.values(value as FormValues).every(isEmpty))
}

/**
 * @param given what there is of a value
 */
function isGiven(given: unknown): boolean {
	return given !== undefined && given !== null
}

/**
 * @param value anything
 */
function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value)
}
