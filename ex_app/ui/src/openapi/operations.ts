/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { NameValue } from '../api/types.ts'
import type { RequestDraft } from '../calls/requestDraft.ts'
import type { Operation, OperationBody, OperationParameter, OperationSummary } from './descriptionApi.ts'

/** What a source of type JSON or XML sends when nobody says otherwise. */
const USUAL_TYPES = ['application/json', 'application/xml']

type Part = 'query' | 'headers'

const PLACES = { query: 'query', headers: 'header' } as const

/**
 * The parameters of one part of a request.
 *
 * @param operation of which
 * @param part which part
 */
export function parametersOf(operation: Operation, part: Part): OperationParameter[] {
	return operation.parameters.filter(({ place }) => place === PLACES[part])
}

/**
 * A value to begin with.
 *
 * @param parameter of an operation
 */
export function suggested(parameter: OperationParameter): string {
	return parameter.example || parameter.default || parameter.choices[0] || ''
}

/**
 * The place of the row of a parameter; -1 without one. Names of headers are compared without case.
 *
 * @param rows of the part of the request
 * @param name of the parameter
 * @param part which part
 */
export function rowOf(rows: NameValue[], name: string, part: Part): number {
	return rows.findIndex((row) => part === 'headers' ? row.name.toLowerCase() === name.toLowerCase() : row.name === name)
}

/**
 * Puts a value into the row of a parameter, which is added when it is not there.
 *
 * @param draft is changed
 * @param part which part
 * @param name of the parameter
 * @param value what it shall be
 */
export function setRow(draft: RequestDraft, part: Part, name: string, value: string): void {
	const index = rowOf(draft[part], name, part)
	if (index >= 0) {
		draft[part][index]!.value = value
	} else {
		draft[part].push({ name, value })
	}
}

/**
 * Makes a request one of an operation. What was typed into it stays.
 *
 * @param draft is changed
 * @param operation which one
 */
export function choose(draft: RequestDraft, operation: OperationSummary): void {
	draft.method = operation.method as RequestDraft['method']
	draft.path = operation.path
}

/**
 * Adds what an operation cannot do without. What another operation had needed, and nobody has changed, goes.
 *
 * @param draft is changed
 * @param operation which one
 * @param added the rows that were added for the one before
 * @return the rows that were added
 */
export function addRequired(draft: RequestDraft, operation: Operation, added: Record<Part, NameValue[]>): Record<Part, NameValue[]> {
	const now: Record<Part, NameValue[]> = { query: [], headers: [] }
	for (const part of ['query', 'headers'] as const) {
		const isStale = (row: NameValue) => added[part].some(({ name, value }) => name === row.name && value === row.value)
		draft[part] = draft[part].filter((row) => !isStale(row))
		for (const parameter of parametersOf(operation, part)) {
			if (parameter.isRequired && rowOf(draft[part], parameter.name, part) < 0) {
				const row = { name: parameter.name, value: suggested(parameter) }
				draft[part].push({ ...row })
				now[part].push(row)
			}
		}
	}
	return now
}

/**
 * Puts an example into the body, and says what it is where that does not go without saying.
 *
 * @param draft is changed
 * @param body the example
 * @param usualType what the source sends by itself
 */
export function insertExample(draft: RequestDraft, body: OperationBody, usualType: string): void {
	draft.body = body.example
	const index = rowOf(draft.headers, 'Content-Type', 'headers')
	if (body.mediaType !== usualType) {
		setRow(draft, 'headers', 'Content-Type', body.mediaType)
	} else if (index >= 0) {
		draft.headers.splice(index, 1)
	}
}

/**
 * What a source sends as the type of a body by itself.
 *
 * @param sourceType its type
 */
export function usualTypeOf(sourceType: string): string {
	return USUAL_TYPES[sourceType === 'xml' ? 1 : 0]!
}
