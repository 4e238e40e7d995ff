/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { OperationSummary } from './descriptionApi.ts'

/** As many as one looks through; more are found by typing. */
export const MAX_SHOWN = 50

/** A placeholder of a path template, such as `{petId}`; not one of ours, such as `{{ id }}`. */
const PLACEHOLDER = /(?<!\{)\{([^{}]+)\}(?!\})/
/** What the server fills in: it ends where it ends first, so that there is one way to read it */
const FILLED_IN = '\\{\\{(?:(?!\\}\\}).)*\\}\\}'
/** What may stand for a placeholder: anything but a slash, and `{{ … }}` whatever is in it */
const VALUE = `((?:${FILLED_IN}|(?!${FILLED_IN})[^/?#])*)`

/**
 * The names of the placeholders of a path template.
 *
 * @param template such as `/pets/{petId}`
 */
export function placeholdersOf(template: string): string[] {
	return template.split(PLACEHOLDER).filter((_, index) => index % 2 === 1)
}

/**
 * What stands for the placeholders in a path; null when the path is not one of the template.
 *
 * @param template such as `/pets/{petId}`
 * @param path such as `/pets/42`; its query is passed over
 */
export function valuesIn(template: string, path: string): Record<string, string> | null {
	const parts = template.split(PLACEHOLDER)
	const pattern = parts.map((part, index) => index % 2 ? VALUE : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('')
	const found = new RegExp(`^${pattern}(?:[?#].*)?$`).exec(path)
	return found && Object.fromEntries(placeholdersOf(template).map((name, index) => {
		const written = found[index + 1] ?? ''
		return [name, written === `{${name}}` ? '' : decoded(written)]
	}))
}

/**
 * The path with these values; a placeholder without one stays.
 *
 * @param template such as `/pets/{petId}`
 * @param values by the names of the placeholders
 */
export function pathWith(template: string, values: Record<string, string>): string {
	return template.split(PLACEHOLDER).map((part, index) => {
		if (index % 2 === 0) {
			return part
		}
		const value = values[part] ?? ''
		return value === '' ? `{${part}}` : encoded(value)
	}).join('')
}

/**
 * The names of the placeholders that nothing has been entered for.
 *
 * @param template such as `/pets/{petId}`
 * @param path such as `/pets/{petId}`
 */
export function missingIn(template: string, path: string): string[] {
	const values = valuesIn(template, path) ?? {}
	return Object.keys(values).filter((name) => values[name] === '')
}

/**
 * A text with `{{ … }}` is filled in by the server, so it must arrive there as it is.
 *
 * @param value as it was typed
 */
function encoded(value: string): string {
	return value.includes('{{') ? value : encodeURIComponent(value).replace(/%(?:3A|40|2C|24|2B)/g, decodeURIComponent)
}

/**
 * @param written part of a path
 */
function decoded(written: string): string {
	try {
		return written.includes('{{') ? written : decodeURIComponent(written)
	} catch {
		return written
	}
}

/**
 * The operation that a request is one of: of several, that with the fewest placeholders.
 *
 * @param operations what there is
 * @param method of the request
 * @param path of the request
 */
export function operationOf(operations: OperationSummary[], method: string, path: string): OperationSummary | null {
	return operations
		.filter((operation) => operation.method === method && valuesIn(operation.path, path) !== null)
		.sort((one, other) => placeholdersOf(one.path).length - placeholdersOf(other.path).length)[0] ?? null
}

/**
 * Operations that have all words of a text in method, path, summary or tags; those whose path begins with it first.
 *
 * @param operations what there is
 * @param text what was typed
 */
export function search(operations: OperationSummary[], text: string): OperationSummary[] {
	const words = text.toLowerCase().split(/\s+/).filter(Boolean)
	const found = operations.filter(({ method, path, summary, tags }) => {
		const all = [method, path, summary, ...tags].join(' ').toLowerCase()
		return words.every((word) => all.includes(word))
	})
	const rank = ({ path }: OperationSummary) => path.toLowerCase().startsWith(words[0] ?? '') ? 0 : 1
	return found.sort((one, other) => rank(one) - rank(other))
}
